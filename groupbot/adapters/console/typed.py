"""What a person types into the console to play a member. Pure: a line in, a value out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath

from groupbot.adapters.console.scene import MEMBER_PREFIX, PRIVATE, Happening, Joined, Left, Said
from groupbot.core.events import Person
from groupbot.core.ids import slug
from groupbot.i18n import _, joined

_SENDS = ">＞》"
_TO_THE_BOT = ("@", "＠")
_COLON = re.compile("[:：]")


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """The person wants to know what can be typed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Unclear:
    """The line is not understood; `why` is in the operator's language."""

    why: str


def parse(line: str, *, groups: Mapping[str, str], at: datetime) -> Happening | Asked | Unclear | None:
    """Return what `line` means in `groups` (id -> title; both may be typed), None for an empty line."""
    text = line.strip()
    if not text:
        return None
    if text in {"?", "？"}:
        return Asked()
    sign = text[0] if text[0] in "+-" + _SENDS else ""
    group, rest = _place(text.removeprefix(sign).lstrip(), groups)
    if group is None or (group == PRIVATE and sign in {"+", "-"}):
        return Unclear(why=_("No group begins this line. Groups: {groups}").format(groups=joined(groups.values())))
    if sign and sign in _SENDS:
        return _sent(group, rest, at)
    return _moved(sign, group, rest, at) if sign else _said(group, rest, at)


def usage() -> str:
    """Return what can be typed, one line each."""
    return "\n".join(
        (
            _("GROUP NAME: words    NAME writes in GROUP"),
            _("+GROUP NAME          NAME joins"),
            _("-GROUP NAME          NAME leaves"),
            _(">GROUP NAME: FILE    NAME sends the file at that path"),
            _("@NAME: words         NAME writes to the bot 1:1"),
            _("?                    this list"),
        )
    )


def person(name: str) -> Person:
    """Return the member who is called `name`: the same name is the same person, in every run."""
    return Person(id=MEMBER_PREFIX + slug(name), name=name)


def _place(text: str, groups: Mapping[str, str]) -> tuple[str | None, str]:
    """Split the group, or the sign for a 1:1 conversation, off the front of `text`."""
    return (PRIVATE, text[1:].strip()) if text.startswith(_TO_THE_BOT) else _group(text, groups)


def _group(text: str, groups: Mapping[str, str]) -> tuple[str | None, str]:
    """Split a known group off the front of `text`; the longest name that fits wins."""
    names = {name: group for group, title in groups.items() for name in (group, title)}
    for name in sorted(names, key=len, reverse=True):
        if text == name or text.startswith((name + " ", name + "\u3000")):
            return names[name], text[len(name) :].strip()
    return None, text


def _moved(sign: str, group: str, name: str, at: datetime) -> Happening | Unclear:
    if not name:
        return Unclear(why=_("Who? Write the member's name after the group."))
    if sign == "+":
        return Joined(at=at, group=group, member=person(name))
    return Left(at=at, group=group, member=person(name))


def _said(group: str, rest: str, at: datetime) -> Happening | Unclear:
    name, words = _split(rest)
    if not name or not words:
        return Unclear(why=_("Write: GROUP NAME: words"))
    return Said(at=at, group=group, member=person(name), text=words)


def _sent(group: str, rest: str, at: datetime) -> Happening | Unclear:
    name, path = _split(rest)
    if not name or not path:
        return Unclear(why=_("Write: >GROUP NAME: FILE"))
    path = path.strip("\"'")  # a file dragged into a terminal comes in quotes
    return Said(at=at, group=group, member=person(name), text=PurePath(path).name, path=path)


def _split(rest: str) -> tuple[str, str]:
    """Return the name before the first colon and what follows it, each "" when it is not there."""
    name, *words = _COLON.split(rest, maxsplit=1)
    return (name.strip(), words[0].strip()) if words else ("", "")
