"""A project with a campaign that runs, and an operator who edits it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import update

from groupbot import i18n
from groupbot.campaign.editing import Applied, Editor
from groupbot.campaign.launch import launch
from groupbot.campaign.proposal import Edit, Proposal
from groupbot.campaign.request import Request
from groupbot.delivery.values import State
from groupbot.desk.editing import editor
from groupbot.desk.sop_files import stored
from groupbot.paths import Project
from groupbot.project_files import ProjectFiles
from groupbot.settings import Settings, load
from groupbot.sop.document import Sop
from groupbot.sop.load import load as load_sop
from groupbot.sop.planner import plan
from groupbot.storage import migrate
from groupbot.storage.engine import Database
from groupbot.storage.tables import deliveries

CONFIG = """\
locale = "en"
[pacing]
enabled = false
[[accounts]]
name = "main"
adapter = "console"
[[groups]]
name = "g1"
account = "main"
id = "c1"
[[groups]]
name = "g2"
account = "main"
id = "c2"
tags = ["vip"]
"""
TEXT = """\
name: camp
title: Camp
variables: {who: {default: friends}}
materials: {poster: {path: poster.png}}
phases:
  - name: run
    steps:
      - {id: hello, at: D1 09:00, text: "Hello {{ who }}"}
      - {id: poster, at: D1 12:00, image: poster}
      - {id: quiz, at: D2 20:00, text: Today's quiz is about habits}
      - {id: daily, at: 'daily 21:00 until D3', text: How was your day}
      - {id: vip, at: D3 10:00, text: Something for you, groups: {tag: vip}}
"""
START = date(2026, 5, 18)
BEFORE = datetime(2026, 5, 17, 12, 0, tzinfo=UTC)


def china(day: int, clock: str) -> datetime:
    """Return the instant of a clock of the campaign's day."""
    hour, minute = map(int, clock.split(":"))
    return datetime(2026, 5, 17 + day, hour, minute, tzinfo=UTC) - timedelta(hours=8)


@dataclass
class Desk:
    """A project on disk, its database, and an operator who edits."""

    folder: Path
    settings: Settings
    database: Database
    editor: Editor

    def sop(self, *pairs: tuple[str, str], text: str = TEXT) -> Sop:
        """Save the file with the pairs replaced and read it."""
        for before, after in pairs:
            assert before in text
            text = text.replace(before, after)
        path = self.folder / "sops" / "camp.yaml"
        path.write_text(text, "utf-8")
        files = ProjectFiles(root=self.folder, sop_folder=path.parent)
        return load_sop(path.read_bytes(), file="camp.yaml", files=files)

    async def launch(self, sop: Sop) -> None:
        kept = stored(sop, self.folder / "sops" / "camp.yaml", self.folder)
        request = Request(
            plan=plan(sop, groups=list(self.editor.groups.values()), start=START),
            groups=["g1", "g2"],
            start=START,
            sop_text=kept.text,
            params={"set": {}, "roles": {}, "event": None},
            campaign_id="camp",
            edition=kept.edition,
        )
        campaigns, directory = self.editor.campaigns, self.editor.directory
        assert (await launch(request, campaigns=campaigns, directory=directory, now=BEFORE)).ok

    async def propose(self, sop: Sop, now: datetime = BEFORE, **more: Any) -> Proposal:
        edit = Edit(campaign="camp", sop=sop, **{"source": "sops/camp.yaml"} | more)
        return await self.editor.prepare(edit, now)

    async def edit(self, sop: Sop, now: datetime = BEFORE, **more: Any) -> Applied:
        return await self.editor.apply(await self.propose(sop, now, **more), now)

    async def rows(self) -> dict[str, tuple[State, datetime]]:
        return {view.key: (view.state, view.due) for view in await self.editor.campaigns.deliveries("camp")}

    async def set(self, key: str, **values: object) -> None:
        async with self.database.write() as conn:
            await conn.execute(update(deliveries).where(deliveries.c.key == key).values(**values))

    async def words(self, key: str) -> str:
        return (await self.editor.versions.unsent("camp"))[key].parts[0].content.text  # type: ignore[union-attr]

    async def said(self) -> list[str]:
        running = await self.editor.running("camp")
        return [step.id for step in running.sop.steps]


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Desk]:
    """Make the project in `folder`, launch its campaign `camp` and speak English meanwhile."""
    i18n.use("en")
    (folder / "sops").mkdir()
    (folder / "sops" / "poster.png").write_bytes(b"png")
    config = folder / "config.toml"
    config.write_text(CONFIG, "utf-8")
    settings = load(config)
    database = Database(f"sqlite:///{folder / 'groupbot.db'}")
    await migrate.upgrade(database, Project(root=folder).migrations())
    made = Desk(folder=folder, settings=settings, database=database, editor=editor(settings, database))
    try:
        await made.launch(made.sop())
        yield made
    finally:
        await database.close()
        i18n.use("zh")
