"""SOP files of a project: where they lie, what they say, and how a campaign keeps them."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from groupbot.campaign.recalling import Recorded
from groupbot.campaign.values import Edition
from groupbot.errors import CampaignError
from groupbot.i18n import _, os_reason
from groupbot.paths import Project
from groupbot.project_files import ProjectFiles, path_from
from groupbot.sop.document import Material, Sop
from groupbot.sop.load import ENDINGS, load, load_what_can
from groupbot.sop.planned import Problem, SopError, Source
from groupbot.sop.writing import to_yaml

_VERSIONS = 1_000
"""Files of one name at most."""


def is_sop(path: Path) -> bool:
    """Return whether a file of a folder is an SOP by its name; `~$…` is what a spreadsheet that has it open leaves."""
    return path.suffix.casefold() in ENDINGS and not path.name.startswith(("~$", "."))


def sop_place(path: Path, root: Path) -> Path:
    """Return where the SOP called `path` lies: there, in the project's `sops/`, or among the shipped ones."""
    if path.exists():
        return path
    project = Project(root=root)
    shipped = (project.find("sops", f"{path}{ending}") for ending in ("", *ENDINGS))
    return next((place for place in shipped if place), path)


def read_sop(path: Path, root: Path, *, whole: bool = True) -> Sop:
    """Return the SOP at `path`, or the shipped one of that name.

    Unless it must be `whole`, a workbook with errors gives what can be planned, and its errors are in `warnings`.
    Raises SopError for a file that can't be read or used.
    """
    place = sop_place(path, root)
    try:
        if place.exists() and not place.is_file():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        data = place.read_bytes()
    except OSError as error:
        message = _("The file can't be read: {reason}.").format(reason=os_reason(error))
        hint = _("Mend the path; `sops/` holds the project's SOPs.")
        where = Source(file=str(path))
        problem = Problem(level="error", code="unreadable-file", message=message, hint=hint, where=where)
        raise SopError((problem,)) from error
    return sop_of(data, _called(path, place), root, folder=place.parent, whole=whole)


def sop_of(data: bytes, name: str, root: Path, *, folder: Path | None = None, whole: bool = True) -> Sop:
    """Return the SOP that a file called `name` holds; its materials count from `folder`, else from `sops/`.

    Raises SopError like `read_sop`.
    """
    files = ProjectFiles(root=root, sop_folder=folder or root / "sops")
    return (load if whole else load_what_can)(data, file=name, files=files)


def keep_sop(data: bytes, name: str, root: Path, *, replace: bool = False) -> Path:
    """Store a file that somebody sent in the project's `sops/` and return where; nothing else is looked at.

    Raises CampaignError for a name that is no SOP's, and, unless it may `replace` it, for another file of that name.
    """
    place = root / "sops" / Path(name.replace("\\", "/")).name
    if not is_sop(place):
        raise CampaignError(
            _("{file} is no SOP file by its name.").format(file=name),
            hint=_("Send a workbook (.xlsx) or a .yaml file."),
        )
    try:
        if place.exists() and not replace and place.read_bytes() != data:
            raise CampaignError(
                _("{file} is there already, and says something else.").format(file=place.name),
                hint=_("Give the file another name, or send it as an edit of its campaign."),
            )
        place.parent.mkdir(parents=True, exist_ok=True)
        fresh = place.with_name(f".{place.name}.new")
        fresh.write_bytes(data)
        fresh.replace(place)  # whole or not at all, whoever reads it meanwhile
    except OSError as error:
        raise CampaignError(
            _("{file} can't be written: {reason}.").format(file=place.name, reason=os_reason(error))
        ) from error
    return place


def keep_version(data: bytes, name: str, root: Path) -> Path:
    """Store a file as `keep_sop` does; where another of its name is there, under the next free one: camp-2.xlsx.

    Raises CampaignError.
    """
    called = Path(name)
    for number in range(1, _VERSIONS):
        place = root / "sops" / (name if number == 1 else f"{called.stem}-{number}{called.suffix}")
        if not place.exists() or (place.is_file() and place.read_bytes() == data):
            return keep_sop(data, place.name, root)
    raise CampaignError(
        _("sops/ holds too many versions of {file}.").format(file=name), hint=_("Give the file another name.")
    )


def source_of(path: Path, root: Path) -> str:
    """Return how versions name the SOP file at `path`: from the project's folder where it lies inside."""
    place = path.resolve()
    return path_from(str(place), root) or str(place)


def path_of(root: Path) -> Callable[[Material], str]:
    """Return how the text of a version writes a material's path."""
    return lambda material: path_from(material.path, root) or material.written


def files_of(root: Path) -> Callable[[str], ProjectFiles]:
    """Return how the SOP of a file, named as versions do, sees the disk."""
    return lambda source: ProjectFiles(root=root, sop_folder=(root / source).parent if source else root / "sops")


@dataclass(frozen=True, kw_only=True, slots=True)
class Stored:
    """An SOP that was read from a file, as a campaign keeps it."""

    text: str
    edition: Edition


def stored(sop: Sop, path: Path, root: Path, *, by: str = "", note: str = "") -> Stored:
    """Return the text and origin of `sop`, read from the file at `path`; raises SopError when it can't be kept."""
    written = path_of(root)
    text = to_yaml(sop, path_of=written)
    digests = {written(material): material.digest for material in sop.materials.values()}
    load(text.encode(), file=f"{path.stem}.yaml", files=Recorded(digests=digests))
    return Stored(text=text, edition=Edition(source=source_of(path, root), by=by, note=note, materials=digests))


def _called(path: Path, place: Path) -> str:
    """Return how problems call the file: as it was asked for, with its ending, by which it is read."""
    return str(path) if path.suffix == place.suffix else f"{path}{place.suffix}"
