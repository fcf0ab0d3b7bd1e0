"""What one part of a delivery can be: a message, or an action (`core.actions`), neutral of any chat platform.

A new kind is a new frozen class in the `Content` union; the planner, the ledger and the adapters then meet it through
`kind`.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, ClassVar, get_args

from groupbot.core.actions import Action

EVERYBODY = "@all"
"""A mention of every member; adapters translate it into what their platform does."""
ROLE = "@role:"
"""Begins a mention or card of whoever plays an SOP's role; a launch turns it into `ACCOUNT` and the account's name."""
ACCOUNT = "@account:"
"""Begins a mention or card of one of our own accounts; it becomes a platform id in the moment of sending."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Text:
    """Words. They go out byte for byte: line breaks, emoji and `[微笑]` included."""

    kind: ClassVar[str] = "text"
    text: str
    mentions: tuple[str, ...] = ()
    """Member ids on the platform, or `EVERYBODY`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Image:
    """A picture; `path` is absolute."""

    kind: ClassVar[str] = "image"
    path: str


@dataclass(frozen=True, kw_only=True, slots=True)
class File:
    """A document; `path` is absolute, `name` is what members see (the file's own name when empty)."""

    kind: ClassVar[str] = "file"
    path: str
    name: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Video:
    """A video file; `path` is absolute."""

    kind: ClassVar[str] = "video"
    path: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    """A link card. Where a platform has no cards an adapter sends title and URL as text."""

    kind: ClassVar[str] = "link"
    url: str
    title: str
    description: str = ""
    thumbnail: str = ""
    """URL of a small picture, may be empty."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Voice:
    """A voice message; `path` is absolute and names a file that the platform plays (WeChat: SILK)."""

    kind: ClassVar[str] = "voice"
    path: str
    seconds: float = 0.0
    """How long it lasts, 0 = not known."""


@dataclass(frozen=True, kw_only=True, slots=True)
class MiniProgram:
    """A card that opens a page of a mini-program (小程序)."""

    kind: ClassVar[str] = "mini_program"
    app_id: str
    title: str
    page: str = ""
    """Path inside the mini-program, may be empty."""
    username: str = ""
    """The mini-program's original id (gh_…@app), which some puppets need."""
    description: str = ""
    thumbnail: str = ""
    """URL of the card's picture, may be empty."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ContactCard:
    """The card of a person: `contact` is a platform id, or `ACCOUNT` and a name."""

    kind: ClassVar[str] = "contact_card"
    contact: str


Message = Text | Image | File | Video | Link | Voice | MiniProgram | ContactCard
Content = Message | Action
MESSAGES = frozenset(cls.kind for cls in get_args(Message))
"""Kinds that members see as a message, and that come back as an echo."""
_KINDS: dict[str, type[Content]] = {cls.kind: cls for cls in get_args(Content)}


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """One message of a delivery, and how long to wait before it.

    `gap_s`: seconds between the previous part's send and this one's; 0 for the first part.
    """

    content: Content
    gap_s: float = 0.0


def dump(content: Content) -> dict[str, Any]:
    """Return `content` as JSON-ready values, `kind` included; `load` is the inverse."""
    return {"kind": content.kind} | asdict(content)


def load(raw: Mapping[str, Any]) -> Content:
    """Return the content that `dump` wrote.

    Raises KeyError for an unknown kind: a newer groupbot wrote it.
    """
    values = {key: tuple(value) if isinstance(value, list) else value for key, value in raw.items() if key != "kind"}
    kind: Any = _KINDS[raw["kind"]]
    loaded: Content = kind(**values)
    return loaded


def dump_parts(parts: tuple[Part, ...]) -> str:
    """Return the canonical JSON text of `parts`: equal parts give equal text."""
    rows = [{"gap_s": part.gap_s, "content": dump(part.content)} for part in parts]
    return json.dumps(rows, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def load_parts(text: str) -> tuple[Part, ...]:
    """Return the parts that `dump_parts` wrote."""
    return tuple(Part(content=load(row["content"]), gap_s=row["gap_s"]) for row in json.loads(text))


def file_of(content: Content) -> str:
    """Return the path of the file that `content` posts, "" when it posts none."""
    return content.path if isinstance(content, Image | File | Video | Voice) else ""


def fingerprint(content: Content) -> str:
    """Return a short hash by which an account's own echo is recognised.

    Platforms change what does not matter to a reader (trailing blanks, U+2005 after a mention, the folder of a
    file), so only what survives a round trip is hashed: folded text, a file's name, a link's URL.
    """
    match content:
        case Text(text=text):
            seen = fold(text)
        case Image(path=path) | Video(path=path) | Voice(path=path):
            seen = path.replace("\\", "/").rsplit("/", 1)[-1]
        case File(path=path, name=name):
            seen = name or path.replace("\\", "/").rsplit("/", 1)[-1]
        case Link(url=url):
            seen = url
        case MiniProgram(app_id=app_id, page=page):
            seen = f"{app_id}/{page}"
        case ContactCard(contact=contact):
            seen = contact
        case _:  # an action never comes back as an echo
            seen = json.dumps(dump(content), sort_keys=True)
    kind = "media" if content.kind in {"image", "file", "video", "voice"} else content.kind
    return hashlib.sha256(f"{kind}\0{seen}".encode()).hexdigest()[:24]


def fold(text: str) -> str:
    """Return `text` in NFC with every run of white space as one blank: equal to a reader, equal here."""
    return " ".join(unicodedata.normalize("NFC", text).replace("\u2005", " ").split())
