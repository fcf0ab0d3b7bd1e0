"""Files and settings that change while plugins run: the newest version that works is in force, and no event is lost."""

from __future__ import annotations

import asyncio

from groupbot.delivery.decide import Go
from groupbot.delivery.values import Ask
from groupbot.testing.events import message


def noting(word: str, wait: float = 0.0) -> str:
    return (
        f"async def note(m):\n    await asyncio.sleep({wait})\n"
        f"    await ctx.store.set('heard', [*(await ctx.store.get('heard', [])), m.text + {word!r}])\n"
        "ctx.on(MessageReceived, note)"
    )


async def test_an_edited_file_takes_over_between_two_events(house):
    house.write("p", noting("-old", 0.05))
    async with house.open() as host:
        for number in range(3):
            await host.handle(message(f"a{number}", text=f"a{number}"))
        await asyncio.sleep(0.02)
        house.write("p", noting("-new"), "async def end(): await ctx.store.set('old end', 1)", "ctx.on_unload(end)")
        looking = asyncio.create_task(host.look())
        await host.handle(message("b", text="b"))
        await looking
        await house.hear("c")
        heard = await house.kept("p", "heard")
        assert [word.split("-")[0] for word in heard] == ["a0", "a1", "a2", "b", "c"]
        assert heard[0] == "a0-old"
        assert heard[-1] == "c-new"
        assert house.codes() == ["plugin-reloaded"]


async def test_an_edit_that_fails_keeps_the_old_version_and_is_told_once(house):
    house.write("p", noting("-old"), "async def check(d): return Hold(reason='old')", "ctx.guard(check)")
    async with house.open() as host:
        for text in ("raise ValueError('half')", "def (", "ctx.nothing()"):
            house.write("p", text)
            await host.look()
            await host.look()
        await house.hear("x")
        assert await house.kept("p", "heard") == ["x-old"]
        assert await house.judge() == Ask(reason="old")
        assert house.codes() == ["plugin-kept"] * 3
        assert host.views[0].state == "running"
        assert "ctx.nothing" not in host.views[0].detail
        assert "nothing" in host.views[0].detail
        house.write("p", noting("-mended"))
        await host.look()
        assert (await house.judge(), host.views[0].detail) == (Go(), "")
        assert house.codes()[3:] == ["plugin-guards-gone", "plugin-reloaded"]


async def test_two_saves_within_one_second_are_two_versions(house):
    house.write("p", noting("-1"))
    async with house.open() as host:
        for version in "234":
            house.write("p", noting(f"-{version}"))
            await host.look()
            await house.hear(f"x{version}")
        assert await house.kept("p", "heard") == ["x2-2", "x3-3", "x4-4"]


async def test_settings_are_taken_up_and_bad_ones_are_refused_in_words(house):
    house.write("p", noting("!"), "ctx.settings.word", above="class S(PluginSettings): word: str = 'a'", settings="S")
    async with house.open() as host:
        host.tables = {"p": {"word": "b", "wrod": 1}}
        await host.look()
        assert house.codes() == ["plugin-kept"]
        assert "[plugins.p] wrod: there is no such key" in house.alerts[0].text
        assert "Its keys: enabled, word." in house.alerts[0].text
        host.tables = {"p": {"enabled": False}}
        await host.look()
        assert house.state("p") == "disabled"
        host.tables = {"p": {"word": "c"}}
        await host.look()
        assert house.state("p") == "running"


async def test_a_table_that_no_plugin_reads_is_told_about_once(house):
    house.write("p")
    house.tables = {"pp": {"x": 1}}
    async with house.open() as host:
        await host.look()
        assert house.codes() == ["plugin-unknown"]


async def test_a_folder_is_a_plugin_with_parts_of_its_own(house):
    house.save("words/__init__.py", _FOLDER)
    house.save("words/texts.py", "from .more.deep import WORD")
    house.save("words/more/__init__.py", "")
    house.save("words/more/deep.py", "WORD = 'one'")
    house.save("notes.txt", "no plugin")
    house.save("empty/readme.md", "no plugin")
    async with house.open() as host:
        assert await house.kept("words", "word") == "one"
        house.save("words/more/deep.py", "WORD = 'two'")
        await host.look()
        assert await house.kept("words", "word") == "two"
        assert [view.origin for view in host.views] == ["words"]


_FOLDER = """
from groupbot.api import Plugin
from .texts import WORD
async def setup(ctx): await ctx.store.set("word", WORD)
PLUGIN = Plugin(name="words", setup=setup)
"""


async def test_of_two_plugins_with_one_name_the_second_is_refused(house):
    first = house.write("p", noting("-1"))
    house.save("z.py", first.read_text().replace("-1", "-2"))
    async with house.open():
        await house.hear("x")
        assert await house.kept("p", "heard") == ["x-1"]
        assert "p.py is called p, too" in house.alerts[0].text


async def test_a_reload_is_asked_for_by_a_person_or_by_another_process(house):
    house.write("p", "await ctx.store.set('loads', (await ctx.store.get('loads', 0)) + 1)")
    async with house.open() as host:
        assert (await host.reload("p", by="ann")).state == "running"
        assert await house.kept("p", "loads") == 2
        await house.store.set("", "asked/p", 1)
        await host.look()
        await host.look()
        assert await house.kept("p", "loads") == 3
        assert house.notes == [("ann", "plugin-reload", "p")]


async def test_jobs_and_commands_of_the_old_version_are_gone(house):
    house.write("p", _job("old"), "async def a(call): return 'old'", "ctx.command('kw', a, aliases=['k'])")
    async with house.open() as host:
        house.write("p", _job("new"))
        await host.look()
        await house.jobs.advance(60)
        assert (await house.kept("p", "ran"), host.commands) == ("new", ())


def _job(word: str) -> str:
    return f"async def job(): await ctx.store.set('ran', {word!r})\nctx.every('1m', job)"


async def test_nothing_is_registered_after_set_up(house):
    house.write("p", "async def late(m): ctx.on(MessageReceived, late)", "ctx.on(MessageReceived, late)")
    async with house.open():
        await house.hear("x")
        assert "in set-up only" in house.alerts[0].text
