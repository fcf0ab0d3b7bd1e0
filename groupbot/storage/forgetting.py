"""Taking a person's id out of what is kept for other reasons: notes, cards, waiting alerts, orders, plugins' values.

Ids are replaced as whole words, and names only beside them: a name alone may be anybody's. Every function works
inside the caller's transaction and returns how many rows.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Sequence
from typing import Any

from sqlalchemy import Column, Table, delete, or_, select, union, update
from sqlalchemy.ext.asyncio import AsyncConnection

from groupbot.campaign.one_off import ONE_OFF
from groupbot.core.content import load_parts
from groupbot.storage.forgetting_trails import forget_tracking
from groupbot.storage.incidents import forget_risks
from groupbot.storage.rows import body_of
from groupbot.storage.tables import (
    cards,
    contents,
    deliveries,
    drafts,
    facts,
    member_notes,
    members,
    plugin_store,
    tasks,
    waiting_alerts,
)

Blot = Callable[[str], str]


def blot(member: str, pseudonym: str, names: Collection[str] = ()) -> Blot:
    """Return what replaces `member` by `pseudonym` wherever it stands as a word of its own, and `names` beside it."""
    whole = re.compile(rf"(?<![\w@.-]){re.escape(member)}(?![\w@-]|[.:]\w)", re.ASCII)
    called = re.compile("|".join(map(re.escape, sorted(names, key=len, reverse=True))) or r"(?!)")

    def replaced(text: str) -> str:
        first, *more = whole.split(text)
        return pseudonym.join(called.sub(pseudonym, piece) for piece in (first, *more)) if more else text

    return replaced


async def names_of(conn: AsyncConnection, member: str) -> frozenset[str]:
    """Return what a member is called in what is kept; single signs are in every text and are left out."""
    query = union(
        select(facts.c.name).where(facts.c.member == member), select(members.c.name).where(members.c.member == member)
    )
    return frozenset(name for name in (await conn.execute(query)).scalars() if len(name) > 1)


async def forget_elsewhere(
    conn: AsyncConnection, member: str, pseudonym: str, names: Collection[str]
) -> dict[str, int]:
    """Take `member` out of all that this module knows, and out of texts that name their id what they are called."""
    replaced = blot(member, pseudonym, names)
    notes = await conn.execute(delete(member_notes).where(member_notes.c.member == member))
    risk = await forget_risks(conn, member)  # first: it finds their cards by the id
    tracked = await conn.run_sync(lambda sync: forget_tracking(sync, member, pseudonym))
    c, w, p, t = cards.c, waiting_alerts.c, plugin_store.c, tasks.c
    return {
        "notes": notes.rowcount,
        "cards": await _blotted(
            conn, cards, (c.subject, c.place, c.text, c.answered_by), (c.options, c.about), member, replaced
        ),
        "alerts": await _blotted(conn, waiting_alerts, (w.text,), (w.fields,), member, replaced),
        "plugins": await _blotted(conn, plugin_store, (p.key,), (p.value,), member, replaced),
        "tasks": await _blotted(conn, tasks, (t.text, t.assignee, t.done_by), (t.parts,), member, replaced),
        "words": await _blotted(conn, facts, (facts.c.text,), (), member, replaced),
        "orders": await _orders(conn, member, replaced),
        "risk": risk,
    } | tracked


async def _blotted(
    conn: AsyncConnection,
    table: Table,
    plain: Sequence[Column[Any]],
    as_json: Sequence[Column[Any]],
    member: str,
    replaced: Blot,
) -> int:
    """Rewrite the text columns `plain` and the JSON columns `as_json` of the rows that hold `member`."""
    held = [column.contains(member, autoescape=True) for column in plain]
    held += [column.contains(_inside(member), autoescape=True) for column in as_json]
    keys = list(table.primary_key.columns)
    changes = []
    for row in (await conn.execute(select(*dict.fromkeys((*keys, *plain, *as_json))).where(or_(*held)))).mappings():
        new = {column.name: replaced(row[column.name]) for column in plain if row[column.name]}
        new |= {column.name: _rewritten(row[column.name], replaced) for column in as_json}
        if any(row[name] != value for name, value in new.items()):
            changes.append((tuple(key == row[key.name] for key in keys), new))
    for which, new in changes:
        await conn.execute(update(table).where(*which).values(new))
    return len(changes)


async def _orders(conn: AsyncConnection, member: str, replaced: Blot) -> int:
    """Rewrite what was posted, or waits to be; a waiting order that does something to the person is cancelled."""
    found = select(contents).where(contents.c.parts.contains(_inside(member), autoescape=True))
    changed = 0
    for row in (await conn.execute(found)).all():
        parts = load_parts(_rewritten(row.parts, replaced))
        name, text = body_of(parts)
        if name == row.id:
            continue
        changed += 1
        if await conn.scalar(select(contents.c.id).where(contents.c.id == name)) is None:
            await conn.execute(contents.insert().values(id=name, parts=text))
        holders = deliveries.c.content == row.id
        if _is_named(json.loads(row.parts), member):
            waiting = holders & (deliveries.c.state == "planned") & (deliveries.c.campaign == ONE_OFF)
            await conn.execute(update(deliveries).where(waiting).values(state="cancelled"))
        await conn.execute(update(deliveries).where(holders).values(content=name))
        await conn.execute(update(drafts).where(drafts.c.content == row.id).values(content=name))
        await conn.execute(delete(contents).where(contents.c.id == row.id))
    return changed


def _inside(member: str) -> str:
    """Return `member` as it stands within a JSON text."""
    return json.dumps(member, ensure_ascii=False)[1:-1]


def _rewritten(text: str, replaced: Blot) -> str:
    """Return the JSON `text` with its strings replaced; as it was when nothing in it is."""
    before = json.loads(text)
    after = _walked(before, replaced)
    return text if after == before else json.dumps(after, ensure_ascii=False)


def _walked(value: Any, replaced: Blot) -> Any:
    match value:
        case str():
            return replaced(value)
        case list():
            return [_walked(item, replaced) for item in value]
        case dict():
            return {replaced(key): _walked(item, replaced) for key, item in value.items()}
    return value


def _is_named(value: Any, member: str) -> bool:
    """Tell whether `member` is a value of its own, not a word in a sentence."""
    match value:
        case list():
            return any(_is_named(item, member) for item in value)
        case dict():
            return any(_is_named(item, member) for item in value.values())
    return bool(value == member)
