"""Standing in when things go wrong: flapping accounts, a standby that is not there, crashes, hundreds of posts."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from groupbot import lifecycle
from groupbot.app import build
from groupbot.campaign.values import Campaign
from groupbot.chat.errors import Rejected
from groupbot.core.clock import SystemClock
from groupbot.core.content import Part, Text
from groupbot.core.events import AccountState
from groupbot.delivery.values import NewDelivery, State
from groupbot.desk.standby_cards import KIND
from groupbot.errors import ConfigError, StoreError
from groupbot.lifecycle import Daemon, opened
from groupbot.settings import load
from groupbot.storage.audit import SqlAudit
from groupbot.testing import FakeAdapter, Outcome
from tests.integration.test_standing_in import CONFIG, House, house, step
from tests.unit.delivery.bench import Inbox

__all__ = ["house"]


async def test_what_becomes_due_later_moves_when_it_is_due_each_once(house: House) -> None:
    names = [f"s{minute}" for minute in (1, 5, 9, 20, 40)]
    await house.launch(*(step(name, int(name[1:])) for name in names))
    await house.turn("main", AccountState.OFFLINE)
    for minute in (3, 5.5, 9.5, 20.5, 40.5):
        await house.pass_minutes(minute - (house.clock.now() - _noon(house)).total_seconds() / 60)
        done = [name for name in names if int(name[1:]) < minute]
        assert house.posts("spare", "r1") == done
    assert house.posts("main", "r1") == []
    assert {name: account for name, (_state, account) in (await house.states()).items()} == dict.fromkeys(
        names, "spare"
    )


async def test_a_standby_that_is_not_in_the_group_costs_no_other_post_and_people_hear_of_it(house: House) -> None:
    house.adapters["spare"].will(Outcome.fails(Rejected("not a member of this group")))
    await house.launch(step("a", 1), step("b", 2, "g2"))
    await house.turn("main", AccountState.OFFLINE)
    await house.pass_minutes(5)
    assert (await house.states())["a"][0] is State.FAILED
    [told] = [alert.text for alert in house.inbox.alerts if alert.code == "delivery-failed"]
    assert "not a member of this group" in told
    await house.turn("main", AccountState.ONLINE)
    await house.pass_minutes(2)
    assert house.posts("main", "r2") == ["b"]


async def test_hundreds_that_nobody_can_post_keep_nothing_from_who_can(house: House) -> None:
    waiting = [step(f"n{n}", 1, "g2") for n in range(700)]
    await house.launch(*waiting, step("last", 2, "g1"))
    await house.turn("main", AccountState.OFFLINE)
    await house.pass_minutes(4)
    assert house.posts("spare", "r1") == ["last"]


async def test_a_crash_between_the_move_and_its_record_loses_no_post(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.launch(step("a", 3))
    await house.turn("main", AccountState.REFUSED)
    house.clock.advance(160)

    async def killed(*_args: object) -> None:
        raise StoreError("gone")

    with monkeypatch.context() as broken:
        broken.setattr(SqlAudit, "write", killed)
        with pytest.raises(StoreError):
            await house.app.office.standins.look()
    assert (await house.states())["a"] == (State.PLANNED, "spare")
    await house.pass_minutes(1)
    assert house.posts("spare", "r1") == ["a"]


async def test_a_failing_store_is_told_of_and_the_next_look_does_it(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.launch(step("a", 4))
    await house.turn("main", AccountState.REFUSED)

    async def locked(*_args: object) -> None:
        raise StoreError("locked")

    with monkeypatch.context() as broken:
        broken.setattr(type(house.app.office.standins._at.store), "healths", locked)
        await house.pass_minutes(2)
    told = [alert for alert in house.inbox.alerts if alert.code == "chore-failed"]
    assert {alert.fields["chore"] for alert in told} >= {"StandIns.look"}
    assert "locked" in told[0].text
    await house.pass_minutes(3)
    assert house.posts("spare", "r1") == ["a"]


async def test_after_a_restart_what_was_moved_is_asked_about(house: House) -> None:
    await house.launch(step("a", 0), step("b", 1))
    await house.turn("main", AccountState.REFUSED)
    await house.pass_minutes(1)
    assert (await house.states())["b"] == (State.PLANNED, "spare")
    standins = house.app.office.standins
    standins._down.clear()  # what a killed process remembered
    standins._ramps.clear()
    await house.turn("main", AccountState.ONLINE)
    await house.app.room.tend()
    assert house.posts("spare", "r1") == ["a"]
    assert len(await house.app.room.desk.open_of(KIND)) == 1
    assert await house.answer(1) == "main has 1 post back."
    await house.pass_minutes(2)
    assert house.posts("main", "r1") == ["b"]


async def test_refused_again_and_again_each_is_posted_once(house: House) -> None:
    names = [f"s{n}" for n in range(20)]
    await house.launch(*(step(name, n / 10) for n, name in enumerate(names)))
    for _flap in range(20):
        await house.turn("main", AccountState.REFUSED)
        await house.app.room.tend()
        await house.app.dispatcher.tick()
        house.clock.advance(3)
        await house.turn("main", AccountState.ONLINE)
        await house.app.room.tend()
        await house.app.dispatcher.tick()
        house.clock.advance(3)
    await house.pass_minutes(2)
    assert Counter(house.posts("spare", "r1") + house.posts("main", "r1")) == Counter(names)
    assert len(await house.app.room.desk.open_of(KIND)) <= 1


async def test_twenty_logouts_in_seconds_double_nothing_and_storm_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lifecycle, "CARDS_S", 0.02)
    config = CONFIG.replace("failures = 3", "failures = 3\nafter_s = 0.0").replace(
        'groups = ["ops"]', 'groups = ["ops"]\n[alerts]\nquiet = ""', 1
    )
    (tmp_path / "config.toml").write_text(config, encoding="utf-8")
    clock = SystemClock()
    adapters = {
        "main": FakeAdapter(account="main", groups={"r1": (), "r2": ()}, clock=clock),
        "spare": FakeAdapter(account="spare", groups={"r1": (), "g-ops": ()}, clock=clock),
    }
    app, stop = build(load(tmp_path / "config.toml", {}), adapters=adapters, alerts=Inbox()), asyncio.Event()
    async with opened(app):
        daemon = asyncio.create_task(Daemon(app, config=None, stop=stop, hurry=asyncio.Event()).run())
        for adapter in adapters.values():
            adapter.connect()
        names = [f"s{n}" for n in range(40)]
        now = datetime.now(UTC)
        record = Campaign(
            id="camp", sop="demo", title="", version="v1", timezone="UTC", start=date(2026, 5, 18), created_at=now
        )
        version = await app.campaigns.open_draft(record)
        await app.campaigns.add_draft("camp", version, [_soon(name, now, n / 20) for n, name in enumerate(names)])
        await app.campaigns.go_live(record, version, ("g1",))
        for _flap in range(20):  # three rounds of the room each
            adapters["main"].disconnect()
            await asyncio.sleep(0.06)
            adapters["main"].connect()
            await asyncio.sleep(0.06)
        async with asyncio.timeout(20):
            while len(_texts(adapters["main"], "r1") + _texts(adapters["spare"], "r1")) < len(names):  # noqa: ASYNC110 - no event tells it
                await asyncio.sleep(0.05)
        stop.set()
        await daemon
    posted = Counter(_texts(adapters["main"], "r1") + _texts(adapters["spare"], "r1"))
    assert posted == Counter(names)
    assert len(_texts(adapters["spare"], "g-ops")) <= 12


@pytest.mark.parametrize(
    ("bad", "named"),
    [
        ("after_s = -1", "standby.after_s"),
        ('by_hand_s = "soon"', "standby.by_hand_s"),
        ("failures = 1000", "standby.failures"),
        ("failure = 3", "standby.failure"),
    ],
)
def test_a_setting_that_can_not_be_meant_is_named_with_its_line(tmp_path: Path, bad: str, named: str) -> None:
    (tmp_path / "config.toml").write_text(CONFIG.replace("failures = 3", bad), encoding="utf-8")
    with pytest.raises(ConfigError) as refused:
        load(tmp_path / "config.toml", {})
    assert named in str(refused.value)
    assert "config.toml" in str(refused.value)


def test_a_standby_that_no_account_is_is_refused(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(CONFIG.replace("also = { spare", "also = { ghost"), encoding="utf-8")
    with pytest.raises(ConfigError, match="ghost"):
        load(tmp_path / "config.toml", {})


def _noon(house: House) -> datetime:
    return datetime(2026, 5, 18, 4, 0, tzinfo=UTC)


def _soon(name: str, now: datetime, seconds: float) -> NewDelivery:
    return NewDelivery(
        campaign="camp",
        key=f"{name}/d/g1",
        step=name,
        phase="",
        group="g1",
        account="main",
        due=now + timedelta(seconds=seconds),
        ordinal=0,
        parts=(Part(content=Text(text=name)),),
    )


def _texts(adapter: FakeAdapter, to: str) -> list[str]:
    return [post.content.text for post in adapter.posts if post.to == to and isinstance(post.content, Text)]
