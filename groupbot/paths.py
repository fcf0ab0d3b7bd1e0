"""Where plugins/, sops/ and migrations/ are: the operator's project first, what groupbot ships second.

In a wheel the shipped folders lie inside the package (`groupbot/_bundled/`), in a source checkout beside it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

_PACKAGE = Path(__file__).parent
FOLDERS = ("plugins", "sops", "migrations")


def bundle() -> Path:
    """Return the folder that holds the shipped `FOLDERS`."""
    inside = _PACKAGE / "_bundled"
    return inside if inside.is_dir() else _PACKAGE.parent


@dataclass(frozen=True, kw_only=True, slots=True)
class Project:
    """An operator's folder, with the shipped one behind it. `root` holds config.toml."""

    root: Path
    bundled: Path = field(default_factory=bundle)

    def folders(self, kind: str) -> tuple[Path, ...]:
        """Return the existing folders called `kind` ("plugins", "sops", "migrations"), the project's first."""
        places = dict.fromkeys(((self.root / kind).resolve(), (self.bundled / kind).resolve()))
        return tuple(place for place in places if place.is_dir())

    def find(self, kind: str, name: str) -> Path | None:
        """Return the file or folder `name` below the first folder of `kind` that has it; None when none has.

        A `name` that leads out of its folder is never found.
        """
        for folder in self.folders(kind):
            found = (folder / name).resolve()
            if found != folder and found.is_relative_to(folder) and found.exists():
                return found
        return None

    def entries(self, kind: str) -> Iterator[Path]:
        """Yield every file and folder of `kind` by name; one of the project's hides a shipped one of the same name."""
        seen: dict[str, Path] = {}
        for folder in self.folders(kind):
            for entry in folder.iterdir():
                if not entry.name.startswith((".", "__")):
                    seen.setdefault(entry.name, entry)
        yield from (seen[name] for name in sorted(seen))

    def migrations(self) -> Path:
        """Return the shipped migrations, whatever the project holds: they must fit the tables in the code."""
        return self.bundled / "migrations"
