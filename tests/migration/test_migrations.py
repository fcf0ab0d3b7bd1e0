"""Every migration: up, down, no drift from the tables in the code, and rows in flight that survive it."""

from __future__ import annotations

import asyncio

import pytest

from groupbot.campaign.values import Campaign
from groupbot.delivery.values import Claim, Sent, State
from groupbot.errors import StoreError
from groupbot.storage import migrate
from groupbot.storage.campaigns import SqlCampaigns
from groupbot.storage.engine import Database
from groupbot.storage.ledger import SqlLedger
from groupbot.storage.tables import metadata
from tests.contract.ledger.conftest import T0, at, delivery
from tests.migration.conftest import SCRIPTS, Schema, revisions

POLICIES = '{"ask_timeout_s":1800,"grace_s":1800,"late":"skip","on_part_failure":"stop","quiet":null,"unknown":"ask"}'
PARTS = '[{"content":{"kind":"text","mentions":[],"text":"hello"},"gap_s":0.0}]'
MORNING = "2026-05-18 00:00:00.000000"


def delivery_row(number: int, state: str, token: str | None) -> tuple[str, dict[str, object]]:
    due = f"2026-05-18 0{number - 1}:00:00.000000"
    values = {"campaign": "camp", "key": f"s{number}/2026-05-18.0/g1", "step": f"s{number}", "group": "g1"}
    timing = {"lane": "g:g1", "account": "main", "due": due, "not_before": due, "ordinal": 0}
    plan = {"content": "c1", "parts": 1, "policies": POLICIES, "plan_version": 1}
    return "deliveries", values | timing | plan | {"state": state, "token": token, "epoch": 3}


IN_FLIGHT: list[tuple[str, dict[str, object]]] = [
    ("accounts", {"name": "main", "owner": "me", "epoch": 3}),
    (
        "campaigns",
        {"id": "camp", "sop": "demo", "version": "v1", "state": "running", "timezone": "Asia/Shanghai"}
        | {"start_date": "2026-05-18", "plan_version": 1, "created_at": MORNING},
    ),
    ("campaign_groups", {"campaign": "camp", "group": "g1", "plan_version": 1}),
    ("contents", {"id": "c1", "parts": PARTS}),
    delivery_row(1, "sending", "t1"),
    delivery_row(2, "planned", None),
    delivery_row(3, "unknown", "t3"),
    delivery_row(4, "sent", "t4"),
    (
        "posts",
        {"token": "t1", "delivery": 1, "part": 0, "account": "main", "group": "g1"}
        | {"fingerprint": "f", "outcome": "sending", "started_at": MORNING},
    ),
    ("lane_locks", {"lane": "g:g1", "delivery": 1, "until": "2026-05-18 00:02:00.000000"}),
    ("facts", {"at": MORNING, "recorded_at": MORNING, "kind": "message", "account": "main", "event_id": "m1"}),
]
"""Rows as the first schema knows them; every later one must carry them on."""
STATES = {"s1": State.SENDING, "s2": State.PLANNED, "s3": State.UNKNOWN, "s4": State.SENT}


async def fill(schema: Schema) -> None:
    async with schema.database.write() as conn:
        for table, values in IN_FLIGHT:
            names = ", ".join(f'"{name}"' for name in values)
            marks = ", ".join("?" if schema.database.is_sqlite else "%s" for _ in values)
            statement = f"INSERT INTO {table} ({names}) VALUES ({marks})"
            await conn.exec_driver_sql(statement, tuple(values.values()))


async def states(schema: Schema) -> dict[str, State]:
    return {row.step: row.state for row in await SqlCampaigns(schema.database).deliveries("camp")}


def test_revisions_are_one_line_from_the_first_to_the_newest() -> None:
    line = revisions()
    assert line[0] == "0001"
    assert line[-1] == migrate.NEWEST
    assert line == sorted(line)


async def test_the_newest_schema_is_that_of_the_code(schema: Schema) -> None:
    await schema.up()
    assert await schema.drift() == []


async def test_indexes_of_the_newest_schema_have_the_codes_conditions(schema: Schema) -> None:
    await schema.up()
    migrated = await schema.objects()
    await schema.down()
    async with schema.database.write() as conn:
        await conn.run_sync(metadata.create_all)
    made = await schema.objects()
    indexes = {name: sql for name, sql in made.items() if name.startswith("ix_")}
    assert indexes
    assert {name: migrated.get(name) for name in indexes} == indexes


