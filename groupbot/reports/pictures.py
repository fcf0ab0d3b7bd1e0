"""Draw a card: a title over sections of rows, as a PNG that is read on a phone without zooming.

Everything is measured first, then drawn once; nothing is shared between two calls, so it may run in any thread.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from groupbot.reports.letters import Letters, wrapped

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont

WIDTH = 1080
"""Pixels: the width of today's phones."""
_TITLE, _HEADING, _BODY, _SMALL = 54, 42, 38, 32
"""Pixels of a letter. A phone shows 1080 pixels as about 400 points: 38 are 14 points, what chats write in."""
_LINE = 1.4
_MARGIN = 40
_PAD = 16
_LEFT = 132
_RIGHT = 128
_GAP = 20
_BAR = 14
_PAPER, _INK, _FAINT, _RULE = "#ffffff", "#1f2328", "#667078", "#e6e9eb"
_BAND, _ON_BAND, _DAY, _ON_DAY = "#14614f", "#ffffff", "#e3f1ec", "#0f4a3c"
_TONES = {"plain": _INK, "task": "#9a5b00", "bad": "#c0262d"}

Tone = Literal["plain", "task", "bad"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """`left` and `right` are a few characters each; `words` are cut to the card's lines for a row.

    Without a `left` the words begin at the margin; without a `right`, too, they go on to the other one.
    `bar`: how much of the room below the words is filled, 0 to 1.
    """

    left: str
    words: str
    right: str = ""
    tone: Tone = "plain"
    bar: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    """Rows under a heading; `note` stands at the heading's right."""

    heading: str
    rows: tuple[Row, ...]
    note: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Text:
    """One line of letters; `x` is its left edge, or its right one with `to_right`."""

    x: int
    y: int
    words: str
    size: int
    colour: str
    to_right: bool = False
    stroke: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class _Box:
    """A filled stretch, over the whole width unless it says otherwise."""

    top: int
    bottom: int
    colour: str
    left: int = 0
    right: int = WIDTH


def card(
    title: str, sections: Sequence[Section], letters: Letters, *, under: str = "", foot: str = "", row_lines: int = 2
) -> bytes:
    """Return the card as a PNG file; `under` stands below the title, `foot` below all. Equal parts give equal bytes.

    Characters without a glyph are left out.
    """
    from PIL import Image, ImageDraw  # noqa: PLC0415 - only who draws needs it

    fonts = {size: letters.font(size) for size in (_TITLE, _HEADING, _BODY, _SMALL)}
    shapes, height = _Layout(letters=letters, fonts=fonts, row_lines=row_lines).all(title, sections, under, foot)
    image = Image.new("RGB", (WIDTH, height), _PAPER)
    pen = ImageDraw.Draw(image)
    for shape in shapes:
        _draw(pen, shape, fonts)
    made = io.BytesIO()
    # A palette quarters the file; 64 colours are those above and what lies between them at the edges of letters.
    image.quantize(64, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(made, "PNG")
    return made.getvalue()


def _draw(pen: ImageDraw, shape: _Text | _Box, fonts: Mapping[int, FreeTypeFont]) -> None:
    match shape:
        case _Box():
            pen.rectangle((shape.left, shape.top, shape.right, shape.bottom - 1), fill=shape.colour)
        case _Text():
            pen.text(
                (shape.x, shape.y),
                shape.words,
                fill=shape.colour,
                font=fonts[shape.size],
                anchor="ra" if shape.to_right else "la",
                stroke_width=shape.stroke,
                stroke_fill=shape.colour,
            )


class _Layout:
    """Place shapes from top to bottom."""

    def __init__(self, *, letters: Letters, fonts: Mapping[int, FreeTypeFont], row_lines: int) -> None:
        self._letters = letters
        self._row_lines = row_lines
        self._widths = {size: font.getlength for size, font in fonts.items()}
        self._y = 0
        self._shapes: list[_Text | _Box] = []

    def all(self, title: str, sections: Sequence[Section], under: str, foot: str) -> tuple[list[_Text | _Box], int]:
        """Return every shape, and the height of all in pixels."""
        self._band(title, under)
        for section in sections:
            self._heading(section)
            widest = max((self._width(row.left, _BODY) for row in section.rows), default=0)
            for number, row in enumerate(section.rows):
                self._row(row, max(_LEFT, widest + _GAP), ruled=number > 0)
        self._y += _PAD
        if foot:
            for line in self._lines(foot, _SMALL, WIDTH - 2 * _MARGIN, 3):
                self._put(line, _SMALL, _FAINT)
        return self._shapes, self._y + _MARGIN

    def _band(self, title: str, under: str) -> None:
        place = len(self._shapes)
        self._y += _MARGIN
        for line in self._lines(title, _TITLE, WIDTH - 2 * _MARGIN, 2):
            self._put(line, _TITLE, _ON_BAND, stroke=1)
        for line in self._lines(under, _SMALL, WIDTH - 2 * _MARGIN, 2) if under else ():
            self._put(line, _SMALL, _ON_BAND)
        self._y += _MARGIN - _PAD
        self._shapes.insert(place, _Box(top=0, bottom=self._y, colour=_BAND))

    def _heading(self, section: Section) -> None:
        top = self._y
        bottom = top + _tall(_HEADING) + 2 * _PAD
        self._shapes.append(_Box(top=top, bottom=bottom, colour=_DAY))
        note = self._letters.drawable(section.note)
        room = WIDTH - 2 * _MARGIN - _GAP - round(self._widths[_SMALL](note))
        self._y += _PAD
        (heading,) = self._lines(section.heading, _HEADING, room, 1)
        drop = (_tall(_HEADING) - _tall(_SMALL)) // 2
        self._at(WIDTH - _MARGIN, self._y + drop, note, _SMALL, _ON_DAY, to_right=True)
        self._put(heading, _HEADING, _ON_DAY, stroke=1)
        self._y = bottom

    def _row(self, row: Row, column: int, *, ruled: bool) -> None:
        if ruled:
            self._shapes.append(_Box(top=self._y, bottom=self._y + 2, colour=_RULE))
        self._y += _PAD
        left = _MARGIN + (column if row.left else 0)
        right = self._letters.drawable(row.right)
        self._at(_MARGIN, self._y, self._letters.drawable(row.left), _BODY, _FAINT)
        self._at(WIDTH - _MARGIN, self._y + 4, right, _SMALL, _FAINT, to_right=True)
        taken = max(_RIGHT, _GAP + round(self._widths[_SMALL](right))) if row.left or right else 0
        room = WIDTH - _MARGIN - left - taken
        for line in self._lines(row.words, _BODY, room, self._row_lines):
            self._put(line, _BODY, _TONES[row.tone], x=left)
        if row.bar is not None:
            self._bar(left, row.bar, _BAND if row.tone == "plain" else _TONES[row.tone])
        self._y += _PAD

    def _bar(self, left: int, share: float, colour: str) -> None:
        """Draw a bar below the words of a row."""
        right = WIDTH - _MARGIN
        filled = left + round((right - left) * min(max(share, 0.0), 1.0))
        self._shapes.append(_Box(top=self._y, bottom=self._y + _BAR, colour=_RULE, left=left, right=right))
        if filled > left:
            self._shapes.append(_Box(top=self._y, bottom=self._y + _BAR, colour=colour, left=left, right=filled))
        self._y += _BAR

    def _width(self, text: str, size: int) -> int:
        return round(self._widths[size](self._letters.drawable(text)))

    def _lines(self, text: str, size: int, width: float, most: int) -> list[str]:
        return wrapped(self._letters.drawable(text), self._widths[size], width, most)

    def _put(self, line: str, size: int, colour: str, *, x: int = _MARGIN, stroke: int = 0) -> None:
        """Place a line and go on below it."""
        self._at(x, self._y, line, size, colour, stroke=stroke)
        self._y += _tall(size)

    def _at(
        self, x: int, y: int, words: str, size: int, colour: str, *, to_right: bool = False, stroke: int = 0
    ) -> None:
        if words:
            self._shapes.append(
                _Text(x=x, y=y, words=words, size=size, colour=colour, to_right=to_right, stroke=stroke)
            )


def _tall(size: int) -> int:
    return round(size * _LINE)
