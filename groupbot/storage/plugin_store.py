"""What plugins keep, and what their host keeps about them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, select

from groupbot.errors import StoreError
from groupbot.i18n import _
from groupbot.storage.engine import Database
from groupbot.storage.retry import retried
from groupbot.storage.tables import plugin_store

MOST_KEY = 190
"""Characters of a key."""
MOST_VALUE = 1 << 20
"""Characters of a value as JSON: the store is for state, not for files."""
p = plugin_store.c


class SqlPluginStore:
    """`plugin_host.ports.KeyValues` over a `Database`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, plugin: str, key: str) -> Any:
        query = select(p.value).where(p.plugin == plugin, p.key == key)
        async with self._database.read() as conn:
            found = await conn.scalar(query)
        return None if found is None else json.loads(found)

    @retried
    async def set(self, plugin: str, key: str, value: Any) -> None:
        text = stored_json(key, value)
        row = self._database.insert(plugin_store).values(plugin=plugin, key=key, value=text)
        async with self._database.write() as conn:
            await conn.execute(row.on_conflict_do_update(index_elements=[p.plugin, p.key], set_={"value": text}))

    @retried
    async def delete(self, plugin: str, key: str) -> None:
        async with self._database.write() as conn:
            await conn.execute(delete(plugin_store).where(p.plugin == plugin, p.key == key))

    async def keys(self, plugin: str, prefix: str) -> Sequence[str]:
        query = select(p.key).where(p.plugin == plugin, p.key.startswith(prefix, autoescape=True))
        async with self._database.read() as conn:
            return sorted((await conn.scalars(query)).all())


def stored_json(key: str, value: Any) -> str:
    """Return `value` as it is stored; raises StoreError for what can't be."""
    try:
        text = json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError) as error:
        raise StoreError(_("The value of {key} is nothing that JSON can hold.").format(key=key)) from error
    if len(key) > MOST_KEY or len(text) > MOST_VALUE:
        raise StoreError(_("{key}: a key may have {n} characters, a value a million.").format(key=key, n=MOST_KEY))
    return text
