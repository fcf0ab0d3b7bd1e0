"""The shipped camp on a real gateway, its week pressed into seconds; what the gateway was asked for is the truth."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from groupbot import settings
from groupbot.campaign.launch import launch
from groupbot.campaign.request import Request
from groupbot.chat.directory import Directory
from groupbot.core.content import Content, File, Image, Link, Text, Video
from groupbot.paths import bundle
from groupbot.project_files import ProjectFiles
from groupbot.sop.load import load
from groupbot.sop.planned import Plan, PlanGroup
from groupbot.sop.planner import plan
from groupbot.storage.campaigns import SqlCampaigns
from tests.gateway.rig import Rig
from tests.torture.books import Books
from tests.torture.extent import FULL
from tests.torture.judge import Expected, Post

CAMPAIGN = "camp"
TOKEN_ENV = "TORTURE_TOKEN"
DEADLINE_S = 2.0
STRIDE_S = 0.5 if FULL else 0.1
"""Seconds between two of the camp's time nodes."""


def write_config(rig: Rig, folder: Path, *, rooms: int, deadline_s: float = DEADLINE_S, stop_s: float = 10.0) -> Path:
    """Write config.toml with one account on the gateway and its groups x0, x1, …"""
    lines = ['locale = "en"', "[pacing]", "enabled = false"]
    lines += ["[[accounts]]", 'name = "main"', 'adapter = "wechaty"', f'endpoint = "{rig.endpoint}"']
    lines += [f'token_env = "{TOKEN_ENV}"', "plaintext = true", f"deadline_s = {deadline_s}"]
    lines += ["[daemon]", f"stop_timeout_s = {stop_s}"]
    for n in range(rooms):
        lines += ["[[groups]]", f'name = "x{n}"', 'account = "main"', f'id = "x{n}@chatroom"']
    config = folder / "config.toml"
    config.write_text("\n".join(lines) + "\n", "utf-8")
    return config


def press(camp: Plan, now: datetime) -> Plan:
    """Return `camp` with its order kept and its times, gaps and quiet hours pressed together."""
    instants = {due: n for n, due in enumerate(sorted({delivery.due for delivery in camp.deliveries}))}
    return replace(
        camp,
        deliveries=tuple(
            replace(
                delivery,
                due=now + timedelta(seconds=STRIDE_S * instants[delivery.due]),
                until=None,
                parts=tuple(replace(part, gap_s=min(part.gap_s, 0.02)) for part in delivery.parts),
                policies=replace(
                    delivery.policies, grace=timedelta(hours=2), ask_timeout=timedelta(hours=1), quiet=None
                ),
            )
            for delivery in camp.deliveries
        ),
    )


async def launch_camp(books: Books, *, rooms: int) -> list[Expected]:
    """Launch the shipped camp in every room and return what members must see."""
    path = bundle() / "sops" / "camp-7d.yaml"
    sop = load(path.read_bytes(), file=path.name, files=ProjectFiles(root=path.parent, sop_folder=path.parent))
    now = datetime.now(UTC)
    groups = [PlanGroup(name=f"x{n}") for n in range(rooms)]
    pressed = press(plan(sop, groups=groups, start=now.date() + timedelta(days=2)), now)
    request = Request(
        plan=pressed,
        groups=[group.name for group in groups],
        start=now.date() + timedelta(days=2),
        campaign_id=CAMPAIGN,
    )
    launched = await launch(
        request,
        campaigns=SqlCampaigns(books.database),
        directory=Directory.from_settings(settings.load(books.config).groups),
        now=now,
    )
    assert launched.ok, launched.problems
    assert launched.done.inserted == len(pressed.deliveries) > 0
    return expected(pressed)


def expected(camp: Plan) -> list[Expected]:
    """Return what members must see of `camp`, ranked as the plan orders it."""
    order = sorted(camp.deliveries, key=lambda delivery: (delivery.due, delivery.ordinal))
    return [
        Expected(
            address=f"{CAMPAIGN}/{delivery.key}",
            campaign=CAMPAIGN,
            place=f"{delivery.group}@chatroom",
            rank=rank,
            parts=tuple(_sight(part.content) for part in delivery.parts),
        )
        for rank, delivery in enumerate(order)
    ]


def _sight(content: Content) -> str:
    match content:
        case Text(text=text, mentions=mentions):
            return ("@所有人\u2005" if mentions else "") + text
        case Link(url=url, title=title):
            return f"link {title} {url}"
        case File(path=path, name=name):
            return f"file {name or Path(path).name} {Path(path).stat().st_size}"
        case Image(path=path) | Video(path=path):
            return f"file {Path(path).name} {Path(path).stat().st_size}"


@dataclass(frozen=True, kw_only=True)
class GatewayEyes:
    """What the gateway was asked to post; its log survives kills."""

    rig: Rig

    def count(self) -> int:
        """Return how many posts there are."""
        data = self.rig.log_file.read_bytes() if self.rig.log_file.exists() else b""
        return sum(data.count(mark) for mark in (b'"m":"text"', b'"m":"file"', b'"m":"url"'))

    def posts(self) -> list[Post]:
        """Return every post, oldest first."""
        return [_post(call["m"], call["a"]) for call in self.rig.calls("text", "file", "url")]


def _post(method: str, args: Sequence[object]) -> Post:
    match method, args:
        case "text", [str(to), str(text), *_rest]:
            return Post(place=to, sight=text)
        case "url", [str(to), {"url": str(url), "title": str(title)}]:
            return Post(place=to, sight=f"link {title} {url}")
        case "file", [str(to), str(name), size, *_rest]:
            return Post(place=to, sight=f"file {name} {size}")
    raise AssertionError(f"unreadable record: {method} {args}")


@dataclass(kw_only=True)
class GatewayTroubles:
    """Kill the gateway in two rounds and freeze it in one, in the midst of posting."""

    rig: Rig
    eyes: GatewayEyes
    rng: Random
    rounds: int
    done: list[str]

    def __post_init__(self) -> None:
        chosen = self.rng.sample(range(self.rounds), 3)
        self._kinds = dict(zip(chosen, ("kill", "kill", "freeze"), strict=True))

    @property
    def rounds_of_trouble(self) -> frozenset[int]:
        """In which rounds something happens."""
        return frozenset(self._kinds)

    async def __call__(self, number: int) -> None:
        """Do what round `number` has in store, once a post or two of it went out."""
        kind = self._kinds.get(number)
        if kind is None:
            return
        await self._some_posts()
        await asyncio.sleep(self.rng.random() * 0.05)
        if kind == "kill":
            self.rig.kill()
            await asyncio.sleep(self.rng.random())
            await asyncio.to_thread(self.rig.start)
        else:
            self.rig.freeze()
            await asyncio.sleep(DEADLINE_S + 2 * self.rng.random())
            self.rig.thaw()
        self.done.append(kind)

    async def _some_posts(self) -> None:
        """Wait for a few posts, but not for ever: the round's lanes may all be waiting for a person."""
        target = self.eyes.count() + self.rng.randint(1, 4)
        for _ in range(600):
            if self.eyes.count() >= target:
                return
            await asyncio.sleep(0.01)
