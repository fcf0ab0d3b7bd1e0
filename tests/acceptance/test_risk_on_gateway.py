"""Risk control on a real gateway: strict in one group, watching in another, and customers read the warning alone."""

from __future__ import annotations

import asyncio
import base64
import io
import os
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest
import segno

from groupbot import i18n, lifecycle
from groupbot.admin.audit import AuditQuery
from groupbot.app import App, build
from groupbot.campaign.values import Campaign, CampaignState
from groupbot.core.content import Part, Text
from groupbot.core.policies import Policies
from groupbot.delivery.values import NewDelivery
from groupbot.lifecycle import Daemon, opened
from groupbot.settings import load
from groupbot.storage.audit import SqlAudit
from tests.acceptance.chat_world import MONDAY, MovedClock, MovedWaker, until
from tests.gateway.rig import Rig

OPS, STRICT, CALM = "ops@chatroom", "strict@chatroom", "calm@chatroom"
WARNING = "请不要刷屏"
CHAIN = "明早一起跑步的同学接龙，回复1就行"
MEMBERS = ("ann", "ben", "cat", "dan")
CONFIG = f"""\
locale = "en"
timezone = "Asia/Shanghai"
[pacing]
enabled = false
[admin]
groups = ["ops"]
[risk.warning]
text = "{WARNING}"
[[accounts]]
name = "main"
adapter = "wechaty"
endpoint = "{{endpoint}}"
token_env = "CHAT_TOKEN"
plaintext = true
stable_ids = true
[[people]]
name = "Olga"
role = "owner"
ids = {{{{ main = "alice" }}}}
[[groups]]
name = "ops"
account = "main"
id = "{OPS}"
[[groups]]
name = "camp-1"
account = "main"
id = "{STRICT}"
risk = "strict"
[[groups]]
name = "calm"
account = "main"
id = "{CALM}"
"""


@dataclass(kw_only=True)
class Scene:
    """The gateway, the daemon on it, and what people see and do."""

    rig: Rig
    app: App
    clock: MovedClock
    waker: MovedWaker
    _sent: int = 0

    def posts(self, chat: str) -> list[str]:
        """Return what was posted to a chat."""
        return [str(call["a"][1]) for call in self.rig.calls("text") if call["a"][0] == chat]

    def moved(self, deed: str) -> list[tuple[str, str]]:
        """Return who was taken out (roomDel) or in (roomAdd), and where."""
        return [(call["a"][0], call["a"][1]) for call in self.rig.calls(deed)]

    async def say(self, who: str, text: str, chat: str) -> None:
        """Let a member say something."""
        self._sent += 1
        said = {"id": f"said-{self._sent}", "type": 7, "text": text, "talkerId": who, "fromId": who, "roomId": chat}
        await self.rig.act("message", payload=said | {"timestamp": 0, "mentionIdList": []})

    async def show(self, who: str, picture: bytes, chat: str) -> None:
        """Let a member send a picture."""
        data = base64.b64encode(picture).decode()
        await self.rig.act("file", **{"name": "x.png", "base64": data, "from": who, "room": chat, "type": 6})

    async def hear(self, expect: str, since: int = 0) -> str:
        """Wait until `expect` (a regular expression) is said to the operators; return all from post `since` on."""

        def said() -> str:
            return "\n".join(self.posts(OPS)[since:])

        await until(lambda: re.search(expect, said()) is not None, lambda: f"{expect!r} in {said()!r}")
        return said()

    async def ask(self, text: str, expect: str) -> str:
        """Let the owner write `text`, and wait for the answer."""
        before = len(self.posts(OPS))
        await self.say("alice", text, OPS)
        return await self.hear(expect, before)

    async def heard(self) -> None:
        """Wait until everything that was said before is dealt with: one account's events keep their order."""
        await self.ask("/状态", "Held:")

    async def audited(self) -> list[str]:
        """Return what risk control wrote down, oldest first."""
        rows = await SqlAudit(self.app.database).list(AuditQuery(limit=500))
        return [row.action for row in reversed(rows) if row.action.startswith("risk/")]


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    rig = Rig(generation="new", folder=tmp_path / "gateway", echo=True)
    try:
        yield rig.start()
    finally:
        rig.stop()


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(lifecycle, "CARDS_S", 0.2)
    i18n.use("en")
    yield
    i18n.use("zh")


@asynccontextmanager
async def running(folder: Path, rig: Rig) -> AsyncIterator[Scene]:
    for name in (*MEMBERS, "eve"):
        await rig.act("contact", id=name)
    for chat, members in ((OPS, ["alice"]), (STRICT, MEMBERS), (CALM, MEMBERS)):
        await rig.act("room", id=chat, members=["bot", *members], owner="bot")
    config = folder / "config.toml"
    config.write_text(CONFIG.format(endpoint=rig.endpoint), "utf-8")
    clock = MovedClock(MONDAY)
    waker, stop = MovedWaker(clock), asyncio.Event()
    app = build(load(config, os.environ | {"CHAT_TOKEN": rig.token}), clock=clock, waker=waker)
    async with opened(app):
        daemon = asyncio.create_task(Daemon(app, config=None, stop=stop, hurry=asyncio.Event()).run())
        try:
            await until(lambda: app.adapters["main"].state.value == "online", lambda: "the account is online")
            scene = Scene(rig=rig, app=app, clock=clock, waker=waker)
            await scene.heard()
            yield scene
        finally:
            stop.set()
            await daemon


