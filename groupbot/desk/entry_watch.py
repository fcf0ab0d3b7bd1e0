"""Looking after entries: the next group takes over in time, and people are asked for images before they are needed."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from groupbot.admin.cards import Card, CardKind, CardKinds, CardOption, Cards, NewCard
from groupbot.admin.places import Places
from groupbot.admin.rights import Actor
from groupbot.campaign.playbooks import FULL
from groupbot.chat.alerts import Alert, Alerts, Severity
from groupbot.core.clock import Clock
from groupbot.core.roles import Role
from groupbot.desk.entries import Entries
from groupbot.desk.playbooks import BookOf
from groupbot.i18n import _, joined
from groupbot.settings.capacity import EntryPoolSettings
from groupbot.tracking.capacity import Door, Pool, images_to_ask

KIND = "entry-image"
LATER = timedelta(hours=6)
"""How long the reply "later" keeps the question away."""
NEARLY = 0.8
"""How full an entry is when people hear what the group after it lacks."""


class EntryWatch:
    """Look after the entries every few seconds. `zone`: in which instants are told."""

    def __init__(
        self,
        *,
        entries: Entries,
        cards: Cards,
        kinds: CardKinds,
        places: Places,
        alerts: Alerts,
        clock: Clock,
        zone: ZoneInfo,
        book_of: BookOf,
    ) -> None:
        self._entries = entries
        self._cards = cards
        self._places = places
        self._alerts = alerts
        self._clock = clock
        self._zone = zone
        self._book_of = book_of
        self._told: set[tuple[str, ...]] = set()
        self._later: dict[str, datetime] = {}
        kinds.register(KIND, CardKind(answer=self._answer))

    async def look(self) -> None:
        """Close what is full, tell of what comes next, ask for images. Raises StoreError."""
        wanted: dict[str, Door] = {}
        standing = await self._entries.standing()
        for settings, pool in standing:
            for group in pool.ending:
                change = await self._change(settings, pool, group)  # first: what fails here is tried again
                if await self._entries.end(group):
                    await self._alerts.send(change)
            await self._entries.enter(pool)
            await self._tell_lacks(settings, pool)
            ahead = timedelta(seconds=settings.ask_before_s)
            for group in images_to_ask(pool, self._clock.now(), ahead):
                wanted[group] = pool.doors.get(group, Door(group=group))
        if standing:
            await self._ask(wanted)

    async def _change(self, settings: EntryPoolSettings, pool: Pool, group: str) -> Alert:
        members, limit = pool.fills[group].members, settings.limit
        head = _("{group} has {members} of {limit} members and takes nobody in any more.").format(
            group=group, members=members, limit=limit
        )
        if pool.entry is None:
            text = (
                _("No group of {pool} that has room is ready.") if pool.waiting else _("No group of {pool} has room.")
            )
            text, severity = text.format(pool=settings.name), Severity.CRITICAL
        else:
            text, severity = _("{group} takes people in now.").format(group=pool.entry), Severity.WARNING
            if lacks := await self._entries.lacks(settings, pool, pool.entry):
                text += " " + _("It lacks: {lacks}.").format(lacks=joined(lacks))
        book = await self._book_of(FULL, settings.groups)
        plan = f"\n{book.text}" if book else ""
        return _alert("entry-changed", f"{head} {text}{plan}", group, severity)

    async def _tell_lacks(self, settings: EntryPoolSettings, pool: Pool) -> None:
        """Tell once what groups lack that are passed over, or come next, while there is time to mend it."""
        fill = pool.fills.get(pool.entry or "")
        is_near = pool.entry is None or (fill is not None and (fill.members or 0) >= settings.limit * NEARLY)
        for group in pool.waiting:
            lacks = await self._entries.lacks(settings, pool, group)
            is_due = pool.is_passed_over(group) or (is_near and pool.is_up_to_next(group))
            key = (group, str(pool.is_stopgap), *lacks)
            if not lacks or not is_due or key in self._told:
                continue
            text, severity = _lacking(pool, group, joined(lacks))
            await self._alerts.send(_alert("entry-unready", text, group, severity))
            self._told.add(key)

    async def _ask(self, wanted: dict[str, Door]) -> None:
        now, place = self._clock.now(), self._places.admin_group()
        asked = {card.subject for card in await self._cards.open_of(KIND)}
        for group in asked - wanted.keys():
            await self._cards.withdraw(KIND, group)
        for group in sorted(wanted.keys() - asked):
            if place is None or self._later.get(group, now) > now:
                continue
            options = (CardOption(digit=1, label=_("Later"), choice="later"),)
            text = self._question(wanted[group])
            await self._cards.open(
                NewCard(kind=KIND, subject=group, place=place, text=text, options=options, role=Role.OPERATOR)
            )

    def _question(self, door: Door) -> str:
        how = _("Post its QR code here, and quote that picture with: /入口 设置 {group}").format(group=door.group)
        if not door.image or door.expires_at is None:
            return _("{group} has no QR image.").format(group=door.group) + " " + how
        until = f"{door.expires_at.astimezone(self._zone):%m-%d %H:%M}"
        return _("The QR image of {group} is over at {time}.").format(group=door.group, time=until) + " " + how

    async def _answer(self, card: Card, _choice: str, _actor: Actor) -> str:
        self._later[card.subject] = self._clock.now() + LATER
        return _("Asked again in six hours.")


def _alert(code: str, text: str, group: str, severity: Severity) -> Alert:
    return Alert(severity=severity, code=code, text=text, fields={"entry": group})


def _lacking(pool: Pool, group: str, lacks: str) -> tuple[str, Severity]:
    """Return how it is told what `group` lacks."""
    if group not in pool.unready:
        text = _("{after} takes people in soon, after {entry}, and lacks: {lacks}.")
        return text.format(after=group, entry=pool.entry, lacks=lacks), Severity.WARNING
    text = _("{group} can't take people in yet, it lacks: {lacks}.").format(group=group, lacks=lacks)
    if pool.entry is None:
        return text + " " + _("No group of {pool} does.").format(pool=pool.rules.name), Severity.CRITICAL
    if pool.is_stopgap:
        more = _("Until it can, {entry} does as long as it has a seat.").format(entry=pool.entry)
        return text + " " + more, Severity.CRITICAL
    if pool.is_passed_over(group):
        more = _("It is passed over, {entry} does instead.").format(entry=pool.entry)
    else:
        more = _("Its turn comes soon, after {entry}.").format(entry=pool.entry)
    return text + " " + more, Severity.WARNING
