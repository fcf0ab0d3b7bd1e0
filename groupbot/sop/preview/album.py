"""The pictures of a preview: which it posts, and those that are small enough to stand in its page."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from groupbot.core.content import Content, Image
from groupbot.sop.preview.calendar import Preview

MAX_PICTURE = 2 * 1024 * 1024
"""Bytes of a picture that is shown; a larger one is named only."""
MAX_ALBUM = 24 * 1024 * 1024
"""Bytes of all pictures in one page: what a phone still opens, and a messenger still carries."""
_TYPES = ((b"\x89PNG", "png"), (b"\xff\xd8", "jpeg"), (b"GIF8", "gif"), (b"BM", "bmp"), (b"RIFF", "webp"))
"""What a file begins with -> its type. Others (SVG can hold scripts) are not shown."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Album:
    """Pictures by the path at which they lie. `addresses`: each as a data: URL, in the order of their numbers."""

    pictures: Mapping[str, bytes]
    addresses: tuple[str, ...] = field(init=False)
    _numbers: Mapping[str, int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        shown = [(path, address) for path, data in self.pictures.items() if (address := _address(data))]
        object.__setattr__(self, "addresses", tuple(address for _path, address in shown))
        object.__setattr__(self, "_numbers", {path: number for number, (path, _address) in enumerate(shown)})

    def number(self, content: Content) -> int | None:
        """Return the number of the picture that `content` is, None when it is none or not here."""
        return self._numbers.get(content.path) if isinstance(content, Image) else None


def pictures_of(shown: Preview) -> Iterator[str]:
    """Yield the path of each picture that `shown` posts, once."""
    contents = (
        part.content for day in shown.days for post in day.posts for version in post.versions for part in version
    )
    yield from dict.fromkeys(content.path for content in contents if isinstance(content, Image))


def _address(data: bytes) -> str:
    kind = next((kind for begin, kind in _TYPES if data.startswith(begin)), "")
    return f"data:image/{kind};base64,{b64encode(data).decode()}" if kind else ""
