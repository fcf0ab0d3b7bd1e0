"""Promise 1 to 3 and the rules of the ledger that keep a post from going out wrongly."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

from groupbot.campaign.values import CampaignState
from groupbot.core.actions import AcceptFriend, AddMembers
from groupbot.core.content import EVERYBODY, Part, Text
from groupbot.delivery.budgets import ONE_POST
from groupbot.delivery.values import Drop, Refused, Retry, Sent, State, Wait
from tests.contract.ledger.conftest import Kit, at, delivery


async def test_nothing_is_due_before_its_time(kit: Kit) -> None:
    await kit.launch(delivery(minutes=5))
    await kit.own()
    assert await kit.steps_due(at(4.99)) == []
    assert await kit.steps_due(at(5)) == ["s1"]


async def test_a_sent_delivery_carries_its_message_id_and_never_comes_back(kit: Kit) -> None:
    await kit.launch(delivery())
    await kit.own()
    assert await kit.send((await kit.due(at(0)))[0], at(0), "m-7")
    view = await kit.view()
    assert (view.state, view.message_id, view.sent_at) == (State.SENT, "m-7", at(0))
    assert await kit.due(at(60)) == []


async def test_only_one_of_many_begins_of_the_same_candidate_wins(kit: Kit) -> None:
    await kit.launch(delivery())
    await kit.own()
    [candidate] = await kit.due(at(0))
    tokens = await asyncio.gather(*(kit.begin(candidate, at(0)) for _ in range(10)))
    assert sum(token is not None for token in tokens) == 1


async def test_steps_of_a_group_go_in_order(kit: Kit) -> None:
    await kit.launch(delivery("s1", 0), delivery("s2", 1), delivery("s3", 1, ordinal=1))
    await kit.own()
    for expected in ("s1", "s2", "s3"):
        [candidate] = await kit.due(at(10))
        assert candidate.step == expected
        await kit.send(candidate, at(10))
    assert await kit.due(at(10)) == []


async def test_a_later_step_waits_for_another_accounts_earlier_one(kit: Kit) -> None:
    await kit.launch(delivery("s1", 0, account="host"), delivery("s2", 1, account="assistant"))
    await kit.own("host")
    await kit.own("assistant")
    assert await kit.steps_due(at(5), "assistant") == []
    await kit.send((await kit.due(at(5), "host"))[0], at(5))
    assert await kit.steps_due(at(5), "assistant") == ["s2"]


async def test_parts_follow_with_their_gaps(kit: Kit) -> None:
    await kit.launch(delivery(words=("one", "two"), gap_s=30))
    await kit.own()
    await kit.send((await kit.due(at(0)))[0], at(0))
    assert await kit.state() is State.PLANNED
    assert await kit.due(at(0.4)) == []
    [second] = await kit.due(at(0.5))
    assert second.part.content.text == "two"
    await kit.send(second, at(0.5))
    assert await kit.state() is State.SENT


async def test_two_campaigns_never_interleave_their_parts_in_one_group(kit: Kit) -> None:
    await kit.launch(delivery(campaign="a", words=("a1", "a2")), campaign="a")
    await kit.launch(delivery(campaign="b", words=("b1", "b2")), campaign="b")
    await kit.own()
    first = (await kit.due(at(0)))[0]
    other = (await kit.due(at(0)))[1]
    await kit.send(first, at(0))
    assert await kit.begin(other, at(0)) is None
    [second] = await kit.due(at(1))
    assert second.campaign == first.campaign
    await kit.send(second, at(1))
    assert [c.campaign for c in await kit.due(at(1))] == [other.campaign]


async def test_a_retry_between_parts_keeps_the_group_for_them(kit: Kit) -> None:
    await kit.launch(delivery(campaign="a", words=("a1", "a2")), campaign="a")
    await kit.launch(delivery("t", 0.5, campaign="b"), campaign="b")
    await kit.own()
    await kit.send((await kit.due(at(0)))[0], at(0))
    [second] = await kit.due(at(1))
    token = await kit.begin(second, at(1))
    assert token is not None
    again = Retry(not_before=at(2), error="busy", lock_until=at(4))
    assert await kit.ledger.finish(token, second.id, again, at(1))
    assert await kit.steps_due(at(1)) == []
    assert [c.campaign for c in await kit.due(at(2))] == ["a"]
    assert sorted(c.campaign for c in await kit.due(at(4))) == ["a", "b"]


async def test_two_accounts_begin_in_one_group_at_once_and_one_wins(kit: Kit) -> None:
    await kit.launch(delivery(campaign="a", account="x"), campaign="a")
    await kit.launch(delivery(campaign="b", account="y"), campaign="b")
    await kit.own("x")
    await kit.own("y")
    [first], [second] = await kit.due(at(0), "x"), await kit.due(at(0), "y")
    tokens = await asyncio.gather(kit.begin(first, at(0)), kit.begin(second, at(0)))
    assert sum(token is not None for token in tokens) == 1


async def test_parts_far_apart_let_another_campaign_between(kit: Kit) -> None:
    await kit.launch(delivery(campaign="a", words=("a1", "a2"), gap_s=600), campaign="a")
    await kit.launch(delivery("t", 1, campaign="b"), campaign="b")
    await kit.own()
    [first] = await kit.due(at(0))
    token = await kit.begin(first, at(0))
    assert token is not None
    assert await kit.ledger.finish(token, first.id, Sent(message_id="m", next_at=at(10)), at(0))
    assert await kit.steps_due(at(1)) == ["t"]


async def test_an_abandoned_lock_ends(kit: Kit) -> None:
    await kit.launch(delivery(campaign="a", words=("a1", "a2")), campaign="a")
    await kit.launch(delivery("t", campaign="b"), campaign="b")
    await kit.own()
    first = next(c for c in await kit.due(at(0)) if c.campaign == "a")
    await kit.send(first, at(0))
    await kit.campaigns.set_state("a", CampaignState.PAUSED)
    assert await kit.steps_due(at(1)) == []
    assert await kit.steps_due(at(10)) == ["t"]


async def test_priority_orders_groups_but_not_steps(kit: Kit) -> None:
    await kit.launch(
        delivery("s1", 0, group="g1"),
        delivery("s2", 1, group="g1", priority=9),
        delivery("s1", 0, group="g2", priority=5),
        groups=("g1", "g2"),
    )
    await kit.own()
    assert [(c.group, c.step) for c in await kit.due(at(5))] == [("g2", "s1"), ("g1", "s1")]


async def test_a_pause_committed_before_begin_stops_it(kit: Kit) -> None:
    await kit.launch(delivery())
    await kit.own()
    [candidate] = await kit.due(at(0))
    await kit.campaigns.set_state("camp", CampaignState.PAUSED)
    assert await kit.begin(candidate, at(0)) is None
    assert await kit.due(at(0)) == []
    await kit.campaigns.set_state("camp", CampaignState.RUNNING)
    assert await kit.begin(candidate, at(1)) is not None


async def test_a_cancel_ends_what_waits_and_what_is_between_parts(kit: Kit) -> None:
    await kit.launch(delivery("s1", words=("one", "two")), delivery("s2", 5))
    await kit.own()
    [candidate] = await kit.due(at(0))
    token = await kit.begin(candidate, at(0))
    assert token is not None
    assert await kit.campaigns.set_state("camp", CampaignState.CANCELLED)
    await kit.ledger.finish(token, candidate.id, Sent(message_id="m", next_at=at(1)), at(0))
    view = await kit.view("s1")
    assert (view.state, view.part) == (State.CANCELLED, 1)
    assert await kit.state("s2") is State.CANCELLED
    assert not await kit.campaigns.set_state("camp", CampaignState.RUNNING)


async def test_an_edit_between_read_and_begin_stops_the_old_words(kit: Kit) -> None:
    await kit.launch(delivery(words=("old",)))
    await kit.own()
    [candidate] = await kit.due(at(0))
    await kit.launch(delivery(words=("new",)))
    assert await kit.begin(candidate, at(0)) is None
    [fresh] = await kit.due(at(0))
    assert fresh.part.content.text == "new"


async def test_a_temporary_failure_waits_and_is_counted(kit: Kit) -> None:
    await kit.launch(delivery())
    await kit.own()
    [candidate] = await kit.due(at(0))
    token = await kit.begin(candidate, at(0))
    assert await kit.ledger.finish(token, candidate.id, Retry(not_before=at(2), error="busy"), at(0))
    assert await kit.due(at(1)) == []
    [again] = await kit.due(at(2))
    assert again.attempt == 1
    view = await kit.view()
    assert (view.state, view.reason) == (State.PLANNED, "busy")


async def test_a_refused_part_fails_the_delivery_and_does_not_block(kit: Kit) -> None:
    await kit.launch(delivery("s1"), delivery("s2", 1))
    await kit.own()
    [candidate] = await kit.due(at(0))
    token = await kit.begin(candidate, at(0))
    await kit.ledger.finish(token, candidate.id, Refused(error="too large"), at(0))
    view = await kit.view("s1")
    assert (view.state, view.reason) == (State.FAILED, "too large")
    assert await kit.steps_due(at(1)) == ["s2"]


async def test_a_refused_part_can_let_the_next_one_go(kit: Kit) -> None:
    await kit.launch(delivery(words=("one", "two")))
    await kit.own()
    [candidate] = await kit.due(at(0))
    token = await kit.begin(candidate, at(0))
    await kit.ledger.finish(token, candidate.id, Refused(error="part 1: no", next_at=at(1)), at(0))
    await kit.send((await kit.due(at(1)))[0], at(1))
    view = await kit.view()
    assert (view.state, view.reason) == (State.SENT, "part 1: no")


async def test_waiting_and_dropping_are_committed(kit: Kit) -> None:
    owner = await kit.own()
    await kit.launch(delivery("s1"), delivery("s2", 1))
    [candidate] = await kit.due(at(0))
    assert await kit.ledger.divert(candidate, Wait(until=at(3), reason="quiet"), owner, at(0))
    assert await kit.due(at(2)) == []
    [candidate] = await kit.due(at(3))
    assert await kit.ledger.divert(candidate, Drop(reason="late"), owner, at(3))
    assert await kit.state("s1") is State.SKIPPED
    assert await kit.steps_due(at(3)) == ["s2"]


async def test_what_steps_aside_keeps_nothing_waiting_and_takes_its_turn_again(kit: Kit) -> None:
    owner = await kit.own()
    await kit.launch(delivery("s1"), delivery("s2", 1), delivery("s3", 3), delivery("s4", 4))
    [candidate] = await kit.due(at(0))
    assert await kit.ledger.divert(candidate, Wait(until=at(3), reason="incident", aside=True), owner, at(0))
    assert await kit.steps_due(at(1)) == ["s2"]
    await kit.send((await kit.due(at(1)))[0], at(1))
    both = await kit.due(at(3))
    assert [one.step for one in both] == ["s1", "s3"]
    assert await kit.begin(both[0], at(3)) is not None
    assert await kit.begin(both[1], at(3)) is None
    assert await kit.steps_due(at(3)) == []


async def test_what_waits_in_its_place_after_stepping_aside_is_waited_for_again(kit: Kit) -> None:
    owner = await kit.own()
    await kit.launch(delivery("s1"), delivery("s2", 1))
    [candidate] = await kit.due(at(0))
    assert await kit.ledger.divert(candidate, Wait(until=at(1), reason="incident", aside=True), owner, at(0))
    [candidate, _second] = await kit.due(at(1))
    assert await kit.ledger.divert(candidate, Wait(until=at(5), reason="quiet"), owner, at(1))
    assert await kit.due(at(4)) == []


async def test_next_look_is_the_next_instant_that_can_matter(kit: Kit) -> None:
    await kit.launch(delivery("s1", 10), delivery("s2", 20))
    await kit.own()
    assert await kit.ledger.next_look("main", at(0)) == at(10)
    assert await kit.ledger.next_look("main", at(10)) == at(20)
    assert await kit.ledger.next_look("main", at(20)) is None
    assert await kit.ledger.next_look("other", at(0)) is None


async def test_pacing_history_counts_what_may_have_been_posted(kit: Kit) -> None:
    await kit.launch(delivery("s1"), delivery("s2", 1), delivery("s1", group="g2"), groups=("g1", "g2"))
    await kit.own()
    for candidate in await kit.due(at(0)):
        await kit.send(candidate, at(0))
    [candidate] = await kit.due(at(1))
    token = await kit.begin(candidate, at(1))
    await kit.ledger.finish(token, candidate.id, Retry(not_before=at(2), error="down"), at(1))
    history = await kit.ledger.posted_since("main", at(0) - timedelta(hours=1))
    assert {(post.group, post.at, post.cost) for post in history} == {("g1", at(0), ONE_POST), ("g2", at(0), ONE_POST)}
    assert len(history) == 2


async def test_the_history_says_what_was_done_and_how_much(kit: Kit) -> None:
    rung = Part(content=Text(text="all", mentions=(EVERYBODY,)))
    added = Part(content=AddMembers(members=("u1", "u2", "u3")))
    accepted = replace(delivery("s2", group=""), parts=(Part(content=AcceptFriend(request_id="q1")),), place="account")
    await kit.launch(replace(delivery("s1"), parts=(rung, added)), accepted, groups=("g1", ""))
    await kit.own()
    for _ in range(3):
        await kit.send((await kit.due(at(5)))[0], at(5))
    history = await kit.ledger.posted_since("main", at(0))
    assert sorted((post.group, post.cost.kind, post.cost.amount) for post in history) == [
        ("", "accept_friend", 1),
        ("g1", "add_members", 3),
        ("g1", "mention_all", 1),
    ]


async def test_a_queue_and_an_account_keep_nobody_else_waiting(kit: Kit) -> None:
    rename = replace(delivery("s1"), queue="topic")
    post = delivery("s2", 1)
    own = replace(delivery("s3", 2, group=""), parts=(Part(content=AcceptFriend(request_id="q1")),), place="account")
    await kit.launch(rename, post, own, groups=("g1", ""))
    await kit.own()
    assert {c.step: c.lane for c in await kit.due(at(5))} == {"s1": "topic:g1", "s2": "g:g1", "s3": "a:main"}


async def test_member_deliveries_keep_their_own_order(kit: Kit) -> None:
    await kit.launch(delivery("s1", member="u1"), delivery("s2", 1, member="u1"), delivery("s1", member="u2"))
    await kit.own()
    assert sorted((c.member, c.step) for c in await kit.due(at(5))) == [("u1", "s1"), ("u2", "s1")]
