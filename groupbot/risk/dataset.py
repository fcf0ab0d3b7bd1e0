"""Labelled texts from a CSV file: columns `text` and `label`, 1 = a hit."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from groupbot.errors import GroupbotError
from groupbot.i18n import _

_LABELS = {"0": 0, "0.0": 0, "1": 1, "1.0": 1}
"""Spreadsheets and data frames write whole numbers as they please."""


class DatasetError(GroupbotError):
    """A file of labelled texts can't be used."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One text and what a person says of it: 1 = a hit, 0 = none."""

    text: str
    label: int


def decoded(raw: bytes, *, file: str) -> str:
    """Return the text of a file in UTF-8, in UTF-16 with its mark, or in GBK as spreadsheets write it in China.

    Raises DatasetError for anything else.
    """
    marked = raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    wrong: UnicodeDecodeError | None = None
    for encoding in ("utf-16",) if marked else ("utf-8-sig", *(["gb18030"] if _is_foreign(raw) else [])):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError as error:
            wrong = wrong or error
    raise DatasetError(
        _("{file}, row {row}: what stands there is neither UTF-8 nor GBK.").format(
            file=file, row=raw.count(b"\n", 0, wrong.start if wrong else 0) + 1
        ),
        hint=_("Save the file as CSV in UTF-8."),
    ) from wrong


def _is_foreign(raw: bytes) -> bool:
    """Return whether most of what is not ASCII is no UTF-8: a file with a slip in it is not read as GBK."""
    text = raw.decode("utf-8", "replace")
    slips = text.count("\ufffd")
    return slips > sum(not one.isascii() for one in text) - slips


def read_texts(data: str, *, file: str) -> list[str]:
    """Return the column `text` of a CSV file. Raises DatasetError when there is none."""
    return [text for _row, (text,) in _cells(data, ("text",), file=file)]


def read_rows(data: str, *, file: str) -> list[Row]:
    """Return the rows of a CSV file; `data` is its text, `file` its name for messages.

    Raises DatasetError for a missing column, a row that does not fit, or a label that is neither 0 nor 1.
    """
    rows = []
    for number, (text, label) in _cells(data, ("text", "label"), file=file):
        if label.strip() not in _LABELS:
            raise DatasetError(
                _("{file}, row {row}: the label is {label!r}.").format(file=file, row=number, label=label),
                hint=_("Write 1 for a hit and 0 for none."),
            )
        rows.append(Row(text=text, label=_LABELS[label.strip()]))
    return rows


def _cells(data: str, columns: Sequence[str], *, file: str) -> Iterator[tuple[int, list[str]]]:
    """Give each row's number, as a spreadsheet counts, and its cells of `columns`."""
    sheet = _numbered(data, file=file)
    names = [name.strip().casefold() for name in next(sheet, (1, []))[1]]
    for column in columns:
        if column not in names:
            raise DatasetError(
                _("{file} has no column `{column}`.").format(file=file, column=column),
                hint=_("The first line must read: {columns}").format(columns=",".join(columns)),
            )
    places = [names.index(column) for column in columns]
    for number, cells in sheet:
        if any(cells[len(names) :]):
            raise DatasetError(
                _("{file}, row {row} has more cells than the first line.").format(file=file, row=number),
                hint=_("Put a text that holds commas between double quotes."),
            )
        if cells:
            yield number, [cells[place] if place < len(cells) else "" for place in places]


def _numbered(data: str, *, file: str) -> Iterator[tuple[int, list[str]]]:
    number = 0
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(data.removeprefix("\ufeff"), newline="")), start=1):
            yield number, cells
    except csv.Error as error:
        raise DatasetError(
            _("{file}, row {row} can't be read: {reason}").format(file=file, row=number + 1, reason=error),
            hint=_("Put a text that holds commas or line breaks between double quotes, each of its own quotes twice."),
        ) from error
