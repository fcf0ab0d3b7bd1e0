"""What comes again within the window is counted, and told with its count when the window is over."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from groupbot.chat.alerts import Alert, Severity
from groupbot.chat.repeats import MOST, Repeats


def lost(account: str = "main", words: str = "gone", code: str = "account-offline") -> Alert:
    return Alert(severity=Severity.WARNING, code=code, text=words, fields={"account": account})


def test_the_same_alert_is_told_once_and_then_with_its_count():
    repeats = Repeats(600)
    assert repeats.is_new(lost(), 0)
    assert not repeats.is_new(lost(), 1)
    assert not repeats.is_new(lost(words="gone again"), 599)
    assert repeats.ripe(599) == ()
    [told] = repeats.ripe(600)
    assert told.text == "gone again (2 times more within 10 min)"
    assert not repeats.is_new(lost(), 601), "a new window began with the count"
    [told] = repeats.ripe(1200)
    assert told.text == "gone (once more within 10 min)"


def test_what_did_not_come_again_is_forgotten():
    repeats = Repeats(600)
    assert repeats.is_new(lost(), 0)
    assert repeats.ripe(600) == ()
    assert repeats.is_new(lost(), 600)


def test_an_alert_after_the_window_is_new_even_before_anybody_looked():
    repeats = Repeats(600)
    assert repeats.is_new(lost(), 0)
    assert repeats.is_new(lost(), 600)


def test_other_fields_and_other_codes_are_other_alerts():
    repeats = Repeats(600)
    assert repeats.is_new(lost("main"), 0)
    assert repeats.is_new(lost("second"), 0)
    assert repeats.is_new(lost("main", code="account-refused"), 0)


def test_a_window_of_nothing_tells_everything():
    repeats = Repeats(0)
    assert all(repeats.is_new(lost(), 0) for _ in range(3))


def test_the_rest_is_told_at_the_end():
    repeats = Repeats(600)
    repeats.is_new(lost(), 0)
    repeats.is_new(lost("second"), 0)
    repeats.is_new(lost(), 1)
    assert [alert.fields["account"] for alert in repeats.rest()] == ["main"]
    assert repeats.rest() == ()


@given(st.lists(st.floats(min_value=0, max_value=5000), max_size=60))
def test_every_alert_is_told_or_counted_and_none_twice_in_a_window(times: list[float]):
    repeats = Repeats(600)
    told: list[float] = []
    counted = 0
    for now in sorted(times):
        for alert in repeats.ripe(now):
            told.append(now)
            counted += _count(alert)
        if repeats.is_new(lost(), now):
            told.append(now)
            counted += 1
    counted += sum(_count(alert) for alert in repeats.rest())
    assert counted == len(times)
    assert all(later - earlier >= 600 for earlier, later in pairwise(told))


def _count(alert: Alert) -> int:
    words = alert.text.partition("(")[2]
    return 1 if words.startswith("once") else int(words.split()[0])


def test_a_flood_of_different_alerts_takes_no_more_than_its_room():
    repeats = Repeats(31_536_000)
    assert all(repeats.is_new(lost(f"a{number}"), 0) for number in range(MOST + 100))
    assert not repeats.is_new(lost(f"a{MOST + 99}"), 1), "the newest are remembered"
    assert repeats.is_new(lost("a0"), 1)
    assert repeats.size == MOST
