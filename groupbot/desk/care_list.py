"""The list of the day: which members need a person, for whoever takes care of their group."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from groupbot.admin.places import Place
from groupbot.desk.care_parts import CareParts, short, who
from groupbot.i18n import _
from groupbot.tracking.care import Joined, Need, Needy, of_the_day
from groupbot.tracking.facts import FactKind
from groupbot.tracking.ports import FactQuery

LOOK_BACK = timedelta(days=3)
"""How far back newcomers are looked for who have not written yet."""
LIST_WITHIN = timedelta(hours=1)
"""How long after its time a list is still made, when nobody was there then."""


class CareList:
    """Make the list, once a day for each chat: its post's key holds the day."""

    def __init__(self, parts: CareParts) -> None:
        self._at = parts
        self._made: date | None = None

    async def look(self, now: datetime) -> None:
        """Tell who needs a person, once a day. Raises StoreError."""
        told = self._at.settings()
        if not told.care.list_at:
            return
        local = now.astimezone(ZoneInfo(told.timezone))
        hour, minute = map(int, told.care.list_at.split(":"))
        due = local.replace(hour=hour, minute=minute, second=0, microsecond=0)
        if self._made == local.date() or not due <= local < due + LIST_WITHIN:
            return
        by_place: dict[str, tuple[Place, list[Needy]]] = {}
        for needy in await self._needy(now):
            if (place := self._at.place(needy.group)) is not None:
                by_place.setdefault(place.key, (place, []))[1].append(needy)
        for place, members in by_place.values():
            members.sort(key=lambda one: list(Need).index(one.need))
            text = list_text(members, told.care.list_most)
            await self._at.saying.say(place, text, "care-list", place.key, local.date().isoformat())
        self._made = local.date()

    async def _needy(self, now: datetime) -> list[Needy]:
        """Return the members, group by group: all groups at once may be more than memory should hold."""
        return [needy for group in self._at.customers() for needy in await self._needy_in(group, now)]

    async def _needy_in(self, group: str, now: datetime) -> list[Needy]:
        kinds = frozenset({FactKind.JOIN, FactKind.LEAVE, FactKind.MESSAGE})
        query = FactQuery(groups=(group,), kinds=kinds, since=now - LOOK_BACK)
        facts = [stored.fact for stored in await self._at.facts.find(query)]
        spoke = {fact.member for fact in facts if fact.kind is FactKind.MESSAGE}
        gone = {fact.member: fact.at for fact in facts if fact.kind is FactKind.LEAVE}
        joined = [
            Joined(at=fact.at, group=group, member=fact.member, name=fact.name)
            for fact in facts
            if fact.kind is FactKind.JOIN and fact.member not in spoke
            if gone.get(fact.member, fact.at) <= fact.at and not self._at.is_staff(fact.account, fact.member)
        ]
        lately = [fact for fact in facts if fact.kind is FactKind.MESSAGE and fact.at >= now - timedelta(days=1)]
        heard = [one for fact in lately if (one := self._at.heard(fact))]
        silent_after = timedelta(seconds=self._at.settings().care.silent_after_s)
        return of_the_day(joined, heard, now=now, silent_after=silent_after)


def list_text(members: Sequence[Needy], most: int) -> str:
    """Return the list of the day in words."""
    heads = {
        Need.COMPLAINT: _("Not content:"),
        Need.CONVERTING: _("About to sign up:"),
        Need.ASKED_TWICE: _("Asked more than once:"),
        Need.SILENT: _("Silent since they joined:"),
    }
    lines = [_("Members who need a person today ({n}):").format(n=len(members))]
    shown = members[:most]
    for need, head in heads.items():
        mine = [one for one in shown if one.need is need]
        if mine:
            lines += [head, *(_line(one) for one in mine)]
    if len(members) > most:
        lines.append(_("… and {n} more").format(n=len(members) - most))
    return "\n".join(lines)


def _line(one: Needy) -> str:
    line = f"· {one.group} {who(one.name, one.member)}"
    return f"{line}: {short(one.words)}" if one.words else line
