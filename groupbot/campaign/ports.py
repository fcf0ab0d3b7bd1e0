"""What campaigns need from the store. tests/contract/ledger runs one suite over every implementation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from groupbot.campaign.values import Campaign, CampaignState, Edition, NewTask, PostView, Reconciled, SopVersion
from groupbot.chat.capabilities import Standing
from groupbot.delivery.values import DeliveryView, NewDelivery, State


class Campaigns(Protocol):
    """Campaigns and their planned deliveries.

    A launch or edit is written as a draft in chunks and becomes live group by group: `open_draft`, `add_draft` …,
    `go_live`. A crash before `go_live` leaves everything as it was; a crash in it is completed by `recover`.
    """

    async def get(self, campaign: str) -> Campaign | None:
        """Return a campaign as stored."""
        ...

    async def list(self) -> Sequence[Campaign]:
        """Return all campaigns, newest first."""
        ...

    async def open_draft(self, campaign: Campaign) -> int:
        """Start a draft and return its plan version; any unfinished older draft of the campaign is dropped."""
        ...

    async def add_draft(self, campaign: str, version: int, rows: Sequence[NewDelivery]) -> None:
        """Add planned rows to the draft, one transaction a call.

        Raises CampaignError when another launch of the same campaign has begun since.
        """
        ...

    async def go_live(
        self,
        campaign: Campaign,
        version: int,
        groups: Sequence[str],
        tasks: Sequence[NewTask] = (),
        edition: Edition | None = None,
    ) -> Reconciled:
        """Reconcile the draft with the ledger by key, group by group, then let the campaign run.

        Touches only what was never sent in part; a sent step never re-arms. Groups not named are left alone. Open tasks
        of these groups, and of no group, become what `tasks` says. The campaign's text is kept as its newest version,
        from `edition`, together with the draft. Raises CampaignError when another version came after `edition.follows`.
        """
        ...

    async def recover(self) -> None:
        """Complete drafts that were complete when a process died; drop the others."""
        ...

    async def set_state(self, campaign: str, state: CampaignState) -> bool:
        """Pause, resume or cancel. False = it can't go from its present state to `state`. Cancelling is final."""
        ...

    async def pause_in(self, campaign: str, groups: Sequence[str], *, paused: bool) -> Sequence[str]:
        """Pause, or resume, in those `groups` alone and return the ones in which that changed something.

        It stays over launches and edits, and over a pause of the campaign as a whole.
        """
        ...

    async def paused_in(self, campaign: str) -> Sequence[str]:
        """Return the groups in which a campaign is paused by themselves."""
        ...

    async def counts(self, campaign: str) -> Mapping[State, int]:
        """Return how many deliveries are in which state; every state has an entry."""
        ...

    async def deliveries(self, campaign: str, states: Sequence[State] = ()) -> Sequence[DeliveryView]:
        """Return the deliveries of a campaign by (due, ordinal, group); `states` empty = all."""
        ...

    async def groups(self, campaign: str) -> Sequence[str]:
        """Return the names of the groups that a campaign runs in."""
        ...


class Versions(Protocol):
    """The texts that campaigns ran, and what of the present one waits to be sent. Raises StoreError."""

    async def history(self, campaign: str) -> Sequence[SopVersion]:
        """Return every version, oldest first."""
        ...

    async def unsent(self, campaign: str) -> Mapping[str, NewDelivery]:
        """Return the deliveries of which nothing was sent or tried and that may still go out, by key."""
        ...


class Standings(Protocol):
    """How accounts stand in groups. tests/contract/facts runs one suite over every implementation."""

    async def standings(self, groups: Sequence[str]) -> Mapping[tuple[str, str], Standing]:
        """Return how accounts stood in `groups` when they last read them, by (account, group). Raises StoreError."""
        ...


class Orders(Protocol):
    """Single deliveries in a campaign that stands for all of them. Raises StoreError like every store."""

    async def submit(self, campaign: Campaign, row: NewDelivery) -> bool:
        """Insert `row`, and `campaign` with the first, in one transaction that touches no other row; wake the daemon.

        False = its key is known; nothing was changed.
        """
        ...

    async def posts_of(self, campaign: str, key: str) -> Sequence[PostView]:
        """Return the parts of a delivery that the platform took, in their order."""
        ...
