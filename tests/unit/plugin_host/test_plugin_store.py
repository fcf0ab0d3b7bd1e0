"""What plugins keep: apart from each other, as JSON, on every store alike."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import ExitStack

import pytest

from groupbot.errors import StoreError
from groupbot.plugin_host.ports import KeyValues
from groupbot.storage.engine import Database
from groupbot.storage.plugin_store import SqlPluginStore
from groupbot.storage.tables import metadata
from groupbot.testing import MemoryPluginStore
from tests import postgres


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
async def store(request, tmp_path) -> AsyncIterator[KeyValues]:
    if request.param == "memory":
        yield MemoryPluginStore()
        return
    with ExitStack() as stack:
        is_sqlite = request.param == "sqlite"
        url = f"sqlite:///{tmp_path}/bot.db" if is_sqlite else stack.enter_context(postgres.shared().schema())
        database = Database(url)
        async with database.write() as conn:
            await conn.run_sync(metadata.create_all)
        yield SqlPluginStore(database)
        await database.close()


async def test_a_value_is_kept_replaced_and_forgotten(store):
    value = {"name": "小周", "n": [1, 2.5, None, True]}
    await store.set("one", "a", value)
    assert await store.get("one", "a") == value
    await store.set("one", "a", 0)
    assert await store.get("one", "a") == 0
    await store.delete("one", "a")
    await store.delete("one", "a")
    assert await store.get("one", "a") is None


async def test_plugins_do_not_see_each_other(store):
    await store.set("one", "a", 1)
    await store.set("two", "a", 2)
    await store.delete("one", "a")
    assert (await store.get("two", "a"), await store.keys("one", "")) == (2, [])


async def test_keys_are_found_by_how_they_begin_whatever_signs_they_hold(store):
    for key in ("a/2", "a/1", "a_x", "a%", "b"):
        await store.set("one", key, 1)
    assert await store.keys("one", "a/") == ["a/1", "a/2"]
    assert await store.keys("one", "a_") == ["a_x"]
    assert await store.keys("one", "a%") == ["a%"]
    assert len(await store.keys("one", "")) == 5


@pytest.mark.parametrize("value", [object(), {1, 2}, "x" * (1 << 20)])
async def test_what_is_no_json_or_too_much_is_refused(store, value):
    with pytest.raises(StoreError):
        await store.set("one", "a", value)
    assert await store.get("one", "a") is None
    with pytest.raises(StoreError):
        await store.set("one", "k" * 191, 1)
