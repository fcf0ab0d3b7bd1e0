"""A plan that asks more of an account than a day of it has is told at launch, with its numbers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from groupbot.campaign.launch import launch
from groupbot.campaign.load import overload
from groupbot.campaign.request import Request
from groupbot.core.content import EVERYBODY, Part, Text
from groupbot.delivery.budgets import WarmUp
from groupbot.delivery.pacing import Pace
from groupbot.delivery.values import NewDelivery
from groupbot.testing import MemoryCampaigns
from tests.contract.ledger.conftest import T0, at, delivery
from tests.unit.campaign.test_launch import DAY, DIRECTORY, plan, step

WARM_UP = WarmUp(since=date(2026, 5, 18), posts=(4, 8), shares=(0.5, 0.5))


def told(rows: list[NewDelivery], pace: Pace) -> list[tuple[str, str]]:
    return [(problem.code, problem.message) for problem in overload(rows, {"main": pace}, "camp", T0)]


def posts(number: int, minutes: float = 0) -> list[NewDelivery]:
    return [delivery(f"s{n}", minutes + n) for n in range(number)]


@pytest.mark.parametrize(("number", "expected"), [(5, []), (6, ["over-cap"])])
def test_the_daily_cap_is_compared(number: int, expected: list[str]) -> None:
    found = told(posts(number), Pace(account_daily_cap=5))
    assert [code for code, _message in found] == expected
    assert all(mark in message for _code, message in found for mark in ("main", "05-18", "5", "6"))


def test_each_part_is_a_post() -> None:
    assert told([delivery(words=("a", "b", "c"))], Pace(account_daily_cap=2))


def test_days_are_local_ones() -> None:
    evening = 15 * 60 + 58  # two minutes before midnight in the accounts' zone
    assert told(posts(4, evening), Pace(account_daily_cap=2)) == []
    assert told(posts(4, evening), Pace(account_daily_cap=2, timezone="UTC"))


def test_a_day_of_warm_up_names_its_number() -> None:
    [(code, message)] = told(posts(9, 24 * 60), Pace(account_daily_cap=100, warm_up=WARM_UP))
    assert code == "over-cap"
    assert all(mark in message for mark in ("05-19", "8", "9", "2"))
    assert told(posts(9, 48 * 60), Pace(account_daily_cap=100, warm_up=WARM_UP)) == []


def test_kinds_with_a_budget_are_compared_too() -> None:
    ring = (Part(content=Text(text="x", mentions=(EVERYBODY,))),)
    rows = [replace(row, parts=ring) for row in posts(3)]
    [(code, message)] = told(rows, Pace(budgets={"mention_all": 2}))
    assert code == "over-budget"
    assert "mention_all" not in message


def test_it_is_told_once_and_of_the_first_day() -> None:
    [(_code, message)] = told([*posts(3), *posts(4, 24 * 60)], Pace(account_daily_cap=2))
    assert "05-18" in message


def test_what_is_over_and_accounts_without_a_pace_are_not_counted() -> None:
    assert told(posts(5, -600), Pace(account_daily_cap=1)) == []
    assert overload(posts(5), {}, "camp", T0) == []


async def test_a_launch_warns_and_goes_on() -> None:
    campaigns = MemoryCampaigns()
    request = Request(plan=plan(*(step(f"s{n}", 60 + n) for n in range(3))), groups=["g1"], start=DAY)
    paces = {"main": Pace(account_daily_cap=2)}
    launched = await launch(request, campaigns=campaigns, directory=DIRECTORY, now=at(0), paces=paces)
    assert launched.ok
    assert launched.done.inserted == 3
    assert [(problem.level, problem.code) for problem in launched.problems] == [("warning", "over-cap")]
    assert launched.problems[0].hint


async def test_the_id_of_single_orders_can_not_be_launched() -> None:
    request = Request(plan=plan(step("s1")), groups=["g1"], start=DAY, campaign_id="one-off")
    launched = await launch(request, campaigns=MemoryCampaigns(), directory=DIRECTORY, now=T0 - timedelta(hours=1))
    assert [problem.code for problem in launched.problems] == ["reserved-id"]
