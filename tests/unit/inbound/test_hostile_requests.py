"""Requests and invitations by those who mean ill, or by the thousand: nothing is let in, lost or held up by them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from pydantic import ValidationError

from groupbot.campaign.one_off import KEY_LIMIT, Order, order_key
from groupbot.chat.directory import Directory
from groupbot.core.actions import AcceptFriend
from groupbot.core.events import FriendAdded, Person
from groupbot.errors import StoreError
from groupbot.inbound.catching_up import catch_up
from groupbot.inbound.desk import RememberingDesk
from groupbot.inbound.friends import DIGEST, FriendStage, accepts
from groupbot.settings import FriendSettings
from groupbot.testing.facts import MemoryFacts
from groupbot.tracking.facts import facts_of
from tests.contract.ledger.conftest import T0
from tests.unit.inbound.test_requests import World, requested


@pytest.fixture
def world() -> World:
    return World()


@pytest.mark.parametrize("code", [" ", "\u3000", "\n\t", ""])
def test_a_blank_code_would_let_everybody_in_and_is_refused(code: str) -> None:
    with pytest.raises(ValidationError, match="must not be empty"):
        FriendSettings(accept="code", codes=("blue", code))


@pytest.mark.parametrize(
    "greeting", ["", "\u202eeulb", "b\u200bl\u200bue", "ﷺ" * 10_000, "a" * 1_000_000, "%s{0}{x}", "bl\x00ue", "[/red]"]
)
def test_no_trick_stands_for_the_code(greeting: str) -> None:
    assert not accepts(FriendSettings(accept="code", codes=("blue",)), greeting)


@pytest.mark.parametrize("request_id", ["q\x00\x1b[2J", "q\nother", "q" * 100_000, "q\u2028"])
async def test_an_id_with_what_no_key_may_hold_is_ordered_once(world: World, request_id: str) -> None:
    stage = world.friends(accept="all")
    for _ in range(2):
        await stage.handle(requested(request_id))
    [row] = world.store.of("one-off")
    assert row.plan.key.isprintable()
    assert len(row.plan.key) <= KEY_LIMIT
    assert world.ordered == [AcceptFriend(request_id=request_id)]
    assert order_key("a", "q\n1") != order_key("a", "q\n2")


async def test_the_last_of_a_flood_is_told_without_another_request(world: World) -> None:
    stage = world.friends()
    for number in range(10_000):
        await stage.handle(requested(f"q{number}"))
    await stage.tell_left()
    assert len(world.inbox.alerts) == 1
    world.clock.set(T0 + DIGEST)
    for _ in range(2):
        await stage.tell_left()
    assert len(world.inbox.alerts) == 2
    assert "9999" in world.inbox.alerts[-1].text


async def test_a_clock_that_is_set_back_keeps_no_digest_back(world: World) -> None:
    stage = world.friends()
    await stage.handle(requested("q1"))
    world.clock.set(T0 - timedelta(days=365))
    await stage.handle(requested("q2"))
    assert len(world.inbox.alerts) == 2


async def test_who_asks_again_after_having_been_a_contact_is_caught_up_with(world: World) -> None:
    facts = MemoryFacts()
    ann = Person(id="u1")
    first = replace(requested("q1"), person=ann)
    added = FriendAdded(account="main", event_id="a", at=T0 + timedelta(hours=1), person=ann)
    again = replace(requested("q2"), person=ann, at=T0 + timedelta(hours=2))
    for event in (first, added, again):
        await facts.append(facts_of(event, Directory([])), recorded_at=T0)
    await catch_up(facts, world.friends(accept="all"), world.invitations(), T0 + timedelta(hours=3))
    assert world.ordered == [AcceptFriend(request_id="q2")]


async def test_thousands_of_known_requests_cost_the_store_nothing_at_the_next_look(world: World) -> None:
    asked: list[str] = []

    class Counted:
        async def submit(self, order: Order) -> bool:
            asked.append(order.key)
            if len(asked) == 1:
                raise StoreError("locked")
            return await world.desk.submit(order)

    facts = MemoryFacts()
    for number in range(50):
        await facts.append(facts_of(requested(f"q{number}"), Directory([])), recorded_at=T0)
    stage = FriendStage(
        rule=FriendSettings(accept="all"),
        desk=RememberingDesk(Counted(), most=100),
        alerts=world.inbox,
        clock=world.clock,
    )
    with pytest.raises(StoreError):
        await catch_up(facts, stage, world.invitations(), T0)
    for _ in range(3):
        await catch_up(facts, stage, world.invitations(), T0)
    assert len(asked) == 51, "the one that failed is asked again, the others once"
    assert len(world.ordered) == 50


async def test_what_a_desk_has_forgotten_the_store_knows(world: World) -> None:
    desk = RememberingDesk(world.desk, most=2)
    stage = FriendStage(rule=FriendSettings(accept="all"), desk=desk, alerts=world.inbox, clock=world.clock)
    for request_id in ("q1", "q2", "q3", "q1", "q3"):
        await stage.handle(requested(request_id))
    assert len(world.ordered) == 3
