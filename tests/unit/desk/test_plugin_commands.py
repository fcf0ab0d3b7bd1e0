"""Commands of plugins join those that are heard, and leave them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from groupbot.admin.declare import Answer, Call, Command
from groupbot.admin.parsing import Grammar
from groupbot.admin.places import Place, PlaceKind
from groupbot.admin.registry import Registry
from groupbot.admin.rights import Actor
from groupbot.admin.values import Names, Surroundings
from groupbot.core.roles import Role
from groupbot.desk.plugin_desk import PluginCommands, declared
from groupbot.plugin_host.values import CommandCall, PluginCommand
from groupbot.testing.events import joined, message


async def shout(call: CommandCall) -> str:
    return f"{call.actor}/{call.group}{''.join(call.squads)}: {call.text.upper()}!"


async def status(_call: Call) -> Answer:
    return Answer(text="fine")


SHOUT = PluginCommand(
    plugin="loud", name="喊 话", aliases=("shout",), handler=shout, role=Role.STAFF, example="/喊 话 a"
)
TAKEN = replace(SHOUT, name="状态", aliases=(), example="/状态")


class Told:
    def __init__(self) -> None:
        self.alerts = []

    async def send(self, alert) -> None:
        self.alerts.append(alert)


@pytest.fixture
def registry():
    own = Command(path=("状态",), role=Role.STAFF, help="Shows.", example="/状态", handler=status)
    return Registry((own,))


async def test_they_come_and_go_with_their_plugins(registry):
    running = [SHOUT]
    stage = PluginCommands(registry, Told(), lambda: tuple(running))
    assert await stage.handle(joined("j1", "ann")) is None
    assert registry.find("喊话") is None
    assert await stage.handle(message()) is None
    assert registry.find("喊话") is registry.find("shout")
    newer = replace(SHOUT, aliases=("yell",))
    running[:] = [newer]
    await stage.take_up()
    assert registry.find("shout") is None
    assert registry.find("yell").help == "A command of the plugin loud."
    running.clear()
    await stage.take_up()
    assert registry.names == ("状态",)


async def test_a_name_that_is_taken_stays_with_its_owner_and_is_told_once(registry):
    told, running = Told(), [TAKEN, SHOUT]
    stage = PluginCommands(registry, told, lambda: tuple(running))
    await stage.take_up()
    await stage.take_up()
    assert registry.find("状态").handler is status
    assert registry.find("喊话") is not None
    assert [alert.code for alert in told.alerts] == ["plugin-command"]
    running.clear()
    await stage.take_up()
    assert registry.names == ("状态",)


async def test_a_longer_name_takes_no_line_from_a_command_of_the_bots_own(registry):
    free = replace(SHOUT, name="状态 群一", aliases=("状态群二",), example="/状态 群一")
    await PluginCommands(registry, Told(), lambda: (free,)).take_up()
    around = Surroundings(today=date(2026, 5, 18), names=Names(), mentioned={})

    def meant(line):
        return Grammar(registry).parse(line, around).command.plugin

    assert [meant(line) for line in ("/状态 群一", "/状态 群二 a", "/状态群二 a")] == ["", "", "loud"]


async def test_the_plugin_hears_who_said_what_where():
    command = declared(SHOUT)
    call = Call(
        command=command,
        actor=Actor(account="main", member_id="u1", name="Stan", role=Role.STAFF, squads=frozenset({"@east"})),
        place=Place(account="main", group="ops", kind=PlaceKind.ADMIN_GROUP),
        event=message(),
        arguments={"text": "good morning"},
    )
    assert (await command.handler(call)).text == "Stan/ops@east: GOOD MORNING!"
    assert (await command.handler(replace(call, arguments={}))).text == "Stan/ops@east: !"
