"""What stands beside a time in its cell: script, notes on materials, a stage in brackets, a few words."""

from __future__ import annotations

import re
from dataclasses import dataclass

from groupbot.i18n import _
from groupbot.sop.timecell.folding import fold
from groupbot.sop.timecell.values import PlaceholderLeft, UnknownTime

_LABEL = 14
"""Characters of a name beside a time; more is script."""
_BRACKET = re.compile(r"[（(【\[]([^（()）【】\[\]\n]{1,80})[）)】\]]")
_MATERIAL = re.compile(
    r"图|海报|照片|视频|音频|语音|链接|截图|素材|文件|小程序|二维码|封面|表格|^\s*(?:发|配|附|插入|@|插)"
)
_LAST = re.compile(rf"{_BRACKET.pattern}[ \t。.]*$", re.MULTILINE)
_SPEAKER = re.compile(
    r"(\w{0,8}(?:老师|班主任|助教|群主|主讲|讲师|助手|助理|运营|客服|管理员|店长|福利官|主持人?|小编))\s*[:：]\s*(\S.*)",
    re.DOTALL,
)
_SENTENCE = re.compile(r"[。！？!?…~～\n]")
_UNITS = "[年月日号点时分天周:人]"
_BLANK = "(?:[x×*_?○□某几]{1,4}|(?<![a-z])n)"
PLACEHOLDER = re.compile(
    rf"{_BLANK} ?{_UNITS}|(?:第|周|星期|day|(?<![a-z])d|t-|月|:|满|[早晚午]) ?{_BLANK}(?![a-z])|\{{[^}}]*\}}|<[^>]*>"
    r"|待定|待确认|待补|\btb[dc]\b|__+|\(?(?:填写|具体)?时间\)?$"
)
_DOUBT = re.compile(
    r"\d|[零一二两三四五六七八九十半] ?(?:点|时|分|天|日|周|月|个小时)"
    r"|凌晨|清晨|早上|上午|中午|下午|傍晚|晚上|深夜|每|隔"
    r"|周[一二三四五六日天末]|星期|礼拜|工作日|节假日|除|或|任选|任一|选一|不|前|后|内$|截|起$|止$|次日|明天|am\b|pm\b|点"
    r"|(?<![a-z])(?:or|not|except|every|before|after|until|in the|at night)\b|^night\b"
)
_OPEN = re.compile(r"待定|待确认|待补|\btb[dc]\b")
_DAYS = r"周[一二三四五六日天末]|星期|礼拜|工作日|双休日|节假?日|假期|[\d一二三四五六七八九十] ?[天日号]|\bd ?\d"
_NOT = "除|不(?:发|推|含|包括|算|用发)|停发|暂停|休息|跳过|顺延"
_EXCEPT = re.compile(
    rf"(?:{_DAYS}).*(?:{_NOT})|(?:{_NOT}).*(?:{_DAYS})|^提前 ?[\d一二两三五十半]|(?:改|推迟|延后|调).{{0,3}}\d"
    r"|^\d+ ?- ?\d+ ?[天日]$|^[+-] ?\d"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Rest:
    """What stands beside the time. `told`: it was separated by nothing that says so, and how it was read."""

    script: str = ""
    materials: tuple[str, ...] = ()
    label: str = ""
    told: str = ""


def script_rest(written: str) -> Rest:
    """Return the script `written`, its notes on materials taken out of it."""
    materials: list[str] = []

    def note(match: re.Match[str]) -> str:
        if not _MATERIAL.search(match[1]):
            return match[0]
        materials.append(match[1].strip())
        return ""

    return Rest(script=_LAST.sub(note, written).strip(), materials=tuple(materials))


def loose_rest(written: str, *, understood: str, words: bool) -> Rest:
    """Return what follows a time without a colon; `words`: it is script in any case.

    Raises PlaceholderLeft or UnknownTime where it may belong to the time.
    """
    text = written.strip(" \t\n-—–~～,，、。:：")
    folded = fold(text).text
    if spoken := _SPEAKER.match(text):
        read = script_rest(spoken[2])
        return Rest(script=read.script, materials=read.materials, label=spoken[1])
    if not words:
        refuse_doubt(folded, written=text, understood=understood)
    if words or len(text) > _LABEL or _SENTENCE.search(text):
        read = script_rest(text)
        said = _("`{text}` stands behind the time: read as the words to post.").format(text=_short(text))
        return Rest(script=read.script, materials=read.materials, told="" if words else said)
    said = _("`{text}` stands beside the time: read as a name, not posted.").format(text=text)
    return Rest(label=text, told=said)


def refuse_doubt(folded: str, *, written: str, understood: str) -> None:
    """Raise when words that were not understood may belong to the time."""
    head = folded.split("\n", maxsplit=1)[0][: _LABEL + 2]
    if found := PLACEHOLDER.search(head):
        raise placeholder(written if understood == "" else f"{understood}{written}", found[0])
    if _DOUBT.search(head) or _STUB.fullmatch(folded):
        raise UnknownTime(
            _("`{known}` is understood, `{rest}` behind it is not.").format(known=understood, rest=_short(written)),
            hint=_("Put a colon between time and words, or write for example `D1 20:00`."),
        )


def refuse_note(folded: str, *, written: str) -> None:
    """Raise for a note in brackets that leaves the time open or takes days out of it (`（周日除外）`)."""
    blank = PLACEHOLDER.match(folded) or _OPEN.search(folded)
    if blank and not is_material(folded):
        raise placeholder(written, blank[0])
    if _EXCEPT.search(folded):
        raise UnknownTime(
            _("`{text}` changes the time, and is not understood.").format(text=_short(written)),
            hint=_("Name the days and the clock that are meant, e.g. `周一至周六 20:00`."),
        )


def placeholder(written: str, found: str) -> PlaceholderLeft:
    """Return the refusal of a blank left in a time."""
    return PlaceholderLeft(
        _("`{text}` still holds the placeholder `{found}`.").format(text=_short(written), found=found),
        hint=_("Fill in the day and clock, e.g. `5月18日晚8点`."),
    )


def is_material(note: str) -> bool:
    """Return whether a note in brackets is about a picture or file."""
    return _MATERIAL.search(note) is not None


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


_STUB = re.compile(r"\?+|[a-z×]")
"""What may be a blank: `T-3X`, `D3 ?`."""
_SHOWN = 30
