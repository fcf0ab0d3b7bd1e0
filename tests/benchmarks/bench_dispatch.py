"""Compare sending what is due with one job per delivery and with the bare driver.

    python tests/benchmarks/bench_dispatch.py [--rows N] [--groups N] [--accounts N] [--runs N] [--small]

`enqueue` writes the deliveries (ours: a launch, draft and all), `send` makes every post to a null adapter, `whole` is
both. SQLite has synchronous=FULL on every side; PostgreSQL has fsync on for both.
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

from tests.benchmarks import ours, peers, rig
from tests.benchmarks.ours import Size
from tests.benchmarks.replay import PRAGMAS, overheard, replay
from tests.postgres import own_server

AIMS = {("apscheduler", "whole"): ">= 20", ("procrastinate", "whole"): ">= 8"}


async def run_ours(url: str, size: Size) -> rig.Figures:
    """Launch and send; return rows per second."""
    async with ours.database(url) as opened:
        added_s = await ours.launch(opened, size, list(ours.due_rows(size)))
        posts, sent_s = await ours.send_due(opened, size)
    assert posts == size.rows, f"{posts} of {size.rows} sent"
    return {"enqueue": size.rows / added_s, "send": size.rows / sent_s, "whole": size.rows / (added_s + sent_s)}


async def against_apscheduler(size: Size, runs: int) -> None:
    """Compare with a job per delivery in APScheduler's SQLAlchemyJobStore on SQLite."""

    async def us() -> rig.Figures:
        with rig.folder() as place:
            return await run_ours(f"sqlite:///{place / 'ours.db'}", size)

    async def tuned() -> rig.Figures:
        with rig.folder() as place:
            return await peers.apscheduler(place / "peer.db", size, PRAGMAS)

    async def as_it_comes() -> rig.Figures:
        with rig.folder() as place:
            return await peers.apscheduler(place / "peer.db", size)

    mine, with_ours, plain = await rig.interleaved(runs, us, tuned, as_it_comes)
    tell("apscheduler", size, size, [mine, plain], ours.SQLITE)
    tell("apscheduler with our pragmas", size, size, [mine, with_ours], ours.SQLITE)


async def against_procrastinate(size: Size, peer_size: Size, runs: int) -> None:
    """Compare with a job per delivery in Procrastinate, on the same PostgreSQL server."""
    with own_server() as server:

        async def us() -> rig.Figures:
            with server.schema() as url:
                return await run_ours(url, size)

        async def them() -> rig.Figures:
            with server.schema() as url:
                return await peers.procrastinate_jobs(url, peer_size)

        tell("procrastinate", size, peer_size, await rig.interleaved(runs, us, them), "postgresql, fsync on")


def tell(peer: str, size: Size, peer_size: Size, sides: list[dict[str, list[float]]], store: str) -> None:
    """Print what was measured."""
    mine, theirs = sides
    for what, values in mine.items():
        rig.show(
            rig.Measurement(
                bench="dispatch",
                what=what,
                unit="deliveries/s",
                values=values,
                peer=peer,
                peer_values=theirs[what],
                aim=AIMS.get((peer, what)),
                conditions=size.conditions(peer_rows=peer_size.rows) | {"store": store},
            )
        )


async def against_driver(size: Size, runs: int) -> None:
    """Compare with sqlite3 saying the same statements in the same transactions."""
    with rig.folder() as place:
        planted = place / "planted.db"
        async with ours.database(f"sqlite:///{planted}") as opened:
            await ours.launch(opened, size, list(ours.due_rows(size)))
        async with ours.database(f"sqlite:///{_copy(planted, 'heard.db')}") as opened:
            with overheard(opened) as transactions:
                await ours.send_due(opened, size)

        async def us() -> rig.Figures:
            async with ours.database(f"sqlite:///{_copy(planted, 'ours.db')}") as opened:
                posts, seconds = await ours.send_due(opened, size)
            assert posts == size.rows
            return {"send": size.rows / seconds}

        async def driver() -> rig.Figures:
            return {"send": size.rows / replay(_copy(planted, "peer.db"), transactions)}

        mine, theirs = await rig.interleaved(runs, us, driver)
    rig.show(
        rig.Measurement(
            bench="dispatch",
            what="send",
            unit="deliveries/s",
            values=mine["send"],
            peer="sqlite3 replaying the same transactions",
            peer_values=theirs["send"],
            aim=">= 0.6",
            conditions=size.conditions(
                commits=sum(one.committed for one in transactions),
                reads=sum(not one.committed for one in transactions),
                statements=sum(len(one.said) for one in transactions),
            ),
        )
    )


def _copy(planted: Path, name: str) -> Path:
    """Return a fresh copy of `planted`; its WAL was folded in when it was closed."""
    target = planted.with_name(name)
    for suffix in ("-wal", "-shm"):
        target.with_name(name + suffix).unlink(missing_ok=True)
    shutil.copyfile(planted, target)
    return target


async def main(args: argparse.Namespace) -> None:
    """Run all three comparisons."""
    size = Size(rows=args.rows, groups=args.groups, accounts=args.accounts)
    peer_size = Size(rows=min(args.rows, args.procrastinate_rows), groups=args.groups, accounts=args.accounts)
    if args.only in {None, "driver"}:
        await against_driver(size, args.runs)
    if args.only in {None, "apscheduler"}:
        await against_apscheduler(size, args.runs)
    if args.only in {None, "procrastinate"}:
        await against_procrastinate(size, peer_size, args.runs)


def parse(words: list[str] | None = None) -> argparse.Namespace:
    """Return the options."""
    parser = rig.options(__doc__ or "", rows=10_000, groups=1_000, accounts=8, procrastinate_rows=2_000)
    parser.add_argument("--only", choices=("driver", "apscheduler", "procrastinate"), help="one of the comparisons")
    return rig.shrunk(parser.parse_args(words), rows=40, groups=10, accounts=2, procrastinate_rows=20)


if __name__ == "__main__":
    rig.start(main, parse())
