"""Materials on disk: which files an SOP may reach, and nothing outside of them."""

from __future__ import annotations

import difflib
import hashlib
import tempfile
from dataclasses import dataclass
from pathlib import Path

from groupbot.sop.materials import Found, Missing, Outside

KEPT = Path(".groupbot") / "pictures"
"""Below the project's folder: pictures out of workbooks, by the SHA-256 of their content."""
_CHUNK = 1 << 20


@dataclass(frozen=True, kw_only=True, slots=True)
class ProjectFiles:
    """Look at materials for one SOP file.

    A path counts from `sop_folder`, then from `root` (the project). It must stay inside `root`; where the SOP file lies
    elsewhere, inside `sop_folder`. Symlinks count by where they lead.
    """

    root: Path
    sop_folder: Path

    def find(self, path: str) -> Found | Missing | Outside:
        """Return what `path` leads to; a path that can't be read counts as missing."""
        try:
            return self._find(path)
        except (OSError, ValueError, RuntimeError):  # unreadable, a NUL in the name, a circle of symlinks
            return Missing()

    def keep(self, name: str, data: bytes) -> Found | None:
        """Store `data` by its content below `root`; None when it can't be written."""
        digest = hashlib.sha256(data).hexdigest()
        place = self.root.resolve() / KEPT / f"{digest}{Path(name).suffix}"
        found = Found(path=str(place), size=len(data), digest=digest)
        try:
            if place.is_file() and place.stat().st_size == len(data):
                return found
            place.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=place.parent, delete=False) as stream:
                stream.write(data)
            Path(stream.name).replace(place)  # whole or not at all, whoever else keeps the same picture
        except OSError:
            return None
        return found

    def _find(self, path: str) -> Found | Missing | Outside:
        reached = [(folder / path).resolve() for folder in (self.sop_folder, self.root)]
        inside = [place for place in reached if self._allows(place)]
        for place in inside:
            if place.is_file():
                return Found(path=str(place), size=place.stat().st_size, digest=_digest(place))
        if not inside or any(place.is_file() for place in reached if place not in inside):
            return Outside()
        return Missing(near=_near(path, inside[0]))

    def _allows(self, place: Path) -> bool:
        root, folder = self.root.resolve(), self.sop_folder.resolve()
        allowed = (root,) if folder.is_relative_to(root) else (root, folder)
        return any(place.is_relative_to(home) for home in allowed)


def path_from(place: str, *homes: Path) -> str | None:
    """Return `place` as seen from the first of the folders `homes` that it lies in, None when it lies in none."""
    inside = (Path(place).relative_to(home.resolve()) for home in homes if Path(place).is_relative_to(home.resolve()))
    return next((path.as_posix() for path in inside), None)


def _digest(place: Path) -> str:
    digest = hashlib.sha256()
    with place.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _near(written: str, place: Path) -> str:
    """Return `written` with the name of the most similar file of its folder, "" when none is similar."""
    if not place.parent.is_dir():
        return ""
    names = [entry.name for entry in place.parent.iterdir() if entry.is_file()]
    found = difflib.get_close_matches(place.name, names, n=1)
    return str(Path(written).with_name(found[0])) if found else ""
