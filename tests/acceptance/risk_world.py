"""Two accounts on two real gateways, a daemon on them, members who misbehave, and an owner who reads and replies.

`main` posts in the groups of customers, `spare` in the admin group; `spare` is in the strict group, too. The strict
group is under `risk = "strict"` and in a pool, the calm one has nothing but the defaults of a fresh project.
"""

from __future__ import annotations

import asyncio
import base64
import io
import os
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import segno

from groupbot.admin.audit import AuditQuery
from groupbot.app import App, build
from groupbot.campaign.values import Campaign, CampaignState
from groupbot.core.content import Part, Text
from groupbot.core.policies import Policies
from groupbot.delivery.values import NewDelivery, State
from groupbot.lifecycle import Daemon, opened
from groupbot.settings import load
from groupbot.storage.audit import SqlAudit
from tests.acceptance.chat_world import MONDAY, MovedClock, MovedWaker, until
from tests.gateway.rig import Rig
from tests.torture.daemon import until_true

OPS, STRICT, CALM, NEXT = "ops@chatroom", "strict@chatroom", "calm@chatroom", "next@chatroom"
NAMES = {"camp-1": STRICT, "calm": CALM, "camp-2": NEXT}
WARNING = "请不要刷屏"
MEMBERS = ("ann", "ben", "cat", "dan")
CONFIG = f"""\
locale = "en"
timezone = "Asia/Shanghai"
[pacing]
enabled = false
[admin]
groups = ["ops"]
[alerts]
quiet = ""
[risk.warning]
text = "{WARNING}"
[[accounts]]
name = "main"
adapter = "wechaty"
endpoint = "{{main}}"
token_env = "CHAT_TOKEN"
plaintext = true
stable_ids = true
[[accounts]]
name = "spare"
adapter = "wechaty"
endpoint = "{{spare}}"
token_env = "CHAT_TOKEN"
plaintext = true
stable_ids = true
[[people]]
name = "Olga"
role = "owner"
ids = {{{{ main = "alice", spare = "alice" }}}}
[[groups]]
name = "ops"
account = "spare"
id = "{OPS}"
[[groups]]
name = "camp-1"
account = "main"
id = "{STRICT}"
also = {{{{ spare = "{STRICT}" }}}}
risk = "strict"
[[groups]]
name = "camp-2"
account = "main"
id = "{NEXT}"
[[groups]]
name = "calm"
account = "main"
id = "{CALM}"
[[pools]]
name = "camp"
groups = ["camp-1", "camp-2"]
limit = 10
switch_before = 1
switch_ahead_s = 0
[pools.way_in]
full = "二群还有位置"
"""


def code_picture() -> bytes:
    """Return a picture with the code of some other group."""
    made = io.BytesIO()
    segno.make_qr("https://weixin.qq.com/g/AwYAADkX1").save(made, kind="png", scale=6)
    return made.getvalue()


