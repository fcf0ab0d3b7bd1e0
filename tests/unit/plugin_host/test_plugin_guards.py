"""Plugins' guards: they fail closed, nobody takes them away but a person, and an override ends by the clock."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from groupbot.chat.alerts import Severity
from groupbot.delivery.decide import Go
from groupbot.delivery.values import Ask
from groupbot.plugin_host.errors import PluginError
from groupbot.plugin_host.values import EVERYWHERE, GuardScope
from tests.unit.plugin_host.conftest import QUICK

HOLDS = "async def check(d): return Hold(reason='look')\nctx.guard(check)"


@pytest.mark.parametrize(
    "body",
    [
        "raise ValueError('broken')",
        "await asyncio.Event().wait()",
        "sys.exit(1)",
        "raise asyncio.CancelledError",
        "return 'fine'",
        "pass",
    ],
)
async def test_a_guard_that_cannot_answer_holds_again_and_again(house, body):
    house.write("g", f"async def check(d): {body}", "ctx.guard(check)")
    async with house.open():
        for _ in range(QUICK.patience + 1):
            verdict = await house.judge()
            assert isinstance(verdict, Ask)
            assert "g/check" in verdict.reason
        assert house.state("g") == "running"


async def test_the_first_failure_of_a_row_is_told_with_the_way_out(house):
    house.write("g", "async def check(d): raise ValueError('broken')", "ctx.guard(check)")
    async with house.open():
        await house.judge()
        await house.judge()
        (alert,) = house.alerts
        assert (alert.code, alert.severity) == ("plugin-guard-failed", Severity.CRITICAL)
        assert "/guard override g/check 30m" in alert.text


async def test_guards_are_asked_in_their_order_within_their_scope(house):
    house.write(
        "g",
        "async def late(d): return Block(reason='late')",
        "async def soon(d): return Hold(reason='soon')",
        "async def other(d): return Hold(reason='other')",
        "ctx.guard(late, order=90)",
        "ctx.guard(soon, order=10)",
        "ctx.guard(other, order=1, scope=GuardScope(groups=frozenset({'camp-2'})))",
    )
    async with house.open():
        assert await house.judge() == Ask(reason="soon")


async def test_an_override_lets_pass_what_it_covers_until_its_time_is_over(house):
    house.write("g", HOLDS)
    async with house.open() as host:
        until = house.clock.now() + timedelta(hours=1)
        elsewhere = GuardScope(groups=frozenset({"camp-2"}))
        await host.override("g/check", elsewhere, by="ann", until=until)
        assert await house.judge() == Ask(reason="look")
        await host.override("g/check", EVERYWHERE, by="ann", until=until)
        assert await house.judge() == Go()
        assert house.notes == [
            ("ann", "guard-override", "g/check groups=camp-2 until 2026-05-18T01:00+00:00"),
            ("ann", "guard-override", "g/check until 2026-05-18T01:00+00:00"),
        ]
        house.clock.advance(3600)
        assert await house.judge() == Ask(reason="look")
        assert host.overrides == ()


async def test_an_override_survives_a_restart_and_is_ended_by_a_person(house):
    house.write("g", HOLDS)
    async with house.open() as host:
        await host.override("g/check", EVERYWHERE, by="ann", until=house.clock.now() + timedelta(hours=1))
    async with house.open() as host:
        assert await house.judge() == Go()
        assert await host.end_override("g/check", by="bob") == 1
        assert await house.judge() == Ask(reason="look")


async def test_there_is_no_override_of_a_guard_that_is_not_there(house):
    house.write("g", HOLDS)
    async with house.open() as host:
        with pytest.raises(PluginError, match=r"no guard g/chek.*g/check"):
            await host.override("g/chek", EVERYWHERE, by="ann", until=house.clock.now())
    assert house.notes == []


async def test_a_plugin_that_guarded_and_cannot_be_loaded_any_more_holds_what_it_guarded(house):
    house.write("g", HOLDS)
    async with house.open():
        pass
    house.guards.__init__()
    path = house.save("g.py", "1/0")
    async with house.open() as host:
        assert await house.judge() == Ask(reason="guard g/check could not be loaded")
        assert house.alerts[-1].severity is Severity.CRITICAL
        await host.override("g/check", EVERYWHERE, by="ann", until=house.clock.now() + timedelta(hours=1))
        assert await house.judge() == Go()
        await host.end_override("g/check", by="ann")
        path.unlink()
        house.write("g", "async def check(d): return Allow()", "ctx.guard(check)")
        await host.look()
        assert await house.judge() == Go()


async def test_disabling_ends_a_guard_and_enabling_brings_it_back(house):
    house.write("g", HOLDS)
    async with house.open() as host:
        await host.disable("g", by="ann")
        assert (await house.judge(), house.state("g")) == (Go(), "disabled")
    async with house.open() as host:
        assert (await house.judge(), house.state("g")) == (Go(), "disabled")
        await host.enable("g", by="ann")
        assert await house.judge() == Ask(reason="look")


async def test_a_guard_stays_when_its_plugin_does_not_unload_cleanly(house):
    house.write("g", HOLDS, "async def end(): raise ValueError('stuck')", "ctx.on_unload(end)")
    async with house.open() as host:
        view = await host.disable("g", by="ann")
        assert (view.state, view.guards) == ("disabled", ("g/check",))
        assert "disabled again" in view.detail
        assert isinstance(await house.judge(), Ask)
        assert "plugin-unclean" in house.codes()
        await host.disable("g", by="ann")
        assert await house.judge() == Go()


async def test_a_plugin_with_guards_outlives_its_file(house):
    path = house.write("g", HOLDS)
    other = house.write("other", "ctx.on(MessageReceived, ctx.store.get)")
    async with house.open() as host:
        path.unlink()
        other.unlink()
        await host.look()
        assert [view.name for view in host.views] == ["g"]
        assert await house.judge() == Ask(reason="look")
        assert house.codes() == ["plugin-file-gone"]
    house.guards.__init__()
    async with house.open():
        assert house.codes()[1:] == ["plugin-guards-gone"]
        assert await house.judge() == Go()


async def test_a_guard_that_comes_while_a_part_is_judged_is_asked_about_it(house):
    house.write("slow", "async def check(d): await asyncio.sleep(0.1); return Allow()", "ctx.guard(check, order=1)")
    async with house.open() as host:
        judging = asyncio.create_task(house.judge())
        await asyncio.sleep(0.02)
        house.write("g", HOLDS)
        await host.look()
        assert await judging == Ask(reason="look")
