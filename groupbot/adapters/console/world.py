"""A scripted world: made-up members who join, chat, answer posts and sometimes leave.

Everything follows from the seed: no wall clock, no shared randomness, so equal arguments give an equal picture.
Hours are wall clock in the zone of `start`.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from groupbot.adapters.console.phrases import (
    ANSWERS,
    DAYTIME,
    EVENING,
    GREETINGS,
    MORNING,
    NICKNAME_HEADS,
    NICKNAME_TAILS,
    PLAIN_ANSWERS,
)
from groupbot.adapters.console.scene import MEMBER_PREFIX, Happening, Joined, Left, Post, Said
from groupbot.core.content import Text, fingerprint
from groupbot.core.events import Person

WAKES = time(7, 0)
SLEEPS = time(23, 30)
_MEMBERS = (26, 38)  # a group that is lively and still fits on a screen
_JOIN_WEIGHTS = (10, 6, 2)  # most come on the first two days; the last weight holds for every later day
_CHATS_A_DAY = (3, 7)
_FADE = 0.92  # of chatting and answering, per day: camps lose breath
_LEAVE_SHARE = 0.08
_GREET_SHARE = 0.35
_INVITED_SHARE = 0.6
_FIRST_BY_THEMSELVES = 3
_QUOTE_SHARE = 0.2
_HOUR_WEIGHTS = {7: 3, 8: 5, 9: 4, 10: 3, 11: 3, 12: 6, 13: 4, 14: 2, 15: 2, 16: 2, 17: 3, 18: 5, 19: 6, 20: 8,
                 21: 8, 22: 4, 23: 1}  # fmt: skip
_ANSWERS_BY_HOUR = ((12, (2, 5)), (18, (1, 3)), (22, (2, 6)), (24, (0, 2)))
_LINES_BY_HOUR = ((11, MORNING), (18, DAYTIME), (24, EVENING))
_SOON = timedelta(minutes=90)


@dataclass(frozen=True, kw_only=True, slots=True)
class Stay:
    """One member's time in a group."""

    group: str
    member: Person
    joined: datetime
    inviter: Person | None = None
    left: datetime | None = None

    def covers(self, at: datetime) -> bool:
        """Tell whether the member is in the group at `at`."""
        return self.joined <= at and (self.left is None or at < self.left)


class World:
    """The members of `groups` for `days` days from `start` (aware; its zone gives the hours)."""

    def __init__(self, *, seed: int, groups: Sequence[str], start: datetime, days: int) -> None:
        self._seed = seed
        self._start = start
        self._stays = _stays(seed, groups, start, days)
        self.happenings: tuple[Happening, ...] = tuple(_script(seed, self._stays, start, days))

    def replies_to(self, post: Post, now: datetime) -> list[Said]:
        """Return what members answer to `post`, all after `now` and before bedtime; [] for a 1:1 post."""
        present = [stay for stay in self._stays.get(post.to, ()) if stay.covers(now)]
        rng = random.Random(f"{self._seed}/{post.to}/{now.isoformat()}/{fingerprint(post.content)}")  # noqa: S311
        words = post.content.text if isinstance(post.content, Text) else ""
        eager, lines = _answers(words)
        wanted = _how_many(rng, now.astimezone(self._start.tzinfo), self._start, eager if words else 0.3)
        chosen = rng.sample(present, min(wanted, len(present), len(lines)))
        said = rng.sample(lines, len(chosen))
        replies = [_reply(rng, post, stay, text, now) for stay, text in zip(chosen, said, strict=True)]
        kept = [r for r, stay in zip(replies, chosen, strict=True) if stay.covers(r.at) and self._awake(r.at)]
        return sorted(kept, key=lambda reply: reply.at)

    def _awake(self, at: datetime) -> bool:
        return WAKES <= at.astimezone(self._start.tzinfo).time() < SLEEPS


def script(seed: int, groups: Sequence[str], start: datetime, days: int) -> list[Happening]:
    """Return what members do of their own accord in `groups`, in order of time. Answers come from `World`."""
    return list(World(seed=seed, groups=groups, start=start, days=days).happenings)


def _script(seed: int, stays: dict[str, list[Stay]], start: datetime, days: int) -> list[Happening]:
    found: list[Happening] = []
    for group, members in stays.items():
        rng = random.Random(f"{seed}/{group}/chat")  # noqa: S311
        found += [Joined(at=s.joined, group=group, member=s.member, inviter=s.inviter) for s in members]
        found += [Left(at=s.left, group=group, member=s.member) for s in members if s.left]
        found += _greetings(rng, members)
        found += _chats(rng, members, start, days)
    return sorted(found, key=lambda happening: happening.at)


def _stays(seed: int, groups: Sequence[str], start: datetime, days: int) -> dict[str, list[Stay]]:
    names = [head + tail for head in NICKNAME_HEADS for tail in NICKNAME_TAILS]
    random.Random(f"{seed}/names").shuffle(names)  # noqa: S311
    taken = 0
    found: dict[str, list[Stay]] = {}
    for group in groups:
        rng = random.Random(f"{seed}/{group}/members")  # noqa: S311
        count = rng.randint(*_MEMBERS)
        people = [_person(names, taken + n) for n in range(count)]
        taken += count
        found[group] = _in_group(rng, group, people, start, days)
    return found


