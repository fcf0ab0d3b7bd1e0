"""A text as the numbers of its n-grams and of what hides in it: what the scorers weigh."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from groupbot.risk.views import Views

BITS = 18
"""Buckets are numbered in so many bits: 262,144 of them."""
Buckets = NDArray[np.uint32]
_EDGE = "\x02"
_SIZES = (1, 2, 3, 4)


def buckets(seen: Views, bits: int = BITS, sizes=(1,2,3), ssizes=(2,3,4)) -> Buckets:
    line = f"\x02{seen.norm}\x03"
    both = line if seen.skeleton == seen.norm else f"{line}{seen.skeleton}\x03"
    parts = [*_grams(both, sizes, bits), *_grams(seen.sound, ssizes, bits)]
    return np.unique(np.concatenate(parts))


def _grams(line: str, sizes, bits):
    points = np.frombuffer(line.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    shift = np.uint32(32 - bits)
    out = []
    h = points * np.uint32(0x9E3779B1)
    h ^= h >> np.uint32(15)
    h *= np.uint32(0x85EBCA77)
    cur = h
    for n in range(1, max(sizes) + 1):
        if n > 1:
            if len(cur) < 2: break
            cur = (cur[:-1] * np.uint32(0x01000193) ) ^ h[n - 1 :]
        if n in sizes:
            m = cur * np.uint32(0xC2B2AE3D + 2 * n)
            m ^= m >> np.uint32(15)
            out.append((m * np.uint32(0x27D4EB2F)) >> shift)
    return out
