"""Read the head of a cell: its words of time, brackets between them, and where they end."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from groupbot.i18n import _
from groupbot.sop.timecell.folding import Folded
from groupbot.sop.timecell.lengths import LENGTH
from groupbot.sop.timecell.lexing import is_time, next_word, words_of
from groupbot.sop.timecell.patterns import pattern
from groupbot.sop.timecell.rest import is_material, refuse_note
from groupbot.sop.timecell.tokens import (
    Approx,
    Clock,
    DayToken,
    DayWord,
    EventMoment,
    Join,
    Part,
    Placed,
    Since,
    Spot,
    Token,
    Until,
)
from groupbot.sop.timecell.values import UnknownTime

_STAGE = re.compile("([\u4e00-\u9fff]{1,6}(?:期|阶段))[ ,:(-]")
_LENGTH = pattern(f"(?:时长|约|大约)?:? {LENGTH}")
_ENDS = re.compile(r" ?\S{0,4}结束(?!后)")
"""An end that is no clock: `20:00-直播结束`."""
_NUMBERS = re.compile(r"[\d一二三四五六七八九十]")


@dataclass(kw_only=True, slots=True)
class Head:
    """The words of a cell's time. `end`: where the rest begins; `colon`: a colon or line break leads to script."""

    words: list[Placed] = field(default_factory=list)
    stages: list[str] = field(default_factory=list)
    materials: list[str] = field(default_factory=list)
    label: str = ""
    end: int = 0
    colon: bool = False

    @property
    def timely(self) -> bool:
        """Whether anything of a time was found."""
        return any(is_time(word.token) for word in self.words)


def read_head(folded: Folded, event: str) -> Head:
    """Return the head of `folded`; raises TimeNodeError for a day or clock that does not exist."""
    head, text, at = Head(), folded.text, 0
    if stage := _STAGE.match(text):
        head.stages.append(folded.written(*stage.span(1)))
        at = stage.end(1) + (text[stage.end(1)] != "(")
    while at < len(text):
        if text[at] == " ":
            at += 1
        elif text[at] == ":" and head.words:
            head.colon, at = True, at + 1
            break
        elif text[at] == "(" and (close := text.find(")", at)) > 0:
            _aside(head, folded, at, close, event)
            at = close + 1
        elif (word := next_word(text, at, _last(head), event)) is None or _is_name(
            head, word, text[word.begin : word.end]
        ):
            break
        else:
            head.words.append(word)
            at = word.end
    head.end = at
    if head.words and isinstance(head.words[0].token, Join) and text[head.words[0].begin] == "-":
        raise _dash(text)
    if not head.colon and at < len(text):
        _give_back(head, text)
    _trim(head, text)
    return head


def _is_name(head: Head, word: Placed, said: str) -> bool:
    """Return whether the event's own moment behind a clock is a name for it: `D3 20:00 直播开始`, `12点秒杀开始`."""
    own = isinstance(word.token, EventMoment) and word.token.steps == ((0, 0),)
    kinds = [word.token for word in head.words]
    dated = any(isinstance(one, DayToken) for one in kinds) or said.endswith("开始")
    timed = dated and any(isinstance(one, Clock) for one in kinds)
    return own and timed and not isinstance(_last(head), Join | Since | Until)


def _last(head: Head) -> Token | None:
    return head.words[-1].token if head.words else None


def _give_back(head: Head, text: str) -> None:
    """Give back words that run on into what follows them: the `今天` of `D2 19:00 今天的作业`."""
    space = text.rfind(" ", 0, head.end)
    run = [word for word in head.words if word.begin > space]
    kinds = {type(word.token) for word in run}
    clocked = any(isinstance(word.token, Clock) for word in head.words[: len(head.words) - len(run)])
    part = Part in kinds and not clocked  # `12:30 午间答疑`: the part of the day is the script's
    glued = space > 0 and run and text[head.end] != " " and Clock not in kinds and not part
    if glued and any(is_time(word.token) for word in head.words[: -len(run)]):
        del head.words[-len(run) :]
        head.end = space + 1


def _trim(head: Head, text: str) -> None:
    """Give back what joined the time to words that are none; raises UnknownTime for a dash that leads nowhere."""
    while head.words and isinstance(join := head.words[-1].token, Join):
        head.words.pop()
        head.colon = head.colon or join.kind == "\n"
        nowhere = head.end == len(text) or _ENDS.match(text, head.end)
        if join.kind == "-" and nowhere and not head.colon:
            raise _dash(text)


def _dash(text: str) -> UnknownTime:
    return UnknownTime(
        _("`{text}`: the dash joins nothing.").format(text=text), hint=_("Write both ends of the window, or no dash.")
    )


def _aside(head: Head, folded: Folded, begin: int, close: int, event: str) -> None:
    """Read a bracket: words of time, a place, `左右`, a note on materials, or a stage."""
    inside = list(words_of(folded.text[begin + 1 : close], event))
    if _LENGTH.fullmatch(folded.text[begin + 1 : close]):
        head.label = folded.written(begin + 1, close).strip()
        return
    complete = bool(inside) and begin + 1 + inside[-1].end == close
    dated = any(isinstance(word.token, DayToken) for word in head.words)
    named = dated and not _NUMBERS.search(folded.text[begin:close])
    if named and all(isinstance(word.token, DayWord | EventMoment) for word in inside):
        complete = False  # `D1（开营日）`: what the day is called
    if dated and folded.text.startswith("提前", begin + 1):
        complete = False
    if complete and any(is_time(word.token) or isinstance(word.token, Spot | Approx) for word in inside):
        head.words += [_moved(word, begin + 1) for word in inside]
        return
    note = folded.written(begin + 1, close).strip()
    refuse_note(folded.text[begin + 1 : close], written=note)
    keep: Callable[[str], None] = head.materials.append if is_material(note) else head.stages.append
    if note:
        keep(note)


def _moved(word: Placed, by: int) -> Placed:
    return Placed(token=word.token, begin=word.begin + by, end=word.end + by)
