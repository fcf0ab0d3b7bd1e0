"""Numbered questions: asked once, answered once, by who may, where they were posted."""

from datetime import timedelta

import pytest

from groupbot.admin.card_desk import ABANDONED
from groupbot.admin.cards import CardKind, CardOption, CardState, NewCard
from groupbot.admin.declare import Answer, Command, Option
from groupbot.admin.router import LIMIT_S
from groupbot.core.roles import Role
from groupbot.errors import GroupbotError, StoreError
from groupbot.testing import MemoryCards

QUOTE = "「main：{}」\n- - - - - - - - - - - - - - -\n{}"


class Doors:
    """A kind of card: 1 opens, 2 shuts."""

    def __init__(self, chat):
        self.chat = chat
        self.done = []
        self.error = None
        chat.room.desk.kinds.register("door", CardKind(answer=self.answer, expire=self.expire))

    async def answer(self, card, choice, actor):
        if self.error:
            raise self.error
        self.done.append((card.subject, choice, actor.name))
        return f"{choice}ed"

    async def expire(self, card):
        if self.error:
            raise self.error
        self.done.append((card.subject, "expired", ""))

    async def ask(self, subject="front", *, group="ops", role=Role.OPERATOR, squad="", lasts=None):
        options = (CardOption(digit=1, label="open", choice="open"), CardOption(digit=2, label="shut", choice="shut"))
        place = self.chat.room.places.named(group)
        assert place is not None
        until = None if lasts is None else self.chat.clock.now() + lasts
        return await self.chat.room.desk.open(
            NewCard(
                kind="door",
                subject=subject,
                place=place,
                text=f"Open the {subject} door?",
                options=options,
                role=role,
                squad=squad,
                expires_at=until,
            )
        )


@pytest.fixture
def doors(chat):
    return Doors(chat)


async def test_a_question_is_posted_with_its_number_and_replies(chat, doors):
    await doors.ask()
    await doors.ask()
    assert chat.said.texts == ["#1 Open the front door?\n1 open\n2 shut"]


@pytest.mark.parametrize("form", ["#1 2", "1 2", "＃１　２", "#1:2", "#1，2", "2"])
async def test_one_digit_answers_it_once(chat, doors, form):
    await doors.ask()
    assert await chat.type(form) == "shuted"
    assert doors.done == [("front", "shut", "Opal")]
    assert await chat.type("#1 1", by="u-owner") == "#1 is answered already: shut (Opal)."
    assert len(doors.done) == 1
    assert chat.audited == [("Opal", "card/1", "done"), ("Olga", "card/1", "refused")]


async def test_a_bare_digit_answers_the_only_question_there(chat, doors):
    await doors.ask()
    await doors.ask("back")
    await doors.ask("side", group="east-ops")
    assert await chat.type("1") is None
    assert await chat.type("#2 1") == "opened"
    assert await chat.type("1") == "opened"
    assert [subject for subject, _choice, _name in doors.done] == ["back", "front"]


async def test_a_quoting_reply_answers_what_it_quotes(chat, doors):
    await doors.ask()
    await doors.ask("back")
    chat.cards.messages["main", "post-2"] = 2
    assert await chat.type("1", quoted_id="post-2") == "opened"
    assert doors.done == [("back", "open", "Opal")]


async def test_a_quote_in_words_answers_what_it_quotes_and_nothing_else(chat, doors):
    await doors.ask()
    await doors.ask("back")
    quoted = "#2 Open the back door?\n1 open\n2 shut"
    assert await chat.type(QUOTE.format(quoted, "2")) == "shuted"
    assert "answered already" in await chat.type(QUOTE.format(quoted, "1"))
    for other in ("How many are left?", "#1 05-18 20:00 call", "#1 Open the front door?\n#2 Open the back door?"):
        assert await chat.type(QUOTE.format(other, "1")) is None, other
    assert await chat.type("1", quoted_id="what-somebody-else-said") is None
    assert doors.done == [("back", "shut", "Opal")]
    assert await chat.type(QUOTE.format("Nobody has answered #1 for an hour: Open the front door?", "1")) == "opened"


@pytest.mark.parametrize("number", ["1.2", "1:2", "1，2", "1,2"])
async def test_a_price_a_date_or_a_clock_is_no_answer(chat, doors, number):
    await doors.ask()
    assert await chat.type(number) is None
    assert doors.done == []


async def test_an_answer_whose_end_could_not_be_written_is_not_lost_in_between(chat, doors, monkeypatch):
    await doors.ask()
    end, failing = MemoryCards.end, [StoreError("locked")]

    async def locked(cards, number, state):
        if failing:
            raise failing.pop()
        await end(cards, number, state)

    monkeypatch.setattr(MemoryCards, "end", locked)
    assert await chat.type("1") == "opened"
    assert "being answered" in await chat.type("#1 2")
    await chat.room.tend()
    assert "answered already" in await chat.type("#1 2")
    assert doors.done == [("front", "open", "Opal")]


