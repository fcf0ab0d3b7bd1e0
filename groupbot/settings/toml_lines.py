"""Find the line of a TOML file that holds a key, for messages: the standard parser keeps no positions.

Good enough rather than exact: keys inside inline tables and multi-line values are found by their outermost key.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

Place = tuple[str | int, ...]

_WORD = r"""(?:[\w-]+|"[^"\n]*"|'[^'\n]*')"""
_DOTTED = rf"{_WORD}(?:\s*\.\s*{_WORD})*"
_HEADER = re.compile(rf"^\s*(\[\[?)\s*({_DOTTED})\s*\]")
_KEY = re.compile(rf"^\s*({_DOTTED})\s*=")


def line_of(text: str, place: Place) -> int | None:
    """Return the line, from 1, of the key at `place` or of the nearest table around it; None when there is neither."""
    lines = dict(_keys(text))
    for end in range(len(place), 0, -1):
        if place[:end] in lines:
            return lines[place[:end]]
    return None


def _keys(text: str) -> Iterator[tuple[Place, int]]:
    table: Place = ()
    counts: dict[Place, int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(line):
            is_array = header[1] == "[["
            table = _absolute(_split(header[2]), counts, append=is_array)
            yield table, number
        elif key := _KEY.match(line):
            yield (*table, *_split(key[1])), number


def _absolute(words: list[str], counts: dict[Place, int], *, append: bool) -> Place:
    """Return the place that a header opens: names, with the running number after each array of tables."""
    place: Place = ()
    for depth, word in enumerate(words, start=1):
        place = (*place, word)
        if append and depth == len(words):
            counts[place] = counts.get(place, -1) + 1
        if place in counts:
            place = (*place, counts[place])
    return place


def _split(dotted: str) -> list[str]:
    return [word.strip("\"'") for word in re.findall(_WORD, dotted)]
