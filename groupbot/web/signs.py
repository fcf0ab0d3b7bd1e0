"""What each live code shows: a picture of it is kept in memory and taken anew every `REFRESH_S`.

A visit therefore asks no database, and neither does a guess: what the picture doesn't hold is no code.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from loguru import logger

from groupbot.core.clock import Clock

REFRESH_S = 2.0
"""Seconds for which a picture counts: so long after a group has become full its image may still be shown."""
ATTEMPT_S = 5.0
"""Seconds that taking one may last; visitors wait for it."""
OLD_IMAGES = 32
"""Images kept in memory that are no longer shown: a page that was opened a minute ago asks for its own."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sign:
    """What a code leads to. `group`: whose `image` is shown, until the instant `until` (None = it lasts).

    `friend`: the picture by which the account is added where no group takes people in; `word`: what to greet it with.
    """

    code: str
    title: str = ""
    closed: bool = False
    group: str = ""
    image: Path | None = None
    until: datetime | None = None
    friend: Path | None = None
    word: str = ""


class Signs(Protocol):
    """Where it is decided. Raises GroupbotError."""

    async def signs(self) -> Sequence[Sign]:
        """Return what every code leads to now."""
        ...


class View(StrEnum):
    """What a visitor sees."""

    GROUP = "group"
    FRIEND = "friend"
    ASK = "ask"
    CLOSED = "closed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Picture:
    """An image in memory. `name`: by its content, so that it may be kept for ever under it."""

    name: str
    kind: str
    data: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """What a code shows now. `group`: whose image, "" = none."""

    view: View
    title: str = ""
    group: str = ""
    picture: Picture | None = None
    word: str = ""


class Board:
    """Tell what a code shows."""

    def __init__(self, signs: Signs, clock: Clock) -> None:
        self._source = signs
        self._clock = clock
        self._signs: Mapping[str, Sign] = {}
        self._files: dict[Path, Picture] = {}
        self._names: dict[str, Picture] = {}
        self._taken_at: datetime | None = None
        self._taking = asyncio.Lock()
        self.failing = False
        """Whether the picture could not be taken anew the last time."""
        self.is_ready = False
        """Whether there is one at all."""
        self._made: dict[str, Shown] = {}

    async def refresh(self) -> None:
        """Take the picture anew if its time is over; those who come meanwhile wait with it. Keeps it on a failure."""
        if self._is_fresh():
            return
        async with self._taking:
            if self._is_fresh():
                return
            try:
                async with asyncio.timeout(ATTEMPT_S):
                    found = await self._source.signs()
                self._files = await asyncio.to_thread(_read_all, found, self._files)
            except Exception as error:  # noqa: BLE001 - whatever it is, visitors see what was last known
                self.failing = True
                logger.bind(action="live-codes").warning("what codes show is not known anew: {error!r}", error=error)
            else:
                self._signs, self._made = {sign.code: sign for sign in found}, {}
                self._names = _kept(self._names, self._files.values())
                self.failing, self.is_ready = False, True
            self._taken_at = self._clock.now()

    def of(self, code: str) -> Shown | None:
        """Return what `code` shows now, None = there is no such code."""
        sign = self._signs.get(code)
        if sign is None:
            return None
        if sign.until is not None and sign.until <= self._clock.now():
            return self._without_group(sign)
        made = self._made.get(code)
        if made is None:
            made = self._made[code] = self._shown(sign)
        return made

    def picture(self, name: str) -> Picture | None:
        """Return an image by its name, None = it is not shown now, nor was it lately."""
        return self._names.get(name)

    def _shown(self, sign: Sign) -> Shown:
        if sign.closed:
            return Shown(view=View.CLOSED, title=sign.title)
        picture = self._files.get(sign.image) if sign.image else None
        if picture is None:
            return self._without_group(sign)
        return Shown(view=View.GROUP, title=sign.title, group=sign.group, picture=picture)

    def _without_group(self, sign: Sign) -> Shown:
        picture = self._files.get(sign.friend) if sign.friend else None
        if picture is None:
            return Shown(view=View.ASK, title=sign.title)
        return Shown(view=View.FRIEND, title=sign.title, picture=picture, word=sign.word)

    def _is_fresh(self) -> bool:
        """Tell whether the picture counts; a clock that was set back makes none count for longer."""
        at = self._taken_at
        return at is not None and at <= self._clock.now() < at + timedelta(seconds=REFRESH_S)


def _read_all(signs: Sequence[Sign], known: Mapping[Path, Picture]) -> dict[Path, Picture]:
    """Return the images of `signs`; those that are there are not read again, since files are named by their content."""
    wanted = {path for sign in signs for path in (sign.image, sign.friend) if path is not None and not sign.closed}
    found = {path: known.get(path) or _read(path) for path in wanted}
    return {path: picture for path, picture in found.items() if picture is not None}


def _read(path: Path) -> Picture | None:
    try:
        data = path.read_bytes()
    except OSError as error:
        logger.bind(action="live-codes", file=path.name).error("an image can't be read: {error}", error=error.strerror)
        return None
    ending, kind = _kind_of(data)
    return Picture(name=f"{hashlib.sha256(data).hexdigest()[:20]}.{ending}", kind=kind, data=data)


def _kind_of(data: bytes) -> tuple[str, str]:
    if data.startswith(b"\xff\xd8\xff"):
        return "jpg", "image/jpeg"
    return ("gif", "image/gif") if data.startswith(b"GIF8") else ("png", "image/png")


def _kept(known: Mapping[str, Picture], shown: Iterable[Picture]) -> dict[str, Picture]:
    """Return the pictures that are shown and the newest of those that were."""
    now = {picture.name: picture for picture in shown}
    old = [(name, picture) for name, picture in known.items() if name not in now]
    return dict(old[-OLD_IMAGES:]) | now
