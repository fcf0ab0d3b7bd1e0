"""Labelled texts from a CSV file: columns `text` and `label`, 1 = a hit."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

from groupbot.errors import GroupbotError
from groupbot.i18n import _


class DatasetError(GroupbotError):
    """A file of labelled texts can't be used."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One text and what a person says of it: 1 = a hit, 0 = none."""

    text: str
    label: int


def read_texts(data: str, *, file: str) -> list[str]:
    """Return the column `text` of a CSV file. Raises DatasetError when there is none."""
    return [text for text, _label in _cells(data, file=file)]


def read_rows(data: str, *, file: str) -> list[Row]:
    """Return the rows of a CSV file; `data` is its text, `file` its name for messages.

    Raises DatasetError for a missing column, or a label that is neither 0 nor 1.
    """
    rows = []
    for number, (text, label) in enumerate(_cells(data, file=file), start=2):
        if label not in {"0", "1"}:
            raise DatasetError(
                _("{file}, row {row}: the label is {label!r}.").format(file=file, row=number, label=label),
                hint=_("Write 1 for a hit and 0 for none."),
            )
        rows.append(Row(text=text, label=int(label)))
    return rows


def _cells(data: str, *, file: str) -> list[tuple[str, str]]:
    reader = csv.DictReader(io.StringIO(data.removeprefix("\ufeff"), newline=""))
    if "text" not in (reader.fieldnames or ()):
        raise DatasetError(
            _("{file} has no column `text`.").format(file=file),
            hint=_("The first line must read: text,label"),
        )
    return [(row["text"] or "", (row.get("label") or "").strip()) for row in reader]
