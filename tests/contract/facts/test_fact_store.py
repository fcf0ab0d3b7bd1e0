"""What every FactStore does."""

from dataclasses import replace

from groupbot.core.events import AccountState, AccountStateChanged
from groupbot.testing.events import NOON, after, joined, left, message
from groupbot.tracking.facts import FactKind
from groupbot.tracking.ports import FactQuery

ALL = FactQuery()


async def test_what_is_appended_is_found_as_it_was(stores):
    said = replace(message("m1", text="第一行\n[微笑] 🎉"), mentions=("bob",), quoted_id="m0")
    added = await stores.append(said)
    (row,) = await stores.facts.find(ALL)
    assert added == (row.fact,)
    assert (row.fact.group, row.fact.member, row.fact.name) == ("camp-1", "ann", "ANN")
    assert row.fact.text == "第一行\n[微笑] 🎉"
    assert row.fact.extra == {"kind": "text", "mentions": ["bob"], "quoted": "m0"}
    assert (row.fact.at, row.recorded_at) == (NOON, NOON)


async def test_a_second_delivery_adds_nothing(stores):
    assert len(await stores.append(message("m1"))) == 1
    assert await stores.append(message("m1")) == ()
    assert len(await stores.facts.find(ALL)) == 1


async def test_a_second_delivery_in_the_same_batch_adds_nothing(stores):
    assert len(await stores.append(message("m1"), message("m2"), message("m1"))) == 2
    assert len(await stores.facts.find(ALL)) == 2


async def test_one_event_of_three_joins_is_three_facts_and_is_told_apart_by_member(stores):
    assert [fact.member for fact in await stores.append(joined("j1", "ann", "bob", "cat"))] == ["ann", "bob", "cat"]
    assert [fact.member for fact in await stores.append(joined("j1", "bob", "dan"))] == ["dan"]


async def test_the_same_event_id_on_two_accounts_is_two_events(stores):
    assert len(await stores.append(message("m1"), message("m1", account="second", group="s1"))) == 2


async def test_two_accounts_that_see_one_join_count_it_once(stores):
    await stores.append(joined("j1", "ann"))
    assert await stores.append(joined("x9", "ann", at=after(2), account="second", group="s1")) == ()


async def test_two_accounts_that_see_one_join_in_one_batch_count_it_once(stores):
    added = await stores.append(joined("j1", "ann"), joined("x9", "ann", at=after(2), account="second", group="s1"))
    assert [fact.account for fact in added] == ["main"]


async def test_a_join_found_in_a_list_just_before_its_live_event_counts_once(stores):
    await stores.append(joined("late", "ann", found_late=True))
    assert await stores.append(joined("j1", "ann", at=after(1))) == ()


async def test_a_member_who_comes_back_joins_again(stores):
    await stores.append(joined("j1", "ann"))
    await stores.append(left("l1", "ann", at=after(5)))
    assert len(await stores.append(joined("j2", "ann", at=after(9)))) == 1


async def test_the_same_member_in_another_group_joins_there(stores):
    await stores.append(joined("j1", "ann"))
    assert len(await stores.append(joined("j2", "ann", group="r2"))) == 1


async def test_facts_are_listed_by_time_and_narrowed(stores):
    await stores.append(joined("j1", "bob", at=after(30)), message("m1"), joined("j2", "cat", at=after(40), group="r2"))
    by_time = [row.fact.event_id for row in await stores.facts.find(ALL)]
    assert by_time == ["m1", "j1", "j2"]

    async def ids(query):
        return [row.fact.event_id for row in await stores.facts.find(query)]

    assert await ids(FactQuery(groups=("camp-1",))) == ["m1", "j1"]
    assert await ids(FactQuery(groups=())) == []
    assert await ids(FactQuery(kinds=frozenset({FactKind.JOIN}))) == ["j1", "j2"]
    assert await ids(FactQuery(member="bob")) == ["j1"]
    assert await ids(FactQuery(since=after(30))) == ["j1", "j2"]
    assert await ids(FactQuery(until=after(30))) == ["m1"]
    assert await ids(FactQuery(limit=1)) == ["m1"]


async def test_a_fact_without_a_group_is_kept(stores):
    offline = AccountStateChanged(account="main", event_id="a1", at=NOON, state=AccountState.OFFLINE)
    await stores.append(offline)
    (row,) = await stores.facts.find(FactQuery(kinds=frozenset({FactKind.ACCOUNT})))
    assert (row.fact.group, row.fact.extra) == (None, {"state": "offline"})


async def test_forgetting_takes_the_person_out_and_leaves_the_counts(stores):
    await stores.append(
        joined("j-wxann-1", "wxann"),
        message("m-wxann-1", sender="wxann", text="my phone is 1"),
        message("m2", sender="wxann", text="again"),
        joined("j2", "bob", inviter="wxann"),
        replace(message("m3", sender="bob", text="thanks"), mentions=("wxann", "cat")),
    )
    forgotten = await stores.facts.forget("wxann")
    assert forgotten.rows == {"join": 1, "message": 2, "invitations": 1, "mentions": 1, "seats": 1}
    rows = await stores.facts.find(ALL)
    assert len(rows) == 5
    assert "wxann" not in repr(rows).lower()
    assert "phone" not in repr(rows)
    hers = await stores.facts.find(FactQuery(member=forgotten.pseudonym))
    assert [row.fact.kind for row in hers] == [FactKind.JOIN, FactKind.MESSAGE, FactKind.MESSAGE]
    (bobs,) = await stores.facts.find(FactQuery(member="bob", kinds=frozenset({FactKind.MESSAGE})))
    assert bobs.fact.text == "thanks"
    assert bobs.fact.extra["mentions"] == [forgotten.pseudonym, "cat"]
    seats = (await stores.roster.read("camp-1")).seats
    assert "wxann" not in repr(seats).lower()
    assert set(seats) == {forgotten.pseudonym, "bob"}


async def test_forgetting_is_not_the_same_twice_and_a_stranger_changes_nothing(stores):
    await stores.append(message("m1"), message("m2", sender="bob"))
    first = await stores.facts.forget("ann")
    second = await stores.facts.forget("bob")
    assert first.pseudonym != second.pseudonym
    assert (await stores.facts.forget("ann")).rows == {}


async def test_a_forgotten_member_is_not_taken_for_one_whose_id_holds_theirs(stores):
    await stores.append(replace(message("m1", sender="bob"), mentions=("ann%", "annabel", "a_n")))
    assert (await stores.facts.forget("ann")).rows == {}
    assert (await stores.facts.forget("ann%")).rows == {"mentions": 1}


async def test_pruning_deletes_one_kind_from_before_an_instant(stores):
    await stores.append(message("m1"), joined("j1", "ann"))
    await stores.append(replace(message("m2"), at=after(10)))
    assert await stores.facts.prune(FactKind.MESSAGE, after(10)) == 1
    assert [row.fact.event_id for row in await stores.facts.find(ALL)] == ["j1", "m2"]
    assert await stores.facts.prune(FactKind.MESSAGE, after(10)) == 0


async def test_nothing_appended_is_nothing_added(stores):
    assert await stores.facts.append((), recorded_at=NOON) == ()
