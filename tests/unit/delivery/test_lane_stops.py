"""A lane that is told to end does end, however the database behaves, and never loses what it knows while it can't."""

from __future__ import annotations

import asyncio

import pytest

from groupbot.delivery.values import State
from groupbot.errors import StoreError
from tests.contract.ledger.conftest import delivery
from tests.unit.delivery.bench import Bench, until_true


@pytest.mark.parametrize("failing", [True, False])
async def test_a_lane_that_is_cancelled_while_it_claims_tries_the_outcome_before_once_and_ends(failing: bool) -> None:
    bench = Bench()
    await bench.open(delivery(group="g1"), delivery(group="g2"))
    claims, tries = [], []
    begin, finish = bench.ledger.begin, bench.ledger.finish

    async def begins_once(claim, ownership, now):
        claims.append(claim)
        if len(claims) > 1:
            await asyncio.Event().wait()
        return await begin(claim, ownership, now)

    async def finishes(token, delivery, outcome, now):
        tries.append(outcome)
        if failing:
            await until_true(stepping.cancelling)
            raise StoreError("disk full")
        return await finish(token, delivery, outcome, now)

    bench.ledger.begin, bench.ledger.finish = begins_once, finishes
    stepping = asyncio.create_task(bench.dispatcher.lanes[0].step())
    await until_true(lambda: len(claims) == 2)
    stepping.cancel()
    done, _left = await asyncio.wait({stepping}, timeout=2)
    assert done, "a stop would wait for ever"
    assert stepping.cancelled()
    assert len(tries) == 1
    expected = State.SENDING if failing else State.SENT
    assert sorted(row.state for row in await bench.campaigns.deliveries("camp")) == sorted([expected, State.PLANNED])
