"""Whatever order facts come in, however often and in whatever chunks: the sums are the same, and those of a rebuild."""

from __future__ import annotations

import asyncio
import itertools
import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from groupbot.settings.tracking import ChannelSettings, StageSettings
from groupbot.storage.engine import Database
from groupbot.storage.persons import SqlAliases
from groupbot.storage.tables import metadata
from groupbot.tracking.facts import MOVES, Fact, FactKind
from groupbot.tracking.metrics import Dimension
from groupbot.tracking.origins import ChannelWords
from groupbot.tracking.rolling import Rolling
from groupbot.tracking.rules import rules_of
from tests.contract.rollups.world import World

DST = datetime(2026, 3, 29, 0, 0, tzinfo=UTC)
"""The night in which Berlin's clocks go forward; an hour after its midnight."""
PEOPLE = tuple(f"p{number}" for number in range(7))
STAFF = "boss"
ROLLING = Rolling(
    rules=rules_of([StageSettings(name="signed_up", keywords=("1",), after="offer", within_s=3600.0)]),
    words=ChannelWords(
        [ChannelSettings(name="poster", keywords=("红薯",)), ChannelSettings(name="wing", groups=("g2",))]
    ),
    staff={STAFF: "Boss"},
)
people = st.sampled_from(PEOPLE)
groups = st.sampled_from(("g1", "g2"))
minutes = st.integers(0, 60 * 30)
"""Over thirty hours: across two midnights and the change of clocks."""
words = st.sampled_from(("hi", "1", "红薯", "几点开课？", "打卡"))
_numbers = itertools.count(1)


def _at(minute: float) -> datetime:
    return DST - timedelta(hours=4) + timedelta(minutes=minute)


@st.composite
def facts(draw: st.DrawFn) -> Sequence[Fact]:
    """Draw what happens: stays of each person in their order, so that a leave follows its join."""
    found: list[Fact] = []
    for person in draw(st.lists(people, unique=True, min_size=1)):
        for group in draw(st.lists(groups, unique=True, min_size=1)):
            times = sorted(draw(st.lists(minutes, unique=True, min_size=1, max_size=4)))
            for count, minute in enumerate(m for m in times if not times.index(m) or m - times[times.index(m) - 1] > 6):
                kind = FactKind.LEAVE if count % 2 else FactKind.JOIN
                inviter = draw(st.sampled_from((None, *PEOPLE))) if kind is FactKind.JOIN else None
                found.append(_fact(kind, person, minute, group, actor=inviter))
            for minute, text in draw(st.lists(st.tuples(minutes, words), max_size=4)):
                found.append(_fact(FactKind.MESSAGE, person, minute, group, text=text))
    for minute, group, whom in draw(st.lists(st.tuples(minutes, groups, st.sampled_from(("", *PEOPLE))), max_size=3)):
        extra = {"mentions": [whom]} if whom else {}
        found.append(_fact(FactKind.MESSAGE, STAFF, minute, group, text="看群公告", extra=extra))
    return found


def _fact(kind: FactKind, member: str, minute: float, group: str, **more: Any) -> Fact:
    event = f"{kind.value}-{next(_numbers)}"
    return Fact(at=_at(minute), kind=kind, account="main", event_id=event, group=group, member=member, **more)


def _also_heard(fact: Fact, shift: int) -> Fact:
    """Return what a second account in the group tells of the same; of a move it may know `shift` minutes otherwise."""
    moved = timedelta(minutes=shift if fact.kind in MOVES else 0)
    return Fact(
        at=fact.at + moved,
        found_late=fact.kind in MOVES and shift > 0,
        kind=fact.kind,
        account="second",
        event_id=f"second-{fact.event_id}",
        group=fact.group,
        member=fact.member,
        text=fact.text,
        actor=fact.actor,
        extra=fact.extra,
    )


posts = st.lists(st.tuples(st.sampled_from(("hello", "offer")), minutes, groups), max_size=4)
paid = st.lists(st.tuples(people, minutes, st.sampled_from(("paid", "refunded"))), max_size=4, unique=True)
aliases = st.sampled_from(((), (("p0", "p1"),), (("p0", "p1"), ("p3", "p0"))))


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an empty database's file."""
    file: Path = tmp_path_factory.mktemp("empty") / "empty.db"

    async def make() -> None:
        database = Database(f"sqlite:///{file}")
        async with database.engine.begin() as conn:
            await conn.run_sync(metadata.create_all)
        await database.close()

    asyncio.run(make())
    return file


