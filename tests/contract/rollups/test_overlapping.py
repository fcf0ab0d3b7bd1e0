"""Two campaigns in one group, and facts that become known in any order: the sums are those that a rebuild makes."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import pytest

from groupbot.tracking.facts import Fact
from tests.contract.rollups.world import at, joined, left, wrote


def told(rng: Random) -> Sequence[Fact]:
    """Eight people who come, go and write in two groups, from before the first campaign until after the second."""
    facts = []
    for number in range(8):
        minutes = rng.uniform(-100, -80)
        for _step in range(rng.randint(1, 6)):
            minutes += rng.uniform(6, 66)
            make, group = rng.choice((joined, joined, left, wrote)), rng.choice(("g1", "g2"))
            facts.append(make(f"m{number}", minutes, group=group))
    rng.shuffle(facts)
    return facts


@pytest.mark.parametrize("seed", [7, 12, 17, 40])
async def test_what_is_known_late_counts_as_if_it_had_always_been_known(seed, world):
    rng = Random(seed)
    facts = told(rng)
    first, second = sorted(rng.sample(range(1, len(facts)), 2))
    await world.tell(*facts[:first])
    await world.campaign("spring", "g1", "g2", began=at(0))
    await world.rows("spring")
    await world.tell(*facts[first:second])
    await world.campaign("summer", "g1", began=at(60))
    await world.rows("summer")
    await world.tell(*facts[second:])

    for campaign in ("spring", "summer"):
        rows = await world.rows(campaign)
        assert await world.roller.verify(campaign) == []
        await world.roller.rebuild(campaign)
        assert await world.rows(campaign) == rows
