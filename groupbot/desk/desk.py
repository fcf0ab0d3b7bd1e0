"""The desk: everything that an operator can have done with SOPs, campaigns, deliveries and tasks, behind one object."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from groupbot.campaign.asked import Ask, Asked, Foreseen
from groupbot.campaign.editing import Applied, Editor
from groupbot.campaign.proposal import Edit, Proposal
from groupbot.campaign.request import Launched
from groupbot.campaign.values import CampaignState, SopVersion, TaskView
from groupbot.campaign.views import WAITING, CampaignRow, Due, Placed, PreviewText, Shown
from groupbot.core.clock import Clock
from groupbot.delivery.values import DeliveryView, Settlement, State
from groupbot.desk import deliveries, launching, orders, previewing, showing, sop_files, steps, tasks
from groupbot.desk.campaigns import campaign_row, campaigns, change_state, pause_in
from groupbot.desk.checklist import Checks
from groupbot.desk.deliveries import TO_SETTLE
from groupbot.desk.editing import editor, from_export
from groupbot.desk.existing import existing
from groupbot.desk.group_starts import customers, stand_ins
from groupbot.desk.linting import Crew, file_problems, sop_problems
from groupbot.desk.sent_files import SentFiles
from groupbot.errors import CampaignError
from groupbot.i18n import _
from groupbot.settings import Settings
from groupbot.sop.document import Sop
from groupbot.sop.merging import Side
from groupbot.sop.planned import Problem, SopError
from groupbot.sop.preview.calendar import Preview
from groupbot.storage import agenda
from groupbot.storage.engine import Database
from groupbot.storage.versions import SqlVersions

UPCOMING_DAYS = 31
"""How far ahead `upcoming` looks."""


class Desk:
    """Do what operators ask for. `settings`: those that hold now.

    Every method raises CampaignError for "no", with the way out, and StoreError for the database; what else it raises,
    it says. Files are read and plans are made in a thread.
    """

    def __init__(self, *, settings: Callable[[], Settings], database: Database, clock: Clock) -> None:
        self._settings = settings
        self._database = database
        self._clock = clock

    # SOP files

    async def check(self, file: Path) -> tuple[Problem, ...]:
        """Return what is wrong in an SOP file or worth a look, in its order."""
        return await asyncio.to_thread(file_problems, file, self._root)

    async def check_bytes(self, data: bytes, name: str) -> tuple[Problem, ...]:
        """Return what is wrong in an SOP file that was sent, called `name`; nothing is stored but its pictures."""

        def work() -> tuple[Problem, ...]:
            try:
                return sop_problems(sop_files.sop_of(data, name, self._root, whole=False))
            except SopError as error:
                return error.problems

        return await asyncio.to_thread(work)

    async def keep(self, data: bytes, name: str, *, replace: bool = False) -> Path:
        """Store an SOP file that was sent in `sops/` and return where."""
        return await asyncio.to_thread(sop_files.keep_sop, data, name, self._root, replace=replace)

    @property
    def files(self) -> SentFiles:
        """What is done with SOP files that operators send."""
        return SentFiles(self._settings(), self._database, self._clock)

    @property
    def checks(self) -> Checks:
        """What is done with the checklists of campaigns."""
        return Checks(self._settings(), self._database, self._clock)

    async def preview(self, asked: Asked) -> PreviewText:
        """Return day by day what a launch would post; without groups on all of the project's, else on stand-ins.

        Raises SopError.
        """
        return await asyncio.to_thread(self._in_words, asked)

    async def show(self, what: Asked | str) -> Shown:
        """Return the preview of a launch, or of the campaign of that id as it runs, with a picture; raises SopError."""
        now = self._clock.now()
        if isinstance(what, Asked):
            return await asyncio.to_thread(lambda: showing.shown(*self._previewed(what), self._root, now))
        running, groups = await self._editor.running(what), await self.groups(what)

        def work() -> Shown:
            made = showing.running_preview(running, groups, self._settings())
            return showing.shown(made, running.sop, self._root, now)

        return await asyncio.to_thread(work)

    # campaigns

    async def foresee(self, asked: Asked) -> Foreseen:
        """Return what `launch` would do."""
        settings = self._settings()
        request = await asyncio.to_thread(launching.requested, asked, settings)
        return await launching.foreseen(request, settings, self._database, self._clock.now())

    async def launch(self, asked: Asked) -> Launched:
        """Launch an SOP; with an error among the problems nothing was changed."""
        settings = self._settings()
        request = await asyncio.to_thread(launching.requested, asked, settings)
        return await launching.launch_request(request, settings, self._database, self._clock.now())

    async def pause(self, campaign: str, groups: Sequence[str] = ()) -> CampaignRow:
        """Begin no further part until `resume`; with `groups` in these alone."""
        if groups:
            return await pause_in(self._database, campaign, groups, paused=True)
        return await change_state(self._database, campaign, CampaignState.PAUSED)

    async def resume(self, campaign: str, groups: Sequence[str] = ()) -> CampaignRow:
        """Go on; what is too late meets its late policy. With `groups` in these alone."""
        if groups:
            return await pause_in(self._database, campaign, groups, paused=False)
        return await change_state(self._database, campaign, CampaignState.RUNNING)

    async def cancel(self, campaign: str) -> CampaignRow:
        """End it for good."""
        return await change_state(self._database, campaign, CampaignState.CANCELLED)

    async def campaigns(self) -> tuple[CampaignRow, ...]:
        """Return all campaigns, newest first."""
        return await campaigns(self._database)

    async def campaign(self, campaign: str) -> CampaignRow:
        """Return one campaign."""
        return await campaign_row(self._database, campaign)

    async def counts(self, campaign: str) -> Mapping[State, int]:
        """Return how many deliveries of a campaign are in which state."""
        return (await campaign_row(self._database, campaign)).counts

    async def groups(self, campaign: str) -> tuple[str, ...]:
        """Return the groups that a campaign runs in."""
        await existing(self._database, campaign)
        return tuple(await self._editor.campaigns.groups(campaign))

    async def today(self, campaign: str | None = None, groups: Collection[str] | None = None) -> tuple[Due, ...]:
        """Return what is or was due on this day of the project's zone, by time; with `groups` what goes there."""
        zone = ZoneInfo(self._settings().timezone)
        day = self._clock.now().astimezone(zone).date()
        since, until = (datetime.combine(day + timedelta(days=n), time(), tzinfo=zone) for n in (0, 1))
        return await self._agenda(since, until, campaign, groups=groups)

    async def upcoming(
        self, number: int, campaign: str | None = None, groups: Collection[str] | None = None
    ) -> tuple[Due, ...]:
        """Return the next `number` steps that wait for their time; with `groups` those that go there."""
        now = self._clock.now()
        found = await self._agenda(now, now + timedelta(days=UPCOMING_DAYS), campaign, WAITING, groups)
        return found[:number]

    # deliveries

    async def deliveries(self, campaign: str, states: Sequence[State] = ()) -> tuple[DeliveryView, ...]:
        """Return a campaign's deliveries by time, all without `states`."""
        return tuple(await deliveries.deliveries(self._database, campaign, states))

    async def open_deliveries(self, states: Sequence[State] = TO_SETTLE) -> tuple[DeliveryView, ...]:
        """Return the deliveries of all campaigns that wait for a person's word, by time."""
        return await deliveries.open_deliveries(self._database, states)

    async def settle(self, campaign: str, key: str, how: Settlement) -> DeliveryView:
        """Say what became of an open delivery."""
        return await deliveries.settle(self._database, campaign, key, how, self._clock.now())

    async def recall(self, campaign: str, key: str) -> Placed:
        """Take back what a delivery posted; raises ConfigError."""
        return await deliveries.recall(self._settings(), self._database, self._clock, campaign, key)

    async def resend(self, campaign: str, step: str, group: str) -> Placed:
        """Post a step once more to a group, in the words that it had there; twice asked is twice posted."""
        order = await steps.again(SqlVersions(self._database), campaign, step, group)
        return await orders.place([order], self._settings(), self._database, self._clock)

    # edits: proposed, then applied

    async def move(self, ask: Ask, step: str, at: str) -> Proposal:
        """Propose another time for a step, as an SOP writes it; raises TimeNodeError."""
        return await steps.move(self._editor, ask, step, at, self._clock.now())

    async def skip(self, ask: Ask, step: str) -> Proposal:
        """Propose to leave a step out from now on."""
        return await steps.skip(self._editor, ask, step, self._clock.now())

    async def reword(self, ask: Ask, step: str, words: str) -> Proposal:
        """Propose other words for a step; raises ScriptError."""
        return await steps.reword(self._editor, ask, step, words, self._clock.now())

    async def send_now(self, ask: Ask, step: str) -> Proposal:
        """Propose that a step go out at once where it has not yet."""
        return await steps.send_now(self._editor, ask, step, self._clock.now())

    async def undo(self, ask: Ask, to: int | None = None) -> Proposal:
        """Propose to bring an older version of the plan back; raises SopError."""
        return await steps.undo(self._editor, ask, to, self._clock.now())

    async def edit(
        self,
        ask: Ask,
        file: Path,
        *,
        answers: Mapping[str, str] | None = None,
        take: Mapping[str, Side] | None = None,
    ) -> Proposal:
        """Propose to change a campaign to what a file says; raises SopError."""
        settings, desk = self._settings(), self._editor
        running = await desk.running(ask.campaign)

        def read() -> Edit:
            place = sop_files.sop_place(file, settings.folder)
            edit = Edit(
                campaign=ask.campaign,
                sop=sop_files.read_sop(file, settings.folder),
                source=sop_files.source_of(place, settings.folder),
                answers=answers or {},
                take=take or {},
                force_locked=ask.force_locked,
                by=ask.by,
            )
            return from_export(edit, place.read_bytes(), place.name, desk, running)

        return await desk.prepare(await asyncio.to_thread(read), self._clock.now())

    async def apply(self, proposal: Proposal) -> Applied:
        """Carry an edit out, judged anew; refused when the campaign was changed since it was proposed."""
        return await self._editor.apply(proposal, self._clock.now())

    async def versions(self, campaign: str) -> tuple[SopVersion, ...]:
        """Return what a campaign ran, oldest first."""
        return tuple((await self._editor.running(campaign)).history)

    # tasks for people

    async def tasks(self, campaign: str | None = None) -> tuple[TaskView, ...]:
        """Return a campaign's tasks, or the open ones of all that run, by time."""
        return (
            await tasks.open_tasks(self._database)
            if campaign is None
            else tuple(await tasks.tasks_of(self._database, campaign))
        )

    async def complete(self, campaign: str, key: str, *, by: str = "") -> TaskView:
        """Tick a task off, done by the person called `by`."""
        return await tasks.complete(self._database, campaign, key, by=by, at=self._clock.now())

    async def postpone(self, campaign: str, key: str, due: datetime) -> TaskView:
        """Put a task off until `due` (aware); it is told again then."""
        if due <= self._clock.now():
            raise CampaignError(_("That time is over."), hint=_("Name a later one."))
        return await tasks.postpone(self._database, campaign, key, due)

    @property
    def _root(self) -> Path:
        return self._settings().folder

    @property
    def _editor(self) -> Editor:
        return editor(self._settings(), self._database)

    async def _agenda(
        self,
        since: datetime,
        until: datetime,
        campaign: str | None,
        states: Sequence[State] = (),
        groups: Collection[str] | None = None,
    ) -> tuple[Due, ...]:
        if campaign is not None:
            await existing(self._database, campaign)
        return await agenda.between(self._database, since, until, campaign=campaign, states=states, groups=groups)

    def _in_words(self, asked: Asked) -> PreviewText:
        made, sop = self._previewed(asked)
        return previewing.in_words(made, sop.roles)

    def _previewed(self, asked: Asked) -> tuple[Preview, Sop]:
        settings = self._settings()
        sop = sop_files.read_sop(asked.sop, settings.folder, whole=False)
        if not asked.names and asked.group_list is None:
            known = customers(settings)
            asked = replace(asked, names=known or [group.name for group in stand_ins(sop)])
        launching.require_usable(asked, settings)
        groups = launching.chosen(asked, sop, settings)
        crew = Crew.of(settings, asked.roles, groups.voices)
        return previewing.previewed(sop, groups.starts, asked.sets, crew), sop
