"""Edits of real files are seen; good ones are put into force, bad ones change nothing and say why."""

from __future__ import annotations

import asyncio
import itertools
import logging

import pytest

from groupbot.chat.alerts import Severity
from groupbot.log import configure
from groupbot.reload import watching
from groupbot.reload.settling import settled
from groupbot.reload.watching import ConfigEdits
from tests.unit.reload.conftest import CONFIG

SOP = """\
name: tiny
title: Tiny
phases:
  - name: one
    steps:
      - {id: hello, at: D1 08:00, text: Good morning}
"""


async def test_a_good_edit_is_put_into_force(workplace):
    async with workplace.watched():
        workplace.edit("account_interval_s = 3.0", "account_interval_s = 5.0")
        alert = await workplace.told.next()
    assert (alert.code, alert.severity) == ("config-reloaded", Severity.INFO)
    assert "pacing.account_interval_s: 3.0 → 5.0" in alert.text
    assert [(name, pace.account_interval_s) for name, pace in workplace.daemon.paces] == [
        ("main", 5.0),
        ("screen", 5.0),
    ]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("account_interval_s = 3.0", "account_interval_s = fast", "config.toml:5: this is not TOML"),
        ("account_interval_s = 3.0", "acount_interval_s = 3.0", "did you mean account_interval_s?"),
        ('account = "main"', 'account = "mian"', "no account is called 'mian'"),
        (CONFIG, "", "names no account any more"),
    ],
)
async def test_a_bad_edit_changes_nothing_and_says_why(workplace, old, new, said):
    async with workplace.watched():
        workplace.edit(old, new)
        alert = await workplace.told.next()
    assert (alert.code, alert.severity) == ("config-refused", Severity.WARNING)
    assert said in alert.text
    assert not workplace.daemon.touched


async def test_a_log_file_that_can_not_be_written_changes_nothing_either(workplace):
    log = logging.getLogger()
    handlers = log.handlers[:]

    def set_log(options, secrets):
        configure(options, secrets)
        workplace.daemon.logs.append(options)

    workplace.daemon.set_log = set_log
    (workplace.root / "taken").mkdir()
    async with workplace.watched():
        workplace.edit("account_interval_s = 3.0", 'account_interval_s = 5.0\n[log]\nfile = "taken"')
        alert = await workplace.told.next()
        assert alert.code == "config-refused"
        assert "taken can't be written" in alert.text
        assert not workplace.daemon.touched
        assert log.handlers == handlers
        workplace.edit('\n[log]\nfile = "taken"', "")
        assert (await workplace.told.next()).code == "config-reloaded"


async def test_a_bad_edit_is_told_once_and_its_mending_too(workplace):
    async with workplace.watched():
        workplace.edit("[pacing]", "[pacing")
        assert (await workplace.told.next()).code == "config-refused"
        workplace.edit("[pacing", "[pacing]")
        assert (await workplace.told.next()).code == "config-mended"
        workplace.edit("= 3.0", "= 4.0")
        assert (await workplace.told.next()).code == "config-reloaded"
    assert workplace.told.alerts.empty()
    assert [name for name, _pace in workplace.daemon.paces] == ["main", "screen"]


async def test_what_needs_a_restart_is_said(workplace):
    async with workplace.watched():
        workplace.edit("one.db", "two.db")
        alert = await workplace.told.next()
    assert alert.severity is Severity.WARNING
    assert "Needs a restart of groupbot: database.url changed." in alert.text
    assert not workplace.daemon.touched


async def test_an_edit_made_before_the_watch_began_is_found(workplace):
    started = workplace.settings()
    workplace.edit("= 3.0", "= 4.0")
    edits = ConfigEdits(workplace.config, started, workplace.daemon, workplace.told, environ={})
    await edits.look()
    assert edits.in_force.pacing.account_interval_s == 4.0
    assert workplace.daemon.paces


async def test_a_file_that_vanishes_changes_nothing(workplace):
    async with workplace.watched():
        workplace.config.unlink()
        alert = await workplace.told.next()
        assert "There is no" in alert.text
    assert not workplace.daemon.touched


async def test_a_broken_sop_is_reported_and_its_mending_too(workplace):
    workplace.save_sop("tiny.yaml", SOP)
    async with workplace.watched():
        workplace.save_sop("tiny.yaml", SOP.replace("D1 08:00", "D1 99:00"))
        alert = await workplace.told.next()
        assert (alert.code, alert.severity) == ("sop-broken", Severity.WARNING)
        assert alert.text.startswith("The edit of tiny.yaml:6: ")
        assert alert.fields == {"sop": "tiny.yaml"}
        workplace.save_sop("tiny.yaml", SOP)
        assert (await workplace.told.next()).code == "sop-mended"
    assert not workplace.daemon.touched


async def test_sops_are_watched_from_when_the_folder_is_made(workplace):
    async with workplace.watched():
        workplace.save_sop("new.yaml", "name: [")
        assert (await workplace.told.next()).fields == {"sop": "new.yaml"}
        workplace.save_sop("new.yaml", SOP)
        assert (await workplace.told.next()).code == "sop-mended"


async def test_folders_are_looked_through_where_the_system_gives_no_notices(workplace, monkeypatch):
    native = watching.awatch
    asked = []

    def no_notices(*paths, force_polling, **rest):
        asked.append(force_polling)
        if not force_polling:
            raise OSError("inotify watch limit reached")
        return native(*paths, force_polling=True, **rest)

    monkeypatch.setattr(watching, "awatch", no_notices)
    async with workplace.watched():
        workplace.edit("= 3.0", "= 4.0")
        assert (await workplace.told.next()).code == "config-reloaded"
    assert asked == [None, True]


async def test_a_folder_that_cant_be_watched_is_told_and_harms_nobody(workplace):
    async def blind(_config):
        raise OSError("no such thing here")
        yield

    async with workplace.watched(blind):
        alert = await workplace.told.next()
    assert alert.code == "reload-blind"
    assert "no such thing here" in alert.text


async def test_a_mistake_while_looking_costs_that_look_only(workplace, monkeypatch):
    pokes: asyncio.Queue[None] = asyncio.Queue()
    failed = asyncio.Event()

    async def poked(_config):
        while True:
            yield await pokes.get()

    def broken(account, pace):
        failed.set()
        raise ZeroDivisionError

    monkeypatch.setattr(workplace.daemon, "set_pace", broken)
    async with workplace.watched(poked):
        workplace.edit("= 3.0", "= 4.0")
        pokes.put_nowait(None)
        async with asyncio.timeout(20):
            await failed.wait()
        monkeypatch.undo()
        workplace.edit("= 4.0", "= 5.0")
        pokes.put_nowait(None)
        assert "3.0 → 5.0" in (await workplace.told.next()).text


async def test_a_file_counts_as_saved_once_it_stays_as_it_is():
    contents = iter(["", "half", "whole", "whole"])
    naps = itertools.count()

    async def nap(_seconds):
        next(naps)

    assert await settled(lambda: next(contents), "old", sleep=nap) == "whole"
    assert next(naps) == 4
