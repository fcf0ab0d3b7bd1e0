"""Questions about deliveries: opened by themselves, one for each step, and gone when they are settled elsewhere."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from groupbot.admin.cards import CardState
from groupbot.campaign.views import Pending
from groupbot.delivery.values import Settlement, State
from groupbot.testing.events import NOON

GROUPS = ("camp-1", "camp-2", "camp-3")


def row(group="camp-1", *, step="hello", state=State.UNKNOWN, **more):
    usual = Pending(
        campaign="camp",
        key=f"{step}/2026-05-18.0/{group}",
        step=step,
        group=group,
        state=state,
        part=0,
        reason="",
        due=NOON,
        timezone="Asia/Shanghai",
    )
    return replace(usual, **more)


@pytest.fixture
def look(chat):
    async def look(*rows):
        before = len(chat.said.orders)
        chat.outcomes.rows = rows
        await chat.room.services.questions.look()
        return [(order.group, order.parts[0].content.text) for order in chat.said.orders[before:]]

    return look


def open_cards(chat):
    return [card.subject for card in chat.cards.cards.values() if card.state is CardState.OPEN]


async def test_many_groups_are_one_card_in_the_admin_group_and_one_for_the_squad(look):
    said = await look(*map(row, GROUPS))
    assert [place for place, _text in said] == ["ops", "east-ops", "west-ops"]
    text = said[0][1]
    assert "camp · hello" in text
    assert all(name in text for name in GROUPS)
    assert "camp-2" not in said[1][1]
    assert await look(*map(row, GROUPS)) == []


async def test_steps_and_states_are_asked_about_apart(look):
    said = await look(row("x"), row("x", step="quiz"), row("y", state=State.HELD, reason="a word in it"))
    assert len(said) == 3
    assert "a word in it" in said[2][1]


async def test_a_group_that_comes_later_replaces_the_card(chat, look):
    await look(row("x"))
    [(_place, text)] = await look(row("x"), row("y"))
    assert "x\ny" in text
    assert open_cards(chat) == ["camp/hello@"]
    assert await chat.type("#1 1") == "#1 is over."


async def test_what_is_settled_elsewhere_takes_its_card_with_it(chat, look):
    await look(row("x"))
    assert await look() == []
    assert open_cards(chat) == []


async def test_what_settles_itself_or_may_still_be_echoed_is_not_asked(chat, look):
    young = row("x", since=chat.clock.now() - timedelta(seconds=20))
    assert await look(young, row("y", asks=False)) == []
    chat.clock.advance(11)
    assert len(await look(young)) == 1


async def test_one_digit_settles_all_that_were_shown_and_no_other(chat, look):
    await look(row("x"), row("y"))
    chat.outcomes.rows += (row("z"),)
    assert await chat.type("#1 2") == "Goes out now: 2."
    assert [key for key, _how in chat.outcomes.settled] == [row("x").key, row("y").key]
    assert {how for _key, how in chat.outcomes.settled} == {Settlement.RESEND}


async def test_another_part_is_another_question(chat, look):
    await look(row("x"))
    chat.outcomes.rows = (row("x", part=1),)
    assert await chat.type("#1 1") == "Taken as posted: 0. Settled already: 1."
    assert chat.outcomes.settled == []


async def test_group_by_group(chat, look):
    await look(row("x"), row("y"), row("z"))
    assert "(2 more)" in await chat.type("#1 4")
    assert "(1 more)" in await chat.type("#2 1")
    await chat.type("#3 3")
    await chat.type("#4 2")
    assert [(key.rpartition("/")[2], how) for key, how in chat.outcomes.settled] == [
        ("x", Settlement.SENT),
        ("y", Settlement.SKIP),
        ("z", Settlement.RESEND),
    ]
    assert open_cards(chat) == []


async def test_groups_that_are_asked_one_by_one_are_not_asked_twice(chat, look):
    await look(row("x"), row("y"))
    await chat.type("#1 4")
    assert await look(row("x"), row("y")) == []


async def test_a_leader_answers_for_the_own_squad_only(chat, look):
    await look(row("camp-1"), row("camp-2"))
    assert await chat.type("#2 1", by="u-leader", group="g-east") == "Taken as posted: 1."
    assert [key for key, _how in chat.outcomes.settled] == [row("camp-1").key]
    assert "right" in await chat.type("#1 1", by="u-leader")
    assert len(chat.outcomes.settled) == 1
