"""Read blocks of text: a date line, then lines such as `上午10点：…`, each with its script below it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from groupbot.i18n import _
from groupbot.sop.timecell.cell import PLAIN, read_text
from groupbot.sop.timecell.folding import fold
from groupbot.sop.timecell.head import read_head
from groupbot.sop.timecell.named import named_line
from groupbot.sop.timecell.rest import placeholder, script_rest
from groupbot.sop.timecell.values import Scheduled, TimeContext, TimeReading, UnknownTime
from groupbot.sop.timecell.waiting import waiting
from groupbot.sop.timenode import FromEvent, Several

_BULLET = re.compile(r"\s*(?:[（(]?\d{1,2}(?:[）)、](?!\s*\d{1,2}\s*[点、])|[.．](?!\d))|[①-⑳]|[^\w\s（(【\[「{<]+)\s*")
_CLOCK = r"\d{1,2}(?:[:：]\d{2}|点(?:半|\d{1,2}分?)?)"
_LED = re.compile(
    rf"(?P<clock>(?:[早晚]上?|清晨|凌晨|上午|中午|下午|傍晚)?\s*{_CLOCK}(?:\s*[-~—～–]\s*{_CLOCK})?)[ \t\u3000]+"
    r"(?=[^\W\d_])(?![和与及到至或前后起]|左右|[ap]m\b|开始[ \t]*[:：])"
)
"""A clock with a space and its words behind it, whatever day they speak of: `9:00 明天下午 2 点签到`."""
_BLANK_LINE = re.compile(r"(?:第|周|d)? ?[x×*?○□某]{1,4} ?[年月日号点时天:][^:]{0,12}:")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Line:
    """A line, without its bullet; `opens`: it begins with a time, `spaced`: led off from its words by a space only."""

    written: str
    text: str
    opens: bool = False
    spaced: bool = False


def read_block(text: str, context: TimeContext = PLAIN) -> tuple[TimeReading, ...]:
    """Return a reading for each line of `text` that begins with a time; the lines below it go on with its script.

    A line that holds a day only gives the lines below it their day. Raises as `read_time` does, and UnknownTime when
    no line begins with a time.
    """
    lines = [_line(line, context.event) for line in text.splitlines()]
    found = list(_readings(_settled(lines), context))
    if not found:
        raise UnknownTime(
            _("No line of the block begins with a time."), hint=_("Begin each post with one, e.g. `上午10点：…`.")
        )
    return tuple(found)


def _line(written: str, event: str) -> _Line:
    """Sort a line; raises PlaceholderLeft when its time was not filled in, TimeNodeError when there is none such."""
    bullet = _BULLET.match(written)
    plain = written[bullet.end() :] if bullet else written
    if named := named_line(plain):
        plain = named[1]
    for text in dict.fromkeys((plain.strip(), written.strip())):
        folded = fold(text).text
        if blank := _BLANK_LINE.match(folded):
            raise placeholder(text, blank[0])
        found = waiting(folded) if folded else None
        if found and folded[found.end : found.end + 1] == ":":
            return _Line(written=written, text=text, opens=True)
        head = read_head(fold(text), event)
        rest = folded[head.end :]
        if head.timely and (head.colon or not rest):
            return _Line(written=written, text=text, opens=True)
        if led := _LED.match(text):
            return _Line(written=written, text=f"{led['clock']}：{text[led.end() :]}", spaced=True)
        if head.timely and folded[head.end - 1 : head.end] == " ":
            return _Line(written=written, text=text, spaced=True)
    return _Line(written=written, text=written)


def _settled(lines: Sequence[_Line]) -> list[_Line]:
    """Let lines with a space behind their time open posts, down to the first that has a colon there."""
    coloned = [number for number, line in enumerate(lines) if line.opens and ":" in fold(line.text).text]
    last = coloned[0] if coloned else len(lines)
    return [replace(line, opens=line.opens or (line.spaced and at < last)) for at, line in enumerate(lines)]


def _readings(lines: Sequence[_Line], context: TimeContext) -> Iterator[TimeReading]:
    ready: TimeReading | None = None
    script: list[str] = []
    stage = heading = ""
    for line in lines:
        if not line.opens:
            script.append(line.written)
            continue
        if ready is not None and not (_is_day(ready) and not _joined(script)):
            yield _with(ready, script, stage)
            heading = ""
        heading = _joined(script) if ready is None else heading
        ready, script = read_text(line.text, context, words=True), []
        ready = replace(ready, label=ready.label or heading)
        stage = ready.stage or ("" if _is_day(ready) else stage)
        context = replace(context, above=ready)
    if ready is not None:
        yield _with(ready, script, stage)


def _is_day(reading: TimeReading) -> bool:
    """Return whether a line names a day only, be it the event's (`活动前一天`)."""
    if not isinstance(reading.when, Scheduled) or reading.script:
        return False
    node = reading.when.node
    nodes = node.nodes if isinstance(node, Several) else (node,)
    return not reading.when.has_clock or all(isinstance(one, FromEvent) and not one.minutes for one in nodes)


def _with(reading: TimeReading, lines: Sequence[str], stage: str) -> TimeReading:
    """Return `reading` with the lines below it in its script."""
    below = script_rest(_joined(lines))
    return replace(
        reading,
        script="\n".join(text for text in (reading.script, below.script) if text),
        materials=(*reading.materials, *below.materials),
        stage=reading.stage or stage,
    )


def _joined(lines: Sequence[str]) -> str:
    return "\n".join(lines).strip()
