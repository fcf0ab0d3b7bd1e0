"""Build workbooks in memory, load and plan them, and say what came out in few words."""

from __future__ import annotations

import hashlib
import io
import struct
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import openpyxl

from groupbot.core.content import Link, Text
from groupbot.sop.document import Sop
from groupbot.sop.load import load_what_can
from groupbot.sop.materials import Found, Missing
from groupbot.sop.planned import Plan, PlanGroup, PlannedDelivery, Problem
from groupbot.sop.planner import plan

START = date(2026, 5, 18)  # a Monday
GROUP = PlanGroup(name="camp-1", known=False)


@dataclass
class KeepingFiles:
    """Materials by their written path, and what was kept."""

    contents: dict[str, bytes] = field(default_factory=dict)
    kept: dict[str, bytes] = field(default_factory=dict)

    def find(self, path: str) -> Found | Missing:
        data = self.contents.get(path)
        return Missing() if data is None else _found(f"/project/{path}", data)

    def keep(self, name: str, data: bytes) -> Found | None:
        path = f"/kept/{hashlib.sha256(data).hexdigest()[:8]}.{name.rsplit('.', 1)[-1]}"
        self.kept[path] = data
        return _found(path, data)


def _found(path: str, data: bytes) -> Found:
    return Found(path=path, size=len(data), digest=hashlib.sha256(data).hexdigest())


def book(*rows: Sequence[Any], name: str = "排期", merged: Iterable[str] = ()) -> bytes:
    """A workbook of one sheet."""
    return books({name: rows}, merged=merged)


def books(sheets: dict[str, Sequence[Sequence[Any]]], *, merged: Iterable[str] = ()) -> bytes:
    """A workbook of several sheets; `merged` ranges are those of the first."""
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    for area in merged:
        made.worksheets[0].merge_cells(area)
    return saved(made)


def saved(made: openpyxl.Workbook) -> bytes:
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def with_parts(data: bytes, **parts: bytes) -> bytes:
    """The same package with parts added; `__` in a name stands for a slash, `_DOT_` for a dot."""
    stream = io.BytesIO(data)
    with zipfile.ZipFile(stream, "a") as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_DOT_", "."), content)
    return stream.getvalue()


def replaced(data: bytes, name: str, old: str, new: str) -> bytes:
    """The same package with `old` replaced in one part, which must hold it."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target:
        for item in source.infolist():
            content = source.read(item)
            if item.filename == name:
                assert old in content.decode()
                content = content.decode().replace(old, new).encode()
            target.writestr(item, content)
    return stream.getvalue()


def png(shade: int = 0) -> bytes:
    """A picture of one pixel."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(bytes((0, shade)))) + chunk(b"IEND", b"")


def loaded(data: bytes, *, file: str = "camp.xlsx", files: KeepingFiles | None = None) -> Sop:
    """What can be read of it, problems included."""
    return load_what_can(data, file=file, files=files or KeepingFiles())


def planned(
    data: bytes | Sop, *, start: date = START, file: str = "camp.xlsx", files: KeepingFiles | None = None
) -> Plan:
    sop = data if isinstance(data, Sop) else loaded(data, file=file, files=files)
    return plan(sop, groups=[GROUP], start=start)


def posts(made: Plan) -> list[tuple[str, str]]:
    """(time, words of the first part) of every post in the group."""
    return [(f"{row.due:%m-%d %H:%M}", said(row)[0]) for row in made.deliveries if row.place == "group"]


def private(made: Plan) -> list[tuple[str, str]]:
    return [(f"{row.due:%m-%d %H:%M}", said(row)[0]) for row in made.deliveries if row.place == "member"]


def said(row: PlannedDelivery) -> list[str]:
    """The parts: words as they are, others by kind."""
    shown = []
    for part in row.parts:
        match part.content:
            case Text(text=text):
                shown.append(text)
            case Link(url=url):
                shown.append(f"link {url}")
            case other:
                shown.append(other.kind)
    return shown


def problems(made: Plan | Sop) -> list[tuple[str, str, str]]:
    """(level, code, cell) of every problem."""
    found: Sequence[Problem] = made.problems if isinstance(made, Plan) else made.warnings
    return [(one.level, one.code, f"{one.where.column or ''}{one.where.row or ''}") for one in found]
