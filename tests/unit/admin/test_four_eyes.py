"""Four eyes: what posts to many groups is done only when a second person agrees."""

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest

from groupbot.admin.declare import Answer, Command, Kind, Parameter, Plan
from groupbot.admin.four_eyes import AGREE_WITHIN
from groupbot.admin.rights import Forbidden
from groupbot.core.roles import Role
from groupbot.settings.admin import PersonSettings

from .conftest import SETTINGS


class Posting:
    """A command that posts a text to some groups."""

    def __init__(self):
        self.groups = {"camp-1", "camp-2"}
        self.done = []

    async def plan(self, call):
        return Plan(text="to all", reach=frozenset(self.groups), posts_to=len(self.groups))

    async def post(self, call):
        self.done.append((call.actor.name, call.get("text", str)))
        return Answer(text="posted")

    async def note(self, call):
        self.done.append((call.actor.name, call.get("day", date)))
        return Answer(text="noted")

    @property
    def command(self):
        return Command(
            path=("群发",),
            parameters=(Parameter(name="text", label="text", kind=Kind.REST),),
            role=Role.OPERATOR,
            plan=self.plan,
            help="Posts.",
            example="/群发 hello",
            handler=self.post,
        )


@pytest.fixture
def posting(chat):
    posting = Posting()
    chat.add(posting.command)
    chat.room.four_eyes.most_groups = 1
    return posting


async def ask(chat, **more):
    asked = await chat.type("/群发 hello", **more)
    return await chat.type(re.findall(r"\b\d{4}\b", asked)[-1], **more)


async def test_few_groups_need_nobody_else(chat, posting):
    posting.groups = {"camp-1"}
    assert await ask(chat) == "posted"


async def test_many_groups_wait_for_another_of_the_same_right(chat, posting):
    said = await ask(chat)
    assert "#1" in said
    assert "/群发 hello" in chat.said.texts[-2]
    assert posting.done == []
    await chat.type("#1 1")
    assert posting.done == []
    await chat.type("#1 1", by="u-staff")
    assert posting.done == []
    assert "posted" in await chat.type("#1 1", by="u-admin")
    assert posting.done == [("Opal", "hello")]
    await chat.type("#1 1", by="u-owner")
    assert len(posting.done) == 1
    assert ("Opal", "群发", "done") in chat.audited


async def test_one_human_under_two_names_is_no_second_person(chat, posting):
    twin = PersonSettings(name="Opal-2", role="admin", ids={"spare": "u-operator"})
    chat.room.people.adopt((*SETTINGS.people, twin), SETTINGS.squads)
    await ask(chat)
    card = chat.cards.cards[1]
    actor = chat.room.people.identify("spare", "u-operator")
    assert actor.name == "Opal-2"
    with pytest.raises(Forbidden):
        await chat.room.desk.answer(card.number, 1, actor, chat.room.places.admin_group())
    assert posting.done == []


async def test_a_day_that_means_another_one_by_then_is_not_agreed_to(chat, posting):
    day = Parameter(name="day", label="day", kind=Kind.DATE)
    chat.add(replace(posting.command, path=("改期",), parameters=(day,), handler=posting.note))
    asked = await chat.type("/改期 明天")
    await chat.type(re.findall(r"\b\d{4}\b", asked)[-1])
    chat.clock.advance(timedelta(days=1).total_seconds())
    assert "again" in await chat.type("#1 1", by="u-admin")
    assert posting.done == []


async def test_who_asked_in_private_hears_there_what_came_of_it(chat, posting):
    await ask(chat, group=None)
    await chat.type("#1 2", by="u-admin")
    assert posting.done == []
    last = chat.said.orders[-2]
    assert last.member == "u-operator"
    assert "Adam" in last.parts[0].content.text


async def test_what_reaches_more_by_then_is_refused(chat, posting):
    await ask(chat)
    posting.groups = {"camp-1", "camp-3"}
    await chat.type("#1 1", by="u-admin")
    assert posting.done == []


async def test_who_lost_the_right_meanwhile_posts_nothing(chat, posting):
    await ask(chat)
    chat.room.people.adopt(tuple(one for one in SETTINGS.people if one.name != "Opal"), SETTINGS.squads)
    await chat.type("#1 1", by="u-admin")
    assert posting.done == []


async def test_consent_does_not_last(chat, posting):
    await ask(chat)
    chat.clock.advance((AGREE_WITHIN + timedelta(seconds=1)).total_seconds())
    await chat.room.tend()
    await chat.type("#1 1", by="u-admin")
    assert posting.done == []


async def test_without_a_second_person_nothing_is_done(chat, posting):
    chat.room.people.adopt([one for one in SETTINGS.people if one.name == "Opal"], ())
    assert "#1" not in await ask(chat)
    assert posting.done == []
