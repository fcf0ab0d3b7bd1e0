"""Workbooks that people send to the bot, over the real desk, SQLite and a fake adapter."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select

from groupbot import i18n
from groupbot.admin.audit import AuditQuery
from groupbot.app import App, build
from groupbot.chat.adapter import Received
from groupbot.chat.errors import TooLarge
from groupbot.core.content import File, Image, load_parts
from groupbot.core.events import MessageReceived
from groupbot.settings import load
from groupbot.storage.audit import SqlAudit
from groupbot.storage.tables import contents, metadata
from groupbot.testing import FakeAdapter, FakeClock
from tests.integration.test_chat_campaigns import CAMP, CONFIG, GROUP, GROUPS, MORNING, SOP, Office
from tests.unit.sop.workbook.build import book

GOOD = SOP.encode()
BAD = book(("时间", "话术"), ("D1 09:00", "早上好"), ("第三个月亮 25:99", "晚上好"))


@dataclass
class Sending(Office):
    """An office that files come to."""

    app: App | None = None
    adapter: FakeAdapter | None = None

    async def send(self, name: str, data: object, *, by: str = "u-opal", group: str | None = "ops") -> str:
        """Send a file and return all that the bot says to it."""
        chat = None if group is None else f"id-{group}"
        assert self.adapter
        assert self.app
        self.adapter.share(chat, by, name, data)  # type: ignore[arg-type]
        self.last = self.event()
        await self.stage.handle(self.last)
        await self.app.office.turns.idle()
        return "\n".join(await self.said())

    def event(self) -> MessageReceived:
        """Return the next message that the adapter has for its reader."""
        assert self.adapter
        while not isinstance(event := self.adapter._queue.get_nowait(), MessageReceived):
            pass
        return event

    @property
    def stage(self):  # type: ignore[no-untyped-def]
        assert self.app
        return next(stage for stage in self.app.pipeline._stages if stage.name == "files")

    async def audited(self) -> list[tuple[str, str]]:
        rows = await SqlAudit(self.database).list(AuditQuery(action="文件"))
        return [(row.actor, row.result.value) for row in rows]

    async def files(self) -> list[tuple[str, str]]:
        """Return what was posted as a file or picture: its kind and the file's ending or name."""
        async with self.database.read() as conn:
            rows = (await conn.execute(select(contents.c.parts))).scalars()
            found = [part.content for row in rows for part in load_parts(row)]
        return [(one.kind, Path(one.path).name) for one in found if isinstance(one, File | Image)]

    def kept(self) -> list[str]:
        return sorted(path.name for path in (self.folder / "sops").iterdir())


def made(folder: Path, clock: FakeClock) -> tuple[App, FakeAdapter]:
    groups = {f"id-{name}": ("u-opal", "u-lena") for name in GROUPS}
    adapter = FakeAdapter(account="main", clock=clock, groups=groups)
    return build(load(folder / "config.toml"), adapters={"main": adapter}, clock=clock), adapter


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Sending]:
    i18n.use("en")
    (tmp_path / "sops").mkdir()
    blocks = "".join(GROUP.format(name=name, squad=squad) for name, squad in GROUPS.items())
    (tmp_path / "config.toml").write_text(CONFIG + blocks, "utf-8")
    clock = FakeClock(MORNING)
    app, adapter = made(tmp_path, clock)
    async with app.database.engine.begin() as conn:
        await conn.run_sync(metadata.create_all)
    adapter.connect()
    try:
        yield Sending(room=app.room, database=app.database, folder=tmp_path, clock=clock, app=app, adapter=adapter)
    finally:
        await app.database.close()
        i18n.use("zh")


async def test_a_file_is_shown_offered_and_launched_on_a_squad_by_digits(office: Sending) -> None:
    said = await office.send("camp.yaml", GOOD)
    assert "05-19" in said
    assert "#1 camp.yaml" in said
    assert "1 Launch it\n3 Only keep it\n4 Drop it" in said
    ((kind, name),) = await office.files()
    assert (kind, Path(name).suffix) == ("image", ".png")
    told = await office.type("1")
    assert "Kept as sops/camp.yaml" in told
    assert '/活动 启动 "camp.yaml" 05-19 全部' in told
    assert "1 东区, from 05-19 on" in told
    asked, done = await office.confirmed("1")
    assert "2 groups: e1, e2" in asked
    assert "6 deliveries" in done


