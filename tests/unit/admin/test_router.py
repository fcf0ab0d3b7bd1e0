"""Who is heard, who is not, and what never runs."""

import asyncio
from datetime import timedelta

import pytest

from groupbot.admin.declare import Answer, Command, Kind, Option, Parameter
from groupbot.admin.places import STAFFED
from groupbot.core.events import OwnPost
from groupbot.core.roles import Role
from groupbot.errors import GroupbotError, StoreError
from groupbot.inbound.commands import CommandStage, at_once
from groupbot.inbound.turns import Turns
from groupbot.testing.events import own_post

QUOTE = "「Olga：{}」\n- - - - - - - - - - - - - - -\n{}"


@pytest.fixture
def ran(chat):
    """A command that notes who ran it with what: /记 [text]."""
    calls = []

    async def note(call):
        calls.append((call.actor.name, call.arguments.get("text", "")))
        return Answer(text="noted")

    text = Parameter(name="text", label="text", kind=Kind.REST, optional=True)
    chat.add(Command(path=("记",), parameters=(text,), role=Role.STAFF, help="notes", example="/记 x", handler=note))
    return calls


def fails(chat, error, **more):
    async def fail(_call):
        raise error

    chat.add(Command(path=("坏",), role=Role.STAFF, help="fails", example="/坏", handler=fail, **more))


async def test_a_command_runs_and_is_answered_ahead_of_every_post(chat, ran):
    assert await chat.type("／记　你好，  世界") == "noted"
    assert ran == [("Opal", "你好，  世界")]
    (order,) = chat.said.orders
    assert (order.group, order.member, order.account, order.priority) == ("ops", None, "main", 90)
    assert order.key == "answer/main/m1/0"
    assert chat.poked == ["main"]
    assert chat.audited == [("Opal", "记", "done")]


async def test_in_private_the_answer_goes_to_the_person(chat, ran):
    assert await chat.type("/记", group=None) == "noted"
    assert (chat.said.orders[0].group, chat.said.orders[0].member) == ("", "u-operator")


@pytest.mark.parametrize("text", ["记 x", "你好", "", " ", "http://a/b", "12 1", "1", "9", "0000", "12345", "\u200b"])
async def test_what_is_no_command_is_left_to_others(chat, ran, text):
    assert await chat.type(text) is None
    assert ran == []
    assert chat.audit.entries == []


@pytest.mark.parametrize(
    "where",
    [
        {"group": "g-camp"},
        {"group": "g-unnamed"},
        {"group": "ops"},  # an unnamed group whose id on the platform is the name of the admin group
        {"group": None, "by": "u-stranger"},
        {"group": None, "by": "u-stranger", "name": "Olga"},
    ],
)
async def test_elsewhere_nothing_shows_that_a_bot_listens(chat, ran, where):
    for text in ("/记 x", "/x", "#1 1", "确认 1234", "1234", "1"):
        await chat.type(text, **where)
    assert ran == []
    assert chat.said.orders == []


async def test_a_display_name_gives_no_right(chat, ran):
    assert "right" in await chat.type("/记", by="u-stranger", name="Olga")
    assert ran == []
    assert chat.audited == [("u-stranger", "记", "refused")]


async def test_where_ids_are_not_stable_nobody_is_known(chat, ran):
    chat.stable = False
    assert "right" in await chat.type("/记", by="u-owner")
    assert ran == []


async def test_an_id_of_another_account_is_another_person(chat, ran):
    assert await chat.type("/记", by="u-owner", account="spare", group=None) == ""
    assert ran == []


async def test_what_our_own_accounts_write_is_never_carried_out(chat, ran):
    assert await chat.type("/记", by="u-bot") is None
    stage = CommandStage(chat.room.router, Turns())
    assert isinstance(own_post(text="/记", group="g-ops"), OwnPost)
    assert not await stage.handle(own_post(text="/记", group="g-ops"))
    assert ran == []


@pytest.mark.parametrize("kind", ["other", "link", "file", "merged", "mini_program"])
async def test_forwarded_messages_are_never_carried_out(chat, ran, kind):
    assert await chat.type("/记", kind=kind) is None
    assert ran == []


@pytest.mark.parametrize(
    ("quoted", "words", "runs"),
    [
        ("/记 no", "ok", []),
        ("x」\n- - - - - - - - - - - - - - -\n/记 no", "thanks", []),
        ("/记 no", "/记 yes", [("Opal", "yes")]),
    ],
)
async def test_of_a_quote_only_the_senders_own_words_count(chat, ran, quoted, words, runs):
    await chat.type(QUOTE.format(quoted, words))
    assert ran == runs


async def test_of_several_accounts_in_a_group_one_listens_and_the_others_are_silent(chat, ran):
    assert await chat.type("/记", account="spare", group="s-ops") == ""
    assert ran == []
    assert await chat.type("hello", account="spare", group="s-ops") is None


async def test_one_message_runs_once(chat, ran):
    event = chat.event("/记")
    assert await at_once(chat.room.router, event)
    assert await at_once(chat.room.router, event)
    assert len(ran) == 1


