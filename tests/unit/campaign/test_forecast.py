"""When posts really go out, and what is said of accounts that are too slow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from groupbot.campaign.forecast import forecast
from groupbot.campaign.speed import speed_problems
from groupbot.campaign.voices import voice_problems
from groupbot.core.content import Part, Text
from groupbot.core.policies import LateThen, Policies
from groupbot.delivery.budgets import WarmUp
from groupbot.delivery.pacing import Pace
from groupbot.sop.planned import Plan, PlannedDelivery, Problem, Source
from groupbot.sop.preview.expected import Expected

ZONE = ZoneInfo("Asia/Shanghai")
EIGHT = datetime(2026, 5, 18, 20, tzinfo=ZONE)


def post(
    group: str,
    *gaps: float,
    step: str = "s",
    due: datetime = EIGHT,
    ordinal: int = 0,
    priority: int = 0,
    speaker: str = "",
    policies: Policies = Policies(),  # frozen
) -> PlannedDelivery:
    return PlannedDelivery(
        key=f"{step}/{due:%Y-%m-%d}.0/{group}",
        step=step,
        phase="p",
        occurrence=f"{due:%Y-%m-%d}.0",
        ordinal=ordinal,
        priority=priority,
        due=due,
        group=group,
        speaker=speaker,
        parts=tuple(Part(content=Text(text="好"), gap_s=gap) for gap in gaps or (0.0,)),
        policies=policies,
        source=Source(file="a.yaml", line=1),
    )


def times(
    *posts: PlannedDelivery, pace: Pace, account: Callable[[PlannedDelivery], str] = lambda _post: "main"
) -> list[str]:
    found = forecast(posts, account_of=account, paces=dict.fromkeys(("main", "second"), pace))
    return [f"{one.begins.astimezone(ZONE):%d %H:%M:%S}-{one.ends.astimezone(ZONE):%S}" for one in found]


def test_one_account_posts_one_message_at_a_time_with_the_mean_of_the_jitter() -> None:
    pace = Pace(account_interval_s=10, jitter=0.2)

    assert times(post("A"), post("B"), post("C"), pace=pace) == ["18 20:00:00-00", "18 20:00:11-11", "18 20:00:22-22"]


def test_two_accounts_post_side_by_side() -> None:
    by_group = {"A": "main", "B": "second"}

    found = times(post("A"), post("B"), pace=Pace(account_interval_s=10), account=lambda one: by_group[one.group])

    assert found == ["18 20:00:00-00", "18 20:00:00-00"]


def test_parts_wait_for_their_gaps_and_other_groups_go_in_between() -> None:
    found = times(post("A", 0, 30), post("B", 0, 30), pace=Pace(account_interval_s=10))

    assert found == ["18 20:00:00-30", "18 20:00:10-40"]


def test_a_group_gets_its_steps_in_order_and_the_urgent_go_first_between_groups() -> None:
    pace = Pace(account_interval_s=10)
    first, second = post("A", 0, 60), post("A", step="t", ordinal=1)

    assert times(first, second, post("B", priority=1), pace=pace) == [
        "18 20:00:10-10",
        "18 20:01:20-20",
        "18 20:00:00-00",
    ]


def test_what_comes_too_late_is_left_out_and_costs_no_time() -> None:
    strict = Policies(grace=timedelta(seconds=5))
    posts = [post("A"), post("B", policies=strict), post("C", policies=replace(strict, late=LateThen.SEND))]

    found = forecast(posts, account_of=lambda _post: "main", paces={"main": Pace(account_interval_s=10)})

    assert [one.is_left_out for one in found] == [False, True, False]
    assert found[2].begins == EIGHT + timedelta(seconds=10)


def test_a_full_day_goes_on_after_midnight() -> None:
    patient = Policies(late=LateThen.SEND)
    posts = [post(name, policies=patient) for name in "ABC"]

    assert times(*posts, pace=Pace(account_daily_cap=2))[2] == "19 00:00:00-00"
    warm_up = WarmUp(since=date(2026, 5, 18), posts=(1, 1), shares=(1, 1))
    assert times(*posts, pace=Pace(warm_up=warm_up)) == ["18 20:00:00-00", "19 00:00:00-00", "20 00:00:00-00"]


def slow(posts: list[PlannedDelivery], pace: Pace, silenced: dict[str, tuple[str, ...]] | None = None) -> list[Problem]:
    plan = Plan(sop="a", title="a", version="1", timezone="Asia/Shanghai", deliveries=tuple(posts))
    expected: list[Expected] = forecast(posts, account_of=lambda _post: "main", paces={"main": pace})
    return speed_problems(
        plan, expected, account_of=lambda _post: "main", paces={"main": pace}, silenced=silenced or {}
    )


def test_a_slow_account_is_told_with_its_end_and_how_many_are_lacking() -> None:
    posts = [post(f"g{number}", 0, 0, 0, 0) for number in range(40)]

    (problem,) = slow(posts, Pace(account_interval_s=8))

    assert problem.code == "pace-too-slow"
    assert "40 groups x 4 parts" in problem.message
    assert "ended 20:21; needs 2 more accounts" in problem.message
    assert slow(posts, Pace(account_interval_s=3)) == []
    assert slow(posts, Pace(account_interval_s=8), {"s": ("pace-too-slow",)}) == []


def test_groups_that_would_be_left_out_are_counted() -> None:
    posts = [post(f"g{number}", policies=Policies(grace=timedelta(minutes=1))) for number in range(10)]

    (problem,) = slow(posts, Pace(account_interval_s=10))

    assert "3 groups would not get it" in problem.message


def test_roles_that_share_a_voice_are_told() -> None:
    deliveries = (post("A", speaker="host"), post("A", step="t", speaker="extra"))
    plan = Plan(sop="a", title="a", version="1", timezone="UTC", roles={"host": "主讲"}, deliveries=deliveries)

    (problem,) = voice_problems(plan, {})

    assert problem.code == "role-without-account"
    assert "主讲, extra" in problem.message
    assert voice_problems(plan, {"host": "main"}) == []
