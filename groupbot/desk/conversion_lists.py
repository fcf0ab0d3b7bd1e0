"""Reading lists of orders, attendance and phone numbers, and writing what is certain in them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from groupbot.admin.conversion_desk import ListAsked, ListKind, ReadFile
from groupbot.campaign.values import Campaign
from groupbot.core.ids import token
from groupbot.errors import ConfigError
from groupbot.i18n import _
from groupbot.settings import Settings
from groupbot.storage.channel_marks import SqlChannelMarks
from groupbot.storage.conversions import SqlConversions
from groupbot.storage.engine import Database
from groupbot.storage.persons import SqlRoll, SqlTails
from groupbot.storage.proposals import SqlProposals
from groupbot.tracking.channels import Source
from groupbot.tracking.conversion_book import Proposal
from groupbot.tracking.imports.attendance import read_attendance
from groupbot.tracking.imports.deciding import Batch, Decided, Known, decide, keys_of, row_keys
from groupbot.tracking.imports.moments import moment_of
from groupbot.tracking.imports.orders import read_orders
from groupbot.tracking.imports.reading import book_of
from groupbot.tracking.imports.tails import decide_tails, read_tails
from groupbot.tracking.imports.values import Ground, ReadList, Unclear
from groupbot.tracking.stages import REFUNDED, Conversion

_READERS: Mapping[ListKind, Callable[..., ReadList]] = {
    ListKind.ORDERS: read_orders,
    ListKind.ATTENDANCE: read_attendance,
    ListKind.TAILS: read_tails,
}
_BATCH = 8
"""Signs of a batch's name."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Lists:
    """Read lists of one campaign over the store."""

    database: Database
    settings: Settings
    campaign: Campaign
    now: datetime

    async def read(self, asked: ListAsked, *, write: bool) -> ReadFile:
        """Read a file; see `ConversionDesk.read`. Raises SopError for what is no table, NoList for what is no list."""
        ground = ground_of(asked, self.campaign, self.settings, self.now)
        found = await asyncio.to_thread(_rows, asked, ground)
        return await (self._tails if asked.kind is ListKind.TAILS else self._conversions)(found, asked, write=write)

    async def _conversions(self, found: ReadList, asked: ListAsked, *, write: bool) -> ReadFile:
        store, doubtful = SqlConversions(self.database), SqlProposals(self.database)
        people = await SqlRoll(self.database).people(self.campaign.id)
        proposals = await doubtful.of_keys(self.campaign.id, row_keys(found.rows))
        keys = keys_of(found.rows, people, proposals)
        known = Known(stored=await store.of_keys(self.campaign.id, keys), proposals=proposals)
        batch = Batch(campaign=self.campaign.id, name=token()[:_BATCH], by=asked.by, again=asked.again)
        decided = await asyncio.to_thread(decide, found.rows, people, known, batch)
        channels, strange = self._channels(decided.channels)
        began = ground_of(asked, self.campaign, self.settings, self.now).start
        if write:
            await doubtful.put(decided.proposals, now=self.now)
            await store.add(decided.conversions, now=self.now, again=asked.again)
            await self._settle(decided, proposals, asked.by)
            if channels:
                await SqlChannelMarks(self.database).mark(
                    channels, source=Source.IMPORT, campaign=self.campaign.id, by=asked.by, now=self.now
                )
        return ReadFile(
            campaign=self.campaign.id,
            file=asked.file,
            is_written=write,
            outcomes=decided.outcomes,
            counts=decided.counts,
            money=_money(decided.conversions),
            unread=found.unread,
            strange_channels=strange,
            early=sum(one.at < began for one in decided.conversions if one.stage != REFUNDED),
            began=self.campaign.start,
            batch=batch.name,
        )

    async def _settle(self, decided: Decided, proposals: Mapping[str, Proposal], by: str) -> None:
        """Close proposals of rows whose person is certain by now: they count already."""
        doubtful = SqlProposals(self.database)
        for one in decided.outcomes:
            known = proposals.get(one.key) if one.member else None
            if known is not None and known.state == "open":
                await doubtful.settle(known.id, state="taken", member=one.member, by=by, now=self.now)

    async def _tails(self, found: ReadList, asked: ListAsked, *, write: bool) -> ReadFile:
        people = await SqlRoll(self.database).people(self.campaign.id)
        outcomes, tails = decide_tails(found.rows, people)
        if write:
            await SqlTails(self.database).add(tails, by=asked.by, now=self.now)
        return ReadFile(
            campaign=self.campaign.id,
            file=asked.file,
            is_written=write,
            outcomes=outcomes,
            counts=Decided(outcomes=outcomes).counts,
            unread=found.unread,
        )

    def _channels(self, said: Mapping[str, str]) -> tuple[dict[str, str], tuple[str, ...]]:
        """Return the channels that config.toml has, and the words of rows that are none of them."""
        known = {one.name: one.name for one in self.settings.channels}
        known |= {one.title: one.name for one in self.settings.channels if one.title}
        chosen = {member: known[word] for member, word in said.items() if word in known}
        return chosen, tuple(dict.fromkeys(word for word in said.values() if word not in known))


def ground_of(asked: ListAsked, campaign: Campaign, settings: Settings, now: datetime) -> Ground:
    """Return what a file's values depend on. Raises ConfigError for a time that can't be read."""
    zone = ZoneInfo(campaign.timezone)
    ground = Ground(
        zone=zone,
        start=datetime.combine(campaign.start, time(), zone).astimezone(UTC),
        now=now,
        currency=asked.currency or settings.tracking.currency,
        stage=asked.stage,
        least=timedelta(minutes=asked.least_minutes),
    )
    if not asked.at:
        return ground
    return replace(ground, at=instant(asked.at, ground))


def instant(words: str, ground: Ground) -> datetime:
    """Return the instant that a person wrote. Raises ConfigError."""
    try:
        return moment_of(words, ground)
    except Unclear as error:
        raise ConfigError(_("{reason}.").format(reason=error.reason), hint=error.hint) from error


def _rows(asked: ListAsked, ground: Ground) -> ReadList:
    return _READERS[asked.kind](book_of(asked.data, asked.file), ground)


def _money(conversions: Iterable[Conversion]) -> dict[str, tuple[Decimal, Decimal]]:
    found: dict[str, tuple[Decimal, Decimal]] = {}
    for one in conversions:
        if one.amount is not None:
            came, went = found.get(one.currency, (Decimal(), Decimal()))
            is_back = one.stage == REFUNDED
            found[one.currency] = (came, went + one.amount) if is_back else (came + one.amount, went)
    return found
