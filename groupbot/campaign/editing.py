"""Changing a campaign that runs: from an edited SOP to a proposal that a person can judge, and from that to the ledger.

The edited SOP is matched with the version that it was written from and merged with what was changed by command since;
steps keep their ids, so their deliveries keep their keys and what was sent is never sent again. It becomes live as
every launch does: as a draft that each group takes over whole.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

from groupbot.campaign.abilities import Means
from groupbot.campaign.cast import roles_named
from groupbot.campaign.launch import Examined, carry_out, examine
from groupbot.campaign.lineage import shared_version
from groupbot.campaign.ports import Campaigns, Versions
from groupbot.campaign.proposal import Edit, Proposal, count, locked_by, repeating, without_resent
from groupbot.campaign.recalling import digests, event_of, recall, roles_of_launch
from groupbot.campaign.request import Request
from groupbot.campaign.starts import accounts_of, start_of
from groupbot.campaign.values import Campaign, CampaignState, Edition, Reconciled, SopVersion
from groupbot.chat.directory import Directory
from groupbot.delivery.pacing import Pace
from groupbot.delivery.values import DeliveryView, NewDelivery
from groupbot.errors import CampaignError
from groupbot.i18n import _
from groupbot.sop.difference import difference
from groupbot.sop.document import Material, Sop
from groupbot.sop.load import load
from groupbot.sop.matching import match, take_over
from groupbot.sop.materials import Files
from groupbot.sop.merging import EVERYWHERE, Merged, merge
from groupbot.sop.planned import Plan, PlanGroup, Problem, SopError
from groupbot.sop.starts import plan_starts
from groupbot.sop.writing import to_yaml

Lint = Callable[[Campaign, Sop, Plan, Sequence[PlanGroup]], Sequence[Problem]]
"""Return what to look at in a campaign's edited SOP and its plan on these groups; as slow as planning."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Running:
    """A campaign, its versions, and the SOP that the newest of them says."""

    campaign: Campaign
    history: Sequence[SopVersion]
    sop: Sop

    @property
    def newest(self) -> SopVersion:
        """The version that runs."""
        return self.history[-1]

    @property
    def home(self) -> str:
        """The newest file that a version came from, "" = none: materials count from its folder."""
        return next((version.source for version in reversed(self.history) if version.source), "")


@dataclass(frozen=True, kw_only=True, slots=True)
class Applied:
    """What an edit did."""

    proposal: Proposal
    done: Reconciled


