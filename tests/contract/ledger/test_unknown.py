"""Promises 2 and 7: what nobody knows is named, settled once, and never sent twice by two owners."""

from __future__ import annotations

from datetime import timedelta

import pytest

from groupbot.campaign.values import CampaignState
from groupbot.core.content import Text, fingerprint
from groupbot.core.policies import Policies, UnknownThen
from groupbot.delivery.echo import ECHO_WAIT
from groupbot.delivery.values import Ask, Lost, Refused, Retry, Sent, Settlement, State
from tests.contract.ledger.conftest import T0, Kit, at, delivery

RESEND = Policies(unknown=UnknownThen.RESEND)
SKIP = Policies(unknown=UnknownThen.SKIP)


async def lose(kit: Kit, *, now=T0) -> tuple[str, int]:
    """Begin the first candidate and lose its outcome."""
    candidate = (await kit.due(now))[0]
    token = await kit.begin(candidate, now)
    assert token is not None
    await kit.ledger.finish(token, candidate.id, Lost(error="timed out"), now)
    return token, candidate.id


def echo(text: str = "hello", minutes: float = 0, event: str = "e1", group: str | None = "g1") -> dict[str, object]:
    return {
        "at": at(minutes),
        "account": "main",
        "event_id": event,
        "group": group,
        "message_id": event,
        "fingerprint": fingerprint(Text(text=text)),
    }


async def test_a_new_owner_finds_what_was_in_the_send_window(kit: Kit) -> None:
    await kit.launch(delivery())
    await kit.own(instance="old")
    await kit.begin((await kit.due(at(0)))[0], at(0))
    _, notices = await kit.ledger.acquire("main", "new", at(1))
    assert [(notice.state, notice.step) for notice in notices] == [(State.UNKNOWN, "s1")]
    assert await kit.state() is State.UNKNOWN


async def test_a_frozen_owner_that_wakes_can_not_begin(kit: Kit) -> None:
    await kit.launch(delivery())
    await kit.own(instance="frozen")
    [candidate] = await kit.due(at(0))
    await kit.ledger.acquire("main", "new", at(0))
    assert await kit.begin(candidate, at(0)) is None


async def test_a_late_sent_replaces_unknown_only_with_its_own_token(kit: Kit) -> None:
    await kit.launch(delivery())
    await kit.own(instance="old")
    [candidate] = await kit.due(at(0))
    token = await kit.begin(candidate, at(0))
    await kit.ledger.acquire("main", "new", at(1))
    assert not await kit.ledger.finish("f" * 16, candidate.id, Sent(message_id="m"), at(1))
    assert await kit.state() is State.UNKNOWN
    assert await kit.ledger.finish(token, candidate.id, Sent(message_id="m"), at(1))
    assert await kit.state() is State.SENT


async def test_unknown_blocks_until_the_next_step_would_be_too_late(kit: Kit) -> None:
    patient = Policies(ask_timeout=timedelta(hours=5), grace=timedelta(minutes=10))
    await kit.launch(delivery("s1", 0, policies=patient), delivery("s2", 20, policies=patient))
    await kit.own()
    await lose(kit)
    assert await kit.due(at(29)) == []
    assert await kit.ledger.next_look("main", at(29)) == at(30)
    notices = await kit.ledger.expire("main", at(30))
    assert [(n.step, n.state) for n in notices] == [("s1", State.UNKNOWN)]
    assert await kit.steps_due(at(30)) == ["s2"]
    assert await kit.state("s1") is State.UNKNOWN
    assert await kit.ledger.expire("main", at(31)) == []


async def test_unknown_blocks_at_most_its_ask_timeout(kit: Kit) -> None:
    await kit.launch(delivery("s1", 0, policies=Policies(ask_timeout=timedelta(minutes=2))), delivery("s2", 1))
    await kit.own()
    await lose(kit)
    assert await kit.due(at(1.9)) == []
    await kit.ledger.expire("main", at(2))
    assert await kit.steps_due(at(2)) == ["s2"]


async def test_held_is_left_out_when_nobody_decides(kit: Kit) -> None:
    owner = await kit.own()
    await kit.launch(delivery("s1", policies=Policies(ask_timeout=timedelta(minutes=2))), delivery("s2", 60))
    [candidate] = await kit.due(at(0))
    await kit.ledger.divert(candidate, Ask(reason="guard"), owner, at(0))
    assert await kit.state() is State.HELD
    await kit.ledger.expire("main", at(2))
    view = await kit.view()
    assert view.state is State.SKIPPED
    assert view.reason.startswith("guard")


@pytest.mark.parametrize(("policies", "state"), [(RESEND, State.PLANNED), (SKIP, State.SKIPPED)])
async def test_policies_act_after_waiting_for_the_echo(kit: Kit, policies: Policies, state: State) -> None:
    await kit.launch(delivery(policies=policies))
    await kit.own()
    await lose(kit)
    assert await kit.state() is State.UNKNOWN
    await kit.ledger.expire("main", T0 + ECHO_WAIT)
    assert await kit.state() is state


