"""Which member one of our people talked to, and whose question they answered. Pure; instants are milliseconds.

By the rules of `care`: an answer quotes the question, mentions who asked, or is said to the whole group.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from groupbot.tracking.care import is_question
from groupbot.tracking.trail import Move, Question, Trail

REACHES_BACK = 6 * 3_600_000
"""How old a question or a quoted message may be to be answered: later somebody else has, or it is none any more."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """A message in a group. `staff`: the name of whoever of our people said it, "" = a member's."""

    at: int
    group: str
    member: str
    event_id: str
    text: str | None
    quoted: str = ""
    mentions: tuple[str, ...] = ()
    staff: str = ""


def talks(said: Iterable[Said]) -> Mapping[str, Trail]:
    """Return what messages of one group tell of care, by member: their questions, and who talked to them when."""
    ordered = sorted(said, key=lambda one: (one.at, one.event_id))
    members = [one for one in ordered if not one.staff]
    asked = [one for one in members if one.text is not None and is_question(one.text)]
    spoken: defaultdict[str, dict[str, int]] = defaultdict(dict)
    questions: defaultdict[str, dict[Move, Question]] = defaultdict(dict)
    for one in asked:
        questions[one.member][one.group, one.at] = Question()
    for words in (one for one in ordered if one.staff):
        answered = [one for one in _lately(asked, words) if _answers(words, one)]
        for one in answered:
            known = questions[one.member][one.group, one.at]
            if not known.answered:  # `ordered`: the first answer is met first
                questions[one.member][one.group, one.at] = Question(words.at, words.staff)
        for member in {*words.mentions, *_quoted(members, words), *(one.member for one in answered)}:
            spoken[member].setdefault(words.staff, words.at)
    return {
        member: Trail(talks=spoken.get(member, {}), questions=questions.get(member, {}))
        for member in spoken.keys() | questions.keys()
    }


def _lately(asked: Sequence[Said], words: Said) -> list[Said]:
    return [one for one in asked if words.at - REACHES_BACK <= one.at <= words.at]


def _quoted(members: Sequence[Said], words: Said) -> set[str]:
    if not words.quoted:
        return set()
    return {one.member for one in _lately(members, words) if one.event_id == words.quoted}


def _answers(words: Said, asked: Said) -> bool:
    if words.quoted:
        return words.quoted == asked.event_id
    return not words.mentions or asked.member in words.mentions
