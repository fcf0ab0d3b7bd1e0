"""Conclude where people stand: their home group, their channel, who brought them in. Reads, never writes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from operator import attrgetter

from groupbot.storage import roll_reading as reading
from groupbot.storage.roll_people import People
from groupbot.storage.trails import read_led
from groupbot.tracking.contributions import SEATS
from groupbot.tracking.origins import Inviter, Visits, inviter_of, stand, visit_hint, without_visits
from groupbot.tracking.seats import Sitting, sittings
from groupbot.tracking.trail import Trail

_concluded_from = attrgetter(*SEATS, "members", "words", "stages", "hints")
"""The parts of a trail that its standing comes of."""


class Standings:
    """Conclusions about `people`, whose trails are otherwise complete."""

    def __init__(self, people: People) -> None:
        self._people = people
        self._old, self._new = people.old, people.new
        self._scope, self._ground = people.scope, people.ground
        self._stays: dict[str, Sequence[Sitting]] = {}

    def conclude(self) -> None:
        """Conclude where people stand, and then those whom they brought in, until nothing changes any more."""
        waiting = {person for person in self._new if self._is_moved(person)}
        self._read_visits(waiting)
        while waiting:
            ordered = sorted(waiting, key=lambda person: (self._since(person), person))
            inviters = self._inviters(ordered)
            moved = [person for person in ordered if self._stand(person, inviters)]
            if not moved:
                return
            led = read_led(self._people.conn, self._scope.campaign, self._people.accounts(moved))
            for person, trail in led.items():
                if person not in self._old and person not in self._people.gone:
                    self._old[person] = trail
                    self._new.setdefault(person, trail)
            leaders = set(moved)
            place = {person: count for count, person in enumerate(ordered)}
            waiting = {
                person
                for person in self._new
                if (by := self._leader(person)) in leaders and place.get(person, -1) < place[by]
            }

    def _is_moved(self, person: str) -> bool:
        """Tell whether anything is new that a conclusion may come of: most chunks bring messages alone."""
        old = self._old.get(person)
        if old is None or person in self._people.anew:
            return True
        return bool(_concluded_from(old) != _concluded_from(self._new[person]))

    def _leader(self, person: str) -> str:
        trail = self._new[person]
        if not any(join.inviter for join in trail.joins.values()):
            return ""
        by = inviter_of(trail, self._seat(person))
        leader = self._ground.person(by) if by else ""
        return leader if leader != person else ""

    def _seat(self, person: str) -> Sequence[Sitting]:
        if person not in self._stays:
            self._stays[person] = sittings(self._new[person], self._scope.since)
        return self._stays[person]

    def _since(self, person: str) -> int:
        stays = self._seat(person)
        return stays[0].since if stays else self._scope.until

    def _read_visits(self, persons: Iterable[str]) -> None:
        """Look for the visits that led to joins which were not judged before."""
        window = self._ground.rolling.visit_window_ms
        wanted = {person: stay for person in persons if (stay := self._fresh_join(person)) is not None}
        if not wanted:
            return
        first, last = min(stay.since for stay in wanted.values()), max(stay.since for stay in wanted.values())
        groups = {stay.group for stay in wanted.values()}
        visits = reading.read_visits(self._people.conn, self._scope.campaign, groups, first - window - 60_000, last)
        by_group: defaultdict[str, list[Visits]] = defaultdict(list)
        for one in visits:
            by_group[one.group].append(one)
        for person, stay in wanted.items():
            trail = without_visits(self._new[person])
            hint = visit_hint(stay, by_group[stay.group], window) if visits else None
            self._new[person] = replace(trail, hints=trail.hints | {hint}) if hint else trail

    def _fresh_join(self, person: str) -> Sitting | None:
        """Return a person's first join when it is another than it was, or was looked at anew."""
        stays = self._seat(person)
        if not stays or stays[0].present:
            return None
        old = None if person in self._people.anew else self._old.get(person)
        if old is not None and old.standing.joined == stays[0].since and old.standing.group == stays[0].group:
            return None
        return stays[0]

    def _inviters(self, persons: Iterable[str]) -> Mapping[str, Trail]:
        wanted = {by for person in persons if (by := self._leader(person))}
        return self._people.read(wanted - self._new.keys() - self._old.keys())

    def _stand(self, person: str, inviters: Mapping[str, Trail]) -> bool:
        """Conclude where a person stands; tell whether that changes it for those whom they brought in."""
        trail, leader = self._new[person], self._leader(person)
        inviter = None
        if leader:
            known = self._new.get(leader) or self._old.get(leader) or inviters.get(leader)
            where = known.standing if known is not None else None
            inviter = Inviter(
                person=leader,
                joined=where.joined if where else None,
                channel=where.channel if where else "",
                variant=where.variant if where else "",
                ours=leader in self._ground.staff.ids,
            )
        rolling = self._ground.rolling
        standing = stand(
            trail,
            self._seat(person),
            rolling.words,
            inviter,
            window_days=rolling.mark_window_days,
            ours=self._people.is_ours(trail, person),
        )
        before = trail.standing
        self._new[person] = replace(trail, standing=standing)
        told = (standing.joined, standing.channel, standing.variant, standing.ours)
        is_first = person in self._people.anew or person not in self._old
        self._people.anew.discard(person)
        self._old.setdefault(person, Trail())
        return told != (before.joined, before.channel, before.variant, before.ours) or is_first
