"""Every command, from whom and from where it must not be carried out: refused, audited, and silent before customers."""

from __future__ import annotations

from dataclasses import replace
from time import perf_counter

import pytest

from groupbot.admin.declare import Answer, Plan
from groupbot.admin.registry import Registry
from groupbot.core.roles import Role
from groupbot.inbound.commands import CommandStage
from groupbot.inbound.turns import Turns
from groupbot.settings.admin import SquadSettings
from groupbot.testing.events import own_post

from .conftest import SETTINGS, Chat
from .test_rights_table import DECISIONS, is_allowed

QUOTE = "「Olga：{}」\n- - - - - - - - - - - - - - -\n{}"
STAFFED = ("g-ops", "g-east", "g-west", None)
LEADERS = [name for name, (role, places) in DECISIONS.items() if role in {"leader", "staff"}]


class Room(Chat):
    """A room whose commands, all of them, only note that they ran; those that ask back still do."""

    def __init__(self):
        super().__init__()
        self.ran = []
        registry = self.room.services.registry
        made = [replace(one, handler=self._note, plan=one.plan and self._plan) for one in registry.commands]
        fresh = Registry(made)
        registry._commands, registry._by_name = fresh._commands, fresh._by_name
        self.commands = made

    async def _note(self, call):
        self.ran.append((call.command.name, call.actor.name))
        return Answer(text="done")

    async def _plan(self, _call):
        return Plan(text="really?")

    def refused(self, count=1):
        """Every entry of late, which must be refusals of `count` lines."""
        entries = [entry for entry in self.audit.entries if entry.result == "refused"]
        assert len(entries) == len(self.audit.entries) == count
        self.audit.entries.clear()
        return entries


@pytest.fixture
def room():
    return Room()


def lines(room):
    return [(command.name, command.example) for command in room.commands if command.role > Role.MEMBER]


async def test_a_strangers_display_name_gives_nothing(room):
    for name, line in lines(room):
        for shown in ("Olga", "Opal", "Lena", "main"):
            for group in STAFFED:
                said = await room.type(line, by="u-eve", name=shown, group=group)
                assert said == "" if group is None else "right" in said or "chat" in said, line
        assert {(entry.actor, entry.action) for entry in room.refused(16)} == {("u-eve", name)}
    assert room.ran == []


async def test_the_id_of_another_account_is_another_person(room):
    for _name, line in lines(room):
        assert await room.type(line, by="u-owner", account="spare", group=None) == ""
        room.refused()
    assert room.ran == []


@pytest.mark.parametrize("kind", ["other", "link", "merged", "mini_program"])
async def test_forwarded(room, kind):
    for name, line in lines(room):
        assert await room.type(f"聊天记录\nOlga: {line}", kind=kind, by="u-owner") is None
        (entry,) = room.refused()
        assert (entry.actor, entry.action, entry.detail) == ("Olga", name, "forwarded")
    assert room.ran == room.said.orders == []


async def test_quoted(room):
    for name, line in lines(room):
        assert await room.type(QUOTE.format(line, "看一下这个"), by="u-owner") is None
        (entry,) = room.refused()
        assert (entry.actor, entry.action, entry.detail) == ("Olga", name, "quoted")
    assert room.ran == room.said.orders == []


async def test_what_our_own_accounts_post_is_no_command(room):
    stage = CommandStage(room.room.router, turns := Turns())
    for name, line in lines(room):
        assert await room.type(line, by="u-spare-bot") is None
        (entry,) = room.refused()
        assert (entry.action, entry.detail) == (name, "by our own account")
        assert not await stage.handle(own_post(text=line, group="g-ops"))
    await turns.idle()
    assert room.ran == room.said.orders == room.audit.entries == []


async def test_in_customers_groups_nobody_is_answered_and_only_staff_are_audited(room):
    for name, line in lines(room):
        for group in ("g-camp", "g-camp-2", "g-unnamed", "ops"):
            assert await room.type(line, by="u-owner", group=group) is None
            assert await room.type(line, by="u-eve", group=group, name="Olga") is None
        assert {(entry.actor, entry.action) for entry in room.refused(4)} == {("Olga", name)}
    assert room.ran == room.said.orders == []


async def test_who_leads_no_more_may_no_more():
    east, west = SquadSettings(name="east", group="east-ops"), SquadSettings(name="west", leader="Lena")
    for name in LEADERS:
        room = Room()
        line = next(line for known, line in lines(room) if known == name)
        assert is_allowed(name, Role.LEADER, "g-east")
        asked = await room.type(line, by="u-leader", group="g-east")
        room.ran.clear()
        room.room.adopt(SETTINGS.model_copy(update={"squads": (east, west)}))
        if "Reply" in asked:  # what was asked before is not confirmed after
            digits = asked.split("Reply ")[1][:4]
            assert "another squad" in await room.type(digits, by="u-leader", group="g-east")
        assert "another squad" in await room.type(line, by="u-leader", group="g-east"), line
        room.room.adopt(SETTINGS.model_copy(update={"people": (), "squads": (east,)}))
        assert "no right" in await room.type(line, by="u-leader", group="g-east")
        assert room.ran == []
        assert [entry.result for entry in room.audit.entries[-2:]] == ["refused", "refused"]


async def test_digits_confirm_once_for_one_person_in_one_chat(room):
    asking = [(command.name, command.example) for command in room.commands if command.plan]
    assert len(asking) > 10
    for name, line in asking:
        digits = (await room.type(line, by="u-owner")).split("Reply ")[1][:4]
        room.audit.entries.clear()
        for other in ({"by": "u-admin"}, {"by": "u-owner", "group": None}, {"by": "u-eve", "name": "Olga"}):
            await room.type(f"确认 {digits}", **other)
        room.refused(3)
        assert room.ran == []
        assert await room.type(digits, by="u-owner") == "done"
        room.audit.entries.clear()
        assert "used up" in await room.type(digits, by="u-owner")
        room.refused()
        assert room.ran == [(name, "Olga")]
        room.ran.clear()


@pytest.mark.parametrize(
    "text", ["看 /" + "@ " * 150_000, "看 /" + "“ " * 150_000, "/" + "@ " * 150_000, "活" * 5_000_000]
)
async def test_a_message_of_megabytes_holds_nothing_up(room, text):
    began = perf_counter()
    for by, group in (("u-owner", "g-ops"), ("u-eve", None)):
        assert await room.type(text, by=by, group=group) is None
    assert perf_counter() - began < 3.0
    assert room.ran == room.said.orders == []
