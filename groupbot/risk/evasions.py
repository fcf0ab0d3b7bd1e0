"""Write a text the way people write it who want to get past a filter. Training and tests read what this makes."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

from groupbot.risk.folds import Folds, folds

INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff"
SEPARATORS = ".-_*/|~·丶 ,。+"
_FULL_WIDTH = {point: chr(point + 0xFEE0) for point in range(0x21, 0x7F)}
_HANZI = ("\u4e00", "\u9fff")


@dataclass(frozen=True, kw_only=True, slots=True)
class Swaps:
    """What a character may be written as, by way of writing."""

    traditional: Mapping[str, str]
    looks: Mapping[str, str]
    sounds: Mapping[str, str]
    parts: Mapping[str, tuple[str, ...]]


@cache
def swaps() -> Swaps:
    """Return the tables of `folds` turned round."""
    tables = folds()
    traditional, looks, sounds = defaultdict(str), defaultdict(str), defaultdict(str)
    for point, plain in tables.norm.items():
        if _is_hanzi(chr(point)) and _is_hanzi(plain):
            traditional[plain] += chr(point)
    for point, meant in tables.skeleton.items():
        if meant:
            looks[meant] += chr(point)
    by_sound = defaultdict(str)
    for point, heard in tables.sound.items():
        if _is_common(chr(point)):
            by_sound[heard] += chr(point)
    for alike in by_sound.values():
        sounds |= dict.fromkeys(alike, alike)
    return Swaps(traditional=traditional, looks=looks, sounds=sounds, parts=_parts(tables))
