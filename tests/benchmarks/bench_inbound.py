"""Compare the way in with NoneBot2 dispatching the same messages to one matcher, and with a transaction for each.

    python tests/benchmarks/bench_inbound.py [--messages N] [--runs N] [--small]

Ours: drop duplicates, record on SQLite, an empty pipeline. NoneBot2 is measured as it is, which records nothing, and
with the same recorder called from its matcher; each message is a task of its own, as its adapters do it.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from groupbot.chat.directory import Directory
from groupbot.core.clock import SystemClock
from groupbot.core.events import AnyEvent, MessageReceived
from groupbot.inbound.pipeline import Pipeline
from groupbot.storage.facts import SqlFacts
from groupbot.testing.events import message
from groupbot.tracking.facts import facts_of
from groupbot.tracking.ports import FactQuery
from groupbot.tracking.recorder import Recorded, Recorder
from tests.benchmarks import nonebot_peer, ours, rig

MEMBERS = 500
AT_ONCE = 500
"""Messages in NoneBot2 at once: as many as one commit of the recorder holds, so that it is not kept waiting."""
SHARE_ONE_BY_ONE = 10
"""One message in so many goes a transaction each: that is slow, and its rate does not depend on how many they are."""


def messages(many: int) -> list[MessageReceived]:
    """Return what members say, each message once."""
    return [message(f"m{n}", sender=f"member-{n % MEMBERS}", text=f"我想报名，多少钱？{n}") for n in range(many)]


async def stream(said: list[MessageReceived]) -> AsyncIterator[AnyEvent]:
    """Yield messages as fast as they are taken."""
    for one in said:
        yield one


class Unrecorded:
    """A recorder that writes nothing, for the pipeline's own share."""

    async def submit(self, event: AnyEvent) -> asyncio.Future[Recorded]:
        done: asyncio.Future[Recorded] = asyncio.get_running_loop().create_future()
        done.set_result(Recorded())
        return done


@asynccontextmanager
async def recording(expected: int) -> AsyncIterator[Recorder]:
    """Give a running recorder on a new SQLite file, and see that all it got is there."""
    with rig.folder() as place:
        async with ours.database(f"sqlite:///{place / 'facts.db'}") as opened:
            store = SqlFacts(opened)
            recorder = Recorder(store=store, directory=Directory([]), clock=SystemClock(), alerts=ours.NoAlerts())
            running = asyncio.create_task(recorder.run())
            yield recorder
            await recorder.close()
            await running
            kept = len(await store.find(FactQuery()))
            assert kept == expected, f"{kept} of {expected} recorded"


async def pipeline_recorded(said: list[MessageReceived]) -> float:
    """Return messages per second through the whole way in."""
    async with recording(len(said)) as recorder:
        began = time.perf_counter()
        await Pipeline(recorder=recorder).consume(stream(said))
        return len(said) / (time.perf_counter() - began)


async def pipeline_alone(said: list[MessageReceived]) -> float:
    """Return messages per second when nothing is written."""
    began = time.perf_counter()
    await Pipeline(recorder=Unrecorded()).consume(stream(said))
    return len(said) / (time.perf_counter() - began)


async def one_by_one(said: list[MessageReceived]) -> float:
    """Return messages per second with a transaction for each."""
    some = said[: max(1, len(said) // SHARE_ONE_BY_ONE)]
    with rig.folder() as place:
        async with ours.database(f"sqlite:///{place / 'facts.db'}") as opened:
            store, clock, nowhere = SqlFacts(opened), SystemClock(), Directory([])
            began = time.perf_counter()
            for one in some:
                await store.append(facts_of(one, nowhere), recorded_at=clock.now())
            return len(some) / (time.perf_counter() - began)


async def nonebot_alone(said: list[MessageReceived]) -> float:
    """Return messages per second through NoneBot2 to a matcher that does nothing."""
    return await _dispatched(said)


async def nonebot_recorded(said: list[MessageReceived]) -> float:
    """Return messages per second through NoneBot2 to a matcher that records."""
    _bot, matcher = nonebot_peer.started()
    nothing = matcher.handle
    async with recording(len(said)) as recorder:

        async def record(one: MessageReceived) -> None:
            await recorder.record(one)

        matcher.handle = record
        try:
            return await _dispatched(said)
        finally:
            matcher.handle = nothing


async def _dispatched(said: list[MessageReceived]) -> float:
    """Dispatch every message in a task of its own, `AT_ONCE` at a time."""
    nonebot_peer.started()
    began = time.perf_counter()
    room = asyncio.Semaphore(AT_ONCE)

    async def one(heard: MessageReceived) -> None:
        async with room:
            await nonebot_peer.dispatch(heard)

    async with asyncio.TaskGroup() as tasks:
        for heard in said:
            tasks.create_task(one(heard))
    return len(said) / (time.perf_counter() - began)


async def main(args: argparse.Namespace) -> None:
    """Run all five ways in turn and print each of ours beside each of theirs that does as much."""
    said = messages(args.messages)
    ways: list[Callable[[list[MessageReceived]], Awaitable[float]]] = [
        *(pipeline_recorded, nonebot_recorded, pipeline_alone, nonebot_alone, one_by_one)
    ]

    def side(way: Callable[[list[MessageReceived]], Awaitable[float]]) -> rig.Side:
        async def run() -> rig.Figures:
            return {"rate": await way(said)}

        return run

    recorded, nonebot_too, alone, nonebot, singly = (
        figures["rate"] for figures in await rig.interleaved(args.runs, *map(side, ways))
    )
    pairs = (
        ("recorded", recorded, "NoneBot2 with the same recording", nonebot_too),
        ("recorded", recorded, "NoneBot2, nothing recorded", nonebot),
        ("not recorded", alone, "NoneBot2, nothing recorded", nonebot),
        ("recorded", recorded, "a transaction for each message", singly),
    )
    for what, values, peer, theirs in pairs:
        rig.show(
            rig.Measurement(
                bench="inbound",
                what=what,
                unit="messages/s",
                values=values,
                peer=peer,
                peer_values=theirs,
                conditions=ours.Size(rows=len(said), groups=1, accounts=1).conditions(members=MEMBERS),
            )
        )


def parse(words: list[str] | None = None) -> argparse.Namespace:
    """Return the options."""
    parser = rig.options(__doc__ or "", messages=10_000)
    return rig.shrunk(parser.parse_args(words), messages=30)


if __name__ == "__main__":
    rig.start(main, parse())
