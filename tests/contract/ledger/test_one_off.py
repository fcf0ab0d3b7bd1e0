"""Single orders: planned once by their key, beside everything else, and done like any other delivery."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from groupbot.campaign.one_off import ONE_OFF, RECALL_WITHIN, OneOff, Order, order_key
from groupbot.campaign.values import CampaignState
from groupbot.core.actions import AcceptFriend, Announcement, Recall, RemoveMembers, Rename
from groupbot.core.content import Part, Text
from groupbot.core.policies import UnknownThen
from groupbot.delivery.values import Lost, Retry, State
from groupbot.errors import CampaignError
from groupbot.testing import FakeClock
from tests.contract.ledger.conftest import Kit, at, delivery

ACCEPT = AcceptFriend(request_id="q1")


def order(key: str = "k1", content=ACCEPT, *, group: str = "", **more) -> Order:
    return Order(account="main", key=key, parts=(Part(content=content),), group=group, **more)


@pytest.fixture
def desk(kit: Kit) -> OneOff:
    return OneOff(orders=kit.orders, clock=FakeClock(at(0)), timezone="Asia/Shanghai")


async def test_an_order_is_done_like_any_delivery(kit: Kit, desk: OneOff) -> None:
    assert await desk.submit(order())
    await kit.own()
    [candidate] = await kit.due(at(0))
    assert (candidate.address, candidate.part.content, candidate.group) == (f"{ONE_OFF}/k1", ACCEPT, "")
    assert candidate.is_of_account
    assert await kit.send(candidate, at(0))
    [row] = await kit.campaigns.deliveries(ONE_OFF)
    assert (row.state, row.step, row.account) == (State.SENT, "accept_friend", "main")


async def test_the_same_key_is_the_same_order_whatever_became_of_it(kit: Kit, desk: OneOff) -> None:
    assert await desk.submit(order())
    assert not await desk.submit(order())
    await kit.own()
    await kit.send((await kit.due(at(0)))[0], at(0))
    assert not await desk.submit(order())
    assert await kit.due(at(5)) == []


async def test_orders_at_the_same_moment_are_each_planned_once(kit: Kit, desk: OneOff) -> None:
    new = await asyncio.gather(*(desk.submit(order(f"k{n % 5}")) for n in range(20)))
    assert sum(new) == 5
    assert len(await kit.campaigns.deliveries(ONE_OFF)) == 5


async def test_the_standing_campaign_runs_at_once_and_keeps_what_a_person_did_to_it(kit: Kit, desk: OneOff) -> None:
    await desk.submit(order())
    stored = await kit.campaigns.get(ONE_OFF)
    assert stored is not None
    assert (stored.state, stored.timezone) == (CampaignState.RUNNING, "Asia/Shanghai")
    await kit.campaigns.set_state(ONE_OFF, CampaignState.PAUSED)
    await desk.submit(order("k2"))
    await kit.own()
    assert await kit.due(at(0)) == []
    await kit.campaigns.recover()
    await kit.campaigns.set_state(ONE_OFF, CampaignState.RUNNING)
    assert len(await kit.due(at(0))) == 1


async def test_other_campaigns_are_left_alone(kit: Kit, desk: OneOff) -> None:
    await kit.launch(delivery("s1"), delivery("s2", 1))
    await desk.submit(order("k1", Rename(topic="new"), group="g1"))
    done = await kit.launch(delivery("s1"), delivery("s2", 1))
    assert (done.inserted, done.moved, done.cancelled) == (0, 0, 0)
    assert [row.state for row in await kit.campaigns.deliveries(ONE_OFF)] == [State.PLANNED]


async def test_kinds_do_not_wait_for_each_other_but_moves_of_members_do(kit: Kit, desk: OneOff) -> None:
    await desk.submit(order("add", RemoveMembers(members=("u1",)), group="g1"))
    await desk.submit(order("remove", RemoveMembers(members=("u2",)), group="g1"))
    await desk.submit(order("topic", Rename(topic="new"), group="g1"))
    await desk.submit(order("say", Text(text="hello"), group="g1"))
    await desk.submit(order("friend"))
    await kit.own()
    assert sorted(candidate.key for candidate in await kit.due(at(0))) == ["add", "friend", "say", "topic"]


async def test_what_may_be_done_twice_is_tried_again_and_the_rest_is_asked(kit: Kit, desk: OneOff) -> None:
    await desk.submit(order("topic", Rename(topic="new"), group="g1"))
    await desk.submit(order("notice", Announcement(text="come"), group="g1"))
    await kit.own()
    for candidate in await kit.due(at(0)):
        token = await kit.begin(candidate, at(0))
        assert token is not None
        await kit.ledger.finish(token, candidate.id, Lost(error="gone"), at(0))
    await kit.ledger.expire("main", at(60))
    states = {row.step: row.state for row in await kit.campaigns.deliveries(ONE_OFF)}
    assert states == {"rename": State.PLANNED, "announcement": State.UNKNOWN}


async def test_a_failed_try_is_planned_again(kit: Kit, desk: OneOff) -> None:
    await desk.submit(order())
    await kit.own()
    [candidate] = await kit.due(at(0))
    token = await kit.begin(candidate, at(0))
    assert token is not None
    await kit.ledger.finish(token, candidate.id, Retry(not_before=at(1), error="down"), at(0))
    assert [c.key for c in await kit.due(at(1))] == ["k1"]


async def test_a_recall_goes_first_and_not_after_its_time(kit: Kit, desk: OneOff) -> None:
    await desk.submit(order("topic", Rename(topic="new"), group="g1"))
    await desk.submit(order("back", Recall(message_id="m1"), group="g1", until=at(0) + RECALL_WITHIN))
    await kit.own()
    first = (await kit.due(at(1)))[0]
    assert (first.key, first.until, first.policies.unknown) == ("back", at(2), UnknownThen.RESEND)
    assert [c.key for c in await kit.ledger.overdue(kit.owners["main"], at(3), 10)] == ["back"]


async def test_the_posts_of_a_delivery_can_be_found(kit: Kit) -> None:
    await kit.launch(delivery(words=("one", "two")))
    await kit.own()
    await kit.send((await kit.due(at(0)))[0], at(0), "m1")
    assert [
        (post.part, post.message_id, post.at) for post in await kit.orders.posts_of("camp", "s1/2026-05-18.0/g1")
    ] == [(0, "m1", at(0))]
    assert await kit.orders.posts_of("camp", "other") == []


@pytest.mark.parametrize(
    "wrong", [order(group="g1"), order(content=Rename(topic="new")), Order(account="main", key="k", parts=())]
)
async def test_an_order_without_a_fitting_place_is_refused(desk: OneOff, wrong: Order) -> None:
    with pytest.raises(CampaignError):
        await desk.submit(wrong)


async def test_a_friend_request_waits_a_week(kit: Kit, desk: OneOff) -> None:
    await desk.submit(order())
    await kit.own()
    [candidate] = await kit.due(at(0))
    assert candidate.late_at == at(0) + timedelta(days=7)


async def test_an_announcement_comes_between_no_parts_that_follow_each_other_closely(kit: Kit, desk: OneOff) -> None:
    await kit.launch(delivery(words=("one", "two", "three")))
    await desk.submit(order("k1", Announcement(text="news"), group="g1"))
    await desk.submit(order("k2", Rename(topic="new"), group="g1"))
    await kit.own()
    [first] = [candidate for candidate in await kit.due(at(0)) if candidate.step == "s1"]
    assert await kit.send(first, at(0))
    assert await kit.steps_due(at(0)) == ["rename"]
    assert await kit.steps_due(at(0.1)) == ["s1", "rename"]
    for minutes in (0.2, 0.3):
        assert "announcement" not in await kit.steps_due(at(minutes))
        part = next(candidate for candidate in await kit.due(at(minutes)) if candidate.step == "s1")
        assert await kit.send(part, at(minutes))
    notice = next(candidate for candidate in await kit.due(at(0.4)) if candidate.step == "announcement")
    assert await kit.begin(notice, at(0.4))


async def test_parts_and_an_announcement_are_not_claimed_at_the_same_moment(kit: Kit, desk: OneOff) -> None:
    await kit.launch(delivery(words=("one", "two")))
    await desk.submit(order("k1", Announcement(text="news"), group="g1"))
    await kit.own()
    both = await kit.due(at(0))
    assert len(both) == 2
    tokens = await asyncio.gather(*(kit.begin(candidate, at(0)) for candidate in both))
    assert sum(token is not None for token in tokens) == 1


@pytest.mark.parametrize("wild", ["q\x00\x1b[2J", "q" * 50_000, "q\u2028/'\"; --", "号" * 300])
async def test_whatever_a_platform_gives_as_an_id_is_ordered_once_and_comes_back_as_it_was(
    kit: Kit, desk: OneOff, wild: str
) -> None:
    wished = order(order_key("accept_friend", "main", wild), AcceptFriend(request_id=wild))
    assert await desk.submit(wished)
    assert not await desk.submit(wished)
    await kit.own()
    [candidate] = await kit.due(at(0))
    assert candidate.part.content == AcceptFriend(request_id=wild)
    assert await kit.send(candidate, at(0))
