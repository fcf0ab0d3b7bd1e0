"""Alerts in chat: where they go, what waits, what is acknowledged, and what is handed to other ways."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from groupbot.admin.alert_rules import AlertRules, Waiting
from groupbot.admin.alerting import ChatAlerts
from groupbot.admin.services import AccountLine, Standing
from groupbot.chat.alerts import Alert, Severity
from groupbot.chat.channels import ChannelError
from groupbot.errors import StoreError
from groupbot.settings.alerts import AlertSettings
from tests.unit.admin.conftest import SETTINGS

ZONE = ZoneInfo(SETTINGS.timezone)
NIGHT = datetime(2026, 5, 18, 23, 0, tzinfo=ZONE)
MORNING = datetime(2026, 5, 19, 9, 0, tzinfo=ZONE)


class Drawer:
    """`WaitingAlerts` in memory."""

    def __init__(self):
        self.rows = []

    async def keep(self, alert, *, at, due):
        self.rows.append((Waiting(number=len(self.rows) + 1, at=at, alert=alert), due))

    async def due(self, now):
        return [row for row, due in self.rows if due <= now]

    async def drop(self, numbers):
        self.rows = [item for item in self.rows if item[0].number not in numbers]


class Wire:
    """Which orders went out: all of them, unless it is cut."""

    def __init__(self, said):
        self._said = said
        self.is_cut = False

    async def posts_of(self, campaign, key):
        assert campaign == "one-off"
        assert any(order.key == key for order in self._said.orders)
        return [] if self.is_cut else ["post"]


class Accounts:
    def __init__(self, state):
        self.state = state

    async def standing(self):
        return Standing(accounts=(AccountLine(name="main", state=self.state),), held=0, unknown=0)


class Bell:
    """The channel over a control room."""

    def __init__(self, chat, now=datetime(2026, 5, 18, 12, 0, tzinfo=ZONE)):
        self.chat = chat
        chat.clock.set(now)
        self.wire = Wire(chat.said)
        self.accounts = Accounts("online")
        self.drawer = Drawer()
        self.channel = ChatAlerts(
            rules=AlertRules(zone=ZONE, quiet=AlertSettings().quiet_hours(SETTINGS.timezone)),
            services=replace(chat.room.services, system=self.accounts),
            answers=chat.room.answers,
            kinds=chat.room.desk.kinds,
            waiting=self.drawer,
            posted=self.wire,
        )

    async def ring(self, text="trouble", severity=Severity.CRITICAL, code="c", **fields):
        await self.channel.tell(Alert(severity=severity, code=code, text=text, fields=fields))

    async def after(self, **time):
        self.chat.clock.advance(timedelta(**time).total_seconds())
        return await self.channel.tend()

    @property
    def told(self):
        """Everything said, as (group or member, text)."""
        return [(order.group or order.member, order.parts[0].content.text) for order in self.chat.said.orders]


@pytest.fixture
def bell(chat):
    return Bell(chat)


@pytest.mark.parametrize(
    ("severity", "group", "places"),
    [
        (Severity.WARNING, "", ["ops"]),
        (Severity.WARNING, "camp-1", ["east-ops"]),
        (Severity.WARNING, "ops", ["ops"]),
        (Severity.WARNING, "nowhere", ["ops"]),
        (Severity.CRITICAL, "camp-1", ["east-ops", "ops"]),
    ],
)
async def test_each_goes_to_who_can_do_something_about_it(bell, severity, group, places):
    await bell.ring(severity=severity, group=group)
    assert [place for place, _text in bell.told] == places


async def test_a_burst_is_told_in_part_and_the_rest_together(bell):
    for number in range(300):
        await bell.ring(f"skipped {number}", Severity.WARNING, code="delivery-skipped", group="ops")
    await bell.ring("other", Severity.WARNING)
    assert [text for _place, text in bell.told] == [*(f"skipped {number}" for number in range(5)), "other"]
    await bell.after(minutes=10)
    assert bell.told[-1][1].startswith("295 notices that waited:\n12:00 skipped 5\n")
    await bell.ring("skipped 300", Severity.WARNING, code="delivery-skipped", group="ops")
    assert bell.told[-1][1] == "skipped 300"


async def test_a_squad_without_a_chat_is_told_by_its_leader(bell):
    bell.chat.room.places.adopt(["ops"], ())
    await bell.ring("x", Severity.WARNING, group="camp-1")
    await bell.ring("y", Severity.WARNING, group="camp-2")
    assert [place for place, _text in bell.told] == ["u-leader", "ops"]


async def test_what_is_critical_is_acknowledged_once_for_all_chats(bell):
    await bell.ring("disk full", group="camp-1")
    assert bell.told[1][1] == "#2 Urgent: disk full\n1 Got it"
    assert await bell.chat.type("#1 1", by="u-staff", group="g-east") == "Stan takes care of #1."
    assert await bell.chat.type("#2 1", group="g-ops") == "#2 is over."
    assert await bell.after(hours=2) == []


async def test_the_same_trouble_is_one_question_while_it_is_open(bell):
    await bell.ring("gone", account="main")
    again = Alert(severity=Severity.CRITICAL, code="c", text="gone (twice)", fields={"account": "main"}, plain="gone")
    await bell.channel.tell(again)
    assert len(bell.told) == 1


async def test_other_words_about_an_open_trouble_are_told_once_and_stay_one_question(bell):
    for text in ("2 groups", "9 groups", "9 groups", "2 groups"):
        await bell.ring(text)
    both = "Urgent: 2 groups\nUrgent: 9 groups"
    assert bell.told == [("ops", "#1 Urgent: 2 groups\n1 Got it"), ("ops", f"#1 {both}\n1 Got it")]
    [alert] = await bell.after(minutes=10)
    assert both in alert.text
    assert await bell.chat.type("#1 1") == "Opal takes care of #1."


async def test_other_words_that_do_not_go_out_are_handed_back(bell):
    await bell.ring("2 groups")
    assert await bell.after(minutes=2) == []
    bell.wire.is_cut = True
    await bell.ring("9 groups")
    assert [alert.text for alert in await bell.after(minutes=1)] == ["9 groups"]


async def test_what_nobody_acknowledges_goes_to_the_owner_and_outside_a_few_times(bell):
    await bell.ring("no posts")
    assert await bell.after(minutes=9) == []
    [first] = await bell.after(minutes=1)
    assert (first.code, first.text) == (
        "unacknowledged",
        "Nobody has acknowledged this for 10 minutes: Urgent: no posts",
    )
    assert bell.told[-1] == ("u-owner", f"#2 {first.text}\n1 Got it")
    assert [len(await bell.after(minutes=10)) for _round in range(4)] == [1, 1, 0, 0]
    assert [place for place, _text in bell.told].count("u-owner") == 3
    assert bell.chat.audited == [("groupbot", "alert/escalated", "done")] * 3


async def test_another_process_does_not_escalate_what_the_first_did(bell):
    await bell.ring("no posts")
    await bell.after(minutes=10)
    bell.chat.room.desk.kinds.forget("alert")
    second = Bell(bell.chat, now=bell.chat.clock.now())
    assert await second.after(minutes=1) == []
    assert len(await second.after(minutes=9)) == 1


async def test_a_database_that_fails_loses_nothing_that_is_handed_back(bell, monkeypatch):
    async def fails(*_words):
        raise StoreError("locked")

    await bell.ring("a", Severity.WARNING)
    monkeypatch.setattr(bell.wire, "posts_of", fails)
    monkeypatch.setattr(bell.drawer, "due", fails)
    assert [alert.text for alert in await bell.after(minutes=1)] == ["a"]


async def test_a_chat_that_breaks_is_escalated_outside_all_the_same(bell, monkeypatch):
    async def locked(_order):
        raise StoreError("locked")

    await bell.ring("no posts")
    monkeypatch.setattr(bell.chat.said, "submit", locked)
    assert len(await bell.after(minutes=10)) == 1


async def test_an_owner_answers_for_the_group(bell):
    await bell.ring("no posts")
    await bell.after(minutes=10)
    assert await bell.chat.type("1", by="u-owner", group=None) == "Olga takes care of #2."
    assert await bell.after(minutes=10) == []
    assert await bell.chat.type("#1 1") == "#1 is over."


async def test_a_night_is_told_in_the_morning_but_not_what_is_critical(bell):
    bell.chat.clock.set(NIGHT)
    await bell.ring("skipped", Severity.WARNING, group="camp-1")
    await bell.ring("joined", Severity.INFO)
    await bell.ring("banned")
    assert [text for _place, text in bell.told] == ["#1 Urgent: banned\n1 Got it"]
    bell.chat.clock.set(MORNING)
    await bell.channel.tend()
    digests = [item for item in bell.told if "waited" in item[1]]
    assert digests == [
        ("east-ops", "1 notice that waited:\n23:00 skipped"),
        ("ops", "1 notice that waited:\n23:00 joined"),
    ]
    assert not bell.drawer.rows
    await bell.after(minutes=1)
    assert [item for item in bell.told if "waited" in item[1]] == digests


async def test_what_waited_for_a_chat_that_is_gone_is_told_outside(bell):
    bell.chat.clock.set(NIGHT)
    await bell.ring("skipped", Severity.WARNING)
    bell.chat.room.places.adopt([], ())
    bell.chat.clock.set(MORNING)
    assert [alert.text for alert in await bell.channel.tend()] == ["skipped"]
    assert bell.told == bell.drawer.rows == []


@pytest.mark.parametrize("state", ["offline", "paused", "login_needed"])
async def test_a_chat_that_is_out_of_reach_is_said_so_at_once(bell, state):
    bell.accounts.state = state
    with pytest.raises(ChannelError, match="main can't post"):
        await bell.ring()
    assert await bell.after(minutes=2) == []


async def test_a_database_that_fails_is_a_channel_that_fails(bell, monkeypatch):
    async def locked(_order):
        raise StoreError("locked")

    monkeypatch.setattr(bell.chat.said, "submit", locked)
    with pytest.raises(ChannelError, match="locked"):
        await bell.ring(severity=Severity.WARNING)


async def test_what_does_not_go_out_in_time_is_handed_back_once(bell):
    bell.wire.is_cut = True
    await bell.ring("a", Severity.WARNING)
    assert await bell.after(seconds=59) == []
    assert [alert.text for alert in await bell.after(seconds=1)] == ["a"]
    assert await bell.after(minutes=2) == []


async def test_at_the_end_what_is_not_proven_is_handed_back(bell):
    bell.wire.is_cut = True
    await bell.ring("a")
    assert [alert.text for alert in await bell.channel.tend(ending=True)] == ["a"]


def test_alerts_about_alerts_and_what_cards_ask_are_left_out(bell):
    own = Alert(severity=Severity.WARNING, code="delivery-skipped", text="x", fields={"delivery": "one-off/card/3"})
    asked = Alert(severity=Severity.WARNING, code="delivery-unknown", text="x")
    assert bell.channel.ignores(own)
    assert (bell.channel.takes(asked), bell.channel.ignores(asked)) == (False, False)
