"""Measure how long a workbook takes from bytes to a checked SOP, beside openpyxl that only reads its cells.

    python tests/benchmarks/bench_workbook.py [--rows N] [--runs N] [--small]

Two sheets are measured: five and ten columns, of `--rows` rows. No two time cells are alike, which is the worst case:
equal cells are read once. openpyxl gives the stored values of all cells (`data_only`), in the mode that knows merged
cells; it has no steps, checks no words and finds no pictures.
"""

from __future__ import annotations

import argparse
import io
import time
from collections.abc import Callable, Sequence

import openpyxl

from groupbot.sop.load import load
from groupbot.sop.materials import Found, Missing
from tests.benchmarks import rig

HEADINGS = ("阶段", "时间", "动作", "话术", "负责人", "渠道", "目的", "目标受众", "考核指标", "备注")
PER_DAY, EVENING = 10, 7


class NoFiles:
    """A project without materials."""

    def find(self, path: str) -> Found | Missing:  # there are none
        return Missing()

    def keep(self, name: str, data: bytes) -> Found | None:  # the same
        return None


def row_of(number: int) -> tuple[str | None, ...]:
    """Return the cells of one row; `number` counts from 0."""
    day, turn = number // PER_DAY + 1, number % PER_DAY
    clock = f"{9 + turn}:{number * 7 % 60:02}" if turn < EVENING else f"晚{turn}点半"
    when = f"第{day}天 {clock}"
    words = f"大家好，今天是第 {day} 天，这是第 {number} 条，看完说说你的想法"
    more = ("群内", "促活", "全群", "回复 20 条", "原样发送")
    return ("预热期" if not turn else None, when, "早安问候", words, f"班主任{turn % 3}", *more)


def workbook(rows: int, columns: int) -> bytes:
    """Return a workbook of one sheet."""
    made = openpyxl.Workbook()
    sheet = made.worksheets[0]
    sheet.append(HEADINGS[:columns])
    for number in range(rows):
        sheet.append(row_of(number)[:columns])
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def ours(data: bytes) -> int:
    """Return how many steps the workbook has."""
    return len(load(data, file="bench.xlsx", files=NoFiles()).steps)


def peer(data: bytes) -> int:
    """Return how many rows below the headings openpyxl gives."""
    book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    return len([[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]) - 1


def measured(read: Callable[[bytes], int], data: bytes, rows: int) -> rig.Side:
    """Return a side that reads `data` and makes sure that no row was lost."""

    async def side() -> rig.Figures:
        begun = time.perf_counter()
        found = read(data)
        spent = time.perf_counter() - begun
        if found != rows:
            message = f"{read.__name__} found {found} of {rows} rows"
            raise RuntimeError(message)
        return {"load": spent * 1_000}

    return side


async def main(args: argparse.Namespace) -> None:
    """Measure and print."""
    for columns in (5, 10):
        data = workbook(args.rows, columns)
        sides: Sequence[rig.Side] = [measured(read, data, args.rows) for read in (ours, peer)]
        for side in sides:
            await side()  # the first one compiles patterns
        mine, theirs = await rig.interleaved(args.runs, *sides)
        rig.show(
            rig.Measurement(
                bench="workbook",
                what=f"load, {columns} columns",
                unit="ms",
                values=mine["load"],
                peer="openpyxl reading the cells",
                peer_values=theirs["load"],
                lower_is_better=True,
                aim="ratio >= 0.5: within twice openpyxl's time, and under 1 s",
                conditions={"rows": args.rows, "columns": columns, "bytes": len(data), "accounts": 0, "groups": 0},
            )
        )


def parse(words: list[str] | None = None) -> argparse.Namespace:
    """Return the options."""
    parser = rig.options(__doc__ or "", rows=500)
    parser.set_defaults(runs=15)
    return rig.shrunk(parser.parse_args(words), rows=20)


if __name__ == "__main__":
    rig.start(main, parse())
