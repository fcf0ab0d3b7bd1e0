"""A text as the numbers of its n-grams and of what hides in it: what the scorers weigh.

Norm, skeleton and sound share one space: a word that was learned plainly counts when it comes with separators, too.
Hashing is by integers of fixed width, so buckets are the same on every machine and in every process.
"""

from __future__ import annotations

import math
import re

import numpy as np
from numpy.typing import NDArray

from groupbot.risk.views import Views

BITS = 20
"""Buckets are numbered in so many bits: 1,048,576 of them; with 18 bits the macro-F1 on COLD falls by .004."""
Buckets = NDArray[np.uint32]
"""Sorted, without doubles."""
_SPREAD, _STEP, _MIX = np.uint32(0x9E3779B1), np.uint32(0x01000193), np.uint32(0x85EBCA77)
_SEEDS = (np.uint32(0xC2B2AE3D), np.uint32(0x27D4EB2F), np.uint32(0x165667B1))
"""One for each size of n-gram: single characters, pairs, threes."""
_HALF, _SHIFT = np.uint32(15), np.uint32(32 - BITS)

_HIDDEN = re.compile("[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_WIDE = re.compile("[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\u2460-\u24ff\U0001d400-\U0001d7ff]")
_FOREIGN = re.compile("[\u0370-\u03ff\u0400-\u04ff\u13a0-\u13ff]")
_BETWEEN = re.compile(r"(?<=[\u4e00-\u9fff])[^\w\s\u200d\ufe0f\U0001f000-\U0001faff](?=[\u4e00-\u9fff])")
_DIGITS = re.compile(r"[0-9x]{5,}")
_OCTAVE = 2
"""Texts twice as long as others are so many sizes longer."""
LENGTHS: Buckets = np.arange((1 << BITS) - 32, 1 << BITS, dtype=np.uint32)
"""A bucket for each size of a text, by its letters: a habit of a place, which a scorer for any place leaves out."""
_META = 0xF0000
"""Meta counts are written as characters of the last private-use plane, one for each count's size."""


def buckets(seen: Views) -> Buckets:
    """Return the buckets that `seen` falls into, its length among them."""
    other = "" if seen.skeleton == seen.norm else f"{seen.skeleton}\x03"
    size = int(_OCTAVE * math.log2(len(seen.skeleton) + 1))
    line = f"\x02{seen.norm}\x03{other}{meta(seen)}{seen.sound}\x03"
    found = np.concatenate((*_hashed(line), LENGTHS[size : size + 1]))
    found.sort()
    fresh = np.empty(found.size, dtype=np.bool_)
    fresh[0] = True
    np.not_equal(found[1:], found[:-1], out=fresh[1:])
    return found[fresh]


def wordy(found: Buckets) -> Buckets:
    """Return `found`, which is sorted, without the length."""
    return found[: found.searchsorted(LENGTHS[0])]


def positions(norm: str, weights: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return what each character of `norm` weighs: the weights of the n-grams that begin there."""
    ones, pairs, threes = (weights[found] for found in _hashed(f"{norm}\x03\x03"))
    return ones[:-2] + pairs[:-1] + threes


def _hashed(line: str) -> tuple[Buckets, Buckets, Buckets]:
    """Return the buckets of single characters, pairs and threes, in the order of the text."""
    points = np.frombuffer(line.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    ones = points * _SPREAD
    ones ^= ones >> _HALF
    ones *= _MIX
    pairs = ones[:-1] * _STEP
    pairs ^= ones[1:]
    threes = pairs[:-1] * _STEP
    threes ^= ones[2:]
    return _numbered(ones * _SEEDS[0]), _numbered(pairs * _SEEDS[1]), _numbered(threes * _SEEDS[2])


def _numbered(hashes: Buckets) -> Buckets:
    hashes ^= hashes >> _HALF
    hashes *= _MIX
    hashes >>= _SHIFT
    return hashes


def meta(seen: Views) -> str:
    """Return the sizes of what hides, a character for each count that is not nought."""
    raw = seen.raw
    run = max(map(len, _DIGITS.findall(seen.norm)), default=0)
    marks = []
    if not raw.isascii():
        counts = (len(found.findall(raw)) for found in (_HIDDEN, _WIDE, _FOREIGN, _BETWEEN))
        marks += [_mark(place, count) for place, count in enumerate(counts) if count]
    if run:
        marks.append(chr(_META + 4 * 16 + min(run, 15)))
    return "\x04".join((*marks, ""))


def _mark(place: int, count: int) -> str:
    return chr(_META + place * 16 + min(count.bit_length(), 15))
