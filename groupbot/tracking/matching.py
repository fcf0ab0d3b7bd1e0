"""Who is meant by a row: by member id, by the phone tail collected at sign-up, by nickname; never by guessing. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

from groupbot.tracking.conversion_book import People

TAIL = 4
"""Digits of a phone number that are kept; whole numbers are stored nowhere."""
MOST_CANDIDATES = 9
"""What one digit chooses from."""
_UNSEEN = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe0e\ufe0f\ufeff]")
_SPACES = re.compile(r"\s+")
_HIDDEN = re.compile(r"\*+")
_NOT_THEIRS = re.compile(r"\d{11}\s*(?:-|转|#|,)\s*\d+|\de\+", re.IGNORECASE)
"""A shop's stand-in number with its extension, and a number that a spreadsheet cut: their last digits are nobody's."""


class By(StrEnum):
    """What told who is meant."""

    MEMBER = "member"
    TAIL = "tail"
    NAME = "name"


@dataclass(frozen=True, kw_only=True, slots=True)
class Who:
    """What a row says about its person; "" = nothing. `tail`: the last `TAIL` digits of a phone number."""

    member: str = ""
    tail: str = ""
    name: str = ""

    def __bool__(self) -> bool:
        return bool(self.member or self.tail or self.name)


@dataclass(frozen=True, kw_only=True, slots=True)
class Match:
    """It is `member`, for certain."""

    member: str
    by: By


@dataclass(frozen=True, kw_only=True, slots=True)
class Doubt:
    """It could be any of `candidates`, or somebody else."""

    candidates: tuple[str, ...] = ()


def folded(name: str) -> str:
    """Return `name` as names are compared: width, blanks and unseen signs don't matter, capitals do."""
    return _SPACES.sub(" ", unicodedata.normalize("NFKC", _UNSEEN.sub("", name))).strip()


def tail_of(phone: str) -> str:
    """Return the last digits of a phone number, 138****1234 included; "" when it shows fewer."""
    written = unicodedata.normalize("NFKC", phone)
    shown = "" if _NOT_THEIRS.search(written) else _HIDDEN.split(written)[-1]
    digits = "".join(sign for sign in shown if sign.isascii() and sign.isdigit())
    return digits[-TAIL:] if len(digits) >= TAIL else ""


def matched(who: Who, people: People) -> Match | Doubt:
    """Return the member whom `who` tells.

    A known member id decides. Else the tail does, unless a unique nickname says that it is somebody else; of several
    with one tail the nickname chooses. Else the nickname, if one person alone has it.
    """
    if who.member in people.groups:
        return Match(member=who.member, by=By.MEMBER)
    tails = _persons(people.tails.get(who.tail, ()) if who.tail else (), people)
    names = _persons(people.names.get(folded(who.name), ()) if who.name else (), people)
    both = [member for member in tails if member in names]
    if len(both) == 1 or (len(tails) == 1 and not names):
        return Match(member=both[0] if both else tails[0], by=By.TAIL)
    if len(names) == 1 and not tails:
        return Match(member=names[0], by=By.NAME)
    return Doubt(candidates=tuple(dict.fromkeys((*both, *tails, *names)))[:MOST_CANDIDATES])


def _persons(found: Collection[str], people: People) -> list[str]:
    """Return one member for each person among `found`: the one that stands for all, when the campaign knows them."""
    return list(dict.fromkeys(_standing(member, people) for member in found))


def _standing(member: str, people: People) -> str:
    person = people.persons.get(member, member)
    return person if person in people.groups else _first_of(person, people) or member


def _first_of(person: str, people: People) -> str:
    mine: Iterable[str] = (member for member, stands in people.persons.items() if stands == person)
    return min((member for member in mine if member in people.groups), default="")