async def test_a_changed_file_becomes_an_edit_beside_the_first(office: Sending) -> None:
    await office.send("camp.yaml", GOOD)
    await office.type("3")
    await office.confirmed("/活动 启动 camp.yaml 5月18日 e1 e2")
    said = await office.send("camp.yaml", GOOD.replace(b"Who are you?", b"What do you want?"))
    assert f"2 Change {CAMP} to it" in said
    asked, done = await office.confirmed("#2 2")
    assert "camp-2.yaml" in asked
    assert "2 changed" in asked
    assert f"{CAMP} is changed" in done
    assert office.kept() == ["camp-2.yaml", "camp.yaml"]


async def test_errors_are_told_by_cell_and_come_back_in_the_workbook(office: Sending) -> None:
    said = await office.send("营期.xlsx", BAD)
    assert "1 error" in said
    assert "A3:" in said
    assert "#" not in said
    assert await office.files() == [("file", "营期-marked.xlsx")]
    assert office.kept() == []


async def test_who_may_not_send_files_is_not_heard_and_audited(office: Sending) -> None:
    assert await office.send("camp.yaml", GOOD, by="u-lena") == ""
    assert await office.send("camp.yaml", GOOD, by="u-nobody", group=None) == ""
    assert await office.send("camp.yaml", GOOD, group="east-ops") == ""
    assert await office.send("camp.yaml", GOOD, group="e1") == ""
    assert "no right" in await office.send("camp.yaml", GOOD, by="u-lena", group=None)
    assert await office.send("notes.pdf", GOOD) == ""
    refused = [("Lena", "refused"), ("Opal", "refused"), ("u-nobody", "refused"), ("Lena", "refused")]
    assert await office.audited() == refused


async def test_the_same_message_is_one_question_and_own_posts_are_none(office: Sending) -> None:
    assert "#1" in await office.send("camp.yaml", GOOD)
    await office.type("4")
    assert office.app
    await office.stage.handle(office.last)
    await office.app.office.turns.idle()
    assert await office.said() == []
    office.app.own_ids["main"] = "u-bot"
    assert await office.send("camp.yaml", GOOD, by="u-bot") == ""
    assert await office.audited() == [("Opal", "done")]


async def test_a_file_that_is_too_large_is_refused_with_the_reason(office: Sending) -> None:
    assert "too large" in await office.send("camp.xlsx", TooLarge("too large"))
    assert await office.audited() == [("Opal", "refused")]


async def test_a_name_that_leads_elsewhere_is_made_safe(office: Sending) -> None:
    await office.send('../../etc/pass wd";rm.yaml', GOOD)
    await office.type("3")
    assert office.kept() == ["pass_wd_rm.yaml"]
    await office.send("x.yaml", GOOD)
    await office.type("4")
    assert office.kept() == ["pass_wd_rm.yaml"]


async def test_what_a_crash_left_unread_is_read_once_after_it(office: Sending) -> None:
    await office.send("first.yaml", GOOD)
    assert office.app
    assert office.adapter
    office.adapter.share("id-ops", "u-opal", "second.yaml", GOOD)
    lost = office.event()
    recording = office.app.recorder
    running = asyncio.create_task(recording.run())
    for event in (office.last, lost):
        await (await recording.submit(event))
    running.cancel()
    office.clock.advance(60)
    app, adapter = made(office.folder, office.clock)
    adapter._files = office.adapter._files
    adapter.connect()
    try:
        await app.room.open()
        fetch, arrives = adapter.fetch, asyncio.Event()

        async def slow(message_id: str, *, most_bytes: int) -> Received:
            await arrives.wait()
            return await fetch(message_id, most_bytes=most_bytes)

        adapter.fetch = slow  # type: ignore[method-assign]
        async with asyncio.timeout(5):  # a gateway that hangs keeps nothing else from being looked after
            await app.room.tend()
            await app.room.tend()
        arrives.set()
        await app.office.turns.idle()
        said = "\n".join(await office.said())
        assert "#2 second.yaml" in said
        assert "first.yaml" not in said
        await app.room.tend()
        await app.office.turns.idle()
        assert await office.said() == []
    finally:
        await app.database.close()
