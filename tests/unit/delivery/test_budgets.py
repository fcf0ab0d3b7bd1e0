"""Budgets by kind and local day, and the warm-up of a new account: what is over waits, a person hears of it once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groupbot.campaign.one_off import ONE_OFF, OneOff, Order
from groupbot.chat.errors import NotConnected, Rejected
from groupbot.core.actions import AcceptFriend, AddMembers, CreateGroup, RemoveMembers, Rename
from groupbot.core.content import EVERYBODY, Content, Part, Text
from groupbot.core.policies import Policies
from groupbot.delivery.budgets import Cost, PastPost, WarmUp, cost
from groupbot.delivery.pacing import Pace, Pacer
from groupbot.delivery.values import Settlement, State
from groupbot.testing import MemoryOrders, Outcome
from tests.contract.ledger.conftest import T0, at, delivery
from tests.unit.delivery.bench import Bench

MIDNIGHT = datetime(2026, 5, 18, 16, tzinfo=UTC)
DAY = timedelta(days=1)
SINCE = date(2026, 5, 18)
WARM_UP = WarmUp(since=SINCE, posts=(2, 4, 8), shares=(0.1, 0.5, 0.8))


@pytest.mark.parametrize(
    ("content", "spent"),
    [
        (Text(text="hi"), Cost(kind="text")),
        (Text(text="hi", mentions=(EVERYBODY,)), Cost(kind="mention_all")),
        (AcceptFriend(request_id="q"), Cost(kind="accept_friend")),
        (AddMembers(members=("a", "b", "c")), Cost(kind="add_members", amount=3)),
        (RemoveMembers(members=("a", "b")), Cost(kind="remove_members", amount=2)),
        (CreateGroup(topic="t", members=("a", "b")), Cost(kind="create_group")),
    ],
)
def test_what_a_part_costs(content: Content, spent: Cost) -> None:
    assert cost(content) == spent


class TestPacer:
    def test_a_budget_is_spent_until_local_midnight(self) -> None:
        pacer, accept = Pacer(Pace(budgets={"accept_friend": 2}), Random(1)), Cost(kind="accept_friend")
        for _ in range(2):
            assert pacer.spent_until(accept, T0) is None
            pacer.record("", T0, accept)
        assert pacer.spent_until(accept, at(1)) == MIDNIGHT
        assert pacer.spent_until(Cost(kind="rename"), at(1)) is None
        assert pacer.spent_until(accept, MIDNIGHT) is None

    def test_members_are_counted_and_not_calls(self) -> None:
        pacer = Pacer(Pace(budgets={"add_members": 5}), Random(1))
        pacer.record("g1", T0, Cost(kind="add_members", amount=3))
        assert pacer.spent_until(Cost(kind="add_members", amount=2), T0) is None
        assert pacer.spent_until(Cost(kind="add_members", amount=3), T0) == MIDNIGHT

    def test_what_the_platform_did_not_take_is_not_spent(self) -> None:
        pacer, accept = (
            Pacer(Pace(budgets={"accept_friend": 1}, account_daily_cap=1), Random(1)),
            Cost(kind="accept_friend"),
        )
        pacer.record("", T0, accept)
        pacer.take_back("", accept)
        assert pacer.spent_until(accept, T0) is None
        assert not pacer.account_cap_reached(T0)

    @given(
        st.lists(st.tuples(st.integers(0, 90_000), st.integers(1, 4)), max_size=30), st.integers(1, 9), st.booleans()
    )
    def test_no_day_goes_over_its_budget_whenever_a_restart_comes(
        self, wishes: list[tuple[int, int]], budget: int, restarts: bool
    ) -> None:
        pace = Pace(budgets={"add_members": budget}, warm_up=WARM_UP)
        pacer, now, done = Pacer(pace, Random(1)), T0, list[PastPost]()
        for wait, members in wishes:
            now += timedelta(seconds=wait)
            wish = Cost(kind="add_members", amount=members)
            if pacer.spent_until(wish, now) is None:
                pacer.record("g1", now, wish)
                done.append(PastPost(at=now, group="g1", cost=wish))
            if restarts:
                pacer = pacer.anew(pace, done)
        for post in done:
            day = (post.at + timedelta(hours=8)).date()
            same = [other.cost.amount for other in done if (other.at + timedelta(hours=8)).date() == day]
            assert sum(same) <= pace.budget_on("add_members", day)


class TestWarmUp:
    @pytest.mark.parametrize(("days", "number"), [(-3, 1), (0, 1), (1, 2), (2, 3), (3, None), (400, None)])
    def test_its_days_are_counted_from_the_first(self, days: int, number: int | None) -> None:
        assert WARM_UP.day(SINCE + days * DAY) == number

    def test_it_lowers_the_cap_and_never_lifts_it(self) -> None:
        pace = Pace(account_daily_cap=3, warm_up=WARM_UP)
        assert [pace.cap_on(SINCE + n * DAY) for n in range(4)] == [2, 3, 3, 3]
        assert [Pace(warm_up=WARM_UP).cap_on(SINCE + n * DAY) for n in range(4)] == [2, 4, 8, 0]

    def test_it_scales_budgets_but_leaves_at_least_one(self) -> None:
        pace = Pace(budgets={"rename": 20, "create_group": 2, "recall": 0}, warm_up=WARM_UP)
        assert [pace.budget_on("rename", SINCE + n * DAY) for n in range(4)] == [2, 10, 16, 20]
        assert [pace.budget_on("create_group", SINCE + n * DAY) for n in range(4)] == [1, 1, 1, 2]
        assert pace.budget_on("recall", SINCE) == 0

    def test_a_day_later_more_may_be_posted(self) -> None:
        pacer = Pacer(Pace(warm_up=WARM_UP), Random(1))
        pacer.record("g1", T0)
        assert pacer.account_ready_at(T0) <= T0
        pacer.record("g1", T0)
        assert pacer.account_ready_at(at(1)) == MIDNIGHT
        assert not pacer.account_cap_reached(MIDNIGHT)


def rung(step: str, minutes: float, **more) -> object:
    row = delivery(step, minutes, policies=Policies(grace=timedelta(days=3)), **more)
    return replace(row, parts=(Part(content=Text(text=step, mentions=(EVERYBODY,))),))


async def order(bench: Bench, *contents: Content, group: str = "") -> None:
    desk = OneOff(orders=MemoryOrders(bench.store), clock=bench.clock, timezone="Asia/Shanghai")
    for number, content in enumerate(contents):
        key = f"{content.kind}/{len(bench.store.rows)}/{number}"
        assert await desk.submit(Order(account="main", key=key, group=group, parts=(Part(content=content),)))


async def test_what_is_over_waits_for_midnight_and_a_person_hears_of_it_once() -> None:
    bench = Bench(pace=Pace(budgets={"mention_all": 1}))
    await bench.open(rung("s1", 0), rung("s2", 1), rung("s3", 2), delivery("s4", 3, group="g2", words=("plain",)))
    await bench.run(MIDNIGHT - timedelta(seconds=1))
    assert bench.texts() == ["s1", "plain"]
    await bench.run(MIDNIGHT + DAY * 2)
    assert [sight.text for sight in bench.seen] == ["s1", "plain", "s2", "s3"]
    assert [sight.at for sight in bench.seen if sight.text in {"s2", "s3"}] == [MIDNIGHT, MIDNIGHT + DAY]
    assert bench.inbox.codes == ["budget-mention_all"] * 2


async def test_what_waits_too_long_meets_its_late_policy() -> None:
    bench = Bench(pace=Pace(budgets={"mention_all": 1}))
    short = [replace(rung(name, minutes), policies=Policies()) for name, minutes in (("s1", 0), ("s2", 1))]
    await bench.open(*short)
    await bench.run(MIDNIGHT + timedelta(hours=1))
    assert await bench.states() == {"s1": State.SENT, "s2": State.SKIPPED}


async def test_actions_of_an_account_go_to_no_conversation_within_its_budget() -> None:
    bench = Bench(pace=Pace(budgets={"accept_friend": 2}))
    await bench.open()
    await order(bench, *(AcceptFriend(request_id=f"q{n}") for n in range(5)))
    await bench.run(MIDNIGHT - timedelta(seconds=1))
    assert [(post.to, post.content) for post in bench.main.posts] == [
        ("", AcceptFriend(request_id="q0")),
        ("", AcceptFriend(request_id="q1")),
    ]
    await bench.run(MIDNIGHT + 2 * DAY)
    assert len(bench.main.posts) == 5


async def test_a_restart_gives_no_second_budget() -> None:
    bench = Bench(pace=Pace(budgets={"accept_friend": 1}))
    await bench.open()
    await order(bench, AcceptFriend(request_id="q1"), AcceptFriend(request_id="q2"))
    await bench.run(at(1))
    bench.dispatcher = bench.build("next")
    await bench.dispatcher.open()
    await bench.run(at(60))
    assert len(bench.main.posts) == 1


async def test_what_was_surely_not_done_is_not_counted() -> None:
    bench = Bench(pace=Pace(budgets={"rename": 1}))
    await bench.open()
    bench.main.will(Outcome.fails(NotConnected("down")), Outcome.fails(Rejected("no")))
    await order(bench, Rename(topic="one"), Rename(topic="two"), group="g1")
    await bench.run(at(10))
    rows = await bench.campaigns.deliveries(ONE_OFF)
    assert [row.state for row in rows] == [State.FAILED, State.SENT]


async def test_more_than_a_days_budget_at_once_asks_a_person() -> None:
    bench = Bench(pace=Pace(budgets={"add_members": 2}))
    await bench.open()
    await order(bench, AddMembers(members=("a", "b", "c")), group="g1")
    await bench.run(at(1))
    [row] = await bench.campaigns.deliveries(ONE_OFF)
    assert (row.state, bench.main.posts) == (State.HELD, [])
    await bench.ledger.settle(ONE_OFF, row.key, Settlement.RESEND, bench.clock.now())
    await bench.run(at(2))
    assert len(bench.main.posts) == 1


async def test_a_new_account_posts_its_days_number() -> None:
    bench = Bench(pace=Pace(warm_up=WARM_UP))
    patient = Policies(grace=timedelta(days=5))
    await bench.open(*(delivery(f"s{n}", n, words=(f"w{n}",), policies=patient) for n in range(10)))
    await bench.run(MIDNIGHT + 3 * DAY)
    days = [(sight.at + timedelta(hours=8)).date() for sight in bench.seen]
    assert [days.count(SINCE + n * DAY) for n in range(4)] == [2, 4, 4, 0]
    assert bench.inbox.codes == ["account-cap"] * 2
