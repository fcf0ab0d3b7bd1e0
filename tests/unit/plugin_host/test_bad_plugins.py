"""Whatever a plugin does, the others and the daemon go on, and a person is told which one it was."""

from __future__ import annotations

import asyncio

import pytest

from groupbot.api import CommandCall, PluginError, Role
from groupbot.delivery.decide import Go
from groupbot.delivery.values import Ask
from groupbot.testing.events import message

GOOD = "async def note(m): await ctx.store.set(m.text, 1)\nctx.on(MessageReceived, note)"
ON = "ctx.on(MessageReceived, act)"
BAD = {
    "raises": "async def act(m): raise ValueError('broken')",
    "hangs": "async def act(m): await asyncio.Event().wait()",
    "swallows its cancelling": (
        "async def act(m):\n    while True:\n        try: await asyncio.sleep(3)\n"
        "        except asyncio.CancelledError:\n            if ctx.settings.enabled: await asyncio.sleep(0.3); return"
    ),
    "is no async function": "def act(m): return None",
    "calls sys.exit": "async def act(m): sys.exit(3)",
    "interrupts": "async def act(m): raise KeyboardInterrupt",
    "is cancelled inside": "async def act(m): raise asyncio.CancelledError",
    "closes like a generator": "async def act(m): raise BaseExceptionGroup('x', [SystemExit(1)])",
}


@pytest.mark.parametrize("how", BAD)
async def test_a_handler_that_fails_costs_the_others_nothing(house, how):
    house.write("bad", BAD[how], ON)
    house.write("good", GOOD)
    async with house.open():
        await house.hear("one")
        assert await house.kept("good", "one") == 1
        assert house.codes() == ["plugin-failed"]
        assert "Plugin bad: bad: on MessageReceived: act failed" in house.alerts[0].text
        await house.hear("two", "three", "four")
        assert await house.kept("good", "four") == 1
        assert (house.state("bad"), house.state("good")) == ("quarantined", "running")
        assert house.codes() == ["plugin-failed", "plugin-resting"]
        assert "failed 3 times in a row" in house.alerts[1].text
        assert "/plugin enable bad" in house.alerts[1].text


async def test_a_resting_handler_is_brought_back(house):
    house.write("bad", BAD["raises"], ON)
    async with house.open() as host:
        await house.hear("1", "2", "3", "4")
        assert host.views[0].resting == ("bad: on MessageReceived: act",)
        await host.enable("bad", by="ann")
        assert host.views[0].state == "running"
        assert house.notes == [
            ("groupbot", "plugin-rest", "bad: on MessageReceived: act"),
            ("ann", "plugin-enable", "bad"),
        ]
        await house.hear("5")
        assert house.codes() == ["plugin-failed", "plugin-resting", "plugin-failed"]


async def test_one_success_makes_up_for_failures_before(house):
    house.write("odd", "async def act(m):\n    if m.text == 'x': raise ValueError", ON)
    async with house.open():
        await house.hear("x", "x", "ok", "x", "x")
        assert house.state("odd") == "running"


async def test_a_hanging_plugin_delays_nobody_and_hears_no_more_than_fit(house):
    house.write("slow", "async def act(m): await asyncio.sleep(0.05); await ctx.store.set(m.text, 1)", ON)
    house.write("good", GOOD)
    async with house.open() as host:
        for number in range(40):
            await host.handle(_message(number))
            async with asyncio.timeout(1):
                while await house.kept("good", str(number)) is None:  # noqa: ASYNC110 - no event tells it
                    await asyncio.sleep(0)
        assert house.codes("slow") == ["plugin-behind"]
        assert await house.kept("slow", "20") is None


def _message(number):
    return message(f"m{number}", text=str(number))


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("raise ValueError('no key')", "ValueError: no key"),
        ("sys.exit(1)", "SystemExit: 1"),
        ("await asyncio.Event().wait()", "stopped after 1.5 s"),
        ("ctx.every('now and then', ctx.now)", "no schedule"),
        ("async def g(d): ...\nctx.guard(g); ctx.guard(g)", "Two guards"),
    ],
)
async def test_a_set_up_that_fails_half_way_is_undone_whole(house, body, reason):
    house.write(
        "half",
        "async def check(d): return Hold(reason='x')",
        "ctx.guard(check)",
        "async def beat(): await ctx.store.set('beat', 1)",
        "ctx.every('1m', beat)",
        "async def first(): await ctx.store.set('undone', [1])",
        "async def second(): await ctx.store.set('undone', [*(await ctx.store.get('undone', [])), 2])",
        "ctx.on_unload(second); ctx.on_unload(first)",
        "ctx.spawn(asyncio.sleep(100), 'sleeper')",
        body,
    )
    house.write("good", GOOD)
    async with house.open() as host:
        await house.hear("one")
        await house.jobs.advance(120)
        assert [view.state for view in host.views] == ["running", "failed"]
        assert await house.judge() == Go()
        assert await house.kept("half", "undone") == [1, 2]
        assert await house.kept("half", "beat") is None
        assert not [task for task in asyncio.all_tasks() if "sleeper" in task.get_name()]
        assert house.codes() == ["plugin-not-loaded"]
        assert reason in house.alerts[0].text


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("import sys; sys.exit(2)", "SystemExit: 2"),
        ("1/0", "ZeroDivisionError"),
        ("def f(:", "SyntaxError"),
        ("import time; time.sleep(3)", "takes longer"),
        ("x = 1", "holds no plugin"),
        ("from groupbot.api import Plugin\nPLUGIN = Plugin(name='x', setup=print, api=99)", "plugin API 99"),
        ("from groupbot.api import Plugin\nPLUGIN = Plugin(name='a b', setup=print)", "no name"),
    ],
)
async def test_a_file_that_cannot_be_imported_is_told_about(house, text, reason):
    house.save("bad.py", text)
    house.write("good", GOOD)
    async with house.open():
        await house.hear("one")
        assert await house.kept("good", "one") == 1
        assert house.codes("bad") == ["plugin-not-loaded"]
        assert reason in house.alerts[0].text


