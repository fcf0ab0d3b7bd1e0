"""What every Roster does, and how the facts move its seats."""

from dataclasses import replace

from groupbot.chat.capabilities import Standing
from groupbot.core.events import Person, Rank
from groupbot.testing.events import NOON, after, joined, left, people
from groupbot.tracking.roster import Reading


def reading(*ids, at=NOON, baseline=True, account="main"):
    return Reading(account=account, group="camp-1", topic="Camp", at=at, members=people(*ids), baseline=baseline)


async def present(stores, group="camp-1"):
    return sorted(seat.member for seat in (await stores.roster.read(group)).present)


async def test_an_unknown_group_was_never_read(stores):
    stored = await stores.roster.read("camp-9")
    assert stored.read_at is None
    assert stored.seats == {}


async def test_a_baseline_seats_who_is_there(stores):
    await stores.read_anew(reading("ann", "bob"))
    stored = await stores.roster.read("camp-1")
    assert stored.read_at == NOON
    assert {seat.member: seat.name for seat in stored.present} == {"ann": "ANN", "bob": "BOB"}


async def test_a_join_takes_a_seat_and_a_leave_gives_it_up(stores):
    await stores.append(joined("j1", "ann", "bob", inviter="cat"))
    await stores.append(left("l1", "ann", at=after(9)))
    seats = (await stores.roster.read("camp-1")).seats
    assert (seats["ann"].joined_at, seats["ann"].left_at) == (NOON, after(9))
    assert (seats["bob"].left_at, seats["bob"].inviter, seats["bob"].name) == (None, "cat", "BOB")


async def test_moves_in_one_batch_count_in_their_order(stores):
    await stores.append(joined("j1", "ann"), left("l1", "ann", at=after(1)), joined("j2", "ann", at=after(2)))
    assert await present(stores) == ["ann"]
    await stores.append(left("l2", "ann", at=after(3)), joined("j3", "bob"), left("l3", "bob", at=after(4)))
    assert await present(stores) == []


async def test_a_repeated_join_does_not_bring_back_who_left(stores):
    await stores.append(joined("j1", "ann"))
    await stores.append(left("l1", "ann", at=after(9)))
    await stores.append(joined("j1", "ann"))
    assert await present(stores) == []


async def test_a_leave_of_an_unknown_member_is_kept(stores):
    await stores.append(left("l1", "ann"))
    seats = (await stores.roster.read("camp-1")).seats
    assert seats["ann"].left_at == NOON


async def test_a_plain_reading_moves_nobody_but_learns_names(stores):
    await stores.read_anew(reading("ann", "bob"))
    renamed = Reading(
        account="main",
        group="camp-1",
        topic="Camp",
        at=after(600),
        members=(Person(id="ann", name="安"), *people("cat")),
        baseline=False,
    )
    await stores.read_anew(renamed)
    stored = await stores.roster.read("camp-1")
    assert await present(stores) == ["ann", "bob"]
    assert stored.seats["ann"].name == "安"
    assert stored.read_at == after(600)


async def test_a_reading_without_a_name_keeps_the_known_one(stores):
    await stores.read_anew(reading("ann"))
    await stores.read_anew(
        Reading(account="main", group="camp-1", topic="", at=after(9), members=(Person(id="ann"),), baseline=False)
    )
    assert (await stores.roster.read("camp-1")).seats["ann"].name == "ANN"


async def test_a_later_baseline_replaces_the_seats(stores):
    await stores.read_anew(reading("ann", "bob"))
    await stores.read_anew(reading("x1", "x2", "bob", at=after(600)))
    assert await present(stores) == ["bob", "x1", "x2"]
    await stores.read_anew(reading("ann", at=after(900)))
    assert await present(stores) == ["ann"]


async def test_a_baseline_leaves_what_happened_after_it(stores):
    await stores.append(joined("j1", "new", at=after(5)), joined("j2", "gone"))
    await stores.append(left("l1", "gone", at=after(5)))
    await stores.read_anew(reading("gone", "ann", at=after(1)))
    assert await present(stores) == ["ann", "new"]


async def test_a_group_read_by_two_accounts_has_one_roster(stores):
    await stores.read_anew(reading("ann"))
    await stores.read_anew(reading("ann", at=after(90), baseline=False, account="second"))
    stored = await stores.roster.read("camp-1")
    assert stored.read_at == after(90)
    assert await present(stores) == ["ann"]


async def test_each_account_has_its_own_standing_as_last_read(stores):
    owner = replace(reading("ann", "bob", "cat"), rank=Rank.OWNER)
    await stores.read_anew(owner)
    await stores.read_anew(replace(reading("ann"), account="second", rank=Rank.MEMBER))
    await stores.read_anew(replace(reading("ann", at=after(9)), account="second", rank=Rank.ADMIN))
    await stores.read_anew(replace(reading("ann"), group="camp-2"))
    assert await stores.standings.standings(["camp-1", "camp-9"]) == {
        ("main", "camp-1"): Standing(rank=Rank.OWNER, members=3),
        ("second", "camp-1"): Standing(rank=Rank.ADMIN, members=1),
    }
