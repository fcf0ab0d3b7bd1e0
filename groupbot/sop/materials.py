"""Materials: which files an SOP may post, and what is known of them. Reading them is the caller's, behind `Files`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from groupbot.i18n import _
from groupbot.sop.document import MediaKind
from groupbot.sop.notes import Notes
from groupbot.sop.planned import Source

_IMAGES = ("png", "jpg", "jpeg", "gif", "webp", "bmp")
_VIDEOS = ("mp4", "mov", "m4v")
_VOICES = ("silk", "sil", "slk")


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """A file that may be posted. `path` is absolute, symlinks resolved; `digest` is its content's SHA-256, hex."""

    path: str
    size: int
    digest: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Missing:
    """No such file. `near`: a file of a similar name beside it, "" = none."""

    near: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Outside:
    """The path leads out of where materials may lie."""


class Files(Protocol):
    """Look at the files that an SOP names. `groupbot.project_files.ProjectFiles` does it on disk."""

    def find(self, path: str) -> Found | Missing | Outside:
        """Return what `path`, as written in the SOP, leads to; never raises for what is or isn't on disk."""
        ...

    def keep(self, name: str, data: bytes) -> Found | None:
        """Store the content of a picture that an SOP file brings along; the same content is stored once.

        `name` gives the ending. Returns None when it can't be written.
        """
        ...


def kind_of(path: str) -> MediaKind:
    """Return how a file of that name is posted, by its ending."""
    ending = path.rsplit(".", 1)[-1].casefold()
    known: tuple[tuple[MediaKind, tuple[str, ...]], ...] = (("image", _IMAGES), ("video", _VIDEOS), ("voice", _VOICES))
    return next((kind for kind, endings in known if ending in endings), "file")


def look_up(path: str, files: Files, notes: Notes, where: Source, *, done: bool = True) -> Found | None:
    """Return the file at `path`, or None with the reason noted; one that is not `done` may be missing or empty."""
    found = files.find(path)
    if not done and (isinstance(found, Missing) or (isinstance(found, Found) and not found.size)):
        return None
    match found:
        case Found(size=0):
            message = _("The material `{path}` is an empty file.").format(path=path)
            notes.error("empty-material", message, where, hint=_("Save the file again."))
        case Found():
            return found
        case Missing(near=near):
            message = _("The material `{path}` is not there.").format(path=path)
            known = _("Did you mean `{near}`?").format(near=near) if near else ""
            hint = known or _("Put the file there, or mend the path; it counts from the SOP file's folder.")
            notes.error("missing-material", message, where, hint=hint)
        case Outside():
            message = _("The material `{path}` leads out of the project.").format(path=path)
            hint = _("Copy the file into the project's folder, or beside an SOP file that lies elsewhere.")
            notes.error("material-outside", message, where, hint=hint)
    return None