async def test_a_task_that_was_leaked_ends_with_its_plugin_and_cannot_end_the_loop(house, until):
    house.write(
        "leaky",
        "async def forever():\n    await ctx.store.set('began', 1)\n    await asyncio.Event().wait()",
        "async def exits(): sys.exit(1)",
        "async def act(m): ctx.leaks = [asyncio.create_task(forever(), name='leak'), asyncio.create_task(exits())]",
        ON,
    )
    async with house.open() as host:
        await house.hear("one")
        await until(lambda: ("leaky", "began") in house.store.rows)
        assert host.views[0].tasks == ("leak",)
        await host.disable("leaky", by="ann")
        assert not [task for task in asyncio.all_tasks() if task.get_name() == "leak"]
    assert house.codes() == []


async def test_a_task_that_will_not_end_is_named_and_ended_by_force(house, until):
    house.write(
        "stubborn",
        "async def never():\n    while True:\n        try: await asyncio.sleep(100)\n"
        "        except asyncio.CancelledError: pass",
        "ctx.spawn(never(), 'never')",
    )
    async with house.open() as host:
        await asyncio.sleep(0)
        await host.disable("stubborn", by="ann")
        assert house.codes() == ["plugin-unclean"]
        assert "stubborn: never" in house.alerts[0].text
        await until(lambda: not [task for task in asyncio.all_tasks() if task.get_name() == "stubborn: never"])


async def test_a_plugin_that_stops_the_loop_is_named_and_rests_when_it_does_so_again(house, until):
    house.write("blocker", "async def act(m): time.sleep(0.9)", ON)
    house.write("good", GOOD)
    async with house.open():
        await house.hear("one")
        await until(lambda: house.codes() == ["plugin-stops-loop"])
        assert "Plugin blocker stopped everything" in house.alerts[0].text
        await house.hear("two")
        await until(lambda: len(house.alerts) == 2)
        assert house.state("blocker") == "quarantined"
        await house.hear("three")
        assert await house.kept("good", "three") == 1


async def test_a_set_up_that_stops_the_loop_is_named(house, until):
    house.write("blocker", "time.sleep(0.9)")
    async with house.open():
        await until(lambda: "plugin-stops-loop" in house.codes("blocker"))


async def test_a_failing_job_and_a_failing_command_are_told_and_rest(house):
    house.write(
        "worker",
        "async def job(): raise ValueError('no')",
        "ctx.every('1m', job)",
        "async def answer(call):\n    if call.text == 'no': raise PluginError('Not today.')",
        "    raise ValueError('broken')",
        "ctx.command('kw', answer)",
    )
    async with house.open() as host:
        await house.jobs.advance(600)
        assert house.codes() == ["plugin-failed", "plugin-resting"]
        (command,) = host.commands
        for _ in range(4):
            assert await _refusal(command, "no") == "Not today."
        assert "worker failed: ValueError: broken" in await _refusal(command, "x")


async def _refusal(command, text):
    with pytest.raises(PluginError) as refused:
        await command.handler(CommandCall(text=text, actor="ann", role=Role.OWNER, account="main"))
    return refused.value.message


async def test_an_inspector_that_fails_finds_nothing_and_the_others_do(house):
    house.write("bad", "async def find(m): raise ValueError", "ctx.inspect(find)")
    house.write("forgets", "async def find(m): ...", "ctx.inspect(find)")
    house.write("good", "async def find(m): return [Finding(rule='r', score=0.5, kind='ad')]", "ctx.inspect(find)")
    async with house.open() as host:
        found = await host.findings(_message(1))
        assert [one.rule for one in found] == ["r"]


async def test_guards_of_a_plugin_whose_handlers_rest_still_judge(house):
    house.write("both", BAD["raises"], ON, "async def check(d): return Hold(reason='look')", "ctx.guard(check)")
    async with house.open():
        await house.hear("1", "2", "3")
        assert house.state("both") == "quarantined"
        assert await house.judge() == Ask(reason="look")
