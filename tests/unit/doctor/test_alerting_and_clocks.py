"""Channels of alerts as the doctor tells them, and clocks that should agree."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from groupbot.chat.channels import ChannelError
from groupbot.doctor import machine
from groupbot.doctor.alerting import alert_checks
from groupbot.doctor.checks import examine
from groupbot.errors import ConfigError

NOW = datetime(2026, 5, 18, 12, tzinfo=UTC)


class Line:
    def __init__(self, name: str, *, down: bool = False):
        self.name = name
        self.got = []
        self._down = down

    async def tell(self, alert):
        if self._down:
            raise ChannelError("error=403")
        self.got.append(alert)


async def test_a_project_whose_alerts_reach_nobody_is_advised():
    [check] = await alert_checks(list, send_test=False)
    assert check.ok
    assert "groupbot[alerts]" in check.hint


async def test_a_project_with_an_admin_group_is_told_that_chat_alone_is_not_enough():
    [check] = await alert_checks(list, send_test=False, admin=["ops"])
    assert "Alerts go to ops" in check.message
    assert "groupbot[alerts]" in check.hint


async def test_a_test_alert_without_a_channel_fails():
    [check] = await alert_checks(list, send_test=True)
    assert not check.ok


async def test_channels_are_named_and_left_alone():
    line = Line("mailto-1")
    [check] = await alert_checks(lambda: [line], send_test=False)
    assert check.ok
    assert "mailto-1" in check.message
    assert line.got == []


async def test_each_channel_tells_whether_the_test_alert_went():
    good, bad = Line("mailto-1"), Line("json-2", down=True)
    found = await alert_checks(lambda: [good, bad], send_test=True)
    assert [(check.name, check.ok) for check in found] == [("alerts:mailto-1", True), ("alerts:json-2", False)]
    assert "error=403" in list(found)[1].message
    assert list(found)[1].hint
    assert [alert.code for alert in good.got] == ["test"]


async def test_channels_that_cant_be_opened_fail_in_their_own_words():
    def refuse():
        raise ConfigError("No Apprise here.", hint="pip install")

    [check] = await examine({"alerts": lambda: alert_checks(refuse, send_test=False)})
    assert (check.name, check.ok, check.message, check.hint) == ("alerts", False, "No Apprise here.", "pip install")


@pytest.mark.parametrize(("apart", "ok"), [(0, True), (5, True), (-5, True), (6, False), (-3600, False)])
def test_clocks_must_agree(apart, ok):
    check = machine.other_clock(NOW, NOW + timedelta(seconds=apart), "the database server")
    assert check.ok is ok
    assert ok or "NTP" in check.hint


def test_the_disks_clock_is_read_and_nothing_stays_behind(tmp_path):
    [check] = machine.disk_clock(tmp_path, lambda: datetime.now(UTC))
    assert check.ok
    [check] = machine.disk_clock(tmp_path, lambda: datetime.now(UTC) + timedelta(hours=1))
    assert not check.ok
    assert "3600 s" in check.message
    assert list(tmp_path.iterdir()) == []
    assert list(machine.disk_clock(tmp_path / "new", lambda: NOW)) == []
