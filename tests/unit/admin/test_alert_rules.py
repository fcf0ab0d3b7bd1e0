"""When people are told what."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from groupbot.admin.alert_rules import AlertRules, Waiting, digest, is_about_own_post, subject_of
from groupbot.chat.alerts import Alert, Severity
from groupbot.settings.alerts import AlertSettings

ZONE = ZoneInfo("Asia/Shanghai")
RULES = AlertRules(zone=ZONE, quiet=AlertSettings().quiet_hours("Asia/Shanghai"))


def at(day, clock):
    return datetime.combine(datetime(2026, 5, day).date(), time.fromisoformat(clock), tzinfo=ZONE)  # noqa: DTZ001 - a day


def alert(text="x", severity=Severity.WARNING, **fields):
    return Alert(severity=severity, code="c", text=text, fields=fields)


@pytest.mark.parametrize(
    ("severity", "now", "until"),
    [
        (Severity.CRITICAL, at(18, "03:00"), None),
        (Severity.WARNING, at(18, "12:00"), None),
        (Severity.WARNING, at(18, "22:00"), at(19, "08:00")),
        (Severity.WARNING, at(18, "07:59"), at(18, "08:00")),
        (Severity.INFO, at(18, "12:00"), at(19, "09:00")),
        (Severity.INFO, at(18, "08:59"), at(18, "09:00")),
    ],
)
def test_small_things_wait_for_the_morning_and_grave_ones_never(severity, now, until):
    assert RULES.waits_until(severity, now.astimezone(UTC)) == until


def test_a_digest_in_quiet_hours_waits_for_their_end():
    early = AlertRules(zone=ZONE, quiet=RULES.quiet, digest_at=time(6))
    assert early.waits_until(Severity.INFO, at(18, "23:00")) == at(19, "08:00")


def test_escalations_are_counted_and_bounded():
    begun = at(18, "12:00")
    rounds = [RULES.round_of(begun, begun + timedelta(minutes=n)) for n in (0, 9, 10, 29, 30, 600)]
    assert rounds == [0, 0, 1, 2, 3, 3]


def test_a_digest_tells_each_thing_once_and_not_too_much():
    rows = [Waiting(number=n, at=at(18, f"22:{n:02}"), alert=alert(f"thing\n{n % 25}")) for n in range(30)]
    told = digest(rows, ZONE).splitlines()
    assert told[1] == "22:25 thing 0 ×2"
    assert (len(told), told[-1]) == (22, "…5 more")


def test_what_became_of_an_answer_is_not_told():
    assert is_about_own_post(alert(delivery="one-off/alert/12ab"))
    assert not is_about_own_post(alert(delivery="camp/alert/2026-05-18.0/g1"))


def test_the_same_trouble_has_the_same_name():
    assert subject_of(alert("a", account="m", group="g")) == subject_of(alert("b", group="g", account="m"))
    assert subject_of(alert("a", account="m")) != subject_of(alert("a", account="n"))


@pytest.mark.parametrize("hours", ["22-8", "22:00", "25:00-08:00", "08:00-08:00"])
def test_hours_that_mean_nothing_are_refused(hours):
    with pytest.raises(ValueError, match="HH:MM"):
        AlertSettings(quiet=hours)


def test_quiet_hours_may_be_switched_off():
    assert AlertSettings(quiet="").quiet_hours("Asia/Shanghai") is None
