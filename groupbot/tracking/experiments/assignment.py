"""Which unit gets which variant: drawn in balanced blocks, the same for ever. Pure.

A block holds each variant once, in an order drawn from the seed. Units of one stratum (the groups of a squad) fill
whole blocks of their own; what is left of every stratum shares the last block, which later units fill up. So no two
variants ever differ by more than one unit, and what was assigned is never drawn again.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256


@dataclass(frozen=True, kw_only=True, slots=True)
class Assigned:
    """A unit's variant. `block`: with which others it was drawn."""

    unit: str
    variant: str
    block: int


def assign(
    units: Mapping[str, str], variants: Sequence[str], *, seed: str, before: Iterable[Assigned] = ()
) -> tuple[Assigned, ...]:
    """Return the variants of those `units` (name -> stratum) that have none in `before`.

    The order of `units` changes nothing.
    """
    known = tuple(before)
    has = {one.unit for one in known}
    fresh = sorted((unit for unit in units if unit not in has), key=lambda unit: (_drawn(seed, "unit", unit), unit))
    slots = _Slots(variants, seed, known)
    whole, rest = _by_stratum(fresh, units, len(variants))
    return (*slots.open(rest), *slots.anew(whole)) if slots.is_open else (*slots.anew(whole), *slots.open(rest))


def _by_stratum(fresh: Sequence[str], units: Mapping[str, str], size: int) -> tuple[list[str], list[str]]:
    """Return the units that fill blocks of their stratum, block by block, and the others."""
    strata: defaultdict[str, list[str]] = defaultdict(list)
    for unit in fresh:
        strata[units[unit]].append(unit)
    whole: list[str] = []
    rest: list[str] = []
    for _stratum, found in sorted(strata.items()):
        end = len(found) - len(found) % size
        whole += found[:end]
        rest += found[end:]
    return whole, rest


class _Slots:
    """The variants that come next."""

    def __init__(self, variants: Sequence[str], seed: str, known: Sequence[Assigned]) -> None:
        self._variants = tuple(variants)
        self._seed = seed
        filled = Counter(one.block for one in known)
        self._next = max(filled, default=-1) + 1
        self._open = next((block for block, count in filled.items() if count < len(self._variants)), None)
        self._left = self._order(self._open)[filled[self._open] :] if self._open is not None else ()

    @property
    def is_open(self) -> bool:
        """Whether an earlier block has room."""
        return bool(self._left)

    def anew(self, units: Iterable[str]) -> Iterator[Assigned]:
        """Yield `units` in blocks of their own; there are as many as fill them."""
        waiting = list(units)
        size = len(self._variants)
        for start in range(0, len(waiting), size):
            block = self._take()
            for unit, variant in zip(waiting[start : start + size], self._order(block), strict=True):
                yield Assigned(unit=unit, variant=variant, block=block)

    def open(self, units: Iterable[str]) -> Iterator[Assigned]:
        """Yield `units` in the block that has room, then in new ones."""
        for unit in units:
            if self._open is None or not self._left:
                self._open = self._take()
                self._left = self._order(self._open)
            variant, *left = self._left
            self._left = tuple(left)
            yield Assigned(unit=unit, variant=variant, block=self._open)

    def _take(self) -> int:
        self._next += 1
        return self._next - 1

    def _order(self, block: int) -> tuple[str, ...]:
        return tuple(sorted(self._variants, key=lambda variant: (_drawn(self._seed, block, variant), variant)))


def _drawn(*about: object) -> bytes:
    """Return what the lot says of something: the same on every machine, in every version of Python."""
    return sha256("\x1f".join(map(str, about)).encode()).digest()
