"""Measure what many waiting deliveries cost: each send, the start of a daemon, and planning them.

    python tests/benchmarks/bench_growth.py [--rows N] [--few N] [--due N] [--runs N] [--steps N] [--small]

The peer is groupbot itself with `--few` deliveries waiting. The rows are put in by the bulk; a launch is measured on
its own, with `--steps` steps in every group.
"""

from __future__ import annotations

import argparse
import re
import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path

from groupbot.campaign.launch import launch
from groupbot.campaign.request import Request
from groupbot.project_files import ProjectFiles
from groupbot.sop.load import load
from groupbot.sop.planned import PlanGroup
from groupbot.sop.planner import plan
from groupbot.storage.campaigns import SqlCampaigns
from tests.benchmarks import daemon, ours, plant, rig
from tests.benchmarks.ours import Size
from tests.benchmarks.replay import Said, overheard

_LIST = re.compile(r"(\?|\((\?, )*\?\))(, (\?|\((\?, )*\?\)))+")


class Ledger:
    """A file with `size.rows` waiting; each `send` plants and sends some that are due."""

    def __init__(self, file: Path, size: Size) -> None:
        self.file = file
        self.size = size
        self._next = size.rows

    async def send(self, due: int) -> rig.Figures:
        """Send `due` deliveries; return milliseconds per delivery and of one look for candidates."""
        self.plant_due(due)
        async with ours.database(f"sqlite:///{self.file}") as opened:
            posts, seconds = await ours.send_due(opened, self.size)
        assert posts == due, f"{posts} of {due} sent"
        return {"send": 1_000 * seconds / due}

    def plant_due(self, due: int) -> None:
        """Plant `due` deliveries for one moment ago, each number once."""
        now = datetime.now(UTC) - timedelta(seconds=1)
        plant.rows(self.file, self.size, range(self._next, self._next + due), lambda _n: now, lambda _n: "now")
        self._next += due

    async def plans(self, due: int) -> dict[str, list[str]]:
        """Return SQLite's plan of each statement that sending takes, by its first words."""
        self.plant_due(due)
        async with ours.database(f"sqlite:///{self.file}") as opened:
            with overheard(opened) as transactions:
                await ours.send_due(opened, self.size)
        said: dict[str, Said] = {}
        for one in (one for transaction in transactions for one in transaction.said):
            if not one.many and one.sql.startswith(("SELECT", "UPDATE", "DELETE")):
                said[name_of(one.sql)] = one
        with closing(sqlite3.connect(self.file)) as conn:
            return {
                name: [row[3] for row in conn.execute(f"EXPLAIN QUERY PLAN {one.sql}", one.parameters)]
                for name, one in said.items()
            }


def name_of(sql: str) -> str:
    """Return what tells statements apart, without the number of their parameters."""
    verb, _, where = sql.partition("WHERE")
    return f"{verb[:30].strip()} … WHERE {_LIST.sub('?', where)[:150].strip()}" if where else sql[:80]


async def grow(args: argparse.Namespace, few: Ledger, many: Ledger) -> None:
    """Compare the cost of a delivery, and say how the database finds what it needs."""
    crowd, small = await rig.interleaved(args.runs, lambda: many.send(args.due), lambda: few.send(args.due))
    rig.show(
        rig.Measurement(
            bench="growth",
            what="cost of a delivery",
            unit="ms",
            values=crowd["send"],
            peer=f"{few.size.rows} waiting",
            peer_values=small["send"],
            lower_is_better=True,
            aim=">= 0.91 (1.1 times the cost at most)",
            conditions=many.size.conditions(due=args.due),
        )
    )
    plans = {"few": await few.plans(args.due), "many": await many.plans(args.due)}
    scans = [sum(map(is_scan, chain(*found.values()))) for found in (plans["many"], plans["few"])]
    rig.show(
        rig.Measurement(
            bench="growth",
            what="tables read whole while sending",
            unit="plan lines",
            values=[scans[0]],
            peer=f"{few.size.rows} waiting",
            peer_values=[scans[1]],
            lower_is_better=True,
            aim="0",
            conditions=many.size.conditions(explain=plans["many"], same_plans=plans["many"] == plans["few"]),
        )
    )


def is_scan(line: str) -> bool:
    """Tell whether a line of a plan reads a whole table of the ledger."""
    return line.startswith("SCAN") and "CONSTANT" not in line and " USING " not in line


