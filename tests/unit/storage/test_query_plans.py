"""The hot queries of the ledger use their partial indexes, so they stay quick however much was ever sent."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import event

from groupbot.campaign.values import Campaign
from groupbot.delivery.values import Claim, Ownership
from groupbot.storage.campaigns import SqlCampaigns
from groupbot.storage.engine import Database
from groupbot.storage.ledger import SqlLedger
from tests.contract.ledger.conftest import T0, at, delivery

ROWS = 300


class Overheard:
    """Notes the statements that go to the database."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.heard: list[tuple[str, object]] = []
        for engine in (database.engine.sync_engine, database.thread_engine):
            event.listen(engine, "before_cursor_execute", self._hear)

    def _hear(self, _conn, _cursor, statement, parameters, _context, _many) -> None:
        self.heard.append((statement, parameters))

    async def plan(self, *words: str) -> list[str]:
        """Return SQLite's plan of the one statement heard last that holds all `words`."""
        statement, parameters = next(heard for heard in reversed(self.heard) if all(word in heard[0] for word in words))
        async with self.database.read() as conn:
            rows = await conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            return [row.detail for row in rows]


@pytest.fixture
async def ledger(database: Database) -> AsyncIterator[SqlLedger]:
    campaigns = SqlCampaigns(database)
    record = Campaign(
        id="camp", sop="x", title="", version="v", timezone="Asia/Shanghai", start=T0.date(), created_at=T0
    )
    version = await campaigns.open_draft(record)
    await campaigns.add_draft("camp", version, [delivery(f"s{n}", n) for n in range(ROWS)])
    await campaigns.go_live(record, version, ["g1"])
    ledger = SqlLedger(database)
    yield ledger
    await ledger.close()


@pytest.fixture
async def owner(ledger: SqlLedger) -> Ownership:
    return (await ledger.acquire("main", "me", T0))[0]


def of(plan: list[str], table: str) -> list[str]:
    return [line for line in plan if line.split()[1] == table]


def assert_no_table_is_read_whole(plan: list[str]) -> None:
    scans = [line for line in plan if line.startswith("SCAN") and " USING " not in line and "CONSTANT" not in line]
    assert scans == []


async def test_candidates_are_found_by_account_and_time(
    database: Database, ledger: SqlLedger, owner: Ownership
) -> None:
    overheard = Overheard(database)
    await ledger.candidates(owner, at(10), 50)
    plan = await overheard.plan("SELECT", "ORDER BY")
    assert_no_table_is_read_whole(plan)
    assert of(plan, "deliveries") == [
        "SEARCH deliveries USING INDEX ix_deliveries_waiting (account=? AND not_before<?)"
    ]
    [earlier] = of(plan, "earlier")
    assert earlier.startswith("SEARCH earlier USING INDEX ix_deliveries_lane (campaign=? AND lane=?")


async def test_a_claim_finds_its_row_by_id(database: Database, ledger: SqlLedger, owner: Ownership) -> None:
    overheard = Overheard(database)
    [candidate] = await ledger.candidates(owner, at(10), 50)
    assert await ledger.begin(Claim(candidate=candidate, fingerprint="f", lock_until=at(12)), owner, at(10))
    plan = await overheard.plan("UPDATE deliveries", "sending")
    assert_no_table_is_read_whole(plan)
    assert any(line.startswith("SEARCH deliveries USING INTEGER PRIMARY KEY (rowid=?)") for line in plan)
    assert all("ix_deliveries_lane" in line for line in of(plan, "earlier"))


async def test_the_next_look_reads_index_entries_only(database: Database, ledger: SqlLedger, owner: Ownership) -> None:
    overheard = Overheard(database)
    assert await ledger.next_look(owner.account, at(10)) == at(11)
    plan = await overheard.plan("min(deliveries.not_before)")
    assert_no_table_is_read_whole([line for line in plan if line.split()[1] == "deliveries"])
    assert any("ix_deliveries_waiting (account=? AND not_before>?)" in line for line in of(plan, "deliveries"))
    assert any("ix_deliveries_open" in line for line in of(plan, "deliveries"))


async def test_open_questions_are_found_by_the_index_of_open_ones(
    database: Database, ledger: SqlLedger, owner: Ownership
) -> None:
    overheard = Overheard(database)
    await ledger.expire(owner.account, at(10))
    plan = await overheard.plan("blocks_until <=")
    assert of(plan, "deliveries") == ["SEARCH deliveries USING INDEX ix_deliveries_open (account=? AND state=?)"]
