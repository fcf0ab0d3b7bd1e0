"""Measure how soon a command is answered while campaigns post and members talk, beside the same daemon at rest.

    python tests/benchmarks/bench_answers.py [--seconds N] [--sends N] [--messages N] [--asks N] [--runs N] [--small]

A whole daemon on SQLite and fake adapters. `sends` deliveries fall due and `messages` messages come in a second;
somebody types `asks` commands a second, one after the other, in the admin group. The time is from the message to the
call that posts the answer. Pacing is off: the default lets an account post every three seconds, answers too.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import os
import statistics
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from groupbot.app import App, build
from groupbot.chat.adapter import Receipt
from groupbot.core.content import Content
from groupbot.lifecycle import Daemon, opened
from groupbot.settings import load
from groupbot.testing import FakeAdapter
from tests.benchmarks import plant, rig
from tests.benchmarks.ours import SQLITE, Size

OPS, ASKER = "ops@room", "olga"
ASKED = ("/状态", "/活动 列表", "/今天", "/接下来 5 bench", "/账号 状态", "/群 列表", "/帮助", "/投递 列表 bench")
LEAD_S = 4.0
"""Seconds from the daemon's start to the first post and question: what it imports behind its first posts is there."""
PATIENCE_S = 20.0
CONFIG = """\
locale = "en"
[pacing]
enabled = false
[admin]
groups = ["ops"]
[[people]]
name = "Olga"
role = "owner"
ids = { a0 = "olga" }
[[groups]]
name = "ops"
account = "a0"
id = "ops@room"
"""


class Watched(FakeAdapter):
    """A fake account that tells when it is asked to post to the admin group."""

    def __init__(self, account: str) -> None:
        super().__init__(account=account, groups={})
        self.answered = asyncio.Event()
        self.count = 0

    async def send(self, to: str, content: Content) -> Receipt:
        self.count += 1
        if to == OPS:
            self.answered.set()
        return await super().send(to, content)


@dataclass(frozen=True, kw_only=True, slots=True)
class Load:
    """What goes on meanwhile, a second."""

    sends: int
    messages: int


def project(folder: Path, size: Size) -> Path:
    """Write config.toml."""
    accounts = (f'[[accounts]]\nname = "{name}"\nadapter = "console"\n' for name in size.account_names)
    groups = (
        f'[[groups]]\nname = "{size.group(n)}"\naccount = "{size.account(n)}"\nid = "{size.group(n)}@room"\n'
        for n in range(size.groups)
    )
    config = folder / "config.toml"
    config.write_text("\n".join((CONFIG, *accounts, *groups)), "utf-8")
    return config


@asynccontextmanager
async def running(config: Path, size: Size, posts: int, load_: Load) -> AsyncIterator[dict[str, Watched]]:
    """Run a daemon for which `posts` deliveries fall due."""
    settings = load(config, os.environ)
    adapters = {name: Watched(name) for name in size.account_names}
    async with opened(app := build(settings, adapters=adapters)):
        """Only make the tables."""
    _plant(app, config.parent, size, posts, load_)
    app = build(settings, adapters=adapters)
    stop = asyncio.Event()
    async with opened(app):
        daemon = asyncio.create_task(Daemon(app, config=None, stop=stop, hurry=asyncio.Event()).run())
        try:
            await asyncio.sleep(LEAD_S)
            yield adapters
        finally:
            stop.set()
            await daemon


def _plant(app: App, folder: Path, size: Size, posts: int, load_: Load) -> None:
    file = folder / str(app.database.engine.url.database)
    plant.campaign(file, size)
    first = datetime.now(UTC) + timedelta(seconds=LEAD_S)
    plant.rows(
        file, size, range(posts), lambda n: first + timedelta(seconds=n / load_.sends), lambda n: f"step {n // 50}"
    )


async def chatter(adapters: dict[str, Watched], size: Size, rate: int) -> None:
    """Let members talk, `rate` messages a second, until cancelled."""
    loop = asyncio.get_running_loop()
    begun = loop.time()
    for n in itertools.count():
        adapters[size.account(n)].say(f"{size.group(n)}@room", f"m{n % 500}", f"老师，今晚几点开始？{n}")
        await asyncio.sleep(max(0.0, begun + (n + 1) / rate - loop.time()))


async def ask(adapter: Watched, asks: int, seconds: int) -> list[float]:
    """Type commands one after the other; return the milliseconds to each answer."""
    took: list[float] = []
    every = 1 / asks
    for line in itertools.islice(itertools.cycle(ASKED), asks * seconds):
        adapter.answered.clear()
        begun = time.perf_counter()
        adapter.say(OPS, ASKER, line)
        async with asyncio.timeout(PATIENCE_S):
            await adapter.answered.wait()
        took.append((time.perf_counter() - begun) * 1_000)
        await asyncio.sleep(max(0.0, every - took[-1] / 1_000))
    return took


async def answers(args: argparse.Namespace, size: Size, load_: Load) -> rig.Figures:
    """Return the percentiles, and what the load came to."""
    posts = load_.sends * args.seconds if load_.messages else 0
    with rig.folder() as folder:
        config = project(folder, size)
        async with running(config, size, posts, load_) as adapters:
            begun = time.perf_counter()
            talking = asyncio.create_task(chatter(adapters, size, load_.messages)) if load_.messages else None
            took = await ask(adapters["a0"], args.asks, args.seconds)
            seconds = time.perf_counter() - begun
            if talking:
                talking.cancel()
            sent = sum(adapter.count for adapter in adapters.values()) - len(took)
    return {**percentiles(took), "sends": sent / seconds}


def percentiles(took: Sequence[float]) -> rig.Figures:
    """Return the median and the 99th percentile."""
    cuts = statistics.quantiles(took, n=100, method="inclusive")
    return {"p50": cuts[49], "p99": cuts[98]}


async def main(args: argparse.Namespace) -> None:
    """Ask beside the load and without it, in turn, and print both percentiles."""
    size = Size(rows=args.sends * args.seconds, groups=args.groups, accounts=args.accounts)
    busy, quiet = Load(sends=args.sends, messages=args.messages), Load(sends=1, messages=0)
    loaded, resting = await rig.interleaved(
        args.runs, lambda: answers(args, size, busy), lambda: answers(args, size, quiet)
    )
    conditions = size.conditions(
        store=SQLITE,
        sends_a_second=args.sends,
        sent_a_second=[round(rate, 1) for rate in loaded["sends"]],
        messages_a_second=args.messages,
        asks_a_second=args.asks,
        seconds=args.seconds,
    )
    for what in ("p50", "p99"):
        rig.show(
            rig.Measurement(
                bench="answers",
                what=what,
                unit="ms",
                values=loaded[what],
                peer="without load",
                peer_values=resting[what],
                lower_is_better=True,
                aim="p99 < 200 ms" if what == "p99" else None,
                conditions=conditions,
            )
        )


def parse(words: list[str] | None = None) -> argparse.Namespace:
    """Return the options."""
    parser = rig.options(__doc__ or "", seconds=20, sends=50, messages=200, asks=8, accounts=4, groups=100)
    return rig.shrunk(parser.parse_args(words), seconds=1, sends=5, messages=20, asks=8, accounts=2, groups=4)


if __name__ == "__main__":
    rig.start(main, parse())
