"""What the doctor says about new accounts."""

from __future__ import annotations

from datetime import date

import pytest

from groupbot.doctor.warm_up import warm_ups
from groupbot.settings import load

CONFIG = """\
[[accounts]]
name = "old"
adapter = "wechaty"
endpoint = "localhost:1"
token_env = "T"
[[accounts]]
name = "new"
adapter = "wechaty"
endpoint = "localhost:1"
token_env = "T"
new_since = 2026-11-20
[[accounts]]
name = "screen"
adapter = "console"
"""


@pytest.fixture
def settings(tmp_path):
    path = tmp_path / "config.toml"
    path.write_text(CONFIG, encoding="utf-8")
    return load(path, {})


def test_a_warming_account_shows_its_day_and_number(settings) -> None:
    [check] = warm_ups(settings, date(2026, 11, 22), {"old"})
    assert (check.name, check.ok, check.hint) == ("warm-up:new", True, "")
    assert "3" in check.message
    assert "80" in check.message


def test_it_is_over_after_its_days(settings) -> None:
    assert list(warm_ups(settings, date(2026, 11, 25), {"old", "new"})) == []


def test_an_account_that_never_posted_gets_a_hint(settings) -> None:
    checks = {check.name: check for check in warm_ups(settings, date(2026, 11, 20), set())}
    assert "new_since = 2026-11-20" in checks["warm-up:old"].hint
    assert set(checks) == {"warm-up:old", "warm-up:new"}


def test_without_a_database_nobody_is_called_new(settings) -> None:
    assert [check.name for check in warm_ups(settings, date(2026, 11, 20), None)] == ["warm-up:new"]
