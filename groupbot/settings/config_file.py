"""Edit config.toml on the disk: whole or not at all, checked before, with the last one kept beside it."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from groupbot.errors import ConfigError
from groupbot.i18n import _, os_reason
from groupbot.settings.editing import Change, edited
from groupbot.settings.file import parse
from groupbot.settings.model import Settings

BACKUP = ".bak"
"""What the kept copy's name ends in."""
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """config.toml as it was read. `digest`: SHA-256 of its bytes in hex."""

    text: str
    digest: str


class ConfigFile:
    """The config.toml of a project. Its methods block; one object per process keeps its edits apart."""

    def __init__(self, path: Path, environ: Mapping[str, str] | None = None) -> None:
        self._path = path.resolve()  # a link stays one: what it leads to is replaced
        self._environ = environ
        self._lock = threading.Lock()

    def read(self) -> Seen:
        """Return the file. Raises ConfigError."""
        data = self._bytes()
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise ConfigError(
                _("{file} is not UTF-8 text.").format(file=self._path), hint=_("Save it as UTF-8 in your editor.")
            ) from error
        return Seen(text=text, digest=hashlib.sha256(data).hexdigest())

    def edit(self, *changes: Change, seen: str = "") -> Settings:
        """Make `changes`, all or none, and return the settings as they are then.

        `seen`: digest of what the decision was made on. Raises ConfigError, with nothing changed, when the file is
        another one meanwhile, when it is not usable before or after, or when it can't be written.
        """
        with self._lock:
            before = self.read()
            if seen not in {"", before.digest}:
                raise self._changed()
            parse(before.text, self._path, self._environ)
            text = edited(before.text, changes)
            settings = parse(text, self._path, self._environ)
            if text != before.text:
                self._replace(text, before.digest)
            return settings

    def _replace(self, text: str, digest: str) -> None:
        data = self._bytes()
        mark = _BOM if data.startswith(_BOM) else b""
        try:
            new = self._written(mark + text.encode())
            try:
                shutil.copy2(self._path, self._path.with_name(self._path.name + BACKUP))
                if hashlib.sha256(self._bytes()).hexdigest() != digest:
                    raise self._changed()
                new.replace(self._path)
            finally:
                new.unlink(missing_ok=True)
            _sync_folder(self._path.parent)
        except OSError as error:
            raise ConfigError(
                _("{file} can't be written: {detail}").format(file=self._path, detail=os_reason(error)),
                hint=_("Let groupbot's user write the file and its folder, or change it in an editor."),
            ) from error

    def _written(self, data: bytes) -> Path:
        """Return a file beside config.toml, with its mode and owner, that holds `data` and is on the disk."""
        with tempfile.NamedTemporaryFile(dir=self._path.parent, prefix=".config-", delete=False) as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        new = Path(stream.name)
        shutil.copymode(self._path, new)
        if hasattr(os, "chown"):
            found = self._path.stat()
            with suppress(PermissionError):  # only root gives files away; then the file is ours
                os.chown(new, found.st_uid, found.st_gid)
        return new

    def _bytes(self) -> bytes:
        try:
            return self._path.read_bytes()
        except OSError as error:
            raise ConfigError(
                _("{file} can't be read: {detail}").format(file=self._path, detail=os_reason(error))
            ) from error

    def _changed(self) -> ConfigError:
        return ConfigError(
            _("{file} has been changed by somebody else meanwhile.").format(file=self._path),
            hint=_("Nothing was changed. Look at it again, then repeat the command."),
        )


def _sync_folder(folder: Path) -> None:
    """Have the new name on the disk, too, where folders can be synced (not on Windows)."""
    if os.name == "nt":
        return
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