@dataclass(kw_only=True)
class Scene:
    """What people see and do. `main` and `spare`: the accounts' gateways."""

    main: Rig
    spare: Rig
    app: App
    clock: MovedClock
    waker: MovedWaker
    _sent: int = 0
    _launched: int = 0

    def posts(self, chat: str, rig: Rig | None = None) -> list[str]:
        """Return what was posted to a chat, by the account that posts there by itself."""
        rig = rig or (self.spare if chat == OPS else self.main)
        return [str(call["a"][1]) for call in rig.calls("text") if call["a"][0] == chat]

    def moved(self, deed: str) -> list[tuple[str, str]]:
        """Return who was taken out (roomDel) or in (roomAdd), and where."""
        return [(call["a"][0], call["a"][1]) for call in self.main.calls(deed)]

    async def say(self, who: str, text: str, chat: str | None) -> None:
        """Let somebody say something in a group, None = 1:1 to `main`."""
        self._sent += 1
        where = {"roomId": chat} if chat else {"listenerId": "bot", "toId": "bot"}
        said = {"id": f"said-{self._sent}", "type": 7, "text": text, "talkerId": who, "fromId": who, "timestamp": 0}
        rig = self.spare if chat == OPS else self.main
        await rig.act("message", payload=said | where | {"mentionIdList": []})

    async def show(self, who: str, picture: bytes, chat: str) -> None:
        """Let a member send a picture."""
        data = base64.b64encode(picture).decode()
        await self.main.act("file", **{"name": "x.png", "base64": data, "from": who, "room": chat, "type": 6})

    async def hear(self, expect: str, since: int = 0) -> str:
        """Wait until `expect` (a regular expression) is said to the operators; return all from post `since` on."""

        def said() -> str:
            return "\n".join(self.posts(OPS)[since:])

        await until(lambda: re.search(expect, said()) is not None, lambda: f"{expect!r} in {said()!r}")
        return said()

    async def ask(self, text: str, expect: str) -> str:
        """Let the owner write `text` to the admin group, and wait for the answer."""
        before = len(self.posts(OPS))
        await self.say("alice", text, OPS)
        return await self.hear(expect, before)

    async def heard(self) -> None:
        """Wait until all that `main` heard before is dealt with: one account's events keep their order."""
        before = len(self.posts("alice"))
        await self.say("alice", "/状态", None)
        await until(lambda: any("Held:" in text for text in self.posts("alice")[before:]), lambda: "heard")

    async def audited(self) -> list[str]:
        """Return what was written down that nobody typed, oldest first."""
        rows = await SqlAudit(self.app.database).list(AuditQuery(limit=500))
        return [row.action for row in reversed(rows) if row.action.partition("/")[0] in {"risk", "entry", "standby"}]

    def pass_time(self, **length: float) -> None:
        """Let time pass."""
        self.clock.move(self.clock.now() + timedelta(**length))
        self.waker.poke()

    async def launch(
        self, text: str, *groups: str, due_in: timedelta = timedelta(), grace: timedelta = timedelta(minutes=30)
    ) -> str:
        """Start a campaign that says one thing in these groups, now or soon; return its name."""
        now = self.clock.now()
        self._launched += 1
        name = f"run{self._launched}"
        record = _campaign(name, now)
        rows = [_delivery(name, text, group, now + due_in, grace) for group in groups]
        version = await self.app.campaigns.open_draft(record)
        await self.app.campaigns.add_draft(name, version, rows)
        await self.app.campaigns.go_live(record, version, groups)
        self.waker.poke()
        return name

    async def until_state(self, campaign: str, group: str, state: State, account: str = "main") -> None:
        """Wait until the one post of a campaign in a group is so far, and that account's."""

        async def is_so() -> bool:
            rows = await self.app.campaigns.deliveries(campaign)
            return (group, state, account) in {(row.group, row.state, row.account) for row in rows}

        await until_true(is_so, within_s=15, what=f"{campaign} in {group}: {state} by {account}")

    async def until_state_of(self, account: str, state: str) -> None:
        """Wait until an account stands so."""
        await until(lambda: self.app.adapters[account].state.value == state, lambda: f"{account} is {state}")

    async def entry(self) -> str:
        """Return which group takes people in."""
        [pool] = await self.app.room.services.entries.pools()
        return pool.entry

    async def until_entry(self, group: str) -> None:
        """Wait until `group` takes people in."""

        async def is_so() -> bool:
            return await self.entry() == group

        await until_true(is_so, within_s=15, what=f"{group} takes people in")


@asynccontextmanager
async def running(folder: Path, main: Rig, spare: Rig) -> AsyncIterator[Scene]:
    """Run the daemon until the block ends."""
    for name in (*MEMBERS, "eve", "fay", "gus", "zoe"):
        await main.act("contact", id=name, name=name.title())
    for chat in (STRICT, CALM, NEXT):
        await main.act("room", id=chat, members=["bot", *(MEMBERS if chat != NEXT else ())], owner="bot")
    for name in MEMBERS:
        await spare.act("contact", id=name, name=name.title())
    for chat, members in ((STRICT, MEMBERS), (OPS, ("alice",))):
        await spare.act("room", id=chat, members=["bot", *members])
    config = folder / "config.toml"
    config.write_text(CONFIG.format(main=main.endpoint, spare=spare.endpoint), "utf-8")
    clock = MovedClock(MONDAY.replace(hour=10))
    waker, stop = MovedWaker(clock), asyncio.Event()
    app = build(load(config, os.environ | {"CHAT_TOKEN": main.token}), clock=clock, waker=waker)
    async with opened(app):
        daemon = asyncio.create_task(Daemon(app, config=None, stop=stop, hurry=asyncio.Event()).run())
        scene = Scene(main=main, spare=spare, app=app, clock=clock, waker=waker)
        try:
            for account in ("main", "spare"):
                await scene.until_state_of(account, "online")
            await scene.heard()
            yield scene
        finally:
            stop.set()
            await daemon


def number(asked: str) -> str:
    """Return the number of the question that was asked last."""
    return re.findall(r"^#(\d+) ", asked, re.MULTILINE)[-1]


def _campaign(name: str, now: datetime) -> Campaign:
    return Campaign(
        id=name,
        sop=name,
        title="",
        version="v1",
        timezone="UTC",
        start=date(2026, 5, 18),
        created_at=now,
        state=CampaignState.DRAFT,
    )


def _delivery(campaign: str, text: str, group: str, due: datetime, grace: timedelta) -> NewDelivery:
    return NewDelivery(
        campaign=campaign,
        key=f"say/2026-05-18.0/{group}",
        step="say",
        phase="",
        group=group,
        account="main",
        due=due,
        ordinal=0,
        parts=(Part(content=Text(text=text)),),
        policies=Policies(grace=grace),
    )