@pytest.mark.parametrize(
    ("how", "state"),
    [(Settlement.SENT, State.SENT), (Settlement.RESEND, State.PLANNED), (Settlement.SKIP, State.SKIPPED)],
)
async def test_a_person_settles_once(kit: Kit, how: Settlement, state: State) -> None:
    await kit.launch(delivery())
    await kit.own()
    await lose(kit)
    key = (await kit.view()).key
    assert await kit.ledger.settle("camp", key, how, at(1))
    assert await kit.state() is state
    assert not await kit.ledger.settle("camp", key, Settlement.SKIP, at(1))
    assert len(await kit.due(at(1))) == (1 if how is Settlement.RESEND else 0)


async def test_settling_a_middle_part_as_sent_goes_on_with_the_next(kit: Kit) -> None:
    await kit.launch(delivery(words=("one", "two")))
    await kit.own()
    await lose(kit)
    await kit.ledger.settle("camp", (await kit.view()).key, Settlement.SENT, at(1))
    [second] = await kit.due(at(1))
    assert second.part.content.text == "two"


@pytest.mark.parametrize("words", [("hello",), ("hello", "two")])
@pytest.mark.parametrize("how", [Settlement.SENT, Settlement.RESEND])
async def test_settling_what_a_cancel_left_open_plans_nothing_again(kit: Kit, how: Settlement, words) -> None:
    await kit.launch(delivery(words=words))
    await kit.own()
    await lose(kit)
    await kit.campaigns.set_state("camp", CampaignState.CANCELLED)
    assert await kit.state() is State.UNKNOWN
    assert await kit.ledger.settle("camp", (await kit.view()).key, how, at(1))
    is_whole = how is Settlement.SENT and len(words) == 1
    assert await kit.state() is (State.SENT if is_whole else State.CANCELLED)


async def test_the_policy_resend_ends_with_its_campaign(kit: Kit) -> None:
    await kit.launch(delivery(policies=RESEND))
    await kit.own()
    await lose(kit)
    await kit.campaigns.set_state("camp", CampaignState.CANCELLED)
    [notice] = await kit.ledger.expire("main", T0 + ECHO_WAIT)
    assert notice.state is State.CANCELLED
    assert await kit.state() is State.CANCELLED


async def test_a_decision_about_another_part_than_the_open_one_is_refused(kit: Kit) -> None:
    await kit.launch(delivery(words=("one", "two")))
    await kit.own()
    await lose(kit)
    key = (await kit.view()).key
    assert not await kit.ledger.settle("camp", key, Settlement.SENT, at(1), part=1)
    assert await kit.ledger.settle("camp", key, Settlement.SENT, at(1), part=0)
    assert not await kit.ledger.settle("camp", "nobody's", Settlement.SKIP, at(1))


async def test_a_held_delivery_that_a_person_lets_go_is_approved(kit: Kit) -> None:
    owner = await kit.own()
    await kit.launch(delivery())
    [candidate] = await kit.due(at(0))
    await kit.ledger.divert(candidate, Ask(reason="guard"), owner, at(0))
    assert await kit.ledger.settle("camp", candidate.key, Settlement.RESEND, at(5))
    [again] = await kit.due(at(5))
    assert (again.approved, again.not_before) == (True, at(5))


@pytest.mark.parametrize(
    ("outcome", "state"),
    [(Retry(not_before=at(3), error="down"), State.PLANNED), (Refused(error="no"), State.FAILED)],
)
async def test_a_late_word_of_the_old_owner_replaces_unknown(kit: Kit, outcome, state: State) -> None:
    await kit.launch(delivery())
    await kit.own(instance="old")
    [candidate] = await kit.due(at(0))
    token = await kit.begin(candidate, at(0))
    await kit.own(instance="new", now=at(1))
    assert await kit.ledger.finish(token, candidate.id, outcome, at(2))
    assert await kit.state() is state
    assert [c.step for c in await kit.due(at(3))] == (["s1"] if state is State.PLANNED else [])


async def test_a_late_lost_tells_nothing_new(kit: Kit) -> None:
    await kit.launch(delivery())
    await kit.own(instance="old")
    [candidate] = await kit.due(at(0))
    token = await kit.begin(candidate, at(0))
    await kit.own(instance="new", now=at(1))
    assert not await kit.ledger.finish(token, candidate.id, Lost(error="timed out"), at(2))
    assert await kit.state() is State.UNKNOWN


async def test_an_account_that_was_given_back_sends_nothing(kit: Kit) -> None:
    await kit.launch(delivery())
    owner = await kit.own()
    [candidate] = await kit.due(at(0))
    await kit.ledger.release(owner, at(0))
    assert await kit.due(at(0)) == []
    assert await kit.begin(candidate, at(0)) is None
    assert not await kit.ledger.divert(candidate, Ask(reason="guard"), owner, at(0))


