"""Gathering a campaign's report. Imports the reader of SOPs."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from groupbot.campaign.recalling import recall
from groupbot.campaign.values import Campaign
from groupbot.core.clock import Clock
from groupbot.desk.existing import existing
from groupbot.desk.tasks import tasks_of
from groupbot.errors import CampaignError
from groupbot.i18n import _, joined
from groupbot.reports.campaign.funnel import stages
from groupbot.reports.campaign.measures import added
from groupbot.reports.campaign.questions import asked_most
from groupbot.reports.campaign.report import report
from groupbot.reports.campaign.values import (
    By,
    CampaignFacts,
    ChannelPlanned,
    MemberFigures,
    Posts,
    Report,
    ReportFacts,
    StepFigures,
)
from groupbot.reports.tasks import by_person
from groupbot.settings import Settings
from groupbot.sop.document import Goal
from groupbot.storage import report_figures as store
from groupbot.storage.campaigns import SqlCampaigns
from groupbot.storage.engine import Database
from groupbot.storage.experiments import SqlExperiments
from groupbot.storage.versions import SqlVersions
from groupbot.tracking.experiments.record import State
from groupbot.tracking.metrics import VISITS, Dimension, Period, Rollups

READ = {By.GROUP: Dimension.GROUP, By.CHANNEL: Dimension.CHANNEL, By.VARIANT: Dimension.VARIANT}
EVENING = (By.GROUP, By.CHANNEL)
_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """Which report. `day`: None = all days; `groups`: only these, None = all of the campaign."""

    campaign: str
    day: date | None = None
    by: tuple[By, ...] = EVENING
    groups: Collection[str] | None = None


class Reporting:
    """Make reports over the store. `our_ids`: (account, id) of our own people and accounts, who ask no questions."""

    def __init__(
        self,
        *,
        settings: Settings,
        database: Database,
        clock: Clock,
        rollups: Rollups,
        our_ids: Collection[tuple[str, str]] = (),
    ) -> None:
        self._settings = settings
        self._database = database
        self._clock = clock
        self._rollups = rollups
        self._our_ids = our_ids

    async def wanted(
        self, campaign: str, *, day: str = "", by: Sequence[By] = EVENING, squads: Collection[str] | None = None
    ) -> Wanted:
        """Return what a person asks for. Raises CampaignError for a day that is none, or squads without groups here."""
        found = await existing(self._database, campaign)
        groups = None
        if squads is not None:
            here = await SqlCampaigns(self._database).groups(campaign)
            of = {group.name: group.squad for group in self._settings.groups}
            groups = frozenset(name for name in here if of.get(name, "") in squads)
            if not groups:
                known = joined(sorted({of[name] for name in here if of.get(name)})) or "—"
                raise CampaignError(
                    _("{campaign} has no group of squad {squads}; its squads: {known}.").format(
                        campaign=campaign, squads=joined(sorted(squads)) or "—", known=known
                    )
                )
        today = self._clock.now().astimezone(ZoneInfo(found.timezone)).date()
        chosen = day_of(day, found.start, today) if day else None
        if chosen is not None and chosen > today:
            raise CampaignError(_("{day} is still to come.").format(day=chosen.isoformat()))
        return Wanted(campaign=campaign, day=chosen, by=tuple(by), groups=groups)

    async def make(self, wanted: Wanted) -> Report:
        """Return the report as things stand now. Raises StoreError, CampaignError."""
        await self._rollups.refresh()
        return report(await self.facts(wanted))

    async def facts(self, wanted: Wanted) -> ReportFacts:
        """Return what the report is made of."""
        campaign = await existing(self._database, wanted.campaign)
        known = await self._campaign(campaign, wanted)
        now = self._clock.now()
        today = now.astimezone(known.zone).date()
        since, until = _span(wanted.day, known, today)
        period = Period(first=str(wanted.day), last=str(wanted.day)) if wanted.day else Period(last=str(today))
        lines = {by: await self._lines(known, wanted, by, period) for by in _read(wanted.by)}
        by_day = await self._by_day(known, wanted)
        shown = await store.visits(self._database, campaign.id, tuple(known.squads), known.zone)
        _add_visits(shown, by_day, lines, wanted)
        steps = await store.posts_by_step(self._database, campaign.id, tuple(known.squads), since, until)
        tasks = await tasks_of(self._database, campaign.id)
        return ReportFacts(
            campaign=known,
            currency=self._settings.tracking.currency,
            stages=stages(self._settings.tracking.stages),
            today=today,
            day=wanted.day,
            by_day=by_day,
            lines=lines,
            planned=tuple(self._planned()),
            posts=_all(steps.values()),
            steps=tuple(StepFigures(step=step, posts=posts) for step, posts in steps.items()),
            members=await self._members(known, wanted) if By.MEMBER in wanted.by else (),
            tasks=by_person((task for task in tasks if wanted.groups is None or task.group in wanted.groups), now),
            incidents=await store.incidents_of(self._database, tuple(known.squads), since, until),
            questions=await self._questions(known, since, until) if wanted.day else (),
            experiments=await self._running(campaign.id) if By.VARIANT in wanted.by else (),
        )

    async def _campaign(self, campaign: Campaign, wanted: Wanted) -> CampaignFacts:
        squads = {group.name: group.squad for group in self._settings.groups}
        groups = await SqlCampaigns(self._database).groups(campaign.id)
        zone = ZoneInfo(campaign.timezone)
        last = await store.last_due(self._database, campaign.id)
        return CampaignFacts(
            id=campaign.id,
            title=campaign.title or campaign.sop,
            zone=zone,
            first=campaign.start,
            last=last.astimezone(zone).date() if last else None,
            goals=await self._goals(campaign) if wanted.groups is None else (),
            squads={name: squads.get(name, "") for name in groups if wanted.groups is None or name in wanted.groups},
        )

    async def _goals(self, campaign: Campaign) -> tuple[Goal, ...]:
        """Return the goals of the version that runs; none of one that can't be read any more."""
        history = await SqlVersions(self._database).history(campaign.id)
        try:
            return (await asyncio.to_thread(recall, campaign, history[-1])).goals if history else ()
        except CampaignError:
            return ()

    async def _by_day(self, known: CampaignFacts, wanted: Wanted) -> dict[str, dict[str, int]]:
        if wanted.groups is None:
            sums = await self._rollups.sums(known.id, (Dimension.DAY, Dimension.METRIC))
            return added({(day, metric): n for (day, metric), n in sums.items()})
        sums = await self._rollups.sums(known.id, (Dimension.DAY, Dimension.METRIC, Dimension.GROUP))
        return _of_groups(sums, wanted.groups)

    async def _lines(self, known: CampaignFacts, wanted: Wanted, by: By, period: Period) -> dict[str, dict[str, int]]:
        if by is By.GROUP or wanted.groups is None:
            sums = await self._rollups.sums(known.id, (READ[by], Dimension.METRIC), period)
            found = added({(value, metric): n for (value, metric), n in sums.items()})
            return found if wanted.groups is None else {k: v for k, v in found.items() if k in wanted.groups}
        sums = await self._rollups.sums(known.id, (READ[by], Dimension.METRIC, Dimension.GROUP), period)
        return _of_groups(sums, wanted.groups)

    def _planned(self) -> Iterable[ChannelPlanned]:
        for channel in self._settings.channels:
            plan = channel.plan
            joins = round(plan.reach * plan.join_rate) if plan.reach and plan.join_rate is not None else None
            yield ChannelPlanned(name=channel.name, title=channel.title, joins=joins, cost=plan.cost)

    async def _members(self, known: CampaignFacts, wanted: Wanted) -> tuple[MemberFigures, ...]:
        found = await store.members_of(self._database, known.id, self._settings.tracking.currency)
        return tuple(one for one in found if wanted.groups is None or one.group in wanted.groups)

    async def _running(self, campaign: str) -> tuple[str, ...]:
        """Return the experiments whose variants may not be judged yet."""
        found = await SqlExperiments(self._database).list(campaign)
        return tuple(one.design.name for one in found if one.state is State.RUNNING)

    async def _questions(self, known: CampaignFacts, since: datetime, until: datetime) -> tuple[str, ...]:
        said = await store.said(self._database, tuple(known.squads), since, until)
        theirs = [(member, words) for account, member, words in said if (account, member) not in self._our_ids]
        return await asyncio.to_thread(asked_most, theirs)


