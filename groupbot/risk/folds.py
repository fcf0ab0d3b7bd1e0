"""What writers swap to get past a filter, undone by tables: script, width, look-alikes, sounds, split characters.

`data/folds.json` is made by `make risk-folds`; tests/unit/risk/build_folds.py names its sources.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from unicodedata import category

import ahocorasick_rs

FIRST_SOUND = 0xE000
"""Syllables are written as private-use characters from here on, so that a sound is one character like any other."""
_NEAR = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ing", "in"), ("eng", "en"))
"""Syllables that many speakers don't tell apart, and that input methods offer for each other."""
_LETTERS = 2
"""A syllable of one letter (a, o, e) typed in Latin script is a letter."""
_HALVES = range(0xD800, 0xE000)
"""Halves of characters, which a broken client sends: no text for whoever encodes it."""
DIGIT = "0"
"""Stands for every digit where the digits themselves say nothing."""


class Kept(dict[int, str | None]):
    """A table for str.translate that drops what is neither letter nor digit, ˇ too, and remembers what it was asked."""

    def __missing__(self, point: int) -> str | None:
        kept = chr(point) if chr(point).isalnum() and category(chr(point)) != "Lm" else None
        self[point] = kept
        return kept


@dataclass(frozen=True, kw_only=True, slots=True)
class Folds:
    """Tables for str.translate; `parts` finds `ways` of writing a character in parts, `joined` says what each means."""

    norm: Mapping[int, str]
    skeleton: Kept
    sound: Mapping[int, str]
    typed: Mapping[str, str]
    parts: ahocorasick_rs.AhoCorasick
    ways: tuple[str, ...]
    joined: tuple[str, ...]
    looks: Mapping[int, str]


@cache
def folds() -> Folds:
    """Return the shipped tables; reading them takes some 30 ms, once."""
    raw = json.loads(files("groupbot.risk").joinpath("data/folds.json").read_text(encoding="utf-8"))
    norm = _by_source(raw["norm"]) | dict.fromkeys(_HALVES, "\ufffd")
    sounds, typed = _sounds(raw["sounds"])
    looks = _by_source(raw["looks"])
    splits = {way.translate(norm): meant for meant, ways in raw["splits"].items() for way in ways}
    return Folds(
        norm=norm,
        skeleton=Kept(looks),
        sound=sounds,
        typed=typed,
        parts=ahocorasick_rs.AhoCorasick(list(splits), matchkind=ahocorasick_rs.MatchKind.LeftmostLongest),
        ways=tuple(splits),
        joined=tuple(splits.values()),
        looks=looks,
    )


def _by_source(grouped: Mapping[str, Iterable[str]]) -> dict[int, str]:
    return {ord(source): target for target, sources in grouped.items() for source in sources}


def _sounds(grouped: Mapping[str, str]) -> tuple[dict[int, str], dict[str, str]]:
    """Return the sound of each character, and of each syllable typed in Latin letters."""
    near = {syllable: _near(syllable) for syllable in grouped}
    code = {heard: chr(FIRST_SOUND + index) for index, heard in enumerate(sorted(set(near.values())))}
    sounds = {ord(one): code[near[syllable]] for syllable, letters in grouped.items() for one in letters}
    sounds |= {ord(digit): DIGIT for digit in "0123456789x"}
    return sounds, {syllable: code[heard] for syllable, heard in near.items() if len(syllable) >= _LETTERS}


def _near(syllable: str) -> str:
    for written, heard in _NEAR:
        syllable = syllable.replace(written, heard)
    return syllable
