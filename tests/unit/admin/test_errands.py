"""Tasks as cards: who is asked where, what goes along, and what the replies do."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from groupbot.admin.errands import TaskCards
from groupbot.campaign.tasks import TaskAlerts
from groupbot.core.actions import Announcement
from groupbot.core.content import Image, Part, Text
from groupbot.testing.events import NOON
from tests.unit.admin.task_fakes import Book, task


class Errands:
    def __init__(self, chat, *tasks):
        self.chat = chat
        self.book = Book(*tasks)
        self.sendable = {"text", "image"}
        self.cards = TaskCards(
            services=replace(chat.room.services, tasks=self.book),
            answers=chat.room.answers,
            kinds=chat.room.desk.kinds,
            otherwise=TaskAlerts(chat.alerts),
            can_send=lambda account, kind: account == "main" and kind in self.sendable,
            postpone_by=timedelta(minutes=30),
        )

    async def ask(self, number=1):
        await self.cards.ask(await self.book.numbered(number))

    @property
    def told(self):
        orders = self.chat.said.orders
        return [(order.group or order.member, part.content) for order in orders for part in order.parts]


@pytest.mark.parametrize(
    ("group", "assignee", "place"),
    [
        (None, "Opal", "u-operator"),
        ("camp-1", "Nina", "east-ops"),
        ("camp-1", None, "east-ops"),
        (None, "the host", "ops"),
        ("ops", None, "ops"),
    ],
)
async def test_who_does_it_is_asked_or_who_is_near(chat, group, assignee, place):
    errands = Errands(chat, task(1, group=group, assignee=assignee))
    await errands.ask()
    [(where, text)] = errands.told
    assert where == place
    assert text.text.endswith("call\n1 Done\n2 in 30 minutes")
    assert place == "u-operator" or not assignee or assignee in text.text


async def test_what_is_no_squads_is_ticked_off_by_operators_alone(chat):
    errands = Errands(chat, task(1, assignee="the host"))
    await errands.ask()
    assert "right" in await chat.type("#1 1", by="u-staff")
    assert errands.book.tasks["camp/t1"].state == "open"
    assert "Done by Opal" in await chat.type("#1 1")


async def test_words_and_files_follow_each_in_a_message_of_its_own(chat, tmp_path):
    poster = tmp_path / "poster.png"
    poster.write_bytes(b"x")
    contents = (Text(text="hello"), Image(path=str(poster)), Image(path="/gone.png"), Announcement(text="rules"))
    errands = Errands(chat, task(1, parts=tuple(Part(content=content) for content in contents)))
    await errands.ask()
    said = [getattr(content, "text", None) or content.path for _place, content in errands.told[1:]]
    assert said == ["hello", str(poster), "[picture] gone.png", "[announcement] rules"]
    assert all(content.kind in {"text", "image"} for _place, content in errands.told)


async def test_an_account_that_sends_no_pictures_names_them(chat, tmp_path):
    poster = tmp_path / "poster.png"
    poster.write_bytes(b"x")
    errands = Errands(chat, task(1, parts=(Part(content=Image(path=str(poster))),)))
    errands.sendable = {"text"}
    await errands.ask()
    assert errands.told[1][1].text == "[picture] poster.png"


async def test_one_digit_ticks_it_off_for_who_wrote_it(chat):
    errands = Errands(chat, task(1, assignee="Opal"))
    await errands.ask()
    assert await chat.type("1", by="u-operator", group=None) == "Done by Opal: call"
    done = await errands.book.numbered(1)
    assert (done.state, done.done_by) == ("done", "Opal")


async def test_another_digit_puts_it_off(chat):
    errands = Errands(chat, task(1))
    await errands.ask()
    assert "Told again at" in await chat.type("2")
    assert (await errands.book.numbered(1)).due == NOON + timedelta(minutes=30)


async def test_a_card_about_what_is_settled_elsewhere_closes(chat):
    errands = Errands(chat, task(1))
    await errands.ask()
    await errands.book.complete("camp/t1", by="Olga")
    assert await chat.type("#1 1") == "camp/t1 is no open task."
    assert "is answered already" in await chat.type("#1 1")


async def test_a_chase_names_the_card_and_a_missing_one_is_asked_anew(chat):
    errands = Errands(chat, replace(task(1), reminders=1))
    await errands.ask()
    for _twice in range(2):
        await errands.cards.chase(await errands.book.numbered(1))
    assert [content.text for _place, content in errands.told][1:] == ["Still open, #1: Task due: call"]
    await chat.room.desk.withdraw("task", "camp/t1")
    await errands.cards.chase(await errands.book.numbered(1))
    assert errands.told[-1][1].text.startswith("#2 ")


@pytest.mark.parametrize(("assignee", "group"), [("Opal", "camp-1"), (None, None)])
async def test_the_last_time_somebody_else_is_told(chat, assignee, group):
    errands = Errands(chat, task(1, assignee=assignee, group="camp-1"))
    await errands.cards.escalate(await errands.book.numbered(1))
    [alert] = chat.alerts.alerts
    assert alert.code == "task-undone"
    assert alert.fields.get("group") == group
    assert chat.audited == [("groupbot", "task/escalated", "done")]


async def test_without_any_chat_it_is_an_alert(chat):
    errands = Errands(chat, task(1))
    chat.room.places.adopt((), ())
    await errands.ask()
    assert [alert.code for alert in chat.alerts.alerts] == ["task-due"]


async def test_a_hundred_posts_by_hand_are_a_few_messages_and_each_is_ticked_off_by_its_number(chat):
    words = (Part(content=Text(text="第一课 20:00")),)
    tasks = [task(n, group="camp-1", parts=words, text=f"By hand, {n}") for n in range(1, 101)]
    errands = Errands(chat, *tasks)
    for n in range(1, 101):
        await errands.ask(n)
    await errands.cards.tend()
    chat.clock.advance(60)
    await errands.cards.tend()
    told = [content.text for _place, content in errands.told]
    assert len(told) == 5 * 2 + 1 + 1  # five with their words; the words once for all others; the list
    assert "95 questions more" in told[-1]
    assert "1 Done" in told[-1]
    for one in tasks:
        await errands.cards.chase(replace(one, reminders=2))
    await errands.cards.tend()
    chased = [content.text for _place, content in errands.told][len(told) :]
    assert len(chased) == 5 + 1
    assert "…75 more" in chased[-1]
