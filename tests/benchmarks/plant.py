"""Put rows into a ledger by the bulk: a launch of a million takes minutes, which is not what is measured here."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from groupbot.core.content import Part, Text
from groupbot.delivery.values import NewDelivery
from groupbot.storage.rows import body_of, planned_row
from tests.benchmarks.ours import CAMPAIGN, Size

AHEAD = timedelta(days=1)
"""How far ahead the first waiting row is due."""


def campaign(file: Path, size: Size) -> None:
    """Write the running campaign that all planted rows belong to."""
    with sqlite3.connect(file) as conn:
        conn.execute(
            "INSERT INTO campaigns (id, sop, version, state, timezone, start_date, plan_version, created_at)"
            " VALUES (?, 'bench', 'v1', 'running', 'Asia/Shanghai', '2026-01-01', 1, ?)",
            (CAMPAIGN, stored(datetime.now(UTC))),
        )
        conn.executemany(
            'INSERT INTO campaign_groups (campaign, "group", plan_version) VALUES (?, ?, 1)',
            ((CAMPAIGN, size.group(n)) for n in range(size.groups)),
        )
    conn.close()


def waiting(file: Path, size: Size) -> None:
    """Plant `size.rows` deliveries that are due from tomorrow on, a second apart from step to step."""
    tomorrow = datetime.now(UTC) + AHEAD
    rows(file, size, range(size.rows), lambda n: tomorrow + timedelta(seconds=n // size.groups), lambda _n: "later")


def rows(
    file: Path, size: Size, numbers: Iterable[int], due: Callable[[int], datetime], text: Callable[[int], str]
) -> None:
    """Plant the deliveries `numbers`; a number is never given twice for one file."""
    conn = sqlite3.connect(file)
    for pragma in (
        "journal_mode=MEMORY",
        "synchronous=OFF",
        "cache_size=-262144",
    ):  # whoever opens it next sets its own
        conn.execute(f"PRAGMA {pragma}")
    with conn:
        known: set[str] = set()
        names = [*planned_row(_delivery(size, 0, datetime.now(UTC), ""), 1), "not_before", "state"]
        marks = ", ".join(f":{name}" for name in names)
        quoted = ", ".join(f'"{name}"' for name in names)
        conn.executemany(
            f"INSERT INTO deliveries ({quoted}) VALUES ({marks})", _values(conn, size, numbers, due, text, known)
        )
    conn.close()


def _values(
    conn: sqlite3.Connection,
    size: Size,
    numbers: Iterable[int],
    due: Callable[[int], datetime],
    text: Callable[[int], str],
    known: set[str],
) -> Iterator[dict[str, object]]:
    """Yield the columns of each row. What rows of one step share is worked out once for it."""
    shared: tuple[int, str, dict[str, object]] | None = None
    for n in numbers:
        step, words = n // size.groups, text(n)
        if shared is None or shared[:2] != (step, words):
            row = _delivery(size, n, due(n), words)
            columns = {
                name: stored(value) if isinstance(value, datetime) else value
                for name, value in planned_row(row, 1).items()
            }
            columns |= {"not_before": stored(row.due), "state": "planned"}
            shared = (step, words, columns)
            if columns["content"] not in known:
                known.add(str(columns["content"]))
                conn.execute("INSERT OR IGNORE INTO contents VALUES (?, ?)", body_of(row.parts))
        group = size.group(n)
        yield shared[2] | {"key": f"{n}/{group}", "group": group, "lane": f"g:{group}", "account": size.account(n)}


def _delivery(size: Size, number: int, due: datetime, text: str) -> NewDelivery:
    step = number // size.groups
    return NewDelivery(
        campaign=CAMPAIGN,
        key=f"{number}/{size.group(number)}",
        step=f"s{step}",
        phase="",
        group=size.group(number),
        account=size.account(number),
        due=due,
        ordinal=step,
        parts=(Part(content=Text(text=text)),),
    )


def stored(instant: datetime) -> str:
    """Return `instant` as the ledger keeps it on SQLite."""
    return f"{instant.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}"