async def test_giving_back_what_another_took_over_takes_nothing_from_it(kit: Kit) -> None:
    await kit.launch(delivery())
    old = await kit.own(instance="old")
    new = await kit.own(instance="new")
    assert new.epoch > old.epoch
    await kit.ledger.release(old, at(0))
    assert await kit.steps_due(at(0)) == ["s1"]


async def test_settling_as_skipped_is_final_for_a_late_token(kit: Kit) -> None:
    await kit.launch(delivery())
    await kit.own()
    token, row = await lose(kit)
    await kit.ledger.settle("camp", (await kit.view()).key, Settlement.SKIP, at(1))
    assert not await kit.ledger.finish(token, row, Sent(message_id="m"), at(2))
    assert await kit.state() is State.SKIPPED


async def test_an_echo_that_came_later_settles(kit: Kit) -> None:
    await kit.launch(delivery())
    await kit.own()
    await lose(kit)
    assert await kit.ledger.settle_echoes("main", at(0)) == []
    await kit.record_echo(**echo(minutes=0.5))
    [notice] = await kit.ledger.settle_echoes("main", at(1))
    assert (notice.step, notice.state) == ("s1", State.SENT)
    view = await kit.view()
    assert (view.state, view.message_id) == (State.SENT, "e1")


async def test_an_echo_of_a_private_post_settles_it(kit: Kit) -> None:
    await kit.launch(delivery(member="u1"))
    await kit.own()
    await lose(kit)
    await kit.record_echo(**echo(group=None) | {"member": "u2", "message_id": "e0", "event_id": "e0"})
    assert await kit.ledger.settle_echoes("main", at(1)) == []
    await kit.record_echo(**echo(group=None) | {"member": "u1"})
    assert [notice.state for notice in await kit.ledger.settle_echoes("main", at(1))] == [State.SENT]


async def test_an_echo_that_came_before_the_call_returned_settles(kit: Kit) -> None:
    await kit.launch(delivery(words=("hello", "two")))
    await kit.own()
    await kit.record_echo(**echo())
    await lose(kit)
    await kit.ledger.settle_echoes("main", at(1))
    [second] = await kit.due(at(1))
    assert second.part.content.text == "two"


@pytest.mark.parametrize(
    "other",
    [
        echo(text="something else"),
        echo(group="g2"),
        echo(minutes=60),
        echo(minutes=-10),
        echo() | {"account": "another"},
    ],
)
async def test_an_echo_of_something_else_settles_nothing(kit: Kit, other: dict[str, object]) -> None:
    await kit.launch(delivery())
    await kit.own()
    await lose(kit)
    await kit.record_echo(**other)
    assert await kit.ledger.settle_echoes("main", at(1)) == []
    assert await kit.state() is State.UNKNOWN


async def test_an_echo_with_two_possible_causes_settles_neither(kit: Kit) -> None:
    await kit.launch(delivery(campaign="a"), campaign="a")
    await kit.launch(delivery(campaign="b"), campaign="b")
    await kit.own()
    await lose(kit)
    await lose(kit)
    await kit.record_echo(**echo())
    assert await kit.ledger.settle_echoes("main", at(1)) == []
    assert [await kit.state(campaign=c) for c in "ab"] == [State.UNKNOWN, State.UNKNOWN]


async def test_an_echo_is_used_once(kit: Kit) -> None:
    await kit.launch(delivery("s1"), delivery("s2", 1))
    await kit.own()
    await lose(kit)
    await kit.record_echo(**echo())
    await kit.ledger.settle_echoes("main", at(0.5))
    await lose(kit, now=at(1))
    assert await kit.ledger.settle_echoes("main", at(2)) == []
    assert await kit.state("s2") is State.UNKNOWN


async def test_the_echo_of_a_known_post_settles_no_other(kit: Kit) -> None:
    await kit.launch(delivery("s1"), delivery("s2", 1))
    await kit.own()
    await kit.send((await kit.due(at(0)))[0], at(0), "m-known")
    await lose(kit, now=at(1))
    await kit.record_echo(**echo(minutes=1, event="m-known"))
    assert await kit.ledger.settle_echoes("main", at(2)) == []
    assert await kit.state("s2") is State.UNKNOWN


async def test_a_void_outcome_leaves_the_lane_to_who_has_it_now(kit: Kit) -> None:
    await kit.own()
    await kit.launch(delivery("s1", group="g1"))
    await kit.launch(delivery("other", group="g1", campaign="second"), campaign="second")
    [first, _] = await kit.due(at(0))
    old = await kit.begin(first, at(0))
    await kit.own(instance="new")
    await kit.ledger.settle(first.campaign, first.key, Settlement.RESEND, at(0))
    [again] = [candidate for candidate in await kit.due(at(0)) if candidate.id == first.id]
    assert await kit.begin(again, at(0))
    assert not await kit.ledger.finish(old, first.id, Retry(not_before=at(1), error="busy"), at(0))
    assert await kit.steps_due(at(0)) == []
