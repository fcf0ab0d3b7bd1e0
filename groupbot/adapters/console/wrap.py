"""Break text into terminal lines, by cells, as Chinese and English readers expect. Pure."""

from __future__ import annotations

import re
import unicodedata

from rich.cells import cell_len, chop_cells

_MARKS = "[\ufe0e\ufe0f\u20e3\u0300-\u036f\U0001f3fb-\U0001f3ff]"  # they belong to the character before them
_PIECE = re.compile(f"[!-~]+{_MARKS}*|.(?:{_MARKS}|\u200d.)*")  # a word, number or URL; or one other character
_NOT_FIRST = frozenset("，。！？、；：）】」』》〉”’…—,.!?;:)]}%")  # what ends something
_TAB = "    "
_WIDE = 2  # cells of a Chinese character
_TWO = 2  # one to go and one to stay
_UNSEEN = frozenset("\u2028\u2029\u200e\u200f\u061c") | frozenset(
    map(chr, [*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
)


def visible(text: str) -> str:
    """Return `text` with everything that steers a terminal or reorders its line written as an escape.

    Line breaks stay; emoji joiners stay; tabs become blanks.
    """
    return "".join(_visible(char) for char in text.replace("\r\n", "\n").replace("\t", _TAB))


def _visible(char: str) -> str:
    if char == "\n":
        return char
    if unicodedata.category(char) in {"Cc", "Cs"} or char in _UNSEEN:
        return char.encode("ascii", "backslashreplace").decode() if not char.isascii() else f"\\x{ord(char):02x}"
    return char


def wrap(text: str, width: int) -> list[str]:
    """Return the lines of `text`, each at most `width` cells; empty lines are kept."""
    return [line for paragraph in visible(text).split("\n") for line in _paragraph(paragraph, max(width, 4))]


def _paragraph(text: str, width: int) -> list[str]:
    lines: list[list[str]] = [[]]
    for piece in _fitting(text, width):
        if _cells([*lines[-1], piece]) > width:
            lines.append(_carried(lines[-1], piece, width))
            if piece == " " and not lines[-1]:
                continue
        lines[-1].append(piece)
    return ["".join(line).rstrip(" ") for line in lines]


def _cells(pieces: list[str]) -> int:
    """Return the width of `pieces` together, which may differ from the sum: marks join with what they follow."""
    return cell_len("".join(pieces))


def _carried(line: list[str], piece: str, width: int) -> list[str]:
    """Return what moves to the next line together with `piece`: one character, if `piece` may not stand first."""
    if piece[0] not in _NOT_FIRST or len(line) < _TWO or line[-1].isspace():
        return []
    fits = cell_len(line[-1]) <= _WIDE and _cells([line[-1], piece]) <= width
    return [line.pop()] if fits else []


def _fitting(text: str, width: int) -> list[str]:
    pieces: list[str] = _PIECE.findall(text)
    return [part for piece in pieces for part in (chop_cells(piece, width) if cell_len(piece) > width else [piece])]


def pad(text: str, width: int) -> str:
    """Return `text` filled up with blanks to `width` cells."""
    return text + " " * max(0, width - cell_len(text))


def clip(text: str, width: int) -> str:
    """Return the first line of `text` in at most `width` cells, with `…` where something was cut."""
    first = visible(text).split("\n", 1)[0]
    if cell_len(first) <= width:
        return first
    return chop_cells(first, max(width - 1, 1))[0] + "…"
