"""Four digits: for one person, in one chat, once, for five minutes, and never for more than was shown."""

import re

import pytest

from groupbot.admin.confirming import Confirming
from groupbot.admin.declare import Answer, Command, Plan
from groupbot.core.roles import Role
from groupbot.errors import GroupbotError


class Cancel:
    """/撤 cancels what `reach` names, after a confirmation."""

    def __init__(self, chat):
        self.done = []
        self.reach = {"camp-1", "camp-2"}
        chat.add(
            Command(
                path=("撤",), role=Role.OPERATOR, plan=self.plan, help="cancels", example="/撤", handler=self.handle
            )
        )

    async def plan(self, _call):
        return Plan(text=f"Cancels {len(self.reach)}.", reach=frozenset(self.reach)) if self.reach else None

    async def handle(self, call):
        self.done.append(call.actor.name)
        return Answer(text="cancelled")


@pytest.fixture
def cancel(chat):
    return Cancel(chat)


async def asked(chat, **more):
    """Type /撤; return the digits that the bot asks for."""
    said = await chat.type("/撤", **more)
    assert said.startswith("Cancels")
    return re.search(r"\b\d{4}\b", said)[0]


@pytest.mark.parametrize("form", ["{}", "确认 {}", "/确认{}", "／确认　{}", "/confirm {}"])
async def test_the_digits_do_it_once(chat, cancel, form):
    digits = await asked(chat)
    assert cancel.done == []
    assert await chat.type(form.format(digits)) == "cancelled"
    assert cancel.done == ["Opal"]
    assert "used" in await chat.type(f"确认 {digits}")
    assert "used" in await chat.type(digits)
    assert cancel.done == ["Opal"]
    results = [result for _actor, _action, result in chat.audited]
    assert results == ["asked", "confirmed", "done", "refused", "refused"]


async def test_nobody_else_and_nowhere_else(chat, cancel):
    digits = await asked(chat)
    for where in ({"by": "u-owner"}, {"group": None}, {"group": "g-east"}):
        assert "another" in await chat.type(digits, **where)
        assert "another" in await chat.type(f"确认 {digits}", **where)
    assert await chat.type(digits, by="u-stranger") is None
    assert await chat.type(digits, account="spare", group="s-ops") is None
    assert cancel.done == []
    assert chat.audited[1:] == [("Olga", "确认", "refused")] * 2 + [("Opal", "确认", "refused")] * 4
    assert await chat.type(digits) == "cancelled"


async def test_three_wrong_tries_and_it_is_over(chat, cancel):
    digits = await asked(chat)
    wrong = f"{(int(digits) + 1) % 10_000:04}"
    for _try in range(3):
        assert "not the digits" in await chat.type(wrong)
    assert "used" in await chat.type(digits)
    assert cancel.done == []


async def test_after_five_minutes_it_is_over(chat, cancel):
    digits = await asked(chat)
    chat.clock.advance(300)
    assert "too old" in await chat.type(f"确认 {digits}")
    assert await chat.type(digits) is None
    assert cancel.done == []


async def test_a_further_command_takes_the_place_of_the_first(chat, cancel):
    first = await asked(chat)
    second = await asked(chat)
    assert first != second
    assert "not the digits" in await chat.type(first)
    assert await chat.type(second) == "cancelled"


async def test_what_would_reach_more_than_was_shown_is_refused(chat, cancel):
    digits = await asked(chat)
    cancel.reach = {"camp-1", "camp-3"}
    assert "more" in await chat.type(digits)
    assert cancel.done == []
    digits = await asked(chat)
    cancel.reach = {"camp-1"}
    assert await chat.type(digits) == "cancelled"


async def test_what_needs_no_question_is_done_at_once(chat, cancel):
    cancel.reach = set()
    assert await chat.type("/撤") == "cancelled"


async def test_who_lost_the_right_meanwhile_is_refused(chat, cancel):
    digits = await asked(chat)
    chat.room.people.adopt([], [])
    assert await chat.type(digits) is None
    assert "right" in await chat.type(f"确认 {digits}")
    assert cancel.done == []


async def test_a_plan_that_fails_asks_for_nothing(chat, cancel):
    async def fail(_call):
        raise GroupbotError("No such camp.")

    chat.add(Command(path=("撤销",), role=Role.OPERATOR, plan=fail, help="h", example="/撤销", handler=cancel.handle))
    assert await chat.type("/撤销") == "No such camp."
    assert await chat.type("确认 0000") == "Nothing waits for digits here."


async def test_digits_never_reach_the_audit(chat, cancel):
    digits = await asked(chat)
    await chat.type(digits, by="u-owner")
    await chat.type(f"确认 {digits}", group=None)
    await chat.type(digits)
    assert digits not in " ".join(f"{entry.action} {entry.detail}" for entry in chat.audit.entries)


async def test_digits_are_drawn_anew_when_they_are_those_of_before(chat, cancel):
    drawn = iter(["1111", "1111", "2222"])
    chat.room.runner.confirming = Confirming(
        chat.clock, within=chat.room.runner.confirming.within, draw=lambda: next(drawn)
    )
    assert await asked(chat) == "1111"
    assert await asked(chat) == "2222"
