"""Write a text the way people write it who want to get past a filter. Training and tests read what this makes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from random import Random

from groupbot.risk.folds import Folds, folds

INVISIBLE = "\u00ad\u034f\u200b\u200c\u200d\u200e\u2060\u2063\u3164\ufe0f\ufeff"
SEPARATORS = ".-_*/|~· ,。+、！…【】()「」^=#@&:;'<>\n\u2003\u3000★◆●→♥☆■※😀🔥💰🎉👍🌹⭐✨"
_FULL_WIDTH = {point: chr(point + 0xFEE0) for point in range(0x21, 0x7F)}
_COMMON = b"\xd8\xa1"
"""The first code of GB 2312's second level: what stands below it are the 3,755 everyday characters."""
_SOME, _MANY = 0.4, 0.9
"""Shares of a text's characters that are swapped: few enough to stay readable, as its writer wants it to be."""

Evasion = Callable[[str, Random], str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Swaps:
    """What a character may be written as, by way of writing."""

    traditional: Mapping[str, Sequence[str]]
    looks: Mapping[str, Sequence[str]]
    shapes: Mapping[str, Sequence[str]]
    sounds: Mapping[str, Sequence[str]]
    letters: Mapping[str, Sequence[str]]
    parts: Mapping[str, Sequence[str]]


@cache
def swaps() -> Swaps:
    """Return the tables of `folds` turned round."""
    tables = folds()
    hanzi = {chr(point): plain for point, plain in tables.norm.items() if _is_hanzi(plain) and _is_hanzi(chr(point))}
    by_sound = _turned({chr(point): heard for point, heard in tables.sound.items() if _is_everyday(chr(point))})
    splits = _turned(_splits(tables))
    return Swaps(
        traditional=_turned(hanzi),
        looks=_turned({chr(point): meant for point, meant in tables.looks.items()}),
        sounds={one: alike for alike in by_sound.values() for one in alike},
        letters={one: syllables for code, syllables in _turned(tables.typed).items() for one in by_sound.get(code, ())},
        shapes=_sharing(splits),
        parts=splits,
    )


def zero_width(text: str, random: Random) -> str:
    """Put characters that nobody sees between those that everybody sees."""
    return "".join(one + (random.choice(INVISIBLE) if random.random() < _SOME else "") for one in text)


def full_width(text: str, _random: Random) -> str:
    """Write Latin letters, digits and signs as wide as Hanzi."""
    return text.translate(_FULL_WIDTH)


def traditional(text: str, random: Random) -> str:
    """Write Hanzi in traditional script."""
    return _swapped(text, random, swaps().traditional, 1.0)


def lookalike(text: str, random: Random) -> str:
    """Write characters that look like the ones that are meant: those that the views know, or any with a common part."""
    if random.random() < _SOME:
        text = _swapped(text, random, swaps().shapes, _SOME)
    return _swapped(text, random, swaps().looks, _MANY)


def separators(text: str, random: Random) -> str:
    """Put signs and blanks between characters, of a few kinds or of one, here and there or everywhere."""
    pool = random.sample(SEPARATORS, random.choice((1, 4, 12)))
    share = random.choice((_SOME, _SOME, 1.0))
    return "".join(one + (random.choice(pool) if random.random() < share else "") for one in text)


def homophone(text: str, random: Random) -> str:
    """Write characters that sound like the ones that are meant."""
    return _swapped(text, random, swaps().sounds, random.uniform(0.2, 0.8))


def typed(text: str, random: Random) -> str:
    """Write characters as the letters that they are typed with."""
    return _swapped(text, random, swaps().letters, random.choice((_SOME, _MANY)))


def split(text: str, random: Random) -> str:
    """Write characters as their parts (拆字)."""
    return _swapped(text, random, swaps().parts, _SOME)


def combined(text: str, random: Random) -> str:
    """Evade in three ways at once."""
    for evade in random.sample(_SINGLE, 3):
        text = evade(text, random)
    return text


_SINGLE: Sequence[Evasion] = (zero_width, full_width, traditional, lookalike, separators, homophone, typed, split)
EVASIONS: Mapping[str, Evasion] = {evade.__name__: evade for evade in (*_SINGLE, combined)}


def _swapped(text: str, random: Random, table: Mapping[str, Sequence[str]], share: float) -> str:
    def swap(one: str) -> str:
        ways = table.get(one) or table.get(one.lower())
        return random.choice(ways) if ways and random.random() < share else one

    return "".join(map(swap, text))


def _turned(table: Mapping[str, str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for written, meant in table.items():
        found[meant].append(written)
    return dict(found)


def _splits(tables: Folds) -> dict[str, str]:
    return dict(zip(tables.ways, tables.joined, strict=True))


def _sharing(splits: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Return for each character those that have its last part in common, which is what it mostly looks like."""
    last = {one: ways[0][-1] for one, ways in splits.items()}
    alike = _turned(last)
    return {one: [other for other in alike[part] if other != one] for one, part in last.items()}


def _is_hanzi(text: str) -> bool:
    return len(text) == 1 and "\u4e00" <= text <= "\u9fff"


def _is_everyday(one: str) -> bool:
    try:
        code = one.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return b"\xb0\xa1" <= code < _COMMON
