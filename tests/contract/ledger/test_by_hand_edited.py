"""A step that a person does is edited: what was done stays done, what is new is asked for, the bot tries neither."""

from __future__ import annotations

import pytest

from groupbot.core.actions import Announcement
from groupbot.core.content import Text
from tests.contract.ledger.conftest import Kit, at
from tests.contract.ledger.test_by_hand import MEMBER, NOTICE, OWNER, WORDS, Office

KEY = "s1/2026-05-18.0/g1"
OTHER, BYE = Announcement(text="another"), Text(text="bye")


@pytest.fixture
def office(kit: Kit) -> Office:
    return Office(kit)


async def edited(office: Office, *contents: object, minutes: float = 0) -> None:
    assert (await office.launch({"s1": contents}, groups=("g1",), now=at(minutes))).ok  # type: ignore[dict-item]


async def sent_by_bot(office: Office) -> list[object]:
    await office.kit.own()
    [candidate] = await office.kit.due(at(60))
    return [part.content for part in candidate.parts]


@pytest.mark.parametrize("minutes", [0, 61])
async def test_new_words_for_what_a_person_has_done_are_asked_for_again(office: Office, minutes: float) -> None:
    await edited(office, NOTICE, WORDS)
    assert await office.kit.people.complete("camp", KEY)
    await edited(office, OTHER, WORDS, minutes=minutes)
    assert await office.tasks() == {"s1/g1": [OTHER]}
    assert await sent_by_bot(office) == [WORDS]


async def test_new_words_for_what_a_person_was_told_to_do_are_told_again(office: Office) -> None:
    await edited(office, NOTICE, WORDS)
    people = office.kit.people
    [task] = await people.untold(at(61))
    await people.told(task, at(61))
    await edited(office, OTHER, WORDS, minutes=62)
    assert [task.parts[0].content for task in await people.untold(at(62))] == [OTHER]
    assert await sent_by_bot(office) == [WORDS]


async def test_what_is_added_to_a_done_task_is_asked_for_alone(office: Office) -> None:
    await edited(office, NOTICE, WORDS)
    assert await office.kit.people.complete("camp", KEY)
    await edited(office, NOTICE, OTHER, WORDS, BYE)
    assert await office.tasks() == {"s1/g1": [OTHER]}
    assert await sent_by_bot(office) == [WORDS, BYE]


async def test_what_is_added_to_a_task_that_was_told_joins_it(office: Office) -> None:
    await edited(office, NOTICE, WORDS)
    office.ranks["g1"] = OWNER
    await edited(office, NOTICE, WORDS, BYE, minutes=61)
    assert await office.tasks() == {"s1/g1": [NOTICE]}
    assert await sent_by_bot(office) == [WORDS, BYE]


async def test_other_words_of_the_bot_leave_a_done_task_done(office: Office) -> None:
    await edited(office, NOTICE, WORDS)
    assert await office.kit.people.complete("camp", KEY)
    for _ in range(2):
        await edited(office, NOTICE, BYE)
    assert (await office.tasks(), await office.tasks("done")) == ({}, {"s1/g1": [NOTICE]})
    assert await sent_by_bot(office) == [BYE]


async def test_what_is_added_to_a_task_that_is_overdue_joins_what_is_still_to_do(office: Office) -> None:
    await edited(office, NOTICE, WORDS)
    office.ranks["g1"] = OWNER
    await edited(office, NOTICE, WORDS, minutes=61)
    office.ranks["g1"] = MEMBER
    await edited(office, NOTICE, OTHER, WORDS, minutes=62)
    assert await office.tasks() == {"s1/g1": [NOTICE, OTHER]}
    assert await sent_by_bot(office) == [WORDS]
