"""A trail: all that is known of one person in one campaign. Pure.

It is made of parts that can be put together in any order - sets, smallest instants, counts - so facts that come late,
in another order or through another account give the same trail. What it stands for is worked out by `contributions`.
Instants are milliseconds, see `days`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from operator import attrgetter
from typing import Any, NamedTuple, TypeVar

K = TypeVar("K")

Move = tuple[str, int]
"""(group, at)"""
Days = Mapping[str, int]
"""How many by day."""
Heard = Mapping[tuple[str, str], Days]
"""How many messages by (group, account that heard them)."""
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_NONE: frozenset[Any] = frozenset()
_decode = json.JSONDecoder().decode


class Join(NamedTuple):
    """How somebody came into a group. `inviter`: member id, "" = not known."""

    found_late: bool
    inviter: str = ""


class Answer(NamedTuple):
    """The first message that answered a post of a step. `posted`: when that was posted in `group`."""

    step: str
    group: str
    posted: int
    at: int


class Question(NamedTuple):
    """What came of a question. `answered`: 0 = nobody did yet; `by`: which of our people."""

    answered: int = 0
    by: str = ""


class Reached(NamedTuple):
    """A conversion that counts. `amount`: ten-thousandths, None = no money in it; see `stages.Conversion`."""

    stage: str
    at: int
    amount: int | None
    currency: str
    key: str
    group: str = ""


class Hint(NamedTuple):
    """Evidence of a channel that facts gave, see `channels.Evidence`."""

    source: str
    channel: str
    variant: str
    at: int
    detail: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """What was concluded of a person when their trail was last looked at.

    `group`: the first that they were in, "" = none; `inviter`: who brought them there. `invited`: by a member.
    `ours`: one of our people, who is in no sum. `why`: the source of the channel, `detail`: its reason.
    """

    group: str = ""
    channel: str = ""
    variant: str = ""
    inviter: str = ""
    joined: int | None = None
    invited: bool = False
    ours: bool = False
    why: str = ""
    detail: str = ""


@dataclass(kw_only=True, slots=True)  # not frozen, which takes three times as long to make; nobody changes one
class Trail:
    """What one person did in one campaign, and where it puts them.

    `members`: the ids that are this person. `present`: groups in which they sat before anybody noted them, with the
    instant from which that is known. `messages`: how many by (group, account that heard them), and by day: two accounts
    in a group hear the same. `spoke`: first words by group. `words`: the very first, with the channel that they tell.
    `answers`: by the post's number. `talks`: first talk by our people's names. `questions`: by (group, at).
    """

    members: frozenset[str] = frozenset()
    joins: Mapping[Move, Join] = field(default_factory=dict)
    leaves: frozenset[Move] = frozenset()
    present: Mapping[str, int] = field(default_factory=dict)
    messages: Heard = field(default_factory=dict)
    spoke: Mapping[str, int] = field(default_factory=dict)
    words: tuple[int, str] | None = None
    answers: Mapping[int, Answer] = field(default_factory=dict)
    talks: Mapping[str, int] = field(default_factory=dict)
    questions: Mapping[Move, Question] = field(default_factory=dict)
    stages: tuple[Reached, ...] = ()
    hints: frozenset[Hint] = frozenset()
    standing: Standing = Standing()


PARTS = tuple(part.name for part in fields(Trail))
_parts = attrgetter(*PARTS)


def differing(one: Trail, other: Trail) -> frozenset[str]:
    """Return the names of the parts that are not the same in both."""
    pairs = zip(PARTS, _parts(one), _parts(other), strict=True)
    return frozenset([name for name, this, that in pairs if this is not that and this != that])


def merge(one: Trail, other: Trail) -> Trail:
    """Return what both tell; `one`'s standing stays until it is concluded anew, as does what `other` adds nothing to.

    Parts of two sets of facts: a message that is in both counts twice, all else once.
    """
    return Trail(
        members=one.members if other.members <= one.members else one.members | other.members,
        joins=_joined(one.joins, other.joins),
        leaves=one.leaves | other.leaves if other.leaves else one.leaves,
        present=_least(one.present, other.present),
        messages=_heard(one.messages, other.messages),
        spoke=_least(one.spoke, other.spoke),
        words=min(one.words, other.words) if one.words and other.words else one.words or other.words,
        answers=_first_answers(one.answers, other.answers),
        talks=_least(one.talks, other.talks),
        questions=_answered(one.questions, other.questions),
        stages=_ordered(one.stages, other.stages),
        hints=one.hints | other.hints if other.hints else one.hints,
        standing=one.standing,
    )


def kept_behind(old: Trail, fresh: Trail, day: str, at: int) -> Trail:
    """Return `fresh` with what only `old` knows, since its facts from before `at`, on `day`, are deleted."""
    messages = dict(fresh.messages)
    for place, days in old.messages.items():
        known = messages.get(place, {})
        kept = {one: max(count, known.get(one, 0)) for one, count in days.items() if one <= day}
        messages[place] = {**known, **kept}
    behind = replace(
        old,
        joins={move: join for move, join in old.joins.items() if move[1] < at},
        leaves=frozenset(move for move in old.leaves if move[1] < at),
        messages={},
        spoke={group: first for group, first in old.spoke.items() if first < at},
        words=old.words if old.words and old.words[0] < at else None,
        answers={post: answer for post, answer in old.answers.items() if answer.at < at},
        members=frozenset(),
        questions={move: question for move, question in old.questions.items() if move[1] < at},
    )
    return replace(merge(fresh, behind), messages=messages)


def _ordered(one: tuple[Reached, ...], other: tuple[Reached, ...]) -> tuple[Reached, ...]:
    if not other:
        return one
    return tuple(sorted({*one, *other}, key=lambda reached: (reached.at, reached.key)))


def _least(one: Mapping[K, int], other: Mapping[K, int]) -> Mapping[K, int]:
    less = {key: value for key, value in other.items() if key not in one or value < one[key]} if other else other
    return {**one, **less} if less else one


def _heard(one: Mapping[K, Days], other: Mapping[K, Days]) -> Mapping[K, Days]:
    if not other:
        return one
    return {**one, **{place: _sum(one[place], days) if place in one else days for place, days in other.items()}}


def _sum(one: Days, other: Days) -> Days:
    return {**one, **{day: count + one.get(day, 0) for day, count in other.items()}}


def _joined(one: Mapping[Move, Join], other: Mapping[Move, Join]) -> Mapping[Move, Join]:
    """Put joins together; of one that both tell, what was seen live is believed."""
    if not other:
        return one
    return {**one, **{move: min(join, one.get(move, join), key=_trusted) for move, join in other.items()}}


def _trusted(join: Join) -> tuple[bool, bool, str]:
    return join.found_late, not join.inviter, join.inviter


def _first_answers(one: Mapping[int, Answer], other: Mapping[int, Answer]) -> Mapping[int, Answer]:
    if not other:
        return one
    first = {post: min(answer, one.get(post, answer), key=lambda each: each.at) for post, answer in other.items()}
    return {**one, **first}


def _answered(one: Mapping[Move, Question], other: Mapping[Move, Question]) -> Mapping[Move, Question]:
    if not other:
        return one
    first = {move: min(question, one.get(move, question), key=_soonest) for move, question in other.items()}
    return {**one, **first}


def _soonest(question: Question) -> tuple[bool, int, str]:
    return not question.answered, question.answered, question.by


def dumped(trail: Trail) -> str:
    """Return `trail` as compact JSON; the standing's group, channel, variant and inviter are columns."""
    told: dict[str, Any] = {
        "m": [*trail.members],
        "j": trail.joins and [[*move, int(join.found_late), join.inviter] for move, join in trail.joins.items()],
        "l": trail.leaves and [*trail.leaves],
        "p": trail.present,
        "n": [[*place, days] for place, days in trail.messages.items()],
        "s": trail.spoke,
        "w": trail.words,
        "a": trail.answers and [[post, *answer] for post, answer in trail.answers.items()],
        "t": trail.talks,
        "q": trail.questions and [[*move, *question] for move, question in trail.questions.items()],
        "c": trail.stages,
        "b": trail.standing.joined,
        "h": trail.hints and [*trail.hints],
        "i": int(trail.standing.invited),
        "o": int(trail.standing.ours),
        "y": trail.standing.why,
        "d": trail.standing.detail,
    }
    return _encode({key: value for key, value in told.items() if value})


