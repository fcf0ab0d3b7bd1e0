"""Who is down, what becomes of a delivery, and how an account comes back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from groupbot.campaign.one_off import ONE_OFF
from groupbot.campaign.standby import (
    ByHand,
    Health,
    MoveTo,
    StandbyRules,
    Stay,
    fails_again,
    fate,
    is_down,
    person_task,
    ramp_up,
)
from groupbot.core.actions import Recall
from groupbot.core.content import Image, Part, Text
from groupbot.core.events import AccountState
from groupbot.delivery.budgets import WarmUp
from groupbot.testing.events import NOON
from tests.unit.delivery.candidates import candidate

RULES = StandbyRules()
LATE = timedelta(minutes=30)


def health(state: AccountState = AccountState.ONLINE, minutes: float = 0, **more) -> Health:
    return Health(account="main", state=state, since=NOON - timedelta(minutes=minutes), **more)


@pytest.mark.parametrize(
    ("found", "down"),
    [
        (health(), False),
        (health(AccountState.OFFLINE, 1.9), False),
        (health(AccountState.OFFLINE, 2), True),
        (health(AccountState.LOGIN_NEEDED, 2), True),
        (health(AccountState.REFUSED), True),
        (health(AccountState.LIMITED, paused=True, held_at=NOON), True),
        (health(AccountState.LIMITED, 60), False),
        (health(paused=True, reason="paused by Ann"), False),
        (health(AccountState.OFFLINE, 60, paused=True), False),
        (replace(health(AccountState.OFFLINE), since=None), False),
    ],
)
def test_who_is_down(found: Health, down: bool) -> None:
    assert is_down(found, NOON, RULES) is down


def test_the_first_able_account_posts_it() -> None:
    row = replace(candidate(), account="main", not_before=NOON, late_at=NOON + LATE)
    found = fate(row, ["main", "a", "b", "c"], lambda name, _row: name in {"main", "b", "c"}, NOON, RULES)
    assert found == MoveTo(account="b")


@pytest.mark.parametrize(
    ("late_in", "due_in", "campaign", "expected"),
    [
        (11, 0, "camp", Stay()),
        (10, 0, "camp", ByHand()),
        (10, 1, "camp", Stay()),
        (10, 0, ONE_OFF, Stay()),
        (None, 0, "camp", Stay()),
    ],
)
def test_without_one_it_waits_in_its_grace_and_then_is_a_persons(late_in, due_in, campaign, expected) -> None:
    late_at = None if late_in is None else NOON + timedelta(minutes=late_in)
    row = replace(candidate(), campaign=campaign, not_before=NOON + timedelta(minutes=due_in), late_at=late_at)
    assert fate(row, [], lambda _name, _row: True, NOON, RULES) == expected


def test_only_its_author_takes_a_post_back() -> None:
    row = replace(candidate(), parts=(Part(content=Recall(message_id="m1")),), late_at=NOON)
    assert fate(row, ["b"], lambda _name, _row: True, NOON, RULES) == Stay()


def test_a_task_holds_what_is_left_with_words_and_pictures() -> None:
    parts = (
        Part(content=Text(text="one")),
        Part(content=Text(text="two"), gap_s=3),
        Part(content=Image(path="/p/a.png")),
    )
    task = person_task(replace(candidate(), parts=parts, next_part=1), "main is away")
    assert [part.content for part in task.parts] == [Text(text="two"), Image(path="/p/a.png")]
    assert "main is away" in task.text


def test_attempts_that_all_failed_are_counted_from_the_newest() -> None:
    assert fails_again(["failed", "unknown", "retry", "failed", "failed", "sent"], RULES)
    assert not fails_again(["failed"] * 4, RULES)
    assert not fails_again(["failed", "sent", *["failed"] * 5], RULES)
    assert not fails_again([], replace(RULES, failures=0))


def test_who_was_held_comes_back_by_the_last_days_of_the_warm_up() -> None:
    warm_up = WarmUp(since=date(2026, 5, 18), posts=(20, 40, 80, 150, 300), shares=(0.1, 0.2, 0.4, 0.6, 0.8))
    back = health(resumed_at=NOON)
    since = date(2026, 5, 18)
    ramp = ramp_up(back, since, since, warm_up, RULES)
    assert ramp is not None
    assert [ramp.capped(1000, since + timedelta(days=day)) for day in range(4)] == [80, 150, 300, 1000]
    assert ramp_up(back, since + timedelta(days=3), since, warm_up, RULES) is None
    assert ramp_up(health(), since, since, warm_up, RULES) is None
    assert ramp_up(back, since, since, warm_up, replace(RULES, ramp_up_days=0)) is None
