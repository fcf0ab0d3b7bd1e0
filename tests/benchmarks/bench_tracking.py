"""Measure what conversion tracking costs: reports over the daily sums, counting facts, and recording beside it.

    python tests/benchmarks/bench_tracking.py [--facts N] [--members N] [--groups N] [--live N] [--runs N] [--small]

The facts are planted by the bulk and counted by the roller itself. The peer of a report is the same question put to the
facts; the peer of recording with the roller at work is recording without it.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from groupbot.core.clock import SystemClock
from groupbot.settings.tracking import ChannelSettings
from groupbot.storage.engine import Database
from groupbot.storage.facts import SqlFacts
from groupbot.storage.roller import Roller
from groupbot.storage.rollups import SqlRollups
from groupbot.storage.tables import metadata
from groupbot.tracking.facts import Fact, FactKind
from groupbot.tracking.metrics import Dimension, Period
from groupbot.tracking.origins import ChannelWords
from groupbot.tracking.rolling import Rolling
from tests.benchmarks import rig

CAMPAIGN, DAYS, CHANNELS = "bench", 14, 5
BEGAN = datetime(2026, 5, 1, tzinfo=UTC)
BATCH = 500
"""Facts in one commit of the recorder, see `tracking.recorder.Limits`."""
_COLUMNS = (
    "at",
    "recorded_at",
    "kind",
    "account",
    "event_id",
    "group",
    "member",
    "name",
    "text",
    "found_late",
    "extra",
)
_RAW = {
    "day": (
        "SELECT kind, COUNT(*), COUNT(DISTINCT member) FROM facts"
        " WHERE at >= ? AND at < ? AND kind IN ('join', 'leave', 'message') GROUP BY kind, \"group\""
    ),
    "campaign": (
        "SELECT date(at, '+8 hours') AS day, kind, \"group\", COUNT(*), COUNT(DISTINCT member) FROM facts"
        " WHERE kind IN ('join', 'leave', 'message') AND at >= ? AND at < ? GROUP BY day, kind, \"group\""
    ),
}


def stored(at: datetime) -> str:
    """Return an instant as SQLite keeps it."""
    return at.replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds")


def planted(args: argparse.Namespace) -> Iterator[tuple[Any, ...]]:
    """Yield facts by time: each member joins in the first days and writes on the days that follow."""
    rng = Random(7)
    each = max(args.facts // args.members, 1)
    span = DAYS * 86_400
    joins = sorted(rng.random() * span / 2 for _member in range(args.members))
    moments = [(at, number, 0) for number, at in enumerate(joins)]
    for number, at in enumerate(joins):
        moments += [(at + rng.random() * (span - at), number, count) for count in range(1, each)]
    moments.sort()
    extra = json.dumps({"kind": "text"})
    for at, number, count in moments:
        when = stored(BEGAN + timedelta(seconds=at))
        kind = "message" if count else "join"
        text, more = ("好的收到", extra) if count else (None, None)
        group = f"g{number * args.groups // args.members}"
        yield when, when, kind, "main", f"{kind[0]}{number}/{count}", group, f"m{number}", "", text, 0, more


async def plant(file: Path, args: argparse.Namespace) -> None:
    """Write the campaign with its groups, members and facts."""
    database = Database(f"sqlite:///{file}")
    async with database.engine.begin() as conn:
        await conn.run_sync(metadata.create_all)
    await database.close()
    with closing(sqlite3.connect(file)) as conn, conn:
        for pragma in ("journal_mode=MEMORY", "synchronous=OFF", "cache_size=-262144"):
            conn.execute(f"PRAGMA {pragma}")
        conn.execute(
            "INSERT INTO campaigns (id, sop, version, state, timezone, start_date, plan_version, created_at)"
            " VALUES (?, 'bench', 'v1', 'running', 'Asia/Shanghai', '2026-05-01', 1, ?)",
            (CAMPAIGN, stored(BEGAN)),
        )
        conn.executemany(
            'INSERT INTO campaign_groups (campaign, "group", plan_version) VALUES (?, ?, 1)',
            ((CAMPAIGN, f"g{number}") for number in range(args.groups)),
        )
        names = ", ".join(f'"{name}"' for name in _COLUMNS)
        conn.executemany(f"INSERT INTO facts ({names}) VALUES ({', '.join('?' * len(_COLUMNS))})", planted(args))
        conn.execute(
            'INSERT INTO members ("group", member, joined_at)'
            " SELECT \"group\", member, at FROM facts WHERE kind = 'join'"
        )
        conn.execute("ANALYZE")


_DAY = "date(at, '+8 hours')"
_FIRST = "SELECT member, \"group\", MIN(at) AS at FROM facts WHERE kind = '{0}' GROUP BY member"
_JOINED, _SPOKE = _FIRST.format("join"), _FIRST.format("message")
_BOTH = f'SELECT j."group", j.at FROM ({_JOINED}) j JOIN ({_SPOKE}) s USING (member)'
_SUMS = {
    "messages": ("COUNT(*)", "SELECT * FROM facts WHERE kind = 'message'"),
    "active": ("COUNT(DISTINCT member)", "SELECT * FROM facts WHERE kind = 'message'"),
    "stage:joined": ("COUNT(*)", _JOINED),
    "cohort:joined": ("COUNT(*)", _JOINED),
    "stage:replied": ("COUNT(*)", _SPOKE),
    "cohort:replied": ("COUNT(*)", _BOTH),
}


def plant_sums(file: Path) -> None:
    """Write the sums that the roller makes of the planted facts, less the reply times; `--small` compares them.

    The roller takes most of an hour for 10 million.
    """
    with closing(sqlite3.connect(file)) as conn, conn:
        for metric, (count, source) in _SUMS.items():
            grouped = f'SELECT {_DAY} AS day, "group" AS place, {count} AS n FROM ({source}) GROUP BY day, place'
            conn.execute(
                'INSERT INTO rollups (campaign, metric, day, "group", channel, n)'
                f" SELECT '{CAMPAIGN}', '{metric}', day, place, 'c' || (CAST(substr(place, 2) AS INT) % {CHANNELS}), n"
                f" FROM ({grouped})"
            )
        conn.execute("ANALYZE")


def compare_sums(file: Path) -> None:
    """Check that `plant_sums` writes what the roller wrote."""
    rows = (
        "SELECT day, metric, \"group\", channel, n FROM rollups WHERE metric NOT LIKE 'first_reply%' ORDER BY 1, 2, 3"
    )
    with closing(sqlite3.connect(file)) as conn:
        rolled = conn.execute(rows).fetchall()
        conn.execute("DELETE FROM rollups")
        conn.commit()
    plant_sums(file)
    with closing(sqlite3.connect(file)) as conn:
        assert conn.execute(rows).fetchall() == rolled


def rules(args: argparse.Namespace) -> Rolling:
    """Return rules in which each group belongs to a channel."""
    channels = [
        ChannelSettings(name=f"c{count}", groups=tuple(f"g{n}" for n in range(args.groups) if n % CHANNELS == count))
        for count in range(CHANNELS)
    ]
    return Rolling(words=ChannelWords(channels), after_days=2 * DAYS)  # what is written live counts, too


async def counted(database: Database, args: argparse.Namespace) -> float:
    """Count every fact; return how many a second."""
    told = rules(args)
    began = time.perf_counter()
    await Roller(database, lambda: told, SystemClock()).refresh()
    return args.facts / (time.perf_counter() - began)


async def report(rollups: SqlRollups, period: Period) -> float:
    """Read what a report reads; return the seconds that it took."""
    began = time.perf_counter()
    for by in ((Dimension.METRIC,), (Dimension.METRIC, Dimension.GROUP), (Dimension.METRIC, Dimension.CHANNEL)):
        await rollups.sums(CAMPAIGN, by, period)
    if not period.first:
        await rollups.sums(CAMPAIGN, (Dimension.DAY, Dimension.METRIC))
    return time.perf_counter() - began


def raw(file: Path, what: str, first: datetime, last: datetime) -> float:
    """Put the same question to the facts; return the seconds that it took."""
    began = time.perf_counter()
    with closing(sqlite3.connect(file)) as conn:
        conn.execute("PRAGMA cache_size=-32768")
        conn.execute(_RAW[what], (stored(first), stored(last))).fetchall()
    return time.perf_counter() - began


async def read(file: Path, database: Database, args: argparse.Namespace) -> None:
    """Compare reports over the sums with the raw scan."""
    rollups = SqlRollups(database)
    day = BEGAN + timedelta(days=6, hours=16)  # midnight in Shanghai
    name = (day + timedelta(hours=8)).date().isoformat()
    spans = {
        "day": (Period(first=name, last=name), day, day + timedelta(days=1), "< 2 s"),
        "campaign": (Period(), BEGAN, BEGAN + timedelta(days=DAYS), "< 5 s"),
    }
    for what, (period, first, last, aim) in spans.items():

        async def ours(period: Period = period) -> rig.Figures:
            return {"s": await report(rollups, period)}

        async def scan(what: str = what, first: datetime = first, last: datetime = last) -> rig.Figures:
            return {"s": await asyncio.to_thread(raw, file, what, first, last)}

        sums, facts = await rig.interleaved(args.runs, ours, scan)
        peer = {"peer": "raw scan of the facts", "peer_values": facts["s"]}
        shown(args, f"report of a {what}", sums["s"], unit="s", aim=aim, **peer)


async def record(database: Database, args: argparse.Namespace, *, roll: bool) -> Mapping[str, float]:
    """Record `args.live` facts as fast as it goes; return how many a second in all, in the first and last tenth.

    `roll`: with the roller at work; `counted`: how many a second until all of them are in the sums.
    """
    told, ended = rules(args), asyncio.Event()
    store, roller = SqlFacts(database), Roller(database, lambda: told, SystemClock(), pause_s=0.02)

    async def counting() -> None:
        while not ended.is_set():
            await roller.refresh()
            await asyncio.sleep(0.1)
        await roller.refresh()

    async with asyncio.TaskGroup() as tasks:
        if roll:
            tasks.create_task(counting(), name="counting")
        times = [time.perf_counter()]
        for batch in live(args, "r" if roll else "p"):
            await store.append(batch, recorded_at=batch[0].at)
            times.append(time.perf_counter())
        ended.set()
    tenth = max((len(times) - 1) // 11, 1)  # of what comes after a first part, in which the roller begins
    return {
        "all": args.live / (times[-1] - times[0]),
        "counted": args.live / (time.perf_counter() - times[0]),
        "first": tenth * BATCH / (times[2 * tenth] - times[tenth]),
        "last": tenth * BATCH / (times[-1] - times[-1 - tenth]),
    }


def live(args: argparse.Namespace, mark: str) -> Iterator[list[Fact]]:
    """Yield batches of what members write now."""
    rng = Random(11)
    at = BEGAN + timedelta(days=DAYS)
    for start in range(0, args.live, BATCH):
        at += timedelta(seconds=1)
        numbers = [rng.randrange(args.members) for _count in range(BATCH)]
        yield [
            Fact(
                at=at,
                kind=FactKind.MESSAGE,
                account="main",
                event_id=f"{mark}{start + count}",
                group=f"g{number * args.groups // args.members}",
                member=f"m{number}",
                text="晚上好",
                extra={"kind": "text"},
            )
            for count, number in enumerate(numbers)
        ]


def shown(args: argparse.Namespace, what: str, values: Sequence[float], *, unit: str = "facts/s", **more: Any) -> None:
    """Print one measurement."""
    sizes = {"rows": args.facts, "members": args.members, "groups": args.groups, "accounts": 1, "live": args.live}
    measured = rig.Measurement(
        bench="tracking", what=what, unit=unit, values=values, lower_is_better=unit == "s", conditions=sizes, **more
    )
    rig.show(measured)


async def main(args: argparse.Namespace) -> None:
    """Plant, count, read, record."""
    gc.freeze()  # as the daemon does
    with rig.folder() as place:
        file = place / "tracking.db"
        await plant(file, args)
        database = Database(f"sqlite:///{file}")
        try:
            if args.planted_sums:
                plant_sums(file)
                await read(file, database, args)
                return
            shown(args, "counting all facts", [await counted(database, args)])
            await read(file, database, args)
            if args.small:
                compare_sums(file)
            plain = await record(database, args, roll=False)
            rolled = await record(database, args, roll=True)
        finally:
            await database.close()
    alone = {"peer": "recording alone", "peer_values": [plain["all"]]}
    shown(args, "recording beside the roller", [rolled["all"]], aim=">= 5000", **alone)
    shown(args, "the same until all is counted", [rolled["counted"]], **alone)
    first = {"peer": "the first tenth", "peer_values": [rolled["first"]]}
    shown(args, "recording, the last tenth", [rolled["last"]], aim="as the first", **first)


if __name__ == "__main__":
    parser = rig.options("Measure conversion tracking.", facts=1_000_000, members=100_000, groups=500, live=100_000)
    parser.add_argument(
        "--planted-sums", action="store_true", help="only read reports, of sums that are planted like the facts"
    )
    told = rig.shrunk(parser.parse_args(), facts=2_000, members=200, groups=5, live=2_000)
    rig.start(main, told)