async def an_ad_by_a_newcomer(scene: Scene) -> None:
    """A code of another group: out where it is strict, one digit brings them back; a member's is only asked about."""
    for chat in (STRICT, CALM):
        await scene.rig.act("join", room=chat, who=["eve"], by="ann")
    await scene.heard()
    made = io.BytesIO()
    segno.make_qr("https://weixin.qq.com/g/AwYAADkX1").save(made, kind="png", scale=6)
    await scene.show("eve", made.getvalue(), CALM)
    await scene.show("eve", made.getvalue(), STRICT)
    card = await scene.hear(r"False alarm: undo")
    assert "QR code of a group or person" in card
    assert "The member is being removed." in card
    await until(lambda: bool(scene.moved("roomDel")), lambda: "eve is out")
    assert scene.moved("roomDel") == [(STRICT, "eve")]
    await scene.ask(f"#{number(card)} 2", "invited into camp-1 again")
    await until(lambda: bool(scene.moved("roomAdd")), lambda: "eve is back")
    assert scene.moved("roomAdd") == [(STRICT, "eve")]


async def a_complaint(scene: Scene) -> None:
    """People are called; nothing is done to who complains, and nothing at all where nobody wants it."""
    before = len(scene.posts(OPS))
    for chat in (CALM, STRICT):
        await scene.say("ben", "你们就是骗子，退钱！", chat)
    card = await scene.hear("accusation of fraud", before)
    assert "camp-1" in card
    assert "calm" not in card
    await scene.ask(f"#{number(card)} 1", "somebody takes care")
    await scene.ask("/风险 结案 1", "over")


async def a_flood(scene: Scene) -> None:
    """Warned of once, in the configured words; people may call it a false alarm."""
    before = len(scene.posts(OPS))
    for chat in (CALM, STRICT):
        for _time in range(12):
            await scene.say("cat", "快看快看", chat)
    card = await scene.hear("many messages at once", before)
    assert "The member was warned." in card
    await scene.heard()
    await scene.ask(f"#{number(card)} 2", "Noted")


async def a_chain_that_was_asked_for(scene: Scene) -> None:
    """Twelve answers to a post of the SOP, as many as made a flood before."""
    await launch(scene, CHAIN)
    await until(lambda: CHAIN in scene.posts(STRICT), lambda: "the SOP asks")
    before, audited = len(scene.posts(OPS)), await scene.audited()
    for _time in range(12):
        await scene.say("dan", "1", STRICT)
    await scene.heard()
    assert "many messages" not in "\n".join(scene.posts(OPS)[before:])
    assert await scene.audited() == audited


async def people_teach(scene: Scene) -> None:
    """What was said of a message is listed, and taken back."""
    await scene.ask("「ann：周三的手作课还有两个位置」\n- - - - - - - - - -\n/风险 漏报", "Learned")
    listed = await scene.ask("/风险 版本", r"Olga · advertisement")
    found = re.search(r"(\d+) · [\d: -]+ · Olga · advertisement", listed)
    assert found
    await scene.ask(f"/风险 撤回教学 {found[1]}", "Forgotten")


async def test_each_ends_as_the_settings_ask_for(tmp_path: Path, rig: Rig) -> None:
    async with running(tmp_path, rig) as scene:
        for chapter in (an_ad_by_a_newcomer, a_complaint, a_flood, a_chain_that_was_asked_for, people_teach):
            await chapter(scene)
        assert scene.posts(CALM) == []
        assert [text for text in scene.posts(STRICT) if text != CHAIN] == [f"@cat\u2005{WARNING}"]
        assert scene.moved("roomDel") == [(STRICT, "eve")]
        done = await scene.audited()
        assert done.count("risk/ads/remove") == done.count("risk/incident/opened") == 1
        assert "risk/flood/warn" in done
        assert done[-2:] == ["risk/teach/ads", "risk/unlearn/ads"]


async def launch(scene: Scene, text: str) -> None:
    """Start a campaign that says one thing in the strict group, now."""
    now = scene.clock.now()
    record = Campaign(
        id="run",
        sop="run",
        title="",
        version="v1",
        timezone="UTC",
        start=date(2026, 5, 18),
        created_at=now,
        state=CampaignState.DRAFT,
    )
    row = NewDelivery(
        campaign="run",
        key="ask/2026-05-18.0/camp-1",
        step="ask",
        phase="",
        group="camp-1",
        account="main",
        due=now,
        ordinal=0,
        parts=(Part(content=Text(text=text)),),
        policies=Policies(grace=timedelta(minutes=30)),
    )
    version = await scene.app.campaigns.open_draft(record)
    await scene.app.campaigns.add_draft("run", version, [row])
    await scene.app.campaigns.go_live(record, version, ("camp-1",))
    scene.waker.poke()


def number(asked: str) -> str:
    """Return the number of the question that was asked last."""
    return re.findall(r"^#(\d+) ", asked, re.MULTILINE)[-1]
