"""One account's lane when all goes well: order, parts, gaps, pace, and clocks that jump."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from groupbot.campaign.values import CampaignState
from groupbot.chat.adapter import Receipt
from groupbot.core.policies import LateThen, Policies
from groupbot.core.verdicts import ALLOW, Block, Defer, Hold, Verdict
from groupbot.delivery.dispatcher import Hooks
from groupbot.delivery.pacing import Pace
from groupbot.delivery.ports import Draft
from groupbot.delivery.values import Candidate, State
from tests.contract.ledger.conftest import T0, at, delivery
from tests.unit.delivery.bench import Bench

WINDOWLESS = Policies(grace=timedelta(hours=12))


async def test_steps_go_at_their_time_and_in_order() -> None:
    bench = Bench()
    await bench.open(
        delivery("s3", 20, words=("c",)), delivery("s1", 5, words=("a",)), delivery("s2", 10, words=("b",))
    )
    await bench.run(at(60))
    assert [(sight.text, sight.at) for sight in bench.seen] == [("a", at(5)), ("b", at(10)), ("c", at(20))]
    assert set((await bench.states()).values()) == {State.SENT}
    assert bench.inbox.codes == []


async def test_tick_says_when_to_look_again() -> None:
    bench = Bench()
    await bench.open(delivery("s1", 5), delivery("s2", 10))
    assert await bench.tick() == at(5)
    bench.clock.set(at(5))
    assert await bench.tick() == at(10)
    bench.clock.set(at(10))
    assert await bench.tick() is None


async def test_parts_keep_their_gaps() -> None:
    bench = Bench()
    await bench.open(delivery(words=("one", "two", "three"), gap_s=7))
    await bench.run(at(5))
    assert [(s.text, (s.at - T0).total_seconds()) for s in bench.seen] == [("one", 0), ("two", 7), ("three", 14)]


async def test_a_pause_between_parts_stops_the_next_part_and_resuming_never_repeats() -> None:
    bench = Bench()
    await bench.open(delivery(words=("one", "two")))
    await bench.launch(delivery("t1", 1, campaign="other", group="g2", words=("free",)), campaign="other")
    await bench.tick()
    await bench.campaigns.set_state("camp", CampaignState.PAUSED)
    await bench.run(at(3))
    assert bench.texts() == ["one", "free"]
    await bench.campaigns.set_state("camp", CampaignState.RUNNING)
    await bench.run(at(6))
    assert bench.texts() == ["one", "free", "two"]


async def test_what_goes_ahead_of_others_waits_for_one_post_and_not_for_all_that_is_due() -> None:
    groups = [f"g{n}" for n in range(1, 9)]

    async def answer(candidate: Candidate, _receipt: Receipt, _at: datetime) -> None:
        if candidate.campaign == "camp" and "answer" not in bench.texts() and len(bench.seen) == 2:
            answered = delivery(campaign="desk", group="g8", words=("answer",), priority=90)
            await bench.launch(answered, campaign="desk")
            bench.dispatcher.hasten("main")

    bench = Bench(groups=groups, hooks=Hooks(posted=answer))
    await bench.open(*(delivery(f"s{n}", group=name, words=("post",)) for n, name in enumerate(groups[:7])))
    await bench.tick()
    assert bench.texts() == ["post", "post", "answer", "post", "post", "post", "post", "post"]


async def test_two_campaigns_in_one_group_keep_their_parts_together() -> None:
    bench = Bench()
    await bench.open()
    for name in ("a", "b"):
        await bench.launch(delivery(campaign=name, words=(f"{name}1", f"{name}2", f"{name}3")), campaign=name)
    await bench.run(at(10))
    assert sorted(bench.texts()) == ["a1", "a2", "a3", "b1", "b2", "b3"]
    assert len({text[0] for text in bench.texts()[:3]}) == 1


async def test_parts_with_a_long_gap_let_another_campaign_between() -> None:
    bench = Bench(lock_gap=timedelta(seconds=60))
    await bench.open()
    await bench.launch(delivery(campaign="a", words=("a1", "a2"), gap_s=600), campaign="a")
    await bench.launch(delivery("t", 2, campaign="b", words=("b1",)), campaign="b")
    await bench.run(at(20))
    assert bench.texts() == ["a1", "b1", "a2"]


async def test_host_and_assistant_alternate_in_one_group() -> None:
    bench = Bench(accounts=("host", "assistant"))
    speakers = ["host", "assistant"] * 3
    await bench.open(*(delivery(f"s{n}", 0, ordinal=n, account=who, words=(f"{n}",)) for n, who in enumerate(speakers)))
    await bench.tick()
    assert [(sight.account, sight.text) for sight in bench.seen] == [(who, f"{n}") for n, who in enumerate(speakers)]


async def test_the_account_keeps_its_interval_over_all_groups() -> None:
    bench = Bench(pace=Pace(account_interval_s=10))
    await bench.open(*(delivery(group=group, words=(group,)) for group in ("g1", "g2", "g3")))
    await bench.run(at(5))
    assert [(sight.at - T0).total_seconds() for sight in bench.seen] == [0, 10, 20]


async def test_a_resting_group_keeps_no_other_group_waiting() -> None:
    bench = Bench(pace=Pace(group_interval_s=60))
    await bench.open(
        delivery("s1", words=("a",)), delivery("s2", ordinal=1, words=("b",)), delivery("s1", 0.5, group="g2")
    )
    await bench.run(at(5))
    assert [(s.to, (s.at - T0).total_seconds()) for s in bench.seen] == [("r1", 0), ("r2", 30), ("r1", 60)]


async def test_a_group_with_its_number_for_today_waits_for_tomorrow() -> None:
    bench = Bench(pace=Pace(group_daily_cap=1))
    await bench.open(
        delivery("s1", policies=WINDOWLESS),
        delivery("s2", 480, words=("b",), policies=Policies(grace=timedelta(hours=20))),
        delivery("s3", 480, group="g2", words=("c",)),
    )
    await bench.run(at(60 * 24))
    assert [(s.text, s.at) for s in bench.seen] == [
        ("hello", T0),
        ("c", at(480)),
        ("b", datetime(2026, 5, 18, 16, tzinfo=UTC)),
    ]
    assert bench.inbox.codes.count("group-cap") == 1


async def test_an_account_with_its_number_for_today_is_told_once_and_posts_no_burst_tomorrow() -> None:
    bench = Bench(pace=Pace(account_daily_cap=2))
    await bench.open(*(delivery(f"s{n}", n) for n in range(5)))
    await bench.run(at(60 * 30))
    assert len(bench.seen) == 2
    assert bench.inbox.codes.count("account-cap") == 1
    assert [state for state in (await bench.states()).values() if state is State.SKIPPED] == [State.SKIPPED] * 3


async def test_pacing_goes_on_after_a_restart() -> None:
    bench = Bench(pace=Pace(account_interval_s=100))
    await bench.open(delivery("s1"), delivery("s2", 1))
    await bench.tick()
    bench.dispatcher = bench.build("again")
    await bench.dispatcher.open()
    await bench.run(at(5))
    assert [(sight.at - T0).total_seconds() for sight in bench.seen] == [0, 100]


@pytest.mark.parametrize(
    ("late", "sent", "state"),
    [(LateThen.SKIP, 0, State.SKIPPED), (LateThen.ASK, 0, State.HELD), (LateThen.SEND, 1, State.SENT)],
)
async def test_a_clock_that_jumps_a_day_forward_applies_the_late_policy(late, sent, state) -> None:
    bench = Bench()
    await bench.open(delivery("s1", 10, policies=Policies(late=late)), delivery("s2", 60 * 24 + 10))
    await bench.tick()
    bench.clock.set(at(60 * 24))
    await bench.tick()
    assert len(bench.seen) == sent
    assert (await bench.states())["s1"] is state
    if late is not LateThen.SEND:
        assert f"delivery-{state}" in bench.inbox.codes


async def test_an_outage_of_a_week_is_never_followed_by_a_burst_of_it() -> None:
    bench = Bench()
    await bench.open(*(delivery(f"s{n}", n * 60) for n in range(24 * 7)))
    bench.clock.set(at(60 * 24 * 7 - 60))
    await bench.run(at(60 * 24 * 7))
    assert len(bench.seen) == 1


async def test_a_clock_set_back_sends_nothing_twice() -> None:
    bench = Bench()
    await bench.open(delivery("s1", 5, words=("a", "b")), delivery("s2", 60, words=("c",)))
    await bench.run(at(10))
    bench.clock.set(at(-60 * 24))
    await bench.run(at(4))
    assert bench.texts() == ["a", "b"]
    await bench.run(at(90))
    assert bench.texts() == ["a", "b", "c"]


async def test_stopping_begins_no_further_part() -> None:
    bench = Bench()
    await bench.open(delivery(words=("one", "two")))
    await bench.tick()
    bench.dispatcher.stop()
    bench.clock.set(at(1))
    await bench.tick()
    assert bench.texts() == ["one"]


class Once:
    """A guard that gives its verdict the first time and allows after that."""

    name = "once"

    def __init__(self, verdict: Verdict) -> None:
        self._verdicts = [verdict]

    async def check(self, draft: Draft) -> Verdict:
        return self._verdicts.pop() if self._verdicts else ALLOW


async def test_a_guard_defers_a_step_and_later_ones_wait_behind_it() -> None:
    bench = Bench(guards=[Once(Defer(until=at(3), reason="lunch"))])
    await bench.open(delivery("s1", words=("a",)), delivery("s2", 1, words=("b",)))
    await bench.run(at(10))
    assert [(sight.text, sight.at) for sight in bench.seen] == [("a", at(3)), ("b", at(3))]


async def test_a_guard_that_defers_to_the_past_does_not_spin_the_lane() -> None:
    bench = Bench(guards=[Once(Defer(until=at(-5), reason="soon"))])
    await bench.open(delivery())
    await bench.run(at(1))
    assert bench.texts() == ["hello"]


async def test_a_guard_holds_and_a_person_is_told_which_and_why() -> None:
    bench = Bench(guards=[Once(Hold(reason="complaint open"))])
    await bench.open(delivery("s1"), delivery("s2", 1, group="g2"))
    await bench.run(at(5))
    assert (await bench.view()).state is State.HELD
    assert bench.seen[0].to == "r2"
    [alert] = bench.inbox.alerts
    assert alert.code == "delivery-held"
    assert "complaint open" in alert.text
    assert alert.fields == {"account": "main", "group": "g1", "delivery": "camp/s1/2026-05-18.0/g1"}


async def test_a_blocked_step_is_left_out_and_the_next_goes() -> None:
    bench = Bench(guards=[Once(Block(reason="forbidden"))])
    await bench.open(delivery("s1"), delivery("s2", 1, words=("b",)))
    await bench.run(at(5))
    assert bench.texts() == ["b"]
    assert bench.inbox.codes == ["delivery-skipped"]