def _person(names: Sequence[str], number: int) -> Person:
    round_, index = divmod(number, len(names))
    return Person(id=f"{MEMBER_PREFIX}{number + 1:03}", name=names[index] + (str(round_ + 1) if round_ else ""))


def _in_group(rng: random.Random, group: str, people: list[Person], start: datetime, days: int) -> list[Stay]:
    stays: list[Stay] = []
    for joined, member in zip(sorted(_join_instants(rng, len(people), start, days)), people, strict=True):
        present = [stay.member for stay in stays if stay.covers(joined)]
        invited = len(present) >= _FIRST_BY_THEMSELVES and rng.random() < _INVITED_SHARE
        inviter = rng.choice(present) if invited else None
        left = _leave_instant(rng, joined, start, days) if rng.random() < _LEAVE_SHARE else None
        stays.append(Stay(group=group, member=member, joined=joined, inviter=inviter, left=left))
    return stays


def _join_instants(rng: random.Random, count: int, start: datetime, days: int) -> Iterator[datetime]:
    weights = [_JOIN_WEIGHTS[min(day, len(_JOIN_WEIGHTS) - 1)] for day in range(days)]
    for day in rng.choices(range(days), weights, k=count):
        yield _awake_instant(rng, start.date() + timedelta(days=day), start)


def _leave_instant(rng: random.Random, joined: datetime, start: datetime, days: int) -> datetime | None:
    """Return an instant at least six hours after `joined`, or None when the script ends before."""
    first, last = (joined.date() - start.date()).days, days - 1
    at = _awake_instant(rng, start.date() + timedelta(days=rng.randint(min(first + 1, last), last)), start)
    return at if at - joined >= timedelta(hours=6) else None


def _greetings(rng: random.Random, stays: list[Stay]) -> Iterator[Said]:
    for stay in stays:
        at = stay.joined + timedelta(seconds=rng.randint(40, 240))
        if rng.random() < _GREET_SHARE and stay.covers(at) and at.time() < SLEEPS:
            yield Said(at=at, group=stay.group, member=stay.member, text=rng.choice(GREETINGS))


def _chats(rng: random.Random, stays: list[Stay], start: datetime, days: int) -> Iterator[Said]:
    for day in range(days):
        for _ in range(round(rng.randint(*_CHATS_A_DAY) * _FADE**day)):
            at = _awake_instant(rng, start.date() + timedelta(days=day), start)
            present = [stay for stay in stays if stay.covers(at)]
            if present:
                speaker = rng.choice(present)
                yield Said(at=at, group=speaker.group, member=speaker.member, text=rng.choice(_chat_lines(at.hour)))


def _chat_lines(hour: int) -> tuple[str, ...]:
    return next(lines for before, lines in _LINES_BY_HOUR if hour < before)


def _awake_instant(rng: random.Random, day: date, start: datetime) -> datetime:
    """Return an instant of `day` at which people are awake, after `start`: the next morning if the day is over."""
    hour = rng.choices(list(_HOUR_WEIGHTS), list(_HOUR_WEIGHTS.values()))[0]
    minute = rng.randrange(SLEEPS.minute if hour == SLEEPS.hour else 60)
    at = datetime.combine(day, time(hour, minute, rng.randrange(60)), tzinfo=start.tzinfo)
    if at >= start:
        return at
    bedtime = datetime.combine(day, SLEEPS, tzinfo=start.tzinfo)
    earliest = max(start, datetime.combine(day, WAKES, tzinfo=start.tzinfo))
    room = int((bedtime - earliest).total_seconds())
    if room > 1:
        return (earliest + timedelta(seconds=rng.randrange(1, room))).replace(microsecond=0)
    return datetime.combine(day + timedelta(days=1), WAKES, tzinfo=start.tzinfo) + timedelta(
        seconds=rng.randrange(7200)
    )


def _answers(words: str) -> tuple[float, tuple[str, ...]]:
    for answers in ANSWERS:
        if answers.cue.search(words):
            return answers.eager, answers.lines
    return 1.0, PLAIN_ANSWERS


def _how_many(rng: random.Random, local: datetime, start: datetime, eager: float) -> int:
    if not WAKES <= local.time() < SLEEPS:
        return 0
    low, high = next(bounds for before, bounds in _ANSWERS_BY_HOUR if local.hour < before)
    day = max(0, (local.date() - start.date()).days)
    return round(rng.randint(low, high) * eager * _FADE**day)


def _reply(rng: random.Random, post: Post, stay: Stay, text: str, now: datetime) -> Said:
    delay = min(timedelta(seconds=20 + int(rng.expovariate(1 / 360))), _SOON)
    quoted = post.message_id if rng.random() < _QUOTE_SHARE else None
    at = (now + delay).replace(microsecond=0)
    return Said(at=at, group=stay.group, member=stay.member, text=text, quoted_id=quoted)
