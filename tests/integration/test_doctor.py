"""`groupbot doctor` at a real Wechaty gateway: what it sees there, and what it leaves behind."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from groupbot.cli.doctor import diagnose
from groupbot.desk.doctor import Asked
from groupbot.doctor.checks import Check
from tests.gateway.rig import Generation, Rig

CONFIG = """\
locale = "en"
[[accounts]]
name = "main"
adapter = "wechaty"
endpoint = "{endpoint}"
token_env = "DOCTOR_TEST_TOKEN"
plaintext = true
[[groups]]
name = "camp-1"
account = "main"
id = "r1@chatroom"
[[groups]]
name = "camp-2"
account = "main"
id = "{second}"
"""


@pytest.fixture(params=["new", "old"])
def rig(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Rig]:
    generation: Generation = request.param
    made = Rig(generation=generation, folder=tmp_path / "gateway", rooms=3)
    made.start()
    yield made
    made.stop()


async def examine(
    rig: Rig, folder: Path, *, second: str, monkeypatch: pytest.MonkeyPatch, token: str = ""
) -> list[Check]:
    """Return what the doctor finds about the account and its groups."""
    monkeypatch.setitem(os.environ, "DOCTOR_TEST_TOKEN", token or rig.token)
    config = folder / "config.toml"
    config.write_text(CONFIG.format(endpoint=rig.endpoint, second=second), encoding="utf-8")
    found = await diagnose(config, Asked())
    return [check for check in found if check.name.startswith(("endpoint:", "account:", "group:", "groups:"))]


async def test_groups_are_looked_for_where_the_account_is(
    rig: Rig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    posted = len(rig.calls("messageSendText"))
    found = await examine(rig, tmp_path, second="nowhere@chatroom", monkeypatch=monkeypatch)
    assert {check.name: check.ok for check in found} == {
        "endpoint:main": True,
        "account:main": True,
        "group:camp-2": False,
    }
    assert "nowhere@chatroom" in found[-1].message
    again = await examine(rig, tmp_path, second="x1@chatroom", monkeypatch=monkeypatch)
    assert {check.name: check.ok for check in again} == {
        "endpoint:main": True,
        "account:main": True,
        "groups:main": True,
    }
    assert len(rig.calls("messageSendText")) == posted, "the doctor posts nothing"


async def test_a_wrong_token_is_told_with_the_way_out(
    rig: Rig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = await examine(rig, tmp_path, second="r2@chatroom", monkeypatch=monkeypatch, token="insecure_wrong-secret")
    assert {check.name: check.ok for check in found} == {"endpoint:main": True, "account:main": False}
    assert "token" in found[-1].hint
    assert "wrong-secret" not in found[-1].message
