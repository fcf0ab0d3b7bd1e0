"""Materials as files: whether they are what their names say, and small enough to be posted."""

from __future__ import annotations

from dataclasses import dataclass

from groupbot.i18n import _

LARGEST = 100_000_000
"""Bytes of a file that WeChat still takes: it refuses files over 100 MB."""
HEAD = 1024
"""Bytes by which a type is known; a PDF may begin that late."""
_SAME = {"jpeg": "jpg", "m4v": "mp4", "mov": "mp4", "docx": "zip", "xlsx": "zip", "pptx": "zip"}
"""Endings whose files begin alike."""
_MOVIE_BOXES = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip")
_CHECKED = frozenset({"png", "jpg", "gif", "bmp", "webp", "pdf", "mp4", "zip"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """What is wrong, and what to do."""

    message: str
    hint: str


def type_of(head: bytes) -> str:
    """Return what a file is by its first bytes, as the usual ending; "" for a type that is not known here."""
    starts = {"png": b"\x89PNG\r\n\x1a\n", "jpg": b"\xff\xd8\xff", "gif": b"GIF8", "zip": b"PK\x03\x04", "bmp": b"BM"}
    found = next((ending for ending, start in starts.items() if head.startswith(start)), "")
    if found:
        return found
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    if head[4:8] in _MOVIE_BOXES:
        return "mp4"
    return "pdf" if b"%PDF-" in head[:HEAD] else ""


def judge(written: str, size: int, head: bytes, *, largest: int = LARGEST) -> Fault | None:
    """Return what is wrong with the file called `written`, of `size` bytes and beginning with `head`; None = nothing.

    `largest`: bytes that every account which may post it can send. Endings that are not known here pass.
    """
    if size > largest:
        return Fault(
            message=_("The material {file} has {size:.1f} MB; accounts can post {most:.1f} MB at most.").format(
                file=written, size=size / 1_000_000, most=largest / 1_000_000
            ),
            hint=_("Make it smaller, or post a link to it."),
        )
    ending = written.rsplit(".", 1)[-1].casefold() if "." in written else ""
    wanted, found = _SAME.get(ending, ending), type_of(head)
    if wanted not in _CHECKED or wanted == found:
        return None
    if found:
        message = _("The material {file} is really a {type} file.").format(file=written, type=found)
    else:
        message = _("The material {file} is no {type} file, or it is damaged.").format(file=written, type=ending)
    return Fault(message=message, hint=_("Save it again in the right format, or correct its name's ending."))
