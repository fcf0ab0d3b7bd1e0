"""What a row says of groups and days beside its time: which groups get it, on which weekdays, what on holidays."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Literal

from groupbot.core.policies import Approval, Unapproved
from groupbot.i18n import _
from groupbot.sop.document import Holidays, Selector
from groupbot.sop.notes import Notes
from groupbot.sop.reading_more import read_weekdays
from groupbot.sop.workbook.headings import Field
from groupbot.sop.workbook.rows import Row
from groupbot.sop.workbook.words import is_everybody

_APART = re.compile(r"[、,，;；\n]+")
_ALL = re.compile(
    r"(?:全部|所有|全体|各|每个)(?:的)?(?:微信|客户|社|活动)?群?|(?:微信|客户|社|企微|本)?群(?:内|里|聊|组)?"
)
_KINDS: dict[str, Literal["tag", "squad", "names"]] = {
    "标签": "tag",
    "群标签": "tag",
    "tag": "tag",
    "分组": "squad",
    "群分组": "squad",
    "组": "squad",
    "squad": "squad",
    "群": "names",
    "群名": "names",
    "group": "names",
}
_HOLIDAYS: tuple[tuple[Holidays, re.Pattern[str]], ...] = (
    ("shift", re.compile(r"顺延|延后|延期|推迟|往后|改到|shift", re.IGNORECASE)),
    ("only", re.compile(r"仅|只|only", re.IGNORECASE)),
    ("skip", re.compile(r"不发|跳过|停|暂停|不|除外|避开|否|skip", re.IGNORECASE)),
    ("any", re.compile(r"照|正常|发|不限|是|都|any", re.IGNORECASE)),
)
_NO_APPROVAL = re.compile(r"否|不|不用|不需要?|不必|免|免审核?|无需?|没有|n|no|false|x|×|✗|✘|[-—/]+")
_AHEAD = re.compile(r"(\d{1,3})\s*(个?小时|个?钟头?|h|分钟?|min|m|天|日|d)")
_ANYWAY = re.compile(r"(?:不审|没审|未审|没人审|无人审|超时|到点|默认)[^，。；,;]{0,4}发|send")
_TO = re.compile(r"([一二三四五六日天])\s*(?:到|至|[-~～—])\s*(?:周|星期|礼拜)?([一二三四五六日天])")
_SIGNS = "一二三四五六日"


@dataclass(frozen=True, kw_only=True, slots=True)
class Rules:
    """The rules of one row; `groups` is None where the SOP's hold, `weekdays` where any day will do.

    `audience`: what the column of audiences says that chooses no groups.
    """

    groups: tuple[Selector, ...] | None = None
    weekdays: frozenset[int] | None = None
    holidays: Holidays = "any"
    audience: str = ""
    approval: Approval | None = None


def rules_of(row: Row, notes: Notes, usual: Holidays) -> Rules:
    """Return the rules of `row`; `usual` is the SOP's on holidays. What can't be read is noted."""
    if not row.table.has(Field.AUDIENCE, Field.GROUPS, Field.WEEKDAYS, Field.HOLIDAYS, Field.APPROVAL):
        return _plain(usual)
    said = row.text(Field.AUDIENCE)
    chosen = selected(row.text(Field.GROUPS), bare=_bare(row))
    by_audience = selected(said, bare=None)
    return Rules(
        groups=(chosen + by_audience) or None,
        weekdays=_weekdays(row, notes),
        holidays=_holidays(row, notes, usual),
        audience="" if by_audience or is_everybody(said) else said,
        approval=approval_in(row.text(Field.APPROVAL)),
    )


@cache
def _plain(usual: Holidays) -> Rules:
    """Return the rules of a row that has none of its own."""
    return Rules(holidays=usual)


def selected(text: str, *, bare: Literal["tag", "squad", "names"] | None = "names") -> tuple[Selector, ...]:
    """Return the groups that `标签:训练营、分组:华东、一群` chooses, nothing for all of them.

    `bare`: what a word without a kind before it is; None: then nothing is chosen at all.
    """
    if not text.strip() or is_everybody(text.strip()):
        return ()
    found = [_one(piece, bare) for piece in _APART.split(text) if piece.strip()]
    known = tuple(one for one in found if one is not None)
    return known if len(known) == len(found) else ()


def _one(piece: str, bare: Literal["tag", "squad", "names"] | None) -> Selector | None:
    kind, sign, name = piece.replace("：", ":").partition(":")
    by = _KINDS.get(kind.strip().casefold())
    if sign and by and name.strip():
        return Selector(by=by, values=(name.strip(),))
    if bare is None or _ALL.fullmatch(piece.strip()):
        return None
    return Selector(by=bare, values=(piece.strip(),))


def _bare(row: Row) -> Literal["tag", "squad", "names"]:
    heading = row.table.heading(Field.GROUPS)
    return "tag" if "标签" in heading else "squad" if "分组" in heading else "names"


def _weekdays(row: Row, notes: Notes) -> frozenset[int] | None:
    text = row.text(Field.WEEKDAYS)
    if not text or is_everybody(text) or text in {"每天", "每日", "天天"}:
        return None
    return read_weekdays(list(_day_words(text)), row.where(Field.WEEKDAYS), notes)


def _day_words(text: str) -> Iterator[str]:
    """Yield the weekdays of `周一到周五、周日` and `周一三五` one by one."""
    spread = _TO.sub(lambda found: "".join(_between(found[1], found[2])), text.replace("天", "日"))
    for piece in filter(None, re.split(r"[、,，;；/\s和及]+", spread)):
        run = re.fullmatch(r"(?:周|星期|礼拜)?([一二三四五六日]+)", piece)
        yield from (f"周{sign}" for sign in run[1]) if run else (piece,)


def _between(first: str, last: str) -> str:
    begin, end = _SIGNS.find(first), _SIGNS.find(last)
    return _SIGNS[begin : end + 1] if begin <= end else _SIGNS[begin:] + _SIGNS[: end + 1]


def _holidays(row: Row, notes: Notes, usual: Holidays) -> Holidays:
    text = row.text(Field.HOLIDAYS)
    if not text:
        return usual
    if found := holidays_in(text):
        return found
    message = _("`{text}` says nothing that is known of holidays.").format(text=text[:30])
    notes.error("bad-value", message, row.where(Field.HOLIDAYS), hint=_("Write 照发, 不发, 只在节假日发 or 顺延."))
    return usual


def approval_in(text: str) -> Approval | None:
    """Return how a row is looked at, None when it is not: 提前3小时 says when, 不审也发 what happens without a word."""
    said = text.strip().casefold()
    if not said or _NO_APPROVAL.fullmatch(said):
        return None
    usual, ahead = Approval(), _AHEAD.search(said)
    unit = "minutes" if ahead and ahead[2][0] in "分m" else "days" if ahead and ahead[2][0] in "天日d" else "hours"
    return Approval(
        ahead=timedelta(**{unit: int(ahead[1])}) if ahead else usual.ahead,
        default=Unapproved.SEND if _ANYWAY.search(said) else usual.default,
    )


def holidays_in(text: str) -> Holidays | None:
    """Return what `text` wants done on official days off, None when it says nothing of the kind."""
    return next((kind for kind, sign in _HOLIDAYS if sign.search(text)), None)
