"""An account's persona (人设): what config.toml declares, what the platform shows, and what lies between. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum

from groupbot.core.actions import SetProfile

NAME_LIMIT = 20
"""Characters of a WeChat display name. Operators' experience: longer ones are cut; not documented."""
BIO_LIMIT = 30
"""Characters of a WeChat signature (个性签名). Operators' experience; not documented."""


class Trait(StrEnum):
    """The parts of a persona; the first three are what `Capabilities.profile` may name."""

    NAME = "name"
    BIO = "bio"
    AVATAR = "avatar"
    COVER = "cover"


class Match(StrEnum):
    """How a declared trait and the platform's compare."""

    SAME = "same"
    DIFFERENT = "different"
    RECODED = "recoded"
    """The picture was set from this very file; the platform stores pictures in its own way."""
    UNSURE = "unsure"
    """Pictures whose bytes differ, which may still show the same."""
    UNREAD = "unread"
    """The platform has told nothing, which for a bio may also mean that it is empty."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Declared:
    """What config.toml says; "" = nothing. `avatar` and `cover` are absolute paths, `digest` the avatar's SHA-256."""

    name: str = ""
    bio: str = ""
    avatar: str = ""
    digest: str = ""
    cover: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """What was last read of the account; "" = nothing was told. `avatar`: SHA-256 of the platform's picture.

    `set_from`: SHA-256 of the file from which groupbot set the picture last.
    """

    name: str = ""
    bio: str = ""
    avatar: str = ""
    set_from: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Compared:
    """One declared trait beside what is shown. For pictures `wanted` is the path, `shown` is ""."""

    trait: Trait
    wanted: str
    shown: str
    match: Match


def compare(declared: Declared, shown: Shown) -> tuple[Compared, ...]:
    """Return every declared trait with how it matches; what is not declared is nobody's business."""
    return tuple(found for found in _traits(declared, shown) if found.wanted)


def _traits(declared: Declared, shown: Shown) -> Iterator[Compared]:
    for trait, wanted, found in (
        (Trait.NAME, declared.name, shown.name),
        (Trait.BIO, declared.bio, shown.bio),
    ):
        match = Match.UNREAD if not found else Match.SAME if found == wanted else Match.DIFFERENT
        yield Compared(trait=trait, wanted=wanted, shown=found, match=match)
    yield Compared(trait=Trait.AVATAR, wanted=declared.avatar, shown="", match=_avatar(declared.digest, shown))
    yield Compared(trait=Trait.COVER, wanted=declared.cover, shown="", match=Match.UNREAD)


def _avatar(digest: str, shown: Shown) -> Match:
    if digest and digest == shown.avatar:
        return Match.SAME
    if digest and digest == shown.set_from:
        return Match.RECODED
    return Match.UNSURE if shown.avatar else Match.UNREAD


def to_set(found: Collection[Compared], can: Collection[str]) -> SetProfile | None:
    """Return what an account that `can` set these traits is to change, None = nothing.

    Traits that may be right already are set, too: setting them again leaves what was there.
    """
    chosen = {item.trait.value: item.wanted for item in found if _is_open(item) and item.trait in can}
    return SetProfile(**chosen) if chosen else None


def by_hand(found: Collection[Compared], can: Collection[str]) -> tuple[Compared, ...]:
    """Return what a person is to look at or set on the phone."""
    return tuple(item for item in found if _is_open(item) and item.trait not in can)


def _is_open(item: Compared) -> bool:
    return item.match not in {Match.SAME, Match.RECODED}