async def test_drift_would_be_seen(schema: Schema) -> None:
    await schema.up()
    async with schema.database.write() as conn:
        await conn.exec_driver_sql("ALTER TABLE facts DROP COLUMN extra")
    assert len(await schema.drift()) == 1


@pytest.mark.parametrize("revision", revisions())
async def test_each_revision_goes_up_down_and_up_again(schema: Schema, revision: str) -> None:
    await schema.up(revision)
    first = await schema.objects()
    await schema.down("-1")
    await schema.up(revision)
    assert await schema.objects() == first


async def test_down_to_nothing_leaves_nothing(schema: Schema) -> None:
    await schema.up()
    await schema.down()
    assert await schema.objects() == {}
    await schema.up()
    assert await schema.drift() == []


@pytest.mark.parametrize("revision", revisions())
async def test_rows_in_flight_at_any_revision_survive_the_way_up(schema: Schema, revision: str) -> None:
    await schema.up("0001")
    await fill(schema)
    await schema.up(revision)
    await schema.up()
    assert await states(schema) == STATES


async def test_rows_in_flight_survive_each_step_up_and_back(schema: Schema) -> None:
    await schema.up("0001")
    await fill(schema)
    for revision in revisions()[1:]:
        await schema.up(revision)
        await schema.down("-1")
        await schema.up(revision)
    assert await states(schema) == STATES


async def test_a_send_that_was_in_flight_is_finished_after_the_upgrade(schema: Schema) -> None:
    await schema.up("0001")
    await fill(schema)
    await schema.up()
    ledger = SqlLedger(schema.database)
    assert await ledger.finish("t1", 1, Sent(message_id="m1"), at(1))
    owner, notices = await ledger.acquire("main", "heir", at(1))
    assert (owner.epoch, notices) == (4, ())
    [candidate] = await ledger.candidates(owner, at(61), 10)
    assert (candidate.step, candidate.part.content.text) == ("s2", "hello")
    assert await ledger.begin(Claim(candidate=candidate, fingerprint="f", lock_until=at(63)), owner, at(61))
    await ledger.close()


async def test_a_new_database_is_brought_to_the_newest_revision_once(schema: Schema) -> None:
    assert await migrate.current(schema.database) is None
    newest = migrate.NEWEST
    with pytest.raises(StoreError) as refused:
        await migrate.require_current(schema.database)
    assert "groupbot db upgrade" in refused.value.hint
    assert await migrate.upgrade(schema.database, SCRIPTS) == newest
    await fill(schema)
    assert await migrate.upgrade(schema.database, SCRIPTS) == newest
    await migrate.require_current(schema.database)
    assert await states(schema) == STATES


async def test_a_database_of_a_newer_groupbot_is_refused(schema: Schema) -> None:
    await schema.up()
    async with schema.database.write() as conn:
        await conn.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreError) as refused:
        await migrate.require_current(schema.database)
    assert "9999" in refused.value.message


async def test_an_upgrade_that_fails_changes_nothing(schema: Schema) -> None:
    async with schema.database.write() as conn:
        await conn.exec_driver_sql("CREATE TABLE tasks (id INTEGER)")
    with pytest.raises(StoreError):
        await schema.up()
    assert list(await schema.objects()) == ["tasks"]


async def test_the_migrated_schema_carries_a_campaign(schema: Schema) -> None:
    await schema.up()
    campaigns = SqlCampaigns(schema.database)
    record = Campaign(id="c", sop="x", title="", version="v", timezone="UTC", start=T0.date(), created_at=T0)
    version = await campaigns.open_draft(record)
    await campaigns.add_draft("c", version, [delivery(campaign="c")])
    assert (await campaigns.go_live(record, version, ["g1"])).inserted == 1


async def test_daemons_that_start_at_once_set_a_new_database_up_together(schema: Schema) -> None:
    url = schema.database.url.render_as_string(hide_password=False)
    others = [Database(url), Database(url)]
    assert await asyncio.gather(*(migrate.upgrade(other, SCRIPTS) for other in others)) == [migrate.NEWEST] * 2
    for other in others:
        await other.close()
    assert await schema.drift() == []


async def test_another_programs_tables_are_not_touched(schema: Schema) -> None:
    async with schema.database.write() as conn:
        await conn.exec_driver_sql("CREATE TABLE posts (words TEXT)")
    before = await schema.objects()
    with pytest.raises(StoreError) as refused:
        await migrate.upgrade(schema.database, SCRIPTS)
    assert refused.value.hint
    assert await schema.objects() == before
