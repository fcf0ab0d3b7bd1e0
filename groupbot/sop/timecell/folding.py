"""Bring the many ways of typing one thing to one: widths, dashes, spaces, letters' case, Chinese numerals."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

HEAD = 200
"""Characters of a cell in which its time must stand; what comes later can only be script."""
NUMBER = r"(?:\d{1,5}|[零〇一二两三四五六七八九十百]{1,5})"
_ALIKE = str.maketrans(
    dict.fromkeys("‐‑‒–—―−─━ー〜~→⇒", "-")
    | dict.fromkeys("∶ː꞉", ":")
    | dict.fromkeys("、，;；", ",")
    | dict.fromkeys("【〔〖[「『", "(")
    | dict.fromkeys("】〕〗]」』", ")")
)
_UNITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_DIGIT = "[一二两三四五六七八九]"
_CHINESE = re.compile(
    rf"(?:(?P<hundred>{_DIGIT})百)?(?P<zero>[零〇])?(?:(?P<tens>{_DIGIT}?)(?P<ten>十))?(?P<ones>{_DIGIT})?"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Folded:
    """A cell's head as the parser sees it; `offsets[n]` is where its character n begins in `original`."""

    original: str
    text: str
    offsets: tuple[int, ...]

    def written(self, begin: int, end: int | None = None) -> str:
        """Return the operator's own characters from `begin` (to `end`) of the folded text."""
        last = None if end is None else self.offsets[end]
        return self.original[self.offsets[begin] : last]


def fold(text: str) -> Folded:
    """Return `text` folded: NFKC, lower case, one kind of dash, comma and bracket, single spaces."""
    signs: list[str] = []
    offsets: list[int] = []
    for offset, written in enumerate(text[:HEAD]):
        for sign in _folded(written):
            if sign.isspace():
                _space(sign, offset, signs, offsets)
                continue
            signs.append(sign)
            offsets.append(offset)
    offsets.append(min(len(text), HEAD))
    return Folded(original=text, text="".join(signs), offsets=tuple(offsets))


@lru_cache(maxsize=8192)
def _folded(written: str) -> str:
    if unicodedata.category(written) in {"Cf", "Mn"}:  # zero-width signs, variation selectors
        return ""
    if written in "~～":  # a full-width tilde would fold to the plain one
        return "-"
    return unicodedata.normalize("NFKC", written.translate(_ALIKE)).translate(_ALIKE).casefold()


def _space(sign: str, offset: int, signs: list[str], offsets: list[int]) -> None:
    """Add white space once, a line break before other spaces."""
    kind = "\n" if sign in "\n\r\v\f\x85\u2028\u2029" else " "
    if signs and signs[-1] in " \n":
        signs[-1] = "\n" if kind == "\n" else signs[-1]
    elif signs:
        signs.append(kind)
        offsets.append(offset)


def number(text: str) -> int | None:
    """Return the number that `text` names in Arabic or Chinese numerals (up to 999), or None."""
    if text.isdecimal():
        return int(text)
    match = _CHINESE.fullmatch(text)
    if match is None or not text:
        return None
    hundred, tens, ones = (_UNITS.get(match[name] or "", 0) for name in ("hundred", "tens", "ones"))
    if match["ten"] and not match["tens"]:
        tens = 1
    if match["zero"] and not hundred and text not in {"零", "〇"} and match["ten"]:
        return None
    return hundred * 100 + tens * 10 + ones