async def _played(
    empty: Path, happened: Sequence[Sequence[Fact]], others: Any, *, chunk: int, late: bool
) -> tuple[Mapping[tuple[str, ...], int], Mapping[tuple[str, ...], int]]:
    """Return the sums after what `happened`, with a look after each batch, and after a rebuild.

    `others`: posts, conversions and aliases; `late`: they become known after all the facts, else before.
    """
    with TemporaryDirectory() as folder:
        file = shutil.copy(empty, folder)
        database = Database(f"sqlite:///{file}")
        world = World(database=database, rolling=ROLLING, chunk=chunk)
        await world.campaign("spring", "g1", "g2", zone="Europe/Berlin", began=_at(-1))
        if not late:
            await _others(world, *others)
        for batch in happened:
            await world.tell(*batch)
            await world.rollups.refresh()
        if late:
            await _others(world, *others)
        counted = await world.rows()
        await world.roller.rebuild("spring")
        again = await world.rows()
        assert await world.roller.verify("spring") == []
        await database.close()
    return counted, again


def _first(pair: tuple[Fact, int]) -> int:
    return id(pair[0])


async def _others(world: World, posted: Any, converted: Any, joined: Any) -> None:
    offset = (_at(0) - world.began()).total_seconds() / 60
    for number, (step, minute, group) in enumerate(dict.fromkeys(posted)):
        await world.post(step, minute + offset + number / 100, group=group)
    for member, minute, stage in converted:
        await world.convert(stage, member, minutes=minute + offset, amount=Decimal("9.9"))
    for member, other in joined:
        await SqlAliases(world.database).join(member, other, by="", now=world.clock.now())


@settings(
    max_examples=6,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # shrinking takes minutes: two stores are played each time
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(told=facts(), others=st.tuples(posts, paid, aliases), data=st.data())
def test_the_same_facts_give_the_same_sums(empty: Path, told: Sequence[Fact], others: Any, data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(told))
    again = data.draw(st.lists(st.sampled_from(told), max_size=3))
    twice = data.draw(st.lists(st.tuples(st.sampled_from(told), st.integers(-2, 2)), max_size=5, unique_by=_first))
    heard = [_also_heard(fact, shift) for fact, shift in twice]
    mixed = data.draw(st.permutations([*shuffled, *again, *heard]))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(mixed)), max_size=3)))
    batches = [mixed[first:last] for first, last in itertools.pairwise([0, *cuts, len(mixed)])]
    ordered = sorted([*told, *heard], key=lambda fact: fact.at)
    late, chunk = data.draw(st.booleans()), data.draw(st.sampled_from((2, 7, 1_000)))

    plain, rebuilt = asyncio.run(_played(empty, [ordered], others, chunk=1_000, late=False))
    odd, odd_rebuilt = asyncio.run(_played(empty, batches, others, chunk=chunk, late=late))

    assert _differing(plain, rebuilt) == {}
    assert _differing(plain, odd) == {}
    assert _differing(plain, odd_rebuilt) == {}
    _adds_up(plain)


def _differing(one: Mapping[tuple[str, ...], int], other: Mapping[tuple[str, ...], int]) -> Any:
    """Return the rows that are not the same, with both sums."""
    return {row: (one.get(row, 0), other.get(row, 0)) for row in {*one, *other} if one.get(row, 0) != other.get(row, 0)}


def _adds_up(rows: Mapping[tuple[str, ...], int]) -> None:
    """Check that all views are views of the same: each person joins, replies, leaves once in all."""
    place = {dimension: count for count, dimension in enumerate(Dimension)}
    total: Counter[str] = Counter()
    for row, count in rows.items():
        total[row[place[Dimension.METRIC]]] += count
    assert total["cohort:joined"] == total["stage:joined"]
    assert total["stage:joined"] <= len(PEOPLE)
    assert all(total[f"answered:{step}"] <= total[f"asked:{step}"] for step in ("hello", "offer"))
