"""One account's lane when the platform fails: each kind of failure has its own end, and each end is told."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest

from groupbot.chat.adapter import Receipt
from groupbot.chat.directory import Directory, Group
from groupbot.chat.errors import Busy, Limited, NotConnected, Rejected, Temporary, TooLarge, UnknownOutcome
from groupbot.core.content import Text, fingerprint
from groupbot.core.events import AccountState
from groupbot.core.policies import PartFailure, Policies, UnknownThen
from groupbot.delivery.dispatcher import Hooks
from groupbot.delivery.echo import ECHO_WAIT
from groupbot.delivery.pacing import Pace
from groupbot.delivery.sending import RETRY_FIRST, RETRY_MOST
from groupbot.delivery.values import Candidate, State
from groupbot.errors import StoreError
from groupbot.testing import Outcome
from tests.contract.ledger.conftest import T0, at, delivery
from tests.unit.delivery.bench import Bench

LONG = Policies(grace=timedelta(hours=2))


async def test_temporary_failures_are_tried_again_with_growing_waits() -> None:
    bench = Bench()
    tried = []
    send = bench.main.send

    async def watched(to, content):
        tried.append(bench.clock.now())
        return await send(to, content)

    bench.main.send = watched
    bench.main.will(*[Outcome.fails(Busy("busy"))] * 8)
    await bench.open(delivery(policies=LONG))
    await bench.run(at(60))
    waits = [later - earlier for earlier, later in pairwise(tried)]
    assert waits[:4] == [RETRY_FIRST * 2**n for n in range(4)]
    assert waits[-1] == RETRY_MOST
    assert bench.texts() == ["hello"]


async def test_tries_end_with_the_grace() -> None:
    bench = Bench()
    bench.main.will(*[Outcome.fails(Busy("busy"))] * 100)
    await bench.open(delivery("s1", policies=Policies(grace=timedelta(minutes=3))), delivery("s2", 60, group="g2"))
    await bench.run(at(30))
    assert (await bench.view()).state is State.SKIPPED
    assert bench.inbox.codes == ["delivery-skipped"]
    assert bench.main.attempts == 6


async def test_the_platforms_wish_to_wait_is_obeyed() -> None:
    bench = Bench()
    bench.main.will(Outcome.fails(Temporary("slow down", retry_after_s=90)))
    await bench.open(delivery())
    await bench.run(at(5))
    assert [sight.at for sight in bench.seen] == [at(1.5)]


async def test_a_lost_connection_is_tried_soon_again() -> None:
    bench = Bench()
    bench.main.will(*[Outcome.fails(NotConnected("gone"))] * 5)
    await bench.open(delivery())
    await bench.run(at(5))
    assert [sight.at for sight in bench.seen] == [T0 + RETRY_FIRST * 5]


async def test_a_retry_between_parts_lets_no_other_campaign_in_between() -> None:
    bench = Bench()
    bench.main.will(Outcome(), *[Outcome.fails(Busy("busy"))] * 3)
    await bench.open()
    await bench.launch(delivery(campaign="a", words=("a1", "a2")), campaign="a")
    await bench.launch(delivery("t", 0.1, campaign="b", words=("b1",)), campaign="b")
    await bench.run(at(10))
    assert bench.texts() == ["a1", "a2", "b1"]


async def test_a_temporary_failure_of_one_group_keeps_no_other_waiting() -> None:
    bench = Bench()
    bench.main.will(Outcome.fails(Busy("busy")))
    await bench.open(delivery(group="g1"), delivery(group="g2"))
    await bench.tick()
    assert len(bench.seen) == 1


async def test_a_limit_notice_pauses_the_account_through_the_hook() -> None:
    told = []

    async def limited(account: str, words: str) -> None:
        told.append((account, words))
        bench.ledger.pause_account(account)

    bench = Bench(hooks=Hooks(limited=limited))
    bench.main.will(Outcome.fails(Limited("too often")))
    await bench.open(delivery(group="g1"), delivery(group="g2"))
    await bench.run(at(20))
    assert told == [("main", "too often")]
    assert bench.seen == []
    bench.ledger.pause_account("main", paused=False)
    await bench.run(at(25))
    assert sorted(sight.to for sight in bench.seen) == ["r1", "r2"]


async def test_a_limit_notice_that_can_not_be_stored_yet_stops_the_account_all_the_same() -> None:
    failures = [StoreError("locked"), StoreError("locked")]

    async def limited(account: str, words: str) -> None:
        if failures:
            raise failures.pop()
        bench.ledger.pause_account(account)

    bench = Bench(hooks=Hooks(limited=limited))
    bench.main.will(Outcome.fails(Limited("too often")))
    await bench.open(delivery(group="g1"), delivery(group="g2"))
    await bench.run(at(20))
    assert bench.seen == []
    assert (await bench.view()).state is State.PLANNED


@pytest.mark.parametrize("error", [Rejected("no"), TooLarge("4 MB")])
async def test_a_permanent_failure_stops_the_delivery_and_the_next_step_goes(error) -> None:
    bench = Bench()
    bench.main.will(Outcome.fails(error))
    await bench.open(delivery("s1", words=("one", "two")), delivery("s2", 1, words=("next",)))
    await bench.run(at(5))
    view = await bench.view()
    assert (view.state, str(error) in view.reason) == (State.FAILED, True)
    assert bench.texts() == ["next"]
    assert bench.inbox.codes == ["delivery-failed"]
    assert bench.inbox.alerts[0].fields["delivery"] == "camp/s1/2026-05-18.0/g1"


async def test_a_permanent_failure_can_let_the_other_parts_go() -> None:
    bench = Bench()
    bench.main.will(Outcome.fails(TooLarge("4 MB")))
    go_on = Policies(on_part_failure=PartFailure.CONTINUE)
    await bench.open(delivery(words=("one", "two", "three"), policies=go_on))
    await bench.run(at(5))
    assert bench.texts() == ["two", "three"]
    view = await bench.view()
    assert view.state is State.SENT
    assert "4 MB" in view.reason


@pytest.mark.parametrize("error", [UnknownOutcome("no answer"), RuntimeError("adapter bug"), OSError("pipe")])
@pytest.mark.parametrize("posted", [True, False])
async def test_an_outcome_that_nobody_knows_is_named_and_not_sent_again(error, posted) -> None:
    bench = Bench()
    bench.main.will(Outcome.fails(error, posted=posted))
    await bench.open(delivery("s1", words=("one",)), delivery("s2", 60, words=("two",)))
    await bench.run(at(20))
    assert (await bench.view()).state is State.UNKNOWN
    assert bench.texts() == (["one"] if posted else [])
    assert bench.inbox.codes == ["delivery-unknown"]
    await bench.run(at(90))
    assert bench.texts()[-1] == "two"
    assert bench.texts().count("one") == posted


@pytest.mark.parametrize(("then", "times"), [(UnknownThen.RESEND, 2), (UnknownThen.SKIP, 1), (UnknownThen.ASK, 1)])
async def test_policies_for_unknown_act_after_the_echo_had_its_time(then, times) -> None:
    bench = Bench()
    bench.main.will(Outcome.fails(UnknownOutcome("no answer"), posted=True))
    await bench.open(delivery(policies=Policies(unknown=then)))
    await bench.run(at(0.4))
    assert len(bench.seen) == 1
    await bench.run(T0 + ECHO_WAIT + timedelta(seconds=10))
    assert len(bench.seen) == times


async def test_an_echo_settles_an_unknown_part_and_the_next_one_follows() -> None:
    bench = Bench()
    bench.main.will(Outcome.fails(UnknownOutcome("no answer"), posted=True))
    await bench.open(delivery(words=("one", "two")))
    await bench.tick()
    assert (await bench.view()).state is State.UNKNOWN
    bench.ledger.record_echo("main", fingerprint(Text(text="one")), T0, "m1", group="g1")
    await bench.dispatcher.echoed("main")
    await bench.run(at(1))
    assert bench.texts() == ["one", "two"]
    assert (await bench.view()).state is State.SENT
    assert bench.inbox.codes == ["delivery-unknown", "delivery-sent"]


async def test_an_echo_of_an_account_that_is_not_ours_is_passed_by() -> None:
    bench = Bench()
    await bench.open(delivery())
    await bench.dispatcher.echoed("stranger")
    assert bench.inbox.codes == []


@pytest.mark.parametrize(
    "state", [AccountState.OFFLINE, AccountState.LOGIN_NEEDED, AccountState.LIMITED, AccountState.REFUSED]
)
async def test_an_account_that_is_not_online_sends_nothing_and_catches_up_within_the_grace(state) -> None:
    bench = Bench()
    await bench.open(delivery())
    bench.main.stand(state)
    await bench.run(at(10))
    assert bench.main.attempts == 0
    bench.main.connect()
    await bench.run(at(11))
    assert bench.texts() == ["hello"]


async def test_a_step_for_a_group_that_config_no_longer_names_is_held() -> None:
    elsewhere = Directory([Group(name="g1", account="guest", ids={"guest": "r1"})])
    bench = Bench(directory=elsewhere)
    await bench.open(delivery())
    await bench.tick()
    assert (await bench.view()).state is State.HELD
    assert bench.main.attempts == 0


async def test_a_failed_try_costs_its_place_in_the_pace_but_no_place_under_the_cap_after_a_restart() -> None:
    bench = Bench(pace=Pace(account_interval_s=60, account_daily_cap=1))
    bench.main.will(Outcome.fails(Busy("busy")))
    await bench.open(delivery())
    await bench.tick()
    bench.dispatcher = bench.build("again")
    await bench.dispatcher.open()
    await bench.run(at(5))
    assert bench.texts() == ["hello"]


async def test_who_listens_to_posts_can_not_stop_them() -> None:
    heard = []

    async def posted(candidate: Candidate, receipt: Receipt, at) -> None:
        heard.append(candidate.part.content.text)
        raise StoreError("locked")

    bench = Bench(hooks=Hooks(posted=posted))
    await bench.open(delivery(words=("one", "two")))
    await bench.run(at(1))
    assert heard == bench.texts() == ["one", "two"]
    assert (await bench.view()).state is State.SENT
