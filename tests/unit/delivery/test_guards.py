"""Promise 6: a guard that can't answer holds what it was asked about."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from groupbot.core.verdicts import ALLOW, Block, Defer, Hold, Verdict
from groupbot.delivery.decide import Go
from groupbot.delivery.guards import Guards
from groupbot.delivery.ports import Draft
from groupbot.delivery.values import Ask, Drop, Wait
from tests.contract.ledger.conftest import T0, at
from tests.unit.delivery.candidates import candidate


@dataclass
class Says:
    """A guard that answers as the test says and notes whether it was asked."""

    answer: object
    name: str = "watch"
    asked: list[Draft] = field(default_factory=list)

    async def check(self, draft: Draft) -> Verdict:
        self.asked.append(draft)
        if isinstance(self.answer, BaseException):
            raise self.answer
        return self.answer  # type: ignore[return-value]


@dataclass
class Hangs:
    name: str = "slow"
    check: Callable[[Draft], Awaitable[Verdict]] = lambda _draft: asyncio.Event().wait()  # type: ignore[assignment]


def draft(*, approved: bool = False) -> Draft:
    return Draft(candidate=candidate(approved=approved), now=T0)


async def test_with_no_guard_everything_goes() -> None:
    assert await Guards().check(draft()) == Go()


@pytest.mark.parametrize(
    ("verdict", "result"),
    [
        (ALLOW, Go()),
        (Defer(until=at(5), reason="rush hour"), Wait(until=at(5), reason="rush hour")),
        (Hold(reason="complaint open"), Ask(reason="complaint open")),
        (Block(reason="forbidden word"), Drop(reason="forbidden word")),
    ],
)
async def test_a_verdict_becomes_what_the_ledger_writes(verdict: Verdict, result: object) -> None:
    assert await Guards([Says(verdict)]).check(draft()) == result


@pytest.mark.parametrize("answer", [RuntimeError("bug"), TimeoutError(), None, "allow", True])
async def test_a_guard_that_fails_or_gives_no_verdict_holds(answer: object) -> None:
    later = Says(ALLOW, name="later")
    result = await Guards([Says(answer), later]).check(draft())
    assert isinstance(result, Ask)
    assert "watch" in result.reason
    assert later.asked == []


async def test_a_guard_that_hangs_holds_after_its_time() -> None:
    async with asyncio.timeout(5):
        result = await Guards([Hangs()], timeout_s=0.01).check(draft())
    assert isinstance(result, Ask)
    assert "slow" in result.reason


async def test_the_first_guard_that_objects_decides() -> None:
    first, second, third = Says(ALLOW), Says(Hold(reason="second")), Says(Block(reason="third"))
    assert await Guards([first, second, third]).check(draft()) == Ask(reason="second")
    assert (len(first.asked), len(second.asked), len(third.asked)) == (1, 1, 0)


async def test_an_approved_delivery_passes_every_guard() -> None:
    watch = Says(Block(reason="no"))
    assert await Guards([watch]).check(draft(approved=True)) == Go()
    assert watch.asked == []


@pytest.mark.parametrize("minutes", [-60, 0])
async def test_a_guard_that_defers_to_the_past_is_asked_again_a_little_later(minutes: float) -> None:
    result = await Guards([Says(Defer(until=at(minutes), reason="soon"))]).check(draft())
    assert isinstance(result, Wait)
    assert T0 < result.until <= T0 + timedelta(minutes=1)


async def test_who_is_asked_always_is_asked_of_what_a_person_let_pass() -> None:
    usual, always = Says(Hold(reason="risk")), Says(Hold(reason="nobody approved"))
    guards = Guards([usual])
    guards.add(always, order=5, always=True)
    assert await guards.check(draft(approved=True)) == Ask(reason="nobody approved")
    assert usual.asked == []
    guards.remove(always)
    assert await guards.check(draft(approved=True)) == Go()
