"""What families have done with campaigns, as a port: `groupbot.desk.desk.Desk` has this shape.

It is opened when it is first needed: behind it stands the reader of SOPs, whose import takes as long as a whole start.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from groupbot.campaign.asked import Ask, Asked, Foreseen
from groupbot.campaign.checklist import Checklist
from groupbot.campaign.request import Launched
from groupbot.campaign.sent_files import Inspected
from groupbot.campaign.values import SopVersion
from groupbot.campaign.views import CampaignRow, Due, Pending, Placed, Shown
from groupbot.delivery.values import DeliveryView, Settlement, State

if TYPE_CHECKING:  # imports the reader of SOPs
    from groupbot.campaign.editing import Applied
    from groupbot.campaign.proposal import Proposal
    from groupbot.sop.merging import Side


class FileDesk(Protocol):
    """What is done with SOP files that operators send. Raises CampaignError for "no", StoreError."""

    async def inspect(self, data: bytes, name: str) -> Inspected:
        """Read a file called `name`; one that can be used is put aside for some days."""
        ...

    async def keep(self, aside: str) -> str:
        """Store what was put aside in `sops/` and return its name there; another of its name is left alone."""
        ...

    async def drop(self, aside: str) -> None:
        """Forget what was put aside."""
        ...


class CheckDesk(Protocol):
    """What is done with the checklists of campaigns. Raises CampaignError for "no", StoreError."""

    async def checklist(self, campaign: str) -> Checklist:
        """Return what is in order of a campaign now, and who signed."""
        ...

    async def sign_off(self, campaign: str, by: str) -> Checklist:
        """Sign it off, once; a campaign that waits for it goes on."""
        ...

    async def told(self, campaign: str, squad: str, by: str) -> None:
        """Note that a squad knows of a campaign."""
        ...


class OperatorDesk(Protocol):
    """Do what operators ask for. Raises CampaignError for "no", StoreError, and what the desk says besides."""

    @property
    def files(self) -> FileDesk:
        """What is done with SOP files that operators send."""
        ...

    @property
    def checks(self) -> CheckDesk:
        """What is done with the checklists of campaigns."""
        ...

    async def foresee(self, asked: Asked) -> Foreseen:
        """Return what `launch` would do."""
        ...

    async def launch(self, asked: Asked) -> Launched:
        """Launch an SOP; with an error among the problems nothing was changed."""
        ...

    async def show(self, what: Asked | str) -> Shown:
        """Return the preview of a launch, or of a campaign as it runs. Raises SopError."""
        ...

    async def pause(self, campaign: str, groups: Sequence[str] = ()) -> CampaignRow:
        """Begin no further part; with `groups` in these alone."""
        ...

    async def resume(self, campaign: str, groups: Sequence[str] = ()) -> CampaignRow:
        """Go on; with `groups` in these alone."""
        ...

    async def cancel(self, campaign: str) -> CampaignRow:
        """End it for good."""
        ...

    async def campaigns(self) -> tuple[CampaignRow, ...]:
        """Return all campaigns, newest first."""
        ...

    async def campaign(self, campaign: str) -> CampaignRow:
        """Return one campaign."""
        ...

    async def groups(self, campaign: str) -> tuple[str, ...]:
        """Return the groups that a campaign runs in."""
        ...

    async def today(self, campaign: str | None = None, groups: Collection[str] | None = None) -> tuple[Due, ...]:
        """Return what is due today by time; with `groups` what goes there."""
        ...

    async def upcoming(
        self, number: int, campaign: str | None = None, groups: Collection[str] | None = None
    ) -> tuple[Due, ...]:
        """Return the next steps that wait for their time; with `groups` those that go there."""
        ...

    async def deliveries(self, campaign: str, states: Sequence[State] = ()) -> tuple[DeliveryView, ...]:
        """Return a campaign's deliveries by time, all without `states`."""
        ...

    async def open_deliveries(self, states: Sequence[State] = ...) -> tuple[DeliveryView, ...]:
        """Return the deliveries of all campaigns in these states, by time."""
        ...

    async def settle(self, campaign: str, key: str, how: Settlement) -> DeliveryView:
        """Say what became of an open delivery."""
        ...

    async def recall(self, campaign: str, key: str) -> Placed:
        """Take back what a delivery posted."""
        ...

    async def resend(self, campaign: str, step: str, group: str) -> Placed:
        """Post a step once more to a group."""
        ...

    async def move(self, ask: Ask, step: str, at: str) -> Proposal:
        """Propose another time for a step. Raises TimeNodeError."""
        ...

    async def skip(self, ask: Ask, step: str) -> Proposal:
        """Propose to leave a step out."""
        ...

    async def reword(self, ask: Ask, step: str, words: str) -> Proposal:
        """Propose other words for a step. Raises ScriptError."""
        ...

    async def send_now(self, ask: Ask, step: str) -> Proposal:
        """Propose that a step go out at once."""
        ...

    async def undo(self, ask: Ask, to: int | None = None) -> Proposal:
        """Propose to bring an older version back. Raises SopError."""
        ...

    async def edit(
        self,
        ask: Ask,
        file: Path,
        *,
        answers: Mapping[str, str] | None = None,
        take: Mapping[str, Side] | None = None,
    ) -> Proposal:
        """Propose to change a campaign to what a file says. Raises SopError."""
        ...

    async def apply(self, proposal: Proposal) -> Applied:
        """Carry an edit out, judged anew."""
        ...

    async def versions(self, campaign: str) -> tuple[SopVersion, ...]:
        """Return what a campaign ran, oldest first."""
        ...


OpenDesk = Callable[[], Awaitable[OperatorDesk]]
"""Opens the desk; the first time takes a second."""


class Outcomes(Protocol):
    """What waits for a person's word. Raises StoreError."""

    async def pending(self, states: Sequence[State]) -> tuple[Pending, ...]:
        """Return what is in one of `states`, held or unknown, in all campaigns that were not cancelled, by time."""
        ...

    async def settle(self, rows: Sequence[Pending], how: Settlement) -> int:
        """Say the same of all `rows` and return how many still waited for that."""
        ...