@pytest.mark.parametrize(
    ("typed", "who", "said"),
    [
        ("#1 1", {"by": "u-leader"}, "right"),
        ("#1 1", {"by": "u-stranger"}, "right"),
        ("#1 1", {"by": "u-stranger", "name": "Opal"}, "right"),
        ("1", {"by": "u-stranger"}, None),
        ("#1 1", {"group": None}, "no question #1 here"),
        ("#1 1", {"group": "g-east"}, "no question #1 here"),
        ("#9 1", {}, "no question #9 here"),
        ("9 1", {}, None),
        ("#1 3", {}, "one of 1, 2"),
        ("#1 1", {"group": "g-camp"}, None),
        ("#1 1", {"by": "u-bot"}, None),
    ],
)
async def test_nothing_is_done_without_right_place_and_digit(chat, doors, typed, who, said):
    await doors.ask()
    answer = await chat.type(typed, **who)
    assert (said in answer) if said else answer is None
    assert doors.done == []
    assert chat.cards.cards[1].state is CardState.OPEN
    assert [entry.result for entry in chat.audit.entries] == (["refused"] if said else [])


async def test_a_squads_question_is_for_that_squad(chat, doors):
    await doors.ask(group="east-ops", role=Role.STAFF, squad="east")
    await doors.ask("west", group="west-ops", role=Role.STAFF, squad="west")
    assert await chat.type("1", by="u-staff", group="g-east") == "opened"
    assert "squad" in await chat.type("#2 1", by="u-staff", group="g-west")
    assert await chat.type("1", by="u-operator", group="g-west") == "opened"


async def test_an_answer_that_can_not_be_carried_out_leaves_it_open(chat, doors):
    await doors.ask()
    for error in (GroupbotError("The key is lost."), RuntimeError("secret"), SystemExit(1)):
        doors.error = error
        assert "secret" not in await chat.type("1")
        assert chat.cards.cards[1].state is CardState.OPEN
    doors.error = None
    assert await chat.type("1") == "opened"


async def test_what_nobody_answers_gets_its_default(chat, doors):
    await doors.ask(lasts=timedelta(minutes=1))
    await doors.ask("back", lasts=timedelta(minutes=1))
    await chat.room.tend()
    assert doors.done == []
    chat.clock.advance(61)
    await chat.room.tend()
    await chat.room.tend()
    assert doors.done == [("front", "expired", ""), ("back", "expired", "")]
    assert await chat.type("#1 1") == "#1 is over."
    assert chat.audited[:2] == [("groupbot", "card/door", "done")] * 2


async def test_one_default_that_fails_keeps_none_from_the_next(chat, doors):
    await doors.ask(lasts=timedelta(0))
    await doors.ask("back", lasts=timedelta(0))
    doors.error = RuntimeError("broken")
    await chat.room.tend()
    assert chat.audited == [("groupbot", "card/door", "failed")] * 2


async def test_what_is_settled_otherwise_is_asked_no_more(chat, doors):
    await doors.ask()
    await chat.room.desk.withdraw("door", "front")
    assert await chat.type("#1 1") == "#1 is over."
    assert (await doors.ask()).number == 2


async def test_what_a_crash_left_half_answered_is_open_again(chat, doors):
    await doors.ask()
    await chat.cards.claim(1, choice="open", by="Opal", at=chat.clock.now())
    chat.clock.advance(LIMIT_S)
    await chat.room.open()
    await chat.room.tend()
    assert await chat.type("#1 2", by="u-owner") == "#1 is being answered by Opal.", "another process may be at it"
    chat.clock.advance(ABANDONED.total_seconds())
    await chat.room.tend()
    assert await chat.type("2", by="u-owner") == "shuted"


async def test_a_digit_that_could_mean_a_menu_or_a_question_does_neither(chat, doors):
    async def menu(_call):
        return Answer(text="Which?", options=(Option(label="help", line="/帮助"),))

    chat.add(Command(path=("选",), role=Role.STAFF, help="h", example="/选", handler=menu))
    await doors.ask()
    await chat.type("/选")
    assert "#1 1" in await chat.type("1")
    assert doors.done == []
    await chat.type("/选")
    assert await chat.type(QUOTE.format("Who comes?", "1")) is None
    assert "/选" in await chat.type(QUOTE.format("Which?\n1 help", "1"))
    assert doors.done == []


def test_a_kind_is_registered_once(chat, doors):
    with pytest.raises(ValueError, match="twice"):
        chat.room.desk.kinds.register("door", CardKind(answer=doors.answer))
    chat.room.desk.kinds.forget("door")
    assert chat.room.desk.kinds.get("door") is None
