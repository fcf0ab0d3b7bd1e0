"""Where plugins come from: files and folders of the project, and installed packages.

A file is read anew each time: Python's own cache of compiled files takes two saves within a second for one.
"""

from __future__ import annotations

import contextvars
import hashlib
import importlib.util
import linecache
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol, TypeVar

from groupbot.core.ids import token
from groupbot.i18n import _
from groupbot.paths import Project
from groupbot.plugin_host.errors import PluginError
from groupbot.plugin_host.values import API, Plugin

T = TypeVar("T")
GROUP = "groupbot.plugins"
"""Entry point group of installed plugins."""


def _keep() -> None:
    """Forget nothing: an installed package belongs to the interpreter."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Code:
    """A plugin's code as loaded. `place`: the file or folder of its code; `forget` undoes the import."""

    plugin: Plugin
    place: str
    forget: Callable[[], None] = _keep

    def holds(self, file: str) -> bool:
        """Tell whether `file` is part of it."""
        return Path(file).is_relative_to(self.place)


class Source(Protocol):
    """Something that a plugin can be loaded from."""

    @property
    def origin(self) -> str:
        """What people call it: a file's or package's name."""
        ...

    def digest(self) -> str:
        """Return what changes with the code, "" when it can't be read."""
        ...

    def load(self) -> Code:
        """Import it. Raises PluginError, or whatever the code raises."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class FileSource:
    """`NAME.py`, or a folder `NAME` with an `__init__.py`."""

    path: Path

    @property
    def origin(self) -> str:
        return self.path.name

    def digest(self) -> str:
        found = hashlib.sha256()
        try:
            for file in sorted(self.path.rglob("*")) if self.path.is_dir() else [self.path]:
                if file.is_file() and "__pycache__" not in file.parts:
                    found.update(f"{file.relative_to(self.path.parent)}\0".encode())
                    found.update(_state(file))
        except OSError:
            return ""
        return found.hexdigest()

    def load(self) -> Code:
        name = f"groupbot_plugin_{self.path.stem}_{token()}"  # two versions live at once while one takes over
        is_folder = self.path.is_dir()
        entry = self.path / "__init__.py" if is_folder else self.path
        finder = _Parts(name, self.path if is_folder else None)
        sys.meta_path.insert(0, finder)
        try:
            plugin = checked(getattr(_imported(name, entry, is_folder=is_folder), "PLUGIN", None), self.origin)
        except BaseException:
            _forget(name, finder)
            raise
        return Code(plugin=plugin, place=str(self.path), forget=lambda: _forget(name, finder))


def _state(file: Path) -> bytes:
    """Return what changes with a file: code is read, of what may be large the stamp is enough."""
    if file.suffix == ".py":
        return file.read_bytes()
    status = file.stat()
    return f"{status.st_mtime_ns} {status.st_size}".encode()


@dataclass(frozen=True, kw_only=True, slots=True)
class PackageSource:
    """An installed package that names its Plugin in the entry point group `GROUP`."""

    entry: EntryPoint

    @property
    def origin(self) -> str:
        return self.entry.value

    def digest(self) -> str:
        return f"{self.entry.value} {self.entry.dist.version if self.entry.dist else ''}"

    def load(self) -> Code:
        plugin = checked(self.entry.load(), self.origin)
        file = sys.modules[self.entry.module].__file__ or ""
        return Code(plugin=plugin, place=str(Path(file).parent) if file.endswith("__init__.py") else file)


def packages() -> dict[str, Source]:
    """Return the plugins of installed packages, by a name of the place."""
    return {f"package {entry.name}": PackageSource(entry=entry) for entry in entry_points(group=GROUP)}


def files(project: Project) -> dict[str, Source]:
    """Return the plugins of the project's folder, and of the shipped one behind it."""
    return {
        path.name: FileSource(path=path)
        for path in project.entries("plugins")
        if path.suffix == ".py" or (path / "__init__.py").is_file()
    }


def checked(found: object, origin: str) -> Plugin:
    """Return `found` if it is a plugin that this groupbot can run; raises PluginError."""
    if not isinstance(found, Plugin):
        raise PluginError(
            _("{origin} holds no plugin.").format(origin=origin),
            hint=_("Write PLUGIN = Plugin(name=…, setup=…) at its end; `groupbot plugin new NAME` makes a start."),
        )
    if found.api != API:
        raise PluginError(
            _("{origin} is made for plugin API {theirs}; this groupbot speaks {ours}.").format(
                origin=origin, theirs=found.api, ours=API
            ),
            hint=_("Look for another version of the plugin, or of groupbot."),
        )
    if not found.name or not found.name.replace("-", "").replace("_", "").isalnum():
        raise PluginError(_("{origin}: {name!r} is no name for a plugin.").format(origin=origin, name=found.name))
    return found


def in_thread(work: Callable[[], T], done: Callable[[T | None, BaseException | None], object], name: str) -> None:
    """Run `work` in a thread of its own and hand over what came of it, in that thread.

    Nobody waits for the thread when the process ends: code that hangs must not keep the daemon.
    """
    context = contextvars.copy_context()  # the operator's language among them

    def run() -> None:
        try:
            result = context.run(work)
        except BaseException as error:  # noqa: BLE001 - SystemExit too: it is the plugin's, not ours
            done(None, error)
        else:
            done(result, None)

    threading.Thread(target=run, name=name, daemon=True).start()


class _Fresh(SourceFileLoader):
    """Compile the file as it is now."""

    def get_code(self, fullname: str) -> Any:  # noqa: ARG002 - the loader's own signature
        return self.source_to_code(self.get_data(self.path), self.path)


class _Parts(MetaPathFinder):
    """Find the parts of a plugin that is a folder: `from .words import …`."""

    def __init__(self, name: str, folder: Path | None) -> None:
        self._name = name
        self._folder = folder

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        del path, target
        if self._folder is None or not fullname.startswith(f"{self._name}."):
            return None
        place = self._folder.joinpath(*fullname.removeprefix(f"{self._name}.").split("."))
        if (place / "__init__.py").is_file():
            return _spec(fullname, place / "__init__.py", [str(place)])
        file = place.with_suffix(".py")
        return _spec(fullname, file, None) if file.is_file() else None


def _spec(name: str, file: Path, search: list[str] | None) -> ModuleSpec | None:
    loader = _Fresh(name, str(file))
    return importlib.util.spec_from_file_location(name, file, loader=loader, submodule_search_locations=search)


def _imported(name: str, entry: Path, *, is_folder: bool) -> ModuleType:
    spec = _spec(name, entry, [str(entry.parent)] if is_folder else None)
    if spec is None or spec.loader is None:
        raise PluginError(_("{file} can't be imported.").format(file=entry.name))
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    linecache.checkcache(str(entry))
    spec.loader.exec_module(module)
    return module


def _forget(name: str, finder: MetaPathFinder) -> None:
    if finder in sys.meta_path:
        sys.meta_path.remove(finder)
    for known in [known for known in sys.modules if f"{known}.".startswith(f"{name}.")]:
        del sys.modules[known]
