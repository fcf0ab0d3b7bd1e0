"""Conversions, costs and channels over the store: for chat, the command line and plugins alike."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from importlib import import_module
from typing import Any
from zoneinfo import ZoneInfo

from groupbot.admin.conversion_desk import CostAsked, Counted, ListAsked, MarkAsked, Meant, ReadFile
from groupbot.campaign.one_off import ONE_OFF
from groupbot.campaign.values import Campaign, CampaignState
from groupbot.chat.adapter import Received
from groupbot.core.clock import Clock
from groupbot.core.ids import token
from groupbot.desk.existing import existing
from groupbot.errors import CampaignError, ConfigError
from groupbot.i18n import _, joined
from groupbot.settings import Settings
from groupbot.storage.campaigns import SqlCampaigns
from groupbot.storage.channel_marks import SqlChannelMarks
from groupbot.storage.conversions import SqlConversions
from groupbot.storage.costs import SqlCosts
from groupbot.storage.engine import Database
from groupbot.storage.persons import SqlAliases, SqlRoll, SqlTails
from groupbot.storage.proposals import SqlProposals
from groupbot.tracking import metrics
from groupbot.tracking.channels import Source as ChannelSource
from groupbot.tracking.conversion_book import Cost, People, Proposal
from groupbot.tracking.matching import MOST_CANDIDATES, TAIL, Match, Who, matched, tail_of
from groupbot.tracking.metrics import Dimension, Rollups
from groupbot.tracking.planning import JOINED, PlanLine, planned
from groupbot.tracking.stage_words import stage_called, stage_title
from groupbot.tracking.stages import REFUNDED, Conversion, Source, StoredConversion, refund_of

COST = "cost"
Fetch = Callable[[str, str, int], Awaitable[Received]]
"""Fetch the file of a message: account, message id, bytes at most."""


class ConversionOffice:
    """`admin.conversion_desk.ConversionDesk`. `settings`: those that hold now; lists are read in threads.

    `fetch`: None where no account is at hand.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        settings: Callable[[], Settings],
        rollups: Rollups,
        fetch: Fetch | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._settings = settings
        self._rollups = rollups
        self._fetch = fetch
        self._store = SqlConversions(database)
        self._costs = SqlCosts(database)
        self._doubtful = SqlProposals(database)

    async def file(self, account: str, message_id: str) -> tuple[bytes, str]:
        if self._fetch is None:
            raise CampaignError(_("Files are read from chat only."))
        received = await self._fetch(account, message_id, self._settings().admin.file_limit_mb * 1_000_000)
        return received.data, received.name

    async def read(self, asked: ListAsked, *, write: bool) -> ReadFile:
        campaign, settings = await self.campaign(asked.campaign), self._settings()
        stage_called(asked.stage, settings.tracking)
        lists = await asyncio.to_thread(import_module, "groupbot.desk.conversion_lists")
        made = lists.Lists(database=self._database, settings=settings, campaign=campaign, now=self._clock.now())
        found: ReadFile = await made.read(asked, write=write)
        return found

    async def campaign(self, name: str) -> Campaign:
        """Return a campaign, for "" the one that runs. Raises CampaignError."""
        if name:
            return await existing(self._database, name)
        every = await SqlCampaigns(self._database).list()
        live = {CampaignState.RUNNING, CampaignState.PAUSED}
        running = [one for one in every if one.state in live and one.id != ONE_OFF]
        if len(running) == 1:
            return running[0]
        names = joined(one.id for one in running) or "—"
        raise CampaignError(_("Say which campaign is meant."), hint=_("Running: {names}.").format(names=names))

    async def find(self, campaign: str, word: str) -> Meant:
        found = await self.campaign(campaign)
        return _meant(found.id, word, await self._people(found.id))

    async def mark(self, asked: MarkAsked) -> Counted:
        campaign, settings = await self.campaign(asked.campaign), self._settings()
        meant = _meant(campaign.id, asked.member, await self._people(campaign.id))
        words, at = await asyncio.to_thread(self._words, asked.amount, asked.at, asked.currency, campaign)
        stage = stage_called(asked.stage, settings.tracking)
        if words is not None and words.amount < 0 and stage != REFUNDED:
            raise ConfigError(_("Money that went back is marked as refunded, not as {stage}.").format(stage=stage))
        conversion = Conversion(
            campaign=campaign.id,
            member=meant.member,
            group=meant.group,
            stage=stage,
            at=at,
            amount=abs(words.amount) if words else None,
            currency=words.currency if words else "",
            source=Source.COMMAND,
            key=asked.key or f"mark:{token()[:10]}",
            by=asked.by,
        )
        done = await self._store.add([conversion], now=self._clock.now())
        if done.undone:
            raise CampaignError(
                _("Somebody took {key} back.").format(key=conversion.key), hint=_("Give it another key.")
            )
        return _counted(conversion, campaign, settings, shown=meant.shown, is_new=not done.known)

    async def counted(self, key: str, campaign: str = "") -> Counted:
        stored, place = await self._under(key, campaign)
        return await self._told(stored, place)

    async def undo(self, key: str, campaign: str = "", *, by: str) -> Counted:
        stored, place = await self._under(key, campaign)
        told = await self._told(stored, place)
        if isinstance(stored, Cost):
            await self._costs.undo(place.id, key, by=by, now=self._clock.now())
        else:
            await self._store.undo(place.id, list(filter(None, (key, told.also))), by=by, now=self._clock.now())
        return told

    async def spend(self, asked: CostAsked) -> Counted:
        campaign = await self.campaign(asked.campaign)
        channel = self._channel(asked.channel)
        words, at = await asyncio.to_thread(self._words, asked.amount, asked.day, asked.currency, campaign)
        if words is None or words.amount < 0:
            raise ConfigError(_("A cost is an amount; take a wrong one back by its key."))
        cost = Cost(
            campaign=campaign.id,
            channel=channel,
            day=f"{at.astimezone(ZoneInfo(campaign.timezone)):%Y-%m-%d}",
            amount=words.amount,
            currency=words.currency,
            key=asked.key or f"{COST}:{token()[:10]}",
            note=asked.note,
            by=asked.by,
        )
        is_new = await self._costs.add(cost, now=self._clock.now())
        counts = [cost] if is_new else await self._costs.counting(cost.key)
        known = next((one for one in counts if one.campaign == campaign.id), cost)
        return _told_cost(known, self._settings(), is_new=is_new)

    async def come_from(self, campaign: str, word: str, channel: str, *, by: str) -> Meant:
        meant = await self.find(campaign, word)
        await SqlChannelMarks(self._database).mark(
            {meant.member: self._channel(channel)},
            source=ChannelSource.COMMAND,
            campaign=meant.campaign,
            by=by,
            now=self._clock.now(),
        )
        return meant

    async def keep_tail(self, campaign: str, word: str, tail: str, *, by: str) -> Meant:
        digits = tail_of(tail)
        if not digits:
            raise ConfigError(_("Write the last {n} digits of the phone number.").format(n=TAIL))
        meant = await self.find(campaign, word)
        await SqlTails(self._database).add({meant.member: [digits]}, by=by, now=self._clock.now())
        return meant

    async def same(self, campaign: str, word: str, other: str, *, by: str) -> Meant:
        one, second = await self.find(campaign, word), await self.find(campaign, other)
        aliases = SqlAliases(self._database)
        person = await aliases.join(one.member, second.member, by=by, now=self._clock.now())
        return await self.find(campaign, person) if person != one.member else one

    async def apart(self, campaign: str, word: str, *, by: str) -> Meant:
        meant = await self.find(campaign, word)
        if not await SqlAliases(self._database).part(meant.member, by=by, now=self._clock.now()):
            raise CampaignError(_("{member} is one with nobody.").format(member=meant.shown or meant.member))
        return meant

    async def proposals(self, campaign: str = "") -> Sequence[Proposal]:
        """Return the doubtful rows of a campaign, for "" those of all."""
        if campaign:
            return await self._doubtful.list((await self.campaign(campaign)).id)
        every = await SqlCampaigns(self._database).list()
        return [row for one in every for row in await self._doubtful.list(one.id)]

    async def proposed(self, ids: Sequence[int]) -> Sequence[Proposal]:
        return await self._doubtful.get(ids)

    async def settle(self, choices: Mapping[int, str], *, by: str) -> Sequence[Counted]:
        settling = import_module("groupbot.desk.proposal_settling")
        done: Sequence[Counted] = await settling.settle(self._database, self._clock.now(), choices, by)
        return done

    async def plan(self, campaign: str = "") -> Sequence[PlanLine]:
        settings, found = self._settings(), await self.campaign(campaign)
        await self._rollups.refresh()
        wanted = (JOINED, metrics.cost(settings.tracking.currency))
        sums = await self._rollups.sums(found.id, (Dimension.METRIC, Dimension.CHANNEL), metrics=wanted)
        exact = {place: n for place, n in sums.items() if place[0] in wanted}
        return planned(settings.channels, exact, seats=settings.tracking.seats, currency=settings.tracking.currency)

    async def _people(self, campaign: str) -> People:
        return await SqlRoll(self._database).people(campaign)

    async def _told(self, stored: StoredConversion | Cost, campaign: Campaign) -> Counted:
        if isinstance(stored, Cost):
            return _told_cost(stored, self._settings())
        people = await self._people(campaign.id)
        shown = people.shown.get(stored.conversion.member, "")
        made = _counted(stored.conversion, campaign, self._settings(), shown=shown)
        refund = refund_of(made.key)
        besides = (await self._store.of_keys(campaign.id, [refund])).get(refund) if refund else None
        return replace(made, also=refund) if besides is not None and besides.undone_at is None else made

    async def _under(self, key: str, campaign: str) -> tuple[StoredConversion | Cost, Campaign]:
        """Return what counts under `key`: in `campaign`, or in the one that has it. Raises CampaignError."""
        known = [await existing(self._database, campaign)] if campaign else await SqlCampaigns(self._database).list()
        by_id = {one.id: one for one in known}
        found: list[StoredConversion | Cost] = [
            *(one for one in await self._store.counting(key) if one.conversion.campaign in by_id),
            *(one for one in await self._costs.counting(key) if one.campaign in by_id),
        ]
        if not found:
            raise CampaignError(_("Nothing counts under {key}.").format(key=key))
        names = [one.campaign if isinstance(one, Cost) else one.conversion.campaign for one in found]
        if len(found) > 1:
            hint = _("Say which campaign is meant: {names}.").format(names=joined(names))
            raise CampaignError(_("{key} counts in several campaigns.").format(key=key), hint=hint)
        return found[0], by_id[names[0]]

    def _channel(self, word: str) -> str:
        """Return the name of the channel that is called `word`, "" for none. Raises ConfigError."""
        channels = self._settings().channels
        named = [one.name for one in channels if one.name == word]
        found = named or [one.name for one in channels if one.title == word]
        if not word or len(found) == 1:
            return found[0] if word else ""
        names = joined(f"{one.name} ({one.title})" if one.title else one.name for one in channels) or "—"
        raise ConfigError(
            _("There is no channel {channel}.").format(channel=word),
            hint=_("Channels of config.toml, [[channels]]: {names}.").format(names=names),
        )

    def _words(self, amount: str, at: str, currency: str, campaign: Campaign) -> tuple[Any, datetime]:
        words = import_module("groupbot.desk.conversion_words")
        currency = currency or self._settings().tracking.currency
        found: tuple[Any, datetime] = words.amount_and_time(amount, at, currency, campaign, self._clock.now())
        return found


