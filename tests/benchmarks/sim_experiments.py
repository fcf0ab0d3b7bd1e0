"""Experiments on made-up groups and people, by the thousand: `python -m tests.benchmarks.sim_experiments`.

Asks of the analysis itself, through the same call as `groupbot experiment show`: how often a winner is declared where
there is none, how often the 95 % interval holds the true difference, how often a promised effect is found.
Groups are beta-binomial: rates differ between them with the given intra-cluster correlation, sizes from 60 to 200.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from math import sqrt

import numpy as np

from groupbot.tracking.experiments.analysis import analysed
from groupbot.tracking.experiments.compared import Analysis, Counted, Verdict
from groupbot.tracking.experiments.design import Design, Unit
from groupbot.tracking.experiments.sizing import needed

SEED = 20260518
SMALLEST, LARGEST = 60, 200
ICC = 0.05


@dataclass(frozen=True, kw_only=True, slots=True)
class Setting:
    """`units` for each variant; `effect`: the true difference."""

    design: Design
    units: int
    effect: float


def design(unit: Unit, base: float, effect: float = 0.05, *, icc: float = ICC) -> Design:
    """Return a design as an operator writes one."""
    return Design(
        name="words",
        campaign="camp",
        unit=unit,
        variants=("now", "new"),
        source="joined",
        target="signed_up",
        base=base,
        effect=effect,
        icc=icc,
        members=(SMALLEST + LARGEST) / 2,
        until=date(2026, 6, 30),
    )


def runs(setting: Setting, count: int, seed: int = SEED) -> Iterator[Analysis]:
    """Yield what is said of `count` experiments."""
    draw = np.random.default_rng((seed, setting.units, round(setting.design.base * 1e4), round(setting.effect * 1e4)))
    for _run in range(count):
        yield analysed(setting.design, list(_counted(setting, draw)), is_over=True)


def _counted(setting: Setting, draw: np.random.Generator) -> Iterator[Counted]:
    rates = (setting.design.base, setting.design.base + setting.effect)
    for variant, rate in zip(setting.design.variants, rates, strict=True):
        if setting.design.unit is not Unit.GROUP:
            yield Counted(variant=variant, begun=setting.units, reached=int(draw.binomial(setting.units, rate)))
            continue
        sizes = draw.integers(SMALLEST, LARGEST, setting.units, endpoint=True)
        odds = (1 - setting.design.icc) / setting.design.icc
        own = draw.beta(rate * odds, (1 - rate) * odds, setting.units)
        for size, reached in zip(sizes, draw.binomial(sizes, own), strict=True):
            yield Counted(variant=variant, begun=int(size), reached=int(reached))


def winners(found: Iterable[Analysis]) -> float:
    """Return the share that declares a winner."""
    return float(np.mean([one.verdict is Verdict.WINNER for one in found]))


def coverage(setting: Setting, found: Iterable[Analysis]) -> float:
    """Return the share of intervals that hold the truth; where no interval is given, none does."""
    told = [one.comparisons[0].difference if one.comparisons else None for one in found]
    return float(np.mean([bool(one and one.low - 1e-9 <= setting.effect <= one.high + 1e-9) for one in told]))


def promised(unit: Unit, base: float, effect: float, *, icc: float = ICC) -> Setting:
    """Return the setting that `plan` asks for."""
    made = replace(design(unit, base, effect, icc=icc), spread=_spread())
    return Setting(design=made, units=needed(made).units, effect=effect)


def peeking(design: Design, people: int, days: int, count: int, seed: int = SEED) -> float:
    """Return how often a winner is seen on some day by who looks every day, where there is none."""
    draw = np.random.default_rng(seed)
    lucky = 0
    for _run in range(count):
        reached = np.cumsum(draw.binomial(people, design.base, (days, 2)), axis=0)
        lucky += any(
            analysed(design, _people(design, people * (day + 1), reached[day]), is_over=True).verdict is Verdict.WINNER
            for day in range(days)
        )
    return lucky / count


def _people(design: Design, begun: int, reached: Iterable[int]) -> list[Counted]:
    pairs = zip(design.variants, reached, strict=True)
    return [Counted(variant=variant, begun=begun, reached=int(one)) for variant, one in pairs]


def _spread() -> float:
    """Return the standard deviation of the sizes by their mean."""
    return sqrt(((LARGEST - SMALLEST + 1) ** 2 - 1) / 12) / ((LARGEST + SMALLEST) / 2)


def main() -> None:
    """Print three tables. With OPENBLAS_NUM_THREADS=1 it takes minutes, else several times as long."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=10_000, help="of each setting; null experiments take a fifth")
    parser.add_argument("--seed", type=int, default=SEED)
    asked = parser.parse_args()
    _say(f"seed {asked.seed}; groups of {SMALLEST}-{LARGEST}, intra-cluster correlation {ICC}")
    _null(asked.runs // 5, asked.seed)
    _intervals(asked.runs, asked.seed)
    _power(asked.runs, asked.seed)
    share = peeking(design(Unit.MEMBER, 0.2), people=100, days=20, count=asked.runs // 20, seed=asked.seed)
    _say(f"\nwinners seen by who looks on each of 20 days, where there is none: {share:.1%}")


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _null(count: int, seed: int) -> None:
    _say(f"\nno difference, groups: winners of {count} (at most 6.2 %)")
    for base in (0.03, 0.2, 0.5):
        row = [winners(runs(Setting(design=design(Unit.GROUP, base), units=k, effect=0), count, seed)) for k in KS]
        _say(f"  base {base:.2f}  " + "  ".join(f"{k}+{k}: {one:.2%}" for k, one in zip(KS, row, strict=True)))


KS = (6, 20, 100)
PEOPLE = (200, 1000, 5000)


def _intervals(count: int, seed: int) -> None:
    _say(f"\n95 % intervals that hold the true difference, of {count} (94-96 %)")
    for unit, sizes in ((Unit.GROUP, KS), (Unit.MEMBER, PEOPLE)):
        for base in (0.03, 0.2, 0.5):
            for effect in (0.0, base / 2):
                settings = [Setting(design=design(unit, base), units=size, effect=effect) for size in sizes]
                row = [coverage(one, runs(one, count, seed)) for one in settings]
                said = "  ".join(
                    f"{one.units}+{one.units}: {share:.2%}" for one, share in zip(settings, row, strict=True)
                )
                _say(f"  {unit:6} base {base:.2f} effect {effect:.3f}  {said}")


def _power(count: int, seed: int) -> None:
    _say(f"\npromised effects found, of {count} (80 %, give or take 3 points)")
    cases = (
        *((Unit.GROUP, 0.03, 0.03), (Unit.GROUP, 0.2, 0.05), (Unit.GROUP, 0.2, 0.1), (Unit.GROUP, 0.5, 0.15)),
        *((Unit.MEMBER, 0.03, 0.01), (Unit.MEMBER, 0.2, 0.05), (Unit.MEMBER, 0.5, 0.1)),
    )
    for unit, base, effect in cases:
        setting = promised(unit, base, effect)
        found = winners(runs(setting, count, seed))
        _say(
            f"  {unit:6} base {base:.2f} effect {effect:.2f}: {setting.units} for each variant, {found:.2%}", flush=True
        )


if __name__ == "__main__":
    main()
