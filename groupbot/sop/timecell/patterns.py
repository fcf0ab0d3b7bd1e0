"""Regular expressions over folded text. In the pieces here a space stands for at most one space of the text."""

from __future__ import annotations

import re

from groupbot.sop.timecell.dayparts import PART_WORDS
from groupbot.sop.timecell.folding import NUMBER, number

RANGE = "(?:-+|到|至)"
LIST = "(?:,|/|&|和|与|及)"
SEPARATOR = f"(?:{RANGE}|{LIST})"
NO_CLOCK = r"(?!\d| (?:[点:.]|时(?![间候段刻长光期机])|[ap]\.?m\b))"
SERIES = rf"{NUMBER}(?: {SEPARATOR} {NUMBER}{NO_CLOCK})*"
NO_GREETING = "(?![安好餐饭茶会课读报操宴鸟休觉])"
PART = (
    "(?:(?:"
    + "|".join(re.escape(word) for word in sorted(PART_WORDS, key=len, reverse=True) if not word.isascii())
    + f"){NO_GREETING})"
)
_NUMBERS = re.compile(NUMBER)
_LONGEST = 400
"""Days of one range; a longer one is a typing mistake."""
_PIECES = re.compile(rf"(?P<range>{RANGE})|{LIST}|(?P<number>{NUMBER})")


def pattern(text: str) -> re.Pattern[str]:
    """Return `text` compiled, with its spaces optional."""
    return re.compile(text.replace(" ", " ?"))


def numbers_of(text: str) -> tuple[tuple[int, ...], bool] | None:
    """Return the numbers of a series and whether it is one range `a-b`; None when one is none or a range is absurd."""
    found: list[int] = []
    ranged = 0
    after_dash = False
    for piece in _PIECES.finditer(text):
        if piece["range"]:
            after_dash = True
        elif piece["number"]:
            value = number(piece["number"])
            if value is None:
                return None
            if after_dash and not found[-1] < value <= found[-1] + _LONGEST:
                return None
            ranged += after_dash
            found += range(found[-1] + 1, value + 1) if after_dash else (value,)
            after_dash = False
    return tuple(dict.fromkeys(found)), ranged == 1 and len(_NUMBERS.findall(text)) == 2  # noqa: PLR2004  # two ends
