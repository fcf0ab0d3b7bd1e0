"""The small parts: what of an event plugins hear, findings, scopes, and a kit that fails for what people hear."""

from __future__ import annotations

import asyncio

import pytest

from groupbot.api import Finding, GuardScope, MessageReceived, Plugin, PluginError, Post, Text, simplified
from groupbot.core.policies import UnknownThen
from groupbot.plugin_host.errors import CallFailed
from groupbot.plugin_host.feed import without
from groupbot.plugin_host.tasks import Tasks, outside, owning
from groupbot.testing import run_plugin
from groupbot.testing.events import joined, left, message, roster
from tests.unit.plugin_host.conftest import candidate


def test_own_accounts_are_not_heard_and_not_greeted():
    ours = {"bot"}
    assert without(ours, message(sender="bot")) is None
    assert without(ours, message(sender="ann")) == message(sender="ann")
    assert without(ours, joined("j", "bot")) is None
    assert without(ours, joined("j", "ann", "bot")) == joined("j", "ann")
    assert without(ours, left("l", "bot")) is None
    assert without(ours, roster("r", "bot")) == roster("r", "bot")


def test_a_finding_keeps_its_bounds():
    assert Finding(rule="r", kind="ad", score=1, start=1, end=3).evidence("abcd") == "bc"
    for wrong in ({"score": 1.1}, {"score": -0.1}, {"score": 0, "start": 2, "end": 1}, {"score": 0, "start": -1}):
        with pytest.raises(ValueError, match=r"score|span"):
            Finding(rule="r", kind="ad", **wrong)


@pytest.mark.parametrize(
    ("scope", "covered"),
    [
        ({}, True),
        ({"groups": {"camp-1"}}, True),
        ({"groups": {"camp-2"}}, False),
        ({"groups": {"camp-1"}, "campaigns": {"other"}}, False),
        ({"accounts": {"main"}, "campaigns": {"camp", "x"}}, True),
    ],
)
def test_a_scope_covers_what_all_of_its_fields_name(house, scope, covered):
    named = GuardScope(**{key: frozenset(names) for key, names in scope.items()})
    assert named.covers(candidate("x", house.clock)) is covered


def test_traditional_script_is_read_as_simplified():
    assert simplified("請問報名連結在哪裡 vip") == "请问报名连结在哪里 vip"


async def test_a_post_is_an_order_that_nobody_waits_for_and_that_is_named_by_its_key():
    async def setup(ctx):
        async def twice(event):
            post = Post(key=event.text, group="camp-1", contents=(Text(text="a"), Text(text="b")), gap_s=2)
            await ctx.store.set("new", [await ctx.submit(post), await ctx.submit(post)])

        ctx.on(MessageReceived, twice)

    async with run_plugin(Plugin(name="p", setup=setup)) as kit:
        await kit.say("camp-1", "ann", "x")
        (order,) = kit.posts
        assert (order.key, order.account, order.group) == ("plugin/p/x", "main", "camp-1")
        assert [part.gap_s for part in order.parts] == [0, 2]
        assert order.policies is not None
        assert order.policies.unknown is UnknownThen.SKIP
        assert await kit.store.get("p", "new") == [True, False]


async def test_the_kit_fails_a_test_for_what_people_would_be_told():
    async def setup(ctx):
        async def broken(event):
            await ctx.submit(Post(key="x", group="nowhere", contents=()))

        async def guard(draft):
            raise ValueError

        ctx.on(MessageReceived, broken)
        ctx.guard(guard)

    plugin = Plugin(name="p", setup=setup)
    with pytest.raises(AssertionError, match=r"config.toml names no group nowhere"):
        async with run_plugin(plugin) as kit:
            await kit.say("camp-1", "ann", "x")
    async with run_plugin(plugin, strict=False) as kit:
        await kit.say("camp-1", "ann", "x")
        assert [alert.code for alert in kit.alerts] == ["plugin-failed"]
        with pytest.raises(CallFailed):
            await kit.check("x")
    with pytest.raises(PluginError, match="there is no such key"):
        async with run_plugin(plugin, {"x": 1}):
            pass


async def test_a_task_belongs_to_whose_code_started_it():
    tasks, end = Tasks("p"), owning(asyncio.get_running_loop())
    started = []

    async def code() -> None:
        started.append(asyncio.create_task(asyncio.Event().wait(), name="mine"))
        with outside():
            started.append(asyncio.create_task(asyncio.Event().wait(), name="daemon's"))

    await tasks.call(code, name="code", limit_s=5)
    assert tasks.running == ("mine",)
    assert await tasks.end(5) == ()
    assert [task.done() for task in started] == [True, False]
    started[1].cancel()
    end()
    assert asyncio.get_running_loop().get_task_factory() is None
