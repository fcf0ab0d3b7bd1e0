"""Accounts on a platform in memory: their standing, the groups that they see, and gateways that don't answer."""

from __future__ import annotations

import asyncio
import socket

import pytest

from groupbot.core.events import AccountState
from groupbot.doctor.accounts import Seat, Sight, judge_sight, look, reach, seats_of
from groupbot.settings import load
from groupbot.testing import FakeAdapter

SEATS = (Seat(group="camp-1", chat_id="r1", standby=False), Seat(group="camp-2", chat_id="r2", standby=True))


async def test_an_account_in_all_of_its_groups_passes_without_waiting():
    adapter = FakeAdapter(groups={"r1": ("ann",), "r2": ("bob",), "r3": ()})
    sight = await look(adapter, frozenset({"r1", "r2"}), online_s=60, quiet_s=60)
    assert sight.state == AccountState.ONLINE
    checks = list(judge_sight("main", sight, SEATS))
    assert [(check.name, check.ok) for check in checks] == [("account:main", True), ("groups:main", True)]
    assert adapter.state is AccountState.OFFLINE, "the doctor leaves no connection behind"


async def test_a_group_that_an_account_does_not_see_fails_by_name():
    sight = await look(FakeAdapter(groups={"r3": ()}), frozenset({"r1", "r2"}), online_s=60, quiet_s=0.05)
    assert sight.groups == {"r3"}
    checks = list(judge_sight("main", sight, SEATS))
    assert [(check.name, check.ok) for check in checks] == [
        ("account:main", True),
        ("group:camp-1", False),
        ("group:camp-2", False),
    ]
    assert checks[1].message == "Account main does not see the group camp-1 (r1)."
    assert checks[2].message.startswith("Standby account main")
    assert all(check.hint for check in checks[1:])


async def test_an_account_that_stays_offline_fails_within_its_time():
    adapter = FakeAdapter()
    adapter.disconnect("Another client holds the gateway.")
    sight = await look(adapter, frozenset(), online_s=0.05)
    [check] = judge_sight("main", sight, SEATS)
    assert not check.ok
    assert sight.groups is None
    assert check.hint


async def test_a_refused_account_is_not_waited_for():
    adapter = FakeAdapter()
    adapter.disconnect()
    adapter.stand(AccountState.REFUSED, "wrong token")
    sight = await look(adapter, frozenset({"r1"}), online_s=60)
    [check] = judge_sight("main", sight, SEATS)
    assert "refused" in check.message
    assert "wrong token" in check.message
    assert "token" in check.hint


def test_a_login_code_is_never_shown():
    [check] = judge_sight("main", Sight(state="login_needed", detail="https://login.test/qr"), ())
    assert not check.ok
    assert "qr" not in check.message
    assert "Scan" in check.hint


@pytest.mark.parametrize("state", ["offline", "limited", "paused", "silent"])
def test_every_bad_standing_has_a_way_out(state):
    [check] = judge_sight("main", Sight(state=state, detail="because"), ())
    assert not check.ok
    assert "(because)" in check.message
    assert check.hint


async def test_a_gateway_that_answers_and_one_that_does_not():
    server = await asyncio.start_server(lambda _reader, writer: writer.close(), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    assert (await reach("main", f"127.0.0.1:{port}")).ok
    server.close()
    await server.wait_closed()
    check = await reach("main", f"127.0.0.1:{port}")
    assert (check.name, check.ok) == ("endpoint:main", False)
    assert check.hint


async def test_a_gateway_that_keeps_silent_fails_in_time():
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))  # bound and never listening; with a time limit of nothing it can't answer
        check = await reach("main", f"127.0.0.1:{full.getsockname()[1]}", within_s=0)
    assert not check.ok


def test_the_seats_of_an_account_are_its_own_and_its_standby_groups(tmp_path):
    path = tmp_path / "config.toml"
    path.write_text(
        '[[accounts]]\nname = "a"\nadapter = "console"\n[[accounts]]\nname = "b"\nadapter = "console"\n'
        '[[groups]]\nname = "x"\naccount = "a"\nid = "ax"\nalso = { b = "bx" }\n'
        '[[groups]]\nname = "y"\naccount = "b"\nid = "by"\n',
        encoding="utf-8",
    )
    settings = load(path, {})
    assert seats_of(settings, "a") == (Seat(group="x", chat_id="ax", standby=False),)
    assert seats_of(settings, "b") == (
        Seat(group="x", chat_id="bx", standby=True),
        Seat(group="y", chat_id="by", standby=False),
    )