def loaded(text: str, *, group: str = "", channel: str = "", variant: str = "", inviter: str = "") -> Trail:
    """Return what `dumped` wrote, with the columns beside it."""
    told = _decode(text)
    return Trail(
        members=frozenset(told.get("m", ())),
        joins={(place, at): Join(bool(late), by) for place, at, late, by in told.get("j", ())},
        leaves=frozenset([(place, at) for place, at in told["l"]]) if "l" in told else _NONE,
        present=told.get("p", {}),
        messages={(place, account): days for place, account, days in told.get("n", ())},
        spoke=told.get("s", {}),
        words=tuple(told["w"]) if "w" in told else None,
        answers={post: Answer(*answer) for post, *answer in told["a"]} if "a" in told else {},
        talks=told.get("t", {}),
        questions={(place, at): Question(*more) for place, at, *more in told["q"]} if "q" in told else {},
        stages=tuple([Reached(*reached) for reached in told["c"]]) if "c" in told else (),
        hints=frozenset([Hint(*hint) for hint in told["h"]]) if "h" in told else _NONE,
        standing=Standing(
            group=group,
            channel=channel,
            variant=variant,
            inviter=inviter,
            joined=told.get("b"),
            invited="i" in told,
            ours="o" in told,
            why=told.get("y", ""),
            detail=told.get("d", ""),
        ),
    )