def day_of(text: str, first: date, today: date) -> date:
    """Return the day that `text` names: 2026-05-18, D3, today or yesterday. Raises CampaignError."""
    said = text.strip().casefold()
    relative = {"today": 0, "今天": 0, "yesterday": 1, "昨天": 1}
    if said in relative:
        return today - relative[said] * _DAY
    try:
        return first + (int(said[1:]) - 1) * _DAY if said[:1] == "d" else date.fromisoformat(said)
    except (ValueError, OverflowError) as error:
        raise CampaignError(
            _("{day!r} is no day of a report.").format(day=text),
            hint=_("Write 2026-05-18, D3, today or yesterday."),
        ) from error


def _read(by: Sequence[By]) -> list[By]:
    """Return which dimensions have to be read; squads are sums of groups."""
    return [one for one in READ if one in by or (one is By.GROUP and By.SQUAD in by)]


def _span(day: date | None, known: CampaignFacts, today: date) -> tuple[datetime, datetime]:
    """Return the instants between which the report looks; all days begin long before the campaign."""
    first = day or known.first - timedelta(days=366)
    last = day or today
    return (
        datetime.combine(first, time(), known.zone),
        datetime.combine(last + _DAY, time(), known.zone),
    )


def _of_groups(sums: Mapping[tuple[str, ...], int], groups: Collection[str]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for (value, metric, group), n in sums.items():
        if group in groups:
            line = found.setdefault(value, {})
            line[metric] = line.get(metric, 0) + n
    return found


def _add_visits(
    visits: Mapping[tuple[str, str, str, str], int],
    by_day: dict[str, dict[str, int]],
    lines: Mapping[By, dict[str, dict[str, int]]],
    wanted: Wanted,
) -> None:
    """Put the visits of live codes beside what came of them."""
    for (day, channel, variant, group), count in visits.items():
        if wanted.groups is not None and group not in wanted.groups:
            continue
        into = [(by_day, day)]
        if wanted.day is None or day == str(wanted.day):
            values = {By.CHANNEL: channel, By.VARIANT: variant, By.GROUP: group}
            into += [(lines[by], value) for by, value in values.items() if by in lines]
        for table, value in into:
            line = table.setdefault(value, {})
            line[VISITS] = line.get(VISITS, 0) + count


def _all(posts: Iterable[Posts]) -> Posts:
    found = tuple(posts)
    return Posts(
        on_time=sum(one.on_time for one in found),
        late=sum(one.late for one in found),
        missed=sum(one.missed for one in found),
        open=sum(one.open for one in found),
    )
