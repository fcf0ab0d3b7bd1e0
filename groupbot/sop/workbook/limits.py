"""What is refused before anything is read: files made to harm, files that are no workbook, and what can't be seen."""

from __future__ import annotations

import io
import zipfile
import zlib
from dataclasses import dataclass
from typing import NoReturn

from groupbot.i18n import _
from groupbot.sop.planned import Problem, SopError, Source

MAX_BYTES = 40 * 1024 * 1024
"""Of the file; pictures are most of it."""
MAX_XML = 32 * 1024 * 1024
"""Of one part, unpacked: 5,000 rows with long scripts stay below a quarter of it."""
MAX_PICTURE = 10 * 1024 * 1024
MAX_UNPACKED = 120 * 1024 * 1024
MAX_PARTS = 5_000
MAX_ROWS = 20_000
MAX_CELLS = 300_000
MAX_SHEETS = 60
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


@dataclass(frozen=True, kw_only=True, slots=True)
class Package:
    """The parts of an .xlsx file, each unpacked only when it is asked for."""

    file: str
    archive: zipfile.ZipFile
    names: frozenset[str]

    def xml(self, name: str) -> bytes:
        """Return the XML part `name`, b"" when there is none; raises SopError for one that is too large or tricky."""
        if name not in self.names:
            return b""
        data = self._read(name, MAX_XML)
        if b"<!DOCTYPE" in data or b"<!ENTITY" in data or b"\0" in data[:4]:
            hint = _("Open it in a spreadsheet program and save it again as .xlsx.")
            message = _("`{part}` holds what no spreadsheet writes.").format(part=name)
            refuse(self.file, "workbook-broken", message, hint)
        return data

    def picture(self, name: str) -> bytes:
        """Return the picture at `name`, b"" when there is none or it is too large to be posted."""
        if name not in self.names or self.archive.getinfo(name).file_size > MAX_PICTURE:
            return b""
        return self._read(name, MAX_PICTURE)

    def _read(self, name: str, limit: int) -> bytes:
        if self.archive.getinfo(name).file_size > limit:
            _too_large(self.file)
        try:
            with self.archive.open(name) as stream:
                data = stream.read(limit + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError) as error:
            raise broken(self.file) from error
        if len(data) > limit:
            _too_large(self.file)
        return data


def open_package(data: bytes, file: str) -> Package:
    """Return the parts of the workbook `data`; raises SopError with the reason when it must not or can't be read."""
    if len(data) > MAX_BYTES:
        _too_large(file)
    if data.startswith(_OLE):
        _refuse_ole(data, file)
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        infos = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise broken(file) from error
    if len(infos) > MAX_PARTS or sum(info.file_size for info in infos) > MAX_UNPACKED:
        _too_large(file)
    names = frozenset(info.filename for info in infos)
    if any(info.flag_bits & 1 for info in infos):
        _refuse_locked(file)
    if any(name.casefold().endswith("vbaproject.bin") for name in names):
        hint = _("Save it as a plain .xlsx workbook, which has none.")
        refuse(file, "workbook-macros", _("The workbook holds macros."), hint)
    if any(name.startswith("xl/externalLinks/") for name in names):
        hint = _("In the spreadsheet, break the links (数据, 编辑链接, 断开链接) so that the cells keep their values.")
        refuse(file, "workbook-external-links", _("The workbook takes cells from other files."), hint)
    if "xl/workbook.xml" not in names:
        raise broken(file)
    return Package(file=file, archive=archive, names=names)


def refusal(file: str, code: str, message: str, hint: str = "", *, sheet: str | None = None) -> SopError:
    """Return the one problem that keeps the whole file from being read."""
    where = Source(file=file, sheet=sheet)
    return SopError((Problem(level="error", code=code, message=message, hint=hint, where=where),))


def refuse(file: str, code: str, message: str, hint: str = "", *, sheet: str | None = None) -> NoReturn:
    """Raise `refusal`."""
    raise refusal(file, code, message, hint, sheet=sheet)


def refuse_rows(file: str, sheet: str) -> NoReturn:
    """Raise SopError for a sheet that is no plan any more."""
    message = _("The sheet has more than {rows} rows or {cells} cells.").format(rows=MAX_ROWS, cells=MAX_CELLS)
    hint = _("Delete the empty rows at its end, or keep lists of data in another file.")
    refuse(file, "too-many-rows", message, hint, sheet=sheet)


def _refuse_ole(data: bytes, file: str) -> NoReturn:
    if _ENCRYPTED in data:
        _refuse_locked(file)
    hint = _("Open it and save it as .xlsx.")
    refuse(file, "workbook-old", _("The file is an old .xls workbook, or another document."), hint)


def _refuse_locked(file: str) -> NoReturn:
    hint = _("Take the password off and save it again.")
    refuse(file, "workbook-password", _("The workbook is protected by a password."), hint)


def _too_large(file: str) -> NoReturn:
    hint = _("Split the SOP into several workbooks, or put large pictures and videos beside the file.")
    refuse(file, "file-too-large", _("The workbook is too large to be read safely."), hint)


def broken(file: str) -> SopError:
    """Return the refusal of a file whose parts do not fit together."""
    hint = _("Open it in a spreadsheet program and save it again as .xlsx.")
    return refusal(file, "workbook-broken", _("The file is no workbook, or it is damaged."), hint)
