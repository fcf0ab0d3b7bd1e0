"""The roller: read facts into trails and daily sums, a chunk at a time.

A chunk is read and worked out on a snapshot in a thread of its own, then written with the cursor in one short
transaction: a process that dies loses and doubles nothing, and no post waits for arithmetic.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import delete, select, text
from sqlalchemy.engine import Connection

from groupbot.core.clock import Clock
from groupbot.settings import Settings
from groupbot.storage import roll_reading as reading
from groupbot.storage import roll_starting as starting
from groupbot.storage.engine import Database
from groupbot.storage.faults import store_errors
from groupbot.storage.roll_checking import Difference, differences
from groupbot.storage.roll_folding import Chunk, Folded, fold
from groupbot.storage.roll_marks import CURSOR, OURS, POSTS, WIPE, Marks, behind_mark, read_marks, take_turn, write_mark
from groupbot.storage.roll_people import Ground
from groupbot.storage.roll_writing import write_folded
from groupbot.storage.rollups import SqlRollups
from groupbot.storage.tables import trail_changes
from groupbot.tracking.facts import MOVES
from groupbot.tracking.observing import Seen
from groupbot.tracking.replies import StepPost
from groupbot.tracking.rolling import Rolling, rolling
from groupbot.tracking.scope import Scope, by_group

CHUNK, BACKLOG = 2_000, 20_000
"""Facts in one transaction (it holds SQLite's only writer for 10 to 60 ms), and how many wait when it takes twice."""
CHANGES, POSTS_AT_ONCE = 500, 20
"""People and posts in one chunk: a post asks everybody in its group."""
POSTS_AGAIN = timedelta(minutes=5)
"""How far back posts are looked for again: they are stamped by the clock of whoever posts, and written a bit later."""
_ch = trail_changes.c
T = TypeVar("T")


@dataclass(kw_only=True, slots=True)
class _Step:
    """What one transaction writes. `marks`: new values; `changes`: rows of trail_changes that are done."""

    turn: int
    folded: list[Folded] = field(default_factory=list)
    marks: dict[str, str | None] = field(default_factory=dict)
    changes: list[int] = field(default_factory=list)
    more: bool = False


class Roller:
    """Keep trails and roll-ups up with the facts. `rolling`: the rules that hold now. Any number may run at once."""

    def __init__(
        self,
        database: Database,
        rolling: Callable[[], Rolling],
        clock: Clock,
        *,
        chunk: int = CHUNK,
        pause_s: float = 0.0,
    ) -> None:
        self._database = database
        self._rolling = rolling
        self._clock = clock
        self._chunk = chunk
        self._pause_s = pause_s
        self._ends: dict[tuple[str, int], Any] = {}
        self._one_at_a_time = asyncio.Lock()

    async def refresh(self) -> None:
        """Read every fact that was recorded by now into the sums. Raises StoreError; what was written stays."""
        async with self._one_at_a_time:
            upto = await self._database.transact(_settled)
            while await self._step(upto):  # noqa: ASYNC110 - lets others write in between
                await asyncio.sleep(self._pause_s)

    async def rebuild(self, campaign: str) -> None:
        """Make a campaign's trails and sums anew from the facts.

        Raises StoreError when there is no such campaign, or when facts that it needs were deleted: its sums stay.
        """
        async with self._one_at_a_time:
            rolling = self._rolling()
            await self._database.transact(
                lambda conn: starting.start_over(
                    conn, reading.read_scopes(conn, rolling.after_days, self._ends), campaign, rolling.digest
                )
            )
        await self.refresh()

    async def verify(self, campaign: str) -> Sequence[Difference]:
        """Compare a campaign's sums with what its trails add up to; nothing = they agree. Raises StoreError.

        Costs, which come from no trail, are left out.
        """
        after_days = self._rolling().after_days
        async with self._one_at_a_time:
            return await self._look(
                lambda conn: differences(conn, reading.read_scopes(conn, after_days, self._ends), campaign)
            )

    async def _step(self, upto: int) -> bool:
        """Read and write one chunk; False when nothing is left to do."""
        started = await self._start_campaigns()
        if started:
            return True
        step = await self._look(lambda conn: self._read(conn, upto))
        if step is None:
            return False
        now = self._clock.now()
        await self._database.transact(lambda conn: _write(conn, step, now))
        return True  # also when somebody else wrote meanwhile: then the same is read again

    async def _start_campaigns(self) -> bool:
        rules, now = self._rolling(), self._clock.now()

        def wanted(conn: Connection) -> bool:
            return starting.is_due(read_marks(conn), reading.read_scopes(conn, rules.after_days, self._ends), now)

        def start(conn: Connection) -> bool:
            return starting.begin(conn, reading.read_scopes(conn, rules.after_days, self._ends), now, rules.digest)

        return await self._look(wanted) and await self._database.transact(start)

    async def _look(self, work: Callable[[Connection], T]) -> T:
        """Run `work` on a snapshot, in a thread that no post waits for."""
        with store_errors():
            return await asyncio.to_thread(self._database.on_snapshot, work)

    def _read(self, conn: Connection, upto: int) -> _Step | None:
        """Return the next thing to write, None when all is read."""
        marks, rules = read_marks(conn), self._rolling()
        scopes = {one.campaign: one for one in reading.read_scopes(conn, rules.after_days, self._ends)}
        step = _Step(turn=marks.turn)
        staff = reading.read_staff(conn, rules)
        aliases = reading.read_aliases(conn)
        ground = Ground(
            rolling=rules, staff=staff, aliases=aliases, others=reading.turned(aliases), pruned=marks.pruned
        )
        limit = self._chunk * 2 if upto - marks.cursor > BACKLOG else self._chunk
        source = _Source(conn, marks, scopes, upto, limit)
        for chunk in source.chunks(step, _others(step, marks, staff.ids)):
            step.folded.append(fold(conn, chunk, ground))
        return step if step.more else None


class _Source:
    """What a step is made of: new posts, changed people, facts."""

    def __init__(self, conn: Connection, marks: Marks, scopes: Mapping[str, Scope], upto: int, limit: int) -> None:
        self._conn = conn
        self._marks = marks
        self._scopes = {name: one for name, one in scopes.items() if marks.scope(name) is not None}
        self._upto = upto
        self._limit = limit

    def chunks(self, step: _Step, others: Collection[str]) -> Sequence[Chunk]:
        """Return what each campaign has to fold, and note in `step` what is done by it.

        `others`: members who changed besides those whom trail_changes names.
        """
        behind = {name: int(value) for name, value in self._marks.behind.items() if value != WIPE}
        laggard = min(behind, key=lambda name: behind[name], default=None)
        posts = self._posts(step)
        changed = self._changed(step)
        for name in self._scopes if others else ():
            changed.setdefault(name, []).extend(others)
        if laggard is not None and laggard in self._scopes:
            scopes = {laggard: self._scopes[laggard]}
            read, last = behind[laggard], min(self._marks.cursor, self._upto)
            facts = reading.read_facts(self._conn, read, last, self._limit, scopes[laggard].groups)
            upto = facts[-1].id if len(facts) == self._limit else last
            step.marks[behind_mark(laggard)] = None if upto >= last else str(upto)
            step.more = True
        else:
            scopes = {name: one for name, one in self._scopes.items() if name not in self._marks.behind}
            read = self._marks.cursor
            facts = reading.read_facts(self._conn, read, self._upto, self._limit, None)
            upto = facts[-1].id if len(facts) == self._limit else max(self._upto, read)
            if upto > read or CURSOR not in self._marks.values:
                step.marks[CURSOR] = str(upto)
                step.more = True
        shared = self._shared(facts, scopes)
        reseated: dict[str, set[str]] = {}
        for name, member in _before(facts, scopes.values()):
            changed.setdefault(name, []).append(member)
            reseated.setdefault(name, set()).add(member)
        wanted = {name for name in (*shared, *posts, *changed) if name in self._scopes}
        cursors = {name: behind.get(name, self._marks.cursor) for name in wanted}
        return [
            Chunk(
                scope=self._scopes[name],
                facts=shared.get(name, ()),
                changed=frozenset(changed.get(name, ())),
                reseated=frozenset(reseated.get(name, ())),
                posts=posts.get(name, ()),
                read=cursors[name],
                upto=upto if name in scopes else cursors[name],
            )
            for name in sorted(wanted)
            if self._marks.behind.get(name) != WIPE
        ]

    def _shared(self, facts: Sequence[Seen], scopes: Mapping[str, Scope]) -> dict[str, list[Seen]]:
        """Return the facts that each campaign counts."""
        places = by_group(scopes.values())
        found: dict[str, list[Seen]] = {}
        for fact in facts:
            if fact.group is None:
                continue
            for one in places.get(fact.group, ()):
                if one.holds(fact.at):
                    found.setdefault(one.campaign, []).append(fact)
        return found

    def _posts(self, step: _Step) -> dict[str, list[StepPost]]:
        since = datetime.fromisoformat(self._marks.posts) if self._marks.posts else None
        found = reading.new_posts(self._conn, since - POSTS_AGAIN if since else None, POSTS_AT_ONCE)
        by_campaign: dict[str, list[StepPost]] = {}
        for one in found:
            by_campaign.setdefault(one.campaign, []).append(one.post)
        newest = found[-1].finished if len(found) == POSTS_AT_ONCE else reading.newest_post(self._conn)
        if newest > self._marks.posts:
            step.marks[POSTS] = newest
        step.more = step.more or bool(found) or (not self._marks.posts and newest != "")
        return by_campaign

    def _changed(self, step: _Step) -> dict[str, list[str]]:
        rows = self._conn.execute(select(trail_changes).order_by(_ch.id).limit(CHANGES)).all()
        found: dict[str, list[str]] = {}
        for row in rows:
            step.changes.append(row.id)
            for campaign in [row.campaign] if row.campaign else self._scopes:
                found.setdefault(campaign, []).append(row.member)
        step.more = step.more or bool(rows)
        return found


def _before(facts: Sequence[Seen], scopes: Iterable[Scope]) -> Iterator[tuple[str, str]]:
    """Yield (campaign, member) of moves from before a campaign began: they tell who sat there when it did."""
    places = by_group(scopes)
    for fact in facts:
        if fact.kind in MOVES and fact.group is not None:
            yield from ((one.campaign, fact.member) for one in places.get(fact.group, ()) if fact.at < one.since)


def roller_of(database: Database, settings: Callable[[], Settings], clock: Clock, *, pause_s: float = 0.0) -> Roller:
    """Return a roller that counts by the settings that hold at the time; `pause_s`: rest after each chunk."""
    held: list[tuple[Settings, Rolling]] = []

    def rules() -> Rolling:
        told = settings()
        if not held or held[0][0] is not told:
            held[:] = [(told, rolling(told))]
        return held[0][1]

    return Roller(database, rules, clock, pause_s=pause_s)


def rollups_of(database: Database, settings: Callable[[], Settings], clock: Clock) -> SqlRollups:
    """Return the daily sums, which read new facts when they are refreshed."""
    return SqlRollups(database, roller_of(database, settings, clock).refresh)


def _others(step: _Step, marks: Marks, ours: Collection[str]) -> Collection[str]:
    """Return who became one of our people, or is no more, since the last step; they are in no sum."""
    known = set(json.loads(marks.values.get(OURS, "[]")))
    if known == set(ours):
        return ()
    step.marks[OURS] = json.dumps(sorted(ours), ensure_ascii=False)
    step.more = True
    return known ^ set(ours)


def _settled(conn: Connection) -> int:
    """Return the highest id below which every fact is committed.

    PostgreSQL gives ids before it commits: so no writer may be under way for the instant in which this is read.
    """
    if conn.dialect.name == "postgresql":
        conn.execute(text("LOCK TABLE facts IN SHARE MODE"))
    return reading.newest_fact(conn)


def _write(conn: Connection, step: _Step, now: datetime) -> None:
    """Write `step`, unless somebody wrote trails since it was read."""
    if not take_turn(conn, step.turn):
        return
    for folded in step.folded:
        write_folded(conn, folded, now)
    for name, value in step.marks.items():
        write_mark(conn, name, value)
    if step.changes:
        conn.execute(delete(trail_changes).where(_ch.id.in_(step.changes)))
