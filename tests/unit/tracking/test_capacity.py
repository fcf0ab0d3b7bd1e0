"""How full groups are, when they will be, and which one takes people in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from groupbot.tracking.capacity import Door, Fill, Pool, PoolRules, forecast, images_to_ask, stand

NOON = datetime(2026, 5, 18, 12, 0, tzinfo=UTC)
RULES = PoolRules(name="camp", groups=("g1", "g2", "g3"), limit=200, switch_before=10)
DAY = timedelta(days=1)


def ago(minutes: float) -> datetime:
    return NOON - timedelta(minutes=minutes)


def pool(members: Mapping[str, int | None], **doors: Door) -> Pool:
    return stand(RULES, {group: forecast(group, count, 200, (), NOON) for group, count in members.items()}, doors, NOON)


def test_the_forecast_goes_on_with_the_net_joins_of_the_last_hours() -> None:
    joins = [(ago(minutes), 1) for minutes in range(30)]
    fill = forecast("g1", 140, 200, [*joins, (ago(5), -1), (ago(400), 1), (NOON + DAY, 1)], NOON)
    assert (fill.room, round(fill.per_hour, 2)) == (60, round(29 / 3, 2))
    assert fill.full_at == NOON + timedelta(hours=60 / (29 / 3))


def test_a_few_joins_or_more_leaves_forecast_nothing() -> None:
    assert forecast("g1", 140, 200, [(ago(1), 2)], NOON).full_at is None
    assert forecast("g1", 140, 200, [(ago(1), -50)], NOON).full_at is None
    assert forecast("g1", None, 200, [(ago(1), 50)], NOON) == Fill(group="g1", members=None, limit=200, per_hour=50 / 3)


def test_a_group_over_its_limit_has_no_room_and_is_full_now() -> None:
    fill = forecast("g1", 205, 200, [(ago(1), 9)], NOON)
    assert (fill.room, fill.full_at) == (0, NOON)


def test_the_entry_is_the_first_open_group_with_room() -> None:
    found = pool({"g1": 190, "g2": 30, "g3": None})
    assert (found.entry, found.after, found.ending) == ("g2", "g3", ("g1",))
    assert pool({"g1": 189}).entry == "g1"
    closed = pool({"g1": 20, "g2": None, "g3": 200}, g1=Door(group="g1", closed=True))
    assert (closed.entry, closed.after, closed.ending) == ("g2", None, ("g3",))
    assert pool({"g1": 200, "g2": 200, "g3": 200}).entry is None


def test_a_rush_ends_an_entry_before_its_seats_do() -> None:
    rush = [(ago(minutes), 2) for minutes in range(120)]
    fills = {"g1": forecast("g1", 185, 200, rush, NOON)}
    assert stand(RULES, fills, {}, NOON).ending == ("g1",)


def test_images_are_asked_for_of_the_entry_and_the_one_after_it_in_time() -> None:
    members = {"g1": 5, "g2": 5, "g3": 5}
    assert images_to_ask(pool(members), NOON, DAY) == ["g1", "g2"]
    lasting = Door(group="g1", image="a.png")
    ends = Door(group="g2", image="b.png", expires_at=NOON + timedelta(hours=30))
    assert images_to_ask(pool(members, g1=lasting, g2=ends), NOON, DAY) == []
    assert images_to_ask(pool(members, g1=lasting, g2=ends), NOON + timedelta(hours=6), DAY) == ["g2"]
    assert not ends.has_image(NOON + timedelta(hours=30))


def entered(group: str, minutes: float = 60) -> Door:
    return Door(group=group, entered_at=ago(minutes))


def test_the_next_group_takes_over_only_when_it_is_ready() -> None:
    fills = {"g1": forecast("g1", 190, 200, (), NOON)}
    doors = {"g1": entered("g1")}
    found = stand(RULES, fills, doors, NOON, {"g2": ("a leader",)})
    assert (found.entry, found.after, found.ending, found.waiting) == ("g3", "g2", ("g1",), ("g2",))
    assert found.is_passed_over("g2")
    assert not found.is_stopgap
    both = stand(RULES, fills, doors, NOON, {"g2": ("a leader",), "g3": ("an account",)})
    assert (both.entry, both.after, both.ending, both.is_stopgap) == ("g1", "g2", (), True)
    assert all(map(both.is_passed_over, ("g2", "g3")))


def test_a_full_group_is_no_stopgap() -> None:
    fills = {"g1": forecast("g1", 200, 200, (), NOON)}
    found = stand(RULES, fills, {"g1": entered("g1")}, NOON, {"g2": ("a leader",), "g3": ("a leader",)})
    assert (found.entry, found.ending, found.waiting) == (None, ("g1",), ("g2", "g3"))


def test_the_entry_stays_when_it_lacks_something_and_when_one_before_it_has_become_ready() -> None:
    fills = {"g1": forecast("g1", 50, 200, (), NOON)}
    assert stand(RULES, fills, {}, NOON, {"g1": ("an account",)}).entry == "g1"
    doors = {"g1": Door(group="g1", closed=True, entered_at=ago(90)), "g3": entered("g3")}
    later = stand(RULES, fills, doors, NOON)
    assert (later.entry, later.after) == ("g3", "g2")
    ended = doors | {"g3": Door(group="g3", closed=True, entered_at=ago(60))}
    assert stand(RULES, fills, ended, NOON).entry == "g2"
