from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groupbot.chat.directory import Directory, Group
from groupbot.settings import RetentionSettings
from groupbot.testing.events import NOON, after, joined, left, people
from groupbot.tracking.facts import FactKind, facts_of
from groupbot.tracking.moves import SAME_MOVE, Move, without_repeats
from groupbot.tracking.retention import Cutoff, cutoffs
from groupbot.tracking.roster import UNSURE, Seat, StoredRoster, compare

GROUPS = Directory([Group(name="camp-1", account="main", ids={"main": "r1", "second": "s1"})])
NOBODY = frozenset()


def facts(*events):
    return [fact for event in events for fact in facts_of(event, GROUPS)]


def kept(*events, known=()):
    return [fact.event_id for fact in without_repeats(facts(*events), [Move.of(fact) for fact in known])]


def test_another_accounts_report_is_a_repeat_while_it_is_near():
    seen = facts(joined("j1", "ann"))
    near, far = SAME_MOVE.total_seconds(), SAME_MOVE.total_seconds() + 1
    assert kept(joined("j2", "ann", at=after(near), account="second", group="s1"), known=seen) == []
    assert kept(joined("j2", "ann", at=after(-near), account="second", group="s1"), known=seen) == []
    assert kept(joined("j2", "ann", at=after(far), account="second", group="s1"), known=seen) == ["j2"]


def test_the_same_accounts_second_live_report_is_a_second_join():
    assert kept(joined("j2", "ann", at=after(1)), known=facts(joined("j1", "ann"))) == ["j2"]


def test_a_leave_is_no_repeat_of_a_join():
    assert kept(left("l1", "ann", account="second", group="s1"), known=facts(joined("j1", "ann"))) == ["l1"]


def test_a_live_report_after_a_late_one_is_a_repeat_and_the_other_way_round():
    late, live = joined("late", "ann", found_late=True), joined("j1", "ann", at=after(3))
    assert kept(late, live) == ["late"]
    assert kept(live, late) == ["j1"]


@given(st.permutations(["main", "second"]), st.lists(st.sampled_from("abcd"), min_size=1, max_size=8, unique=True))
def test_two_witnesses_of_the_same_joins_make_one_fact_each(accounts, who):
    groups = {"main": "r1", "second": "s1"}
    told = [joined(f"{name}-{member}", member, account=name, group=groups[name]) for name in accounts for member in who]
    assert len(kept(*told)) == len(who)


def stored(*seats):
    return StoredRoster(read_at=NOON - timedelta(days=1), seats={seat.member: seat for seat in seats})


def seat(member, *, joined_at=NOON - timedelta(days=1), left_at=None):
    return Seat(member=member, joined_at=joined_at, left_at=left_at)


def ids(persons):
    return [person.id for person in persons]


def test_who_is_new_in_a_list_came_and_who_is_missing_went():
    found = compare(stored(seat("ann"), seat("bob")), people("bob", "cat"), NOON, NOBODY)
    assert (ids(found.joined), ids(found.left)) == (["cat"], ["ann"])


def test_our_own_accounts_neither_come_nor_go():
    found = compare(stored(seat("bot"), seat("ann")), people("ann", "bot-2"), NOON, {"bot", "bot-2"})
    assert (found.joined, found.left) == ((), ())


def test_an_empty_list_is_not_believed():
    found = compare(stored(seat("ann")), (), NOON, NOBODY)
    assert (found.joined, found.left) == ((), ())


@pytest.mark.parametrize("shift", [-UNSURE, timedelta(0), UNSURE])
def test_a_seat_that_changed_near_the_reading_is_not_judged(shift):
    fresh = seat("ann", joined_at=NOON + shift)
    gone = seat("bob", left_at=NOON + shift)
    found = compare(stored(fresh, gone), people("bob", "cat"), NOON, NOBODY)
    assert (ids(found.joined), found.left) == (["cat"], ())


def test_who_left_long_ago_and_is_listed_came_back():
    gone = seat("bob", left_at=NOON - UNSURE - timedelta(seconds=1))
    assert ids(compare(stored(gone), people("bob"), NOON, NOBODY).joined) == ["bob"]


def test_each_kind_has_its_days_and_zero_keeps_for_good():
    settings = RetentionSettings(message=30, join=0, leave=0, own_post=7, account_state=0)
    assert cutoffs(settings, NOON) == (
        Cutoff(kind=FactKind.MESSAGE, before=NOON - timedelta(days=30)),
        Cutoff(kind=FactKind.FRIEND_REQUEST, before=NOON - timedelta(days=30)),
        Cutoff(kind=FactKind.OWN_POST, before=NOON - timedelta(days=7)),
    )