@dataclass(frozen=True, kw_only=True, slots=True)
class Editor:
    """Edit campaigns. `files`: how the SOP of a file sees the disk; `path_of`: a material's path in the stored text.

    `lock_window`: how long before its time a delivery is no longer changed, where the SOP says nothing of it. `lint`:
    what to look at in an edited plan.
    """

    campaigns: Campaigns
    versions: Versions
    directory: Directory
    groups: Mapping[str, PlanGroup]
    files: Callable[[str], Files]
    path_of: Callable[[Material], str]
    lock_window: timedelta
    means: Means | None = None
    paces: Mapping[str, Pace] = field(default_factory=dict)
    lint: Lint | None = None

    async def running(self, campaign: str) -> Running:
        """Return a campaign as it runs; raises CampaignError when there is none whose text is known."""
        found = await self.campaigns.get(campaign)
        if found is None:
            raise CampaignError(
                _("There is no campaign called {campaign}.").format(campaign=campaign),
                hint=_("`groupbot campaign list`, in chat /活动 列表, shows all."),
            )
        history = tuple(await self.versions.history(campaign)) or (_unrecorded(found),)
        return Running(campaign=found, history=history, sop=recall(found, history[-1]))

    def restored(self, running: Running, version: SopVersion) -> Sop:
        """Return the SOP of an older version with the materials as they are now; raises SopError."""
        return self._read(running, version.text)

    async def prepare(self, edit: Edit, now: datetime) -> Proposal:
        """Return what `edit` comes to; nothing is changed. Raises CampaignError, StoreError."""
        running = await self.running(edit.campaign)
        _require_open(running.campaign)
        proposal = Proposal(edit=edit, follows=running.newest.number, problems=edit.sop.warnings)
        if edit.own_ids:
            merged = Merged(sop=edit.sop)
        else:
            version = _base(running, edit)
            base = recall(running.campaign, version)
            seen = self._as_stored(edit.image) if edit.image else base
            theirs = self._as_stored(edit.sop)
            matching = match(seen, theirs, edit.answers)
            proposal = replace(proposal, questions=matching.questions)
            taken = {step.id for sop in (seen, base, running.sop) for step in sop.steps}
            named = take_over(theirs, matching, taken)
            whole = merge(seen, base, named, {EVERYWHERE: "file"}).sop if edit.image else named
            shared = shared_version(running.history, version)
            common = base if shared is version else recall(running.campaign, shared)
            merged = merge(common, running.sop, whole, edit.take)
        proposal = replace(proposal, conflicts=merged.conflicts)
        try:
            final, text = self._settled(running, edit, merged.sop)
        except SopError as error:
            return replace(proposal, problems=error.problems)
        proposal = replace(proposal, changes=difference(running.sop, final))
        return await self._counted(proposal, running, final, text, now)

    async def apply(self, proposal: Proposal, now: datetime) -> Applied:
        """Make the edit live, judged anew; one that changes nothing writes nothing.

        Raises CampaignError when it can't be applied, or when the campaign was changed since it was proposed.
        """
        fresh = await self.prepare(proposal.edit, now)
        if fresh.follows != proposal.follows:
            raise CampaignError(
                _("{campaign} was changed by somebody else meanwhile.").format(campaign=proposal.edit.campaign),
                hint=_("Look at what the edit comes to now, and confirm again."),
            )
        if not fresh.ok or fresh.examined is None:
            raise CampaignError(
                _("The edit can't be applied as it is."),
                hint=_("Mend the errors, answer the questions, then try again."),
            )
        if fresh.empty:
            return Applied(proposal=fresh, done=Reconciled())
        done = await carry_out(fresh.examined, campaigns=self.campaigns, now=now)
        return Applied(proposal=fresh, done=done)

    def _settled(self, running: Running, edit: Edit, merged: Sop) -> tuple[Sop, str]:
        """Return the SOP as it will be stored, with its materials as they are now, and its text."""
        named = replace(merged, name=running.sop.name)
        text = to_yaml(named, path_of=self.path_of)
        stored = self._read(running, text, edit.source)
        return replace(named, materials=stored.materials, version=stored.version, warnings=edit.sop.warnings), text

    def _as_stored(self, sop: Sop) -> Sop:
        """Return `sop` with its materials' paths as the stored text has them, so that equal ones look equal."""
        materials = {name: replace(one, written=self.path_of(one)) for name, one in sop.materials.items()}
        return replace(sop, materials=materials)

    def _read(self, running: Running, text: str, source: str = "") -> Sop:
        return load(text.encode(), file=f"{running.campaign.id}.yaml", files=self.files(source or running.home))

    async def _counted(self, proposal: Proposal, running: Running, final: Sop, text: str, now: datetime) -> Proposal:
        """Return `proposal` with what it does to the ledger."""
        campaign, edit = running.campaign, proposal.edit
        views = await self.campaigns.deliveries(campaign.id)
        unsent = await self.versions.unsent(campaign.id)
        names = await self.campaigns.groups(campaign.id)
        whole = await asyncio.to_thread(self._plan, campaign, final, names)  # seconds for 100,000 deliveries
        thinned = partial(without_resent, whole, views, repeating(running.sop, final))
        planned = thinned()
        request = Request(
            plan=planned,
            groups=names,
            start=campaign.start,
            sop_text=text,
            roles=_roles(campaign, planned),
            voices=accounts_of(campaign.params),
            params=campaign.params,
            campaign_id=campaign.id,
            edition=Edition(
                source=edit.source,
                by=edit.by,
                note=edit.note,
                materials=digests(final),
                follows=running.newest.number,
                restores=edit.restores,
            ),
        )
        own = running.sop.lock_window  # what runs, lest an edit unlock itself
        lock = self.lock_window if own is None else own
        return await self._examined(proposal, request, thinned, unsent, views, now, lock=lock)

    async def _examined(
        self,
        proposal: Proposal,
        request: Request,
        thinned: Callable[[Collection[str]], Plan],
        unsent: Mapping[str, NewDelivery],
        views: Sequence[DeliveryView],
        now: datetime,
        *,
        lock: timedelta,
    ) -> Proposal:
        examined = await self._examine(request, now)
        if not examined.ok:
            return replace(proposal, problems=examined.problems)
        counts, touched = count(examined.rows, unsent, views)
        locked = locked_by(counts, unsent, now, lock)
        if locked and not proposal.edit.force_locked:
            kept = {row.key: unsent[row.key] for row in locked}
            examined = await self._examine(replace(request, kept=kept, plan=thinned(kept)), now)
            counts, touched = count(examined.rows, unsent, views)
        return replace(
            proposal,
            problems=examined.problems,
            counts=counts,
            locked=locked,
            groups=tuple(sorted(touched)),
            examined=examined,
        )

    async def _examine(self, request: Request, now: datetime) -> Examined:
        return await examine(
            request,
            campaigns=self.campaigns,
            directory=self.directory,
            now=now,
            means=self.means,
            paces=self.paces,
        )

    def _plan(self, campaign: Campaign, sop: Sop, names: Sequence[str]) -> Plan:
        """Return the plan with what lint says of it."""
        given = campaign.params.get("set")
        values = given if isinstance(given, Mapping) else {}
        event = event_of(campaign)
        groups = [self.groups.get(name, PlanGroup(name=name, known=False)) for name in names]
        starts = [start_of(campaign, group, event) for group in groups]
        made = plan_starts(
            sop,
            starts,
            start=campaign.start,
            variables={name: f"{value}" for name, value in values.items() if name in sop.variables},
        )
        found = self.lint(campaign, sop, made, [one.group for one in starts]) if self.lint else ()
        return replace(made, problems=(*made.problems, *found))


