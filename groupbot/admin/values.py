"""From a typed word to a value: numbers, days, clocks, lengths, and names that config.toml knows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any

from groupbot.admin.declare import Kind, Parameter
from groupbot.admin.folding import Token, alike
from groupbot.i18n import _, joined

_MOST_DIGITS = 9
_SHOWN = 6
"""Names told at most when a name is not found or not clear: what a phone shows in two lines."""
_NEAR = {"今天": 0, "今日": 0, "today": 0, "明天": 1, "明日": 1, "tomorrow": 1, "后天": 2, "昨天": -1, "yesterday": -1}
_IN_DAYS = re.compile(r"\+(\d{1,3})|(\d{1,3})天后")
_DAY = re.compile(r"(?:(\d{4})[-/.年])?(\d{1,2})[-/.月](\d{1,2})[日号]?")
_HALVES = "凌晨|早上|早|上午|中午|下午|晚上|晚|am|pm"
_CLOCK = re.compile(rf"({_HALVES})?(\d{{1,2}})(?::(\d{{2}})|[点时](?:(半)|(一刻)|(\d{{1,2}})分?)?)?(am|pm)?")
_AFTERNOON = frozenset({"下午", "晚上", "晚", "pm"})
_LENGTH = re.compile(r"(\d{1,6})(秒钟?|s|分钟?|min|m|个?小时|h|天|d)")
_UNITS = {"秒": "seconds", "s": "seconds", "分": "minutes", "m": "minutes", "小": "hours", "个": "hours", "h": "hours"}
_NOON = 12


class Unreadable(ValueError):
    """The word is no such value; str() tells the person why."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Names:
    """The names that words are completed to, as they are now."""

    groups: tuple[str, ...] = ()
    squads: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    people: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Surroundings:
    """What the meaning of a word depends on. `mentioned`: the member's id behind each @word of the line."""

    today: date
    names: Names
    mentioned: Mapping[str, str]


def read(parameter: Parameter, token: Token, around: Surroundings) -> Any:
    """Return the value of `token`. Raises Unreadable."""
    return _READERS[parameter.kind](parameter, token, around)


def _word(_parameter: Parameter, token: Token, _around: Surroundings) -> str:
    word = (token.raw if token.is_quoted else token.text).strip()
    if not word:
        raise Unreadable(_("It is empty."))
    return word


def _int(_parameter: Parameter, token: Token, _around: Surroundings) -> int:
    digits = token.text.lstrip("#")
    if not (digits.isascii() and digits.isdigit()) or len(digits) > _MOST_DIGITS:
        raise Unreadable(_("{word} is no number.").format(word=token.raw))
    return int(digits)


def _date(_parameter: Parameter, token: Token, around: Surroundings) -> date:
    word = token.text.casefold()
    if word in _NEAR:
        return around.today + timedelta(days=_NEAR[word])
    if found := _IN_DAYS.fullmatch(word):
        return around.today + timedelta(days=int(found[1] or found[2]))
    if found := _DAY.fullmatch(word):
        year, month, day = (int(piece) if piece else None for piece in found.groups())
        for chosen in (year,) if year else (around.today.year + more for more in range(9)):
            if (read := _day(chosen, month, day)) and (year or read >= around.today):
                return read
    raise Unreadable(_("{word} is no day; write 5-18, 明天 or +3.").format(word=token.raw))


def _day(year: int | None, month: int | None, day: int | None) -> date | None:
    try:
        return date(year or 0, month or 0, day or 0)
    except ValueError:
        return None


def _clock(_parameter: Parameter, token: Token, _around: Surroundings) -> time:
    found = _CLOCK.fullmatch(token.text.casefold())
    if found and (found[3] or found[7] or found[1] or "点" in token.text or "时" in token.text):
        half, hour = found[1] or found[7] or "", int(found[2])
        minute = 30 if found[4] else 15 if found[5] else int(found[3] or found[6] or 0)
        if (half in _AFTERNOON and hour < _NOON) or (half == "中午" and hour < 3):  # noqa: PLR2004 - 中午1点
            hour += _NOON
        if hour < 24 and minute < 60:  # noqa: PLR2004 - a clock
            return time(0 if half == "am" and hour == _NOON else hour, minute)
    raise Unreadable(_("{word} is no time of day; write 20:00 or 晚8点.").format(word=token.raw))


def _duration(_parameter: Parameter, token: Token, _around: Surroundings) -> timedelta:
    found = _LENGTH.fullmatch(token.text.casefold())
    if not found or not int(found[1]):
        raise Unreadable(_("{word} is no length of time; write 30分钟, 2小时 or 1天.").format(word=token.raw))
    return timedelta(**{_UNITS.get(found[2][0], "days"): int(found[1])})


def _member(_parameter: Parameter, token: Token, around: Surroundings) -> str:
    if not token.text.startswith("@"):
        return _word(_parameter, token, around)
    found = around.mentioned.get(token.raw)
    if found is None:
        text = _("Nobody can be told from {word}; choose the name from the list behind @.")
        raise Unreadable(text.format(word=token.raw))
    return found


def _choice(parameter: Parameter, token: Token, _around: Surroundings) -> str:
    for spellings in parameter.choices:
        if alike(token.text) in {alike(spelling) for spelling in spellings}:
            return spellings[0]
    known = joined(parameter.shown_choices)
    raise Unreadable(_("{word} is none of {known}.").format(word=token.raw, known=known))


def _named(choose: Callable[[Names], Iterable[str]]) -> Callable[[Parameter, Token, Surroundings], str]:
    """Return the reader of one sort of names: the name itself, or the beginning of one name alone."""

    def reader(_parameter: Parameter, token: Token, around: Surroundings) -> str:
        wanted, known = alike(token.text), tuple(choose(around.names))
        same = [name for name in known if alike(name) == wanted]
        near = same or [name for name in known if wanted and alike(name).startswith(wanted)]
        if len(near) == 1:
            return near[0]
        if near:
            raise Unreadable(_("{word} could be {names}.").format(word=token.raw, names=_few(near)))
        raise Unreadable(_("Nothing is called {word}; there is {names}.").format(word=token.raw, names=_few(known)))

    return reader


def _few(names: Iterable[str]) -> str:
    names = tuple(names)
    return (joined(names[:_SHOWN]) + ("…" if len(names) > _SHOWN else "")) or "—"


_READERS: Mapping[Kind, Callable[[Parameter, Token, Surroundings], Any]] = {
    Kind.WORD: _word,
    Kind.REST: _word,
    Kind.CAMPAIGN: _word,
    Kind.STEP: _word,
    Kind.INT: _int,
    Kind.DATE: _date,
    Kind.CLOCK: _clock,
    Kind.DURATION: _duration,
    Kind.MEMBER: _member,
    Kind.CHOICE: _choice,
    Kind.GROUP: _named(lambda names: names.groups),
    Kind.SQUAD: _named(lambda names: names.squads),
    Kind.ACCOUNT: _named(lambda names: names.accounts),
    Kind.PERSON: _named(lambda names: names.people),
}
