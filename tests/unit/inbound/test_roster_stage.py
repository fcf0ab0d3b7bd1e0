import pytest

from groupbot.core.events import MembersJoined, MembersLeft
from groupbot.inbound.roster import RosterStage
from groupbot.testing.events import after, joined, left, roster
from groupbot.tracking.facts import FactKind
from groupbot.tracking.ports import FactQuery

HOUR = 3600


@pytest.fixture
def seen(intake, notes):
    """The stage under test, and behind it one that notes what later stages see."""

    def with_ids(stable=True):
        stage = notes()
        intake.pipeline.add(
            RosterStage(
                roster=intake.facts,
                directory=intake.directory,
                emit=intake.pipeline.emit,
                ours=frozenset({"bot"}),
                has_stable_ids=lambda _account: stable,
            )
        )
        intake.pipeline.add(stage)
        return stage

    return with_ids


async def moves(intake):
    rows = await intake.facts.find(FactQuery(kinds=frozenset({FactKind.JOIN, FactKind.LEAVE})))
    return [(row.fact.kind.value, row.fact.member, row.fact.found_late) for row in rows]


async def present(intake, group="camp-1"):
    return sorted(seat.member for seat in (await intake.facts.read(group)).present)


async def test_the_first_reading_is_the_baseline(intake, seen):
    seen()
    await intake.take(roster("r1", "ann", "bob", "bot"))
    assert await moves(intake) == []
    assert await present(intake) == ["ann", "bob"]


async def test_a_later_reading_finds_who_came_and_went(intake, seen):
    stage = seen()
    await intake.take(roster("r1", "ann", "bob", "bot"), roster("r2", "bob", "cat", "dan", "bot", at=after(HOUR)))
    assert await moves(intake) == [("join", "cat", True), ("join", "dan", True), ("leave", "ann", True)]
    assert await present(intake) == ["bob", "cat", "dan"]
    late = [event for event in stage.events if isinstance(event, MembersJoined | MembersLeft)]
    assert [(event.group, event.found_late, event.at) for event in late] == [("r1", True, after(HOUR))] * 2


async def test_reading_again_finds_nothing_more(intake, seen):
    seen()
    await intake.take(roster("r1", "ann"), roster("r2", "ann", "cat", at=after(HOUR)))
    await intake.take(roster("r3", "ann", "cat", at=after(HOUR + 1)))
    intake.restart()
    seen()
    await intake.take(roster("r2", "ann", "cat", at=after(HOUR)))
    assert await moves(intake) == [("join", "cat", True)]


async def test_two_accounts_in_a_group_find_one_join(intake, seen):
    seen()
    await intake.take(roster("r1", "ann"))
    await intake.take(roster("x1", "ann", account="second", group="s1"))
    await intake.take(roster("r2", "ann", "cat", at=after(HOUR)))
    await intake.take(roster("x2", "ann", "cat", at=after(HOUR + 2), account="second", group="s1"))
    assert await moves(intake) == [("join", "cat", True)]


async def test_a_live_join_is_not_found_again(intake, seen):
    seen()
    await intake.take(roster("r1", "ann"), joined("j1", "cat", at=after(HOUR)))
    await intake.take(roster("r2", "ann", "cat", at=after(2 * HOUR)))
    assert await moves(intake) == [("join", "cat", False)]


async def test_a_join_that_arrives_behind_the_list_that_holds_it_counts_once_and_as_seen(intake, seen):
    seen()
    await intake.take(roster("r1", "ann"))
    await intake.take(roster("r2", "ann", "cat", at=after(HOUR)))
    await intake.take(joined("j1", "cat", at=after(HOUR - 1)))
    assert await moves(intake) == [("join", "cat", False)]


async def test_a_join_that_is_recorded_while_its_list_is_compared_counts_once(intake, seen):
    seen()
    await intake.take(roster("r1", "ann"))
    await intake.take(roster("r2", "ann", "cat", at=after(HOUR)), joined("j1", "cat", at=after(HOUR - 1)))
    assert [member for _kind, member, _late in await moves(intake)] == ["cat"]


async def test_a_join_during_the_first_reading_counts(intake, seen):
    seen()
    await intake.take(roster("r1", "ann", "cat", at=after(1)), joined("j1", "cat"))
    assert await moves(intake) == [("join", "cat", False)]
    assert await present(intake) == ["ann", "cat"]


async def test_a_list_older_than_a_live_join_does_not_throw_the_member_out(intake, seen):
    seen()
    await intake.take(roster("r1", "ann"))
    await intake.take(joined("j1", "cat", at=after(HOUR)), roster("r2", "ann", at=after(HOUR + 5)))
    assert await moves(intake) == [("join", "cat", False)]
    assert await present(intake) == ["ann", "cat"]


async def test_a_member_who_left_while_the_bot_looked_comes_back_unseen(intake, seen):
    seen()
    await intake.take(roster("r1", "ann", "bob"), left("l1", "bob", at=after(HOUR)))
    await intake.take(roster("r2", "ann", "bob", at=after(3 * HOUR)))
    assert await moves(intake) == [("leave", "bob", False), ("join", "bob", True)]


@pytest.mark.parametrize("stable", [True, False])
async def test_an_empty_list_is_not_believed(intake, seen, stable):
    seen(stable=stable)
    await intake.take(roster("r1", "ann", "bob"), roster("r2", at=after(HOUR)))
    assert await moves(intake) == []
    assert await present(intake) == ["ann", "bob"]


async def test_where_ids_change_with_each_login_nobody_came_or_went(intake, seen):
    seen(stable=False)
    await intake.take(roster("r1", "a1", "b1"), roster("r2", "a2", "b2", "c2", at=after(HOUR)))
    assert await moves(intake) == []
    assert await present(intake) == ["a2", "b2", "c2"]


async def test_groups_are_read_apart(intake, seen):
    seen()
    await intake.take(roster("r1", "ann"), roster("r2", "cat", group="r2", at=after(HOUR)))
    assert await moves(intake) == []
    assert await present(intake, "camp-2") == ["cat"]
