"""What a test says about the fake platform: how posts fare, what members see of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from groupbot.chat.errors import ChatError, Rejected
from groupbot.core.content import Content, File, Link, Text, file_of
from groupbot.core.events import Person


class Echo(StrEnum):
    """Whether and when an own post comes back as an event."""

    OFF = "off"
    BEFORE = "before"
    """Before `send` returns, as fast platforms do."""
    AFTER = "after"


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """How one call of `send` fares.

    `error` is raised; `posted` says whether members see the post (with an error only an unknown outcome may be posted).
    With `hang` the call waits for `release()`, after having posted when `posted`. `tells_id`: the receipt has an id.
    """

    error: ChatError | None = None
    posted: bool = True
    hang: bool = False
    tells_id: bool = True

    @classmethod
    def fails(cls, error: ChatError, *, posted: bool = False) -> Outcome:
        """Return an outcome that raises `error`."""
        return cls(error=error, posted=posted)


FINE = Outcome()


@dataclass(frozen=True, kw_only=True, slots=True)
class Posted:
    """What members see of one successful (or unknown) call."""

    to: str
    content: Content
    message_id: str


def person(member: str) -> Person:
    """Return the member of that id, whose name is the id in capitals."""
    return Person(id=member, name=member.upper())


def words_of(content: Content) -> str:
    """Return what an event says of `content`."""
    match content:
        case Text(text=text):
            return text
        case Link(url=url):
            return url
        case File(path=path, name=name):
            return name or Path(path).name
        case _:
            return Path(file_of(content)).name


def require_file(content: Content) -> None:
    """Raise Rejected when the file of `content` is not there."""
    path = file_of(content)
    if path and not Path(path).is_file():
        raise Rejected(f"The file {path} can't be read.")