async def start(args: argparse.Namespace, size: Size, place: Path) -> None:
    """Measure a daemon from its process's start to its first post, and to all that was due."""
    firsts, alls, used = [], [], size.rows
    file = daemon.configure(place, size)
    plant.campaign(file, size)
    plant.waiting(file, size)
    for _run in range(args.runs):
        now = datetime.now(UTC)
        plant.rows(file, size, range(used, used + args.due), lambda _n, now=now: now, lambda _n: "now")
        used += args.due
        (place / daemon.POSTS).unlink(missing_ok=True)
        began = time.perf_counter()
        with daemon.running(place) as process:
            firsts.append(daemon.wait_for_posts(process, place, 1) - began)
            alls.append(daemon.wait_for_posts(process, place, args.due) - began)
    for what, values, aim in (("process start to first post", firsts, "< 1"), ("… to all that was due", alls, None)):
        rig.show(
            rig.Measurement(
                bench="growth",
                what=what,
                unit="s",
                values=values,
                lower_is_better=True,
                aim=aim,
                conditions=size.conditions(due=args.due),
            )
        )


async def planning(args: argparse.Namespace, size: Size, place: Path) -> None:
    """Measure planning and launching `--steps` steps in every group."""
    took: dict[str, list[float]] = {"plan": [], "launch": []}
    tomorrow = datetime.now(UTC).date() + timedelta(days=1)
    text = sop_text(args.steps)
    for run in range(args.runs):
        began = time.perf_counter()
        sop = load(text.encode(), file="bench.yaml", files=ProjectFiles(root=place, sop_folder=place))
        groups = [PlanGroup(name=size.group(n)) for n in range(size.groups)]
        planned = plan(sop, groups=groups, start=tomorrow)
        took["plan"].append(time.perf_counter() - began)
        request = Request(plan=planned, groups=[group.name for group in groups], start=tomorrow)
        async with ours.database(f"sqlite:///{place / f'launch-{run}.db'}") as opened:
            began = time.perf_counter()
            launched = await launch(
                request, campaigns=SqlCampaigns(opened), directory=size.directory(), now=datetime.now(UTC)
            )
            took["launch"].append(time.perf_counter() - began)
        assert launched.done.inserted == args.steps * size.groups, launched.problems
    for what, values in took.items():
        rig.show(
            rig.Measurement(
                bench="growth",
                what=f"{what} of {args.steps} steps in {size.groups} groups",
                unit="s",
                values=values,
                lower_is_better=True,
                conditions=size.conditions() | {"rows": args.steps * size.groups},
            )
        )


def sop_text(steps: int) -> str:
    """Return an SOP with so many steps, ten a day."""
    lines = ["name: bench", "title: Bench", "timezone: Asia/Shanghai", "phases:", "  - name: all", "    steps:"]
    for n in range(steps):
        day, slot = n // 10 + 1, n % 10 + 9
        lines.append(f'      - {{id: s{n}, at: "D{day} {slot:02}:00", text: "step {n}"}}')
    return "\n".join(lines) + "\n"


async def main(args: argparse.Namespace) -> None:
    """Run all measurements, each in a folder that is gone before the next."""
    many, few = (Size(rows=rows, groups=args.groups, accounts=args.accounts) for rows in (args.rows, args.few))
    if "planning" in args.only:
        with rig.folder() as place:
            await planning(args, few, place)
    if "growth" in args.only:
        with rig.folder() as place:
            await grow(args, await _planted(place / "few.db", few), await _planted(place / "many.db", many))
    if "start" in args.only:
        with rig.folder() as place:
            await start(args, many, place)


async def _planted(file: Path, size: Size) -> Ledger:
    async with ours.database(f"sqlite:///{file}"):
        """Only make the tables."""
    plant.campaign(file, size)
    plant.waiting(file, size)
    return Ledger(file, size)


PARTS = ("planning", "growth", "start")


def parse(words: list[str] | None = None) -> argparse.Namespace:
    """Return the options."""
    parser = rig.options(__doc__ or "", rows=1_000_000, few=10_000, due=2_000, groups=1_000, accounts=8, steps=100)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, help="some of the measurements")
    return rig.shrunk(parser.parse_args(words), rows=200, few=50, due=10, groups=10, accounts=2, steps=3)


if __name__ == "__main__":
    rig.start(main, parse())