def _roles(campaign: Campaign, planned: Plan) -> dict[str, str]:
    """Return the roles that the launch mapped to accounts, as far as the plan still knows them."""
    used = {delivery.speaker for delivery in planned.deliveries} | roles_named(planned)
    return {role: account for role, account in roles_of_launch(campaign).items() if role in used}


def _base(running: Running, edit: Edit) -> SopVersion:
    """Return the version that the edited file was written from."""
    if edit.base is not None:
        return next((version for version in running.history if version.number == edit.base), running.newest)
    own = [version for version in running.history if edit.source and version.source == edit.source]
    filed = [version for version in running.history if version.source]
    return (own or filed or [running.newest])[-1]


def _unrecorded(campaign: Campaign) -> SopVersion:
    if not campaign.sop_text:
        raise CampaignError(
            _("{campaign} was launched without a text that could be edited.").format(campaign=campaign.id),
            hint=_("Launch it again from its file: `groupbot campaign launch`."),
        )
    return SopVersion(
        number=0,
        version=campaign.version,
        text=campaign.sop_text,
        materials={},
        source="",
        at=campaign.created_at,
        by="",
        note="",
    )


def _require_open(campaign: Campaign) -> None:
    if campaign.state not in {CampaignState.RUNNING, CampaignState.PAUSED}:
        raise CampaignError(
            _("{campaign} does not run, so it can't be edited.").format(campaign=campaign.id),
            hint=_("`groupbot campaign show {campaign}` tells how it stands.").format(campaign=campaign.id),
        )
