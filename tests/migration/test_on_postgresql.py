"""What PostgreSQL must have that SQLite takes as it comes: partial indexes, instants with a zone, true booleans."""

from __future__ import annotations

import pytest

from groupbot.storage.tables import Instant, metadata
from tests.migration.conftest import Schema

pytestmark = pytest.mark.parametrize("schema", ["postgresql"], indirect=True)

COLUMNS = """
    SELECT table_name || '.' || column_name AS place, udt_name AS kind, column_default AS start
    FROM information_schema.columns WHERE table_schema = current_schema()
"""


@pytest.fixture
async def columns(schema: Schema) -> dict[str, tuple[str, str | None]]:
    """Return kind and default of every column of the newest schema."""
    await schema.up()
    async with schema.database.read() as conn:
        return {row.place: (row.kind, row.start) for row in await conn.exec_driver_sql(COLUMNS)}


def test_every_instant_is_kept_with_its_zone(columns) -> None:
    instants = {
        f"{table.name}.{column.name}"
        for table in metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, Instant)
    }
    assert instants
    assert {columns[place][0] for place in instants} == {"timestamptz"}


def test_flags_are_booleans_and_start_as_false(columns) -> None:
    assert columns["accounts.paused"] == ("bool", "false")
    assert columns["deliveries.approved"] == ("bool", "false")


@pytest.mark.usefixtures("columns")
async def test_what_waits_is_found_by_partial_indexes(schema: Schema) -> None:
    indexes = {name: sql for name, sql in (await schema.objects()).items() if " WHERE " in sql}
    assert set(indexes) >= {"ix_deliveries_waiting", "ix_deliveries_lane", "ix_deliveries_open", "ix_posts_unsettled"}
    assert "state)::text = 'planned'" in indexes["ix_deliveries_waiting"]