async def test_a_message_that_came_late_is_told_and_not_done(chat, ran):
    old = chat.clock.now() - timedelta(minutes=6)
    assert "6 minutes" in await chat.type("/记", at=old)
    assert ran == []
    assert [entry.result for entry in chat.audit.entries] == ["refused"]
    assert await chat.type("/记", at=chat.clock.now() - timedelta(minutes=4)) == "noted"


@pytest.mark.parametrize(
    ("error", "said", "result"),
    [
        (GroupbotError("No such camp.", hint="/活动 列表"), "No such camp.\n/活动 列表", "refused"),
        (StoreError("locked"), "locked", "failed"),
        (RuntimeError("secret detail"), "fault", "failed"),
        (SystemExit(3), "fault", "failed"),
        (asyncio.CancelledError(), "fault", "failed"),
    ],
)
async def test_what_a_handler_raises_becomes_an_answer(chat, error, said, result):
    fails(chat, error)
    answer = await chat.type("/坏")
    assert said in answer
    assert "secret" not in answer
    assert chat.audited == [("Opal", "坏", result)]


async def test_a_handler_that_hangs_is_stopped(chat):
    async def hang(_call):
        await asyncio.Event().wait()

    chat.add(Command(path=("挂",), role=Role.STAFF, help="h", example="/挂", handler=hang, limit_s=0.01))
    assert "stopped" in await chat.type("/挂")
    assert chat.audited == [("Opal", "挂", "failed")]


async def test_an_audit_that_fails_keeps_nobody_from_the_answer(chat, ran):
    async def fail(_entry):
        raise StoreError("locked")

    chat.room.runner._audit = type("Broken", (), {"write": staticmethod(fail)})()
    assert await chat.type("/记") == "noted"


async def test_misread_lines_never_reach_the_audit(chat):
    await chat.type("/认领 A B C SECRETCODE", group="g-east")
    await chat.type("/认令 SECRETCODE", group="g-east")
    assert len(chat.audit.entries) == 2
    assert "SECRETCODE" not in str(chat.audit.entries)


async def test_numbered_options_stand_for_command_lines(chat, ran):
    async def menu(_call):
        return Answer(text="Which?", options=(Option(label="one", line="/记 1"), Option(label="two", line="/记 2")))

    chat.add(Command(path=("选",), role=Role.STAFF, help="h", example="/选", handler=menu))
    assert await chat.type("/选") == "Which?\n1 one\n2 two"
    assert await chat.type("2", by="u-admin") is None
    assert await chat.type("2", group=None) is None
    assert await chat.type("３") is None
    assert await chat.type("２") == "noted"
    assert ran == [("Opal", "2")]
    await chat.type("/选")
    chat.clock.advance(301)
    assert await chat.type("1") is None


async def test_a_leader_acts_on_the_own_squad_only(chat):
    async def post(call):
        call.require(call.arguments["groups"])
        return Answer(text="posted")

    groups = Parameter(name="groups", label="groups", kind=Kind.GROUP, many=True)
    chat.add(Command(path=("发",), parameters=(groups,), role=Role.LEADER, help="h", example="/发 x", handler=post))
    assert await chat.type("/发 camp-1", by="u-leader", group="g-east") == "posted"
    assert await chat.type("/发 camp-1", by="u-leader", group=None) == "posted"
    assert "squad" in await chat.type("/发 camp-1、camp-2", by="u-leader", group="g-east")
    assert "squad" in await chat.type("/发 ops", by="u-leader", group="g-east")
    assert "squad" in await chat.type("/发 camp-1", by="u-leader", group="g-west")
    assert "right" in await chat.type("/发 camp-1", by="u-staff", group="g-east")
    assert await chat.type("/发 camp-1 camp-2 ops", by="u-operator") == "posted"


async def test_long_answers_are_broken_at_line_ends(chat):
    async def long(_call):
        return Answer(text="\n".join(f"{n} {'字' * 90}" for n in range(40)), files=("/a/b.PNG", "/a/c.xlsx"))

    chat.add(Command(path=("长",), role=Role.STAFF, help="h", example="/长", handler=long))
    await chat.type("/长")
    parts = chat.said.orders[0].parts
    assert [part.content.kind for part in parts] == ["text", "text", "text", "image", "file"]
    assert max(map(len, chat.said.texts)) <= 1_500
    assert "\n".join(chat.said.texts).count("字" * 90) == 40


def test_a_command_that_could_never_be_typed_is_refused(chat, ran):
    async def nothing(_call):
        return Answer(text="")

    good = {"path": ("好",), "role": Role.STAFF, "help": "h", "example": "/好", "handler": nothing}
    rest = Parameter(name="rest", label="r", kind=Kind.REST)
    word = Parameter(name="word", label="w")
    for wrong in (
        {"path": ("记",)},
        {"path": ()},
        {"path": (" ",)},
        {"places": frozenset()},
        {"help": ""},
        {"example": "好"},
        {"role": Role.MEMBER},
        {"for_strangers": True},
        {"parameters": (rest, word)},
        {"parameters": (word, word)},
        {"parameters": (Parameter(name="a", label="a", optional=True), word)},
    ):
        with pytest.raises(ValueError, match=r"\w"):
            chat.add(Command(**(good | wrong)))
    remove = chat.add(Command(**good, places=STAFFED))
    remove()
    chat.add(Command(**good))