def _meant(campaign: str, word: str, people: People) -> Meant:
    """Return whom `word` means. Raises CampaignError for nobody, and for several."""
    match = matched(Who(member=word, name=word), people)
    if isinstance(match, Match):
        member = match.member
        return Meant(campaign=campaign, member=member, group=people.groups[member], shown=people.shown.get(member, ""))
    if match.candidates:
        shown = joined(f"{member} ({people.groups[member]})" for member in match.candidates[:MOST_CANDIDATES])
        raise CampaignError(
            _("Several members are called {name}.").format(name=word), hint=_("Give the id: {ids}.").format(ids=shown)
        )
    raise CampaignError(
        _("No member of {campaign} is called {name}.").format(campaign=campaign, name=word),
        hint=_("Names count as they stand in the group; an id always does."),
    )


def _counted(
    one: Conversion, campaign: Campaign, settings: Settings, *, shown: str = "", is_new: bool = True
) -> Counted:
    return Counted(
        key=one.key,
        campaign=one.campaign,
        what=one.stage,
        title=stage_title(one.stage, settings.tracking),
        at=one.at.astimezone(ZoneInfo(campaign.timezone)).isoformat(timespec="seconds"),
        member=one.member,
        shown=shown,
        group=one.group,
        amount=one.amount,
        currency=one.currency,
        is_new=is_new,
    )


def _told_cost(cost: Cost, settings: Settings, *, is_new: bool = True) -> Counted:
    titles = {channel.name: channel.title or channel.name for channel in settings.channels}
    where = titles.get(cost.channel, cost.channel)
    return Counted(
        key=cost.key,
        campaign=cost.campaign,
        what=COST,
        title=" · ".join(filter(None, (where, _("cost")))),
        at=cost.day,
        amount=cost.amount,
        currency=cost.currency,
        is_new=is_new,
    )
