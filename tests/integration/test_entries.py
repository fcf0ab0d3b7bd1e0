"""Groups fill up: the next one takes people in, with an image that holds, and whoever is locked out hears of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from groupbot.admin.audit import AuditQuery
from groupbot.admin.risk_ports import Blocked
from groupbot.app import App, build
from groupbot.chat.alerts import Severity
from groupbot.core.content import Image, Text
from groupbot.core.events import AccountState, AccountStateChanged, MembersJoined, MessageReceived, Person
from groupbot.desk.entry_watch import KIND
from groupbot.errors import CampaignError, ConfigError, StoreError
from groupbot.inbound.qr import picture
from groupbot.inbound.way_in import WayInStage
from groupbot.lifecycle import opened
from groupbot.settings import load
from groupbot.storage.audit import SqlAudit
from groupbot.storage.entries import SqlEntries
from groupbot.storage.roster import SqlRoster
from groupbot.testing import FakeAdapter, FakeClock, FakeWaker
from groupbot.tracking.facts import facts_of
from groupbot.tracking.roster import Reading, StoredRoster
from tests.unit.delivery.bench import Inbox

NOON = datetime(2026, 5, 18, 4, 0, tzinfo=UTC)
CONFIG = """\
locale = "en"
[pacing]
enabled = false
[admin]
groups = ["ops"]
[[accounts]]
name = "main"
adapter = "console"
[[groups]]
name = "ops"
account = "main"
id = "g-ops"
[[groups]]
name = "g1"
account = "main"
id = "r1"
squad = "east"
[[groups]]
name = "g2"
account = "main"
id = "r2"
squad = "east"
[[squads]]
name = "east"
leader = "Olga"
[[people]]
name = "Olga"
role = "owner"
[[pools]]
name = "camp"
groups = ["g1", "g2"]
limit = 20
switch_before = 5
[pools.way_in]
full = "g2 has room"
"""


@dataclass
class House:
    app: App
    clock: FakeClock
    adapter: FakeAdapter
    inbox: Inbox
    folder: Path

    async def read(self, group: str, members: int) -> None:
        people = tuple(Person(id=f"{group}-{n}") for n in range(members))
        reading = Reading(account="main", group=group, topic="", at=self.clock.now(), members=people, baseline=True)
        await SqlRoster(self.app.database).apply(reading, StoredRoster(read_at=None))

    async def join(self, group: str, count: int, at: datetime) -> None:
        joined = MembersJoined(
            account="main",
            event_id=f"join-{group}-{at}",
            at=at,
            group=group.replace("g", "r"),
            members=tuple(Person(id=f"{group}-new-{at}-{n}") for n in range(count)),
        )
        facts = facts_of(joined, self.app.directory)
        await self.app.facts.append(facts, recorded_at=at)

    async def round(self) -> None:
        await self.app.room.tend()
        await self.app.dispatcher.tick()

    def texts(self, to: str = "g-ops") -> list[str]:
        return [post.content.text for post in self.adapter.posts if post.to == to and isinstance(post.content, Text)]

    async def entry(self) -> tuple[str, str]:
        [pool] = await self.app.room.services.entries.pools()
        return pool.entry, pool.after

    async def take(self, group: str, payload: str) -> None:
        message = self.adapter.share("g-ops", "u-1", "code.png", picture(payload), kind="image")
        await self.app.room.services.entries.take_image(group, account="main", message_id=message, by="Olga")


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    (tmp_path / "config.toml").write_text(CONFIG, encoding="utf-8")
    clock, inbox = FakeClock(NOON), Inbox()
    adapter = FakeAdapter(account="main", groups={"r1": (), "r2": (), "g-ops": ()}, clock=clock)
    app = build(
        load(tmp_path / "config.toml", {}),
        adapters={"main": adapter},
        clock=clock,
        waker=FakeWaker(clock),
        alerts=inbox,
    )
    async with opened(app):
        await app.dispatcher.open()
        adapter.connect()
        online = AccountStateChanged(account="main", event_id="on", at=NOON, state=AccountState.ONLINE)
        await app.pipeline._stages[0].handle(online)
        yield House(app=app, clock=clock, adapter=adapter, inbox=inbox, folder=tmp_path)


async def test_the_next_group_takes_over_before_the_limit(house: House) -> None:
    await house.read("g1", 10)
    await house.join("g1", 3, house.clock.now() + timedelta(seconds=1))
    house.clock.advance(5)
    await house.round()
    assert await house.entry() == ("g1", "g2")
    await house.join("g1", 1, house.clock.now())
    await house.round()
    assert await house.entry() == ("g2", "")
    [told] = [alert.text for alert in house.inbox.alerts if alert.code == "entry-changed"]
    assert "g1 has 15 of 20" in told
    assert "It lacks: a valid QR image" in told
    await house.read("g1", 3)  # who left makes no entry of it again
    await house.round()
    assert await house.entry() == ("g2", "")
    actions = [(entry.action, entry.actor) for entry in await SqlAudit(house.app.database).list(AuditQuery())]
    assert actions == [("entry/closed", "groupbot")]
    await house.app.room.services.entries.open("g1", by="Olga")
    assert await house.entry() == ("g1", "g2")


async def test_a_group_that_is_not_ready_is_passed_over_with_the_reason(house: House) -> None:
    free = [squad.model_copy(update={"leader": ""}) for squad in house.app.settings.squads]
    house.app.desk.settings = house.app.settings.model_copy(update={"squads": tuple(free)})
    await house.read("g1", 14)
    for _ in range(3):
        await house.round()
    assert await house.entry() == ("g1", "g2")
    [told] = [alert for alert in house.inbox.alerts if alert.code == "entry-unready"]
    assert told.severity is Severity.CRITICAL
    assert told.text.startswith("g2 can't take people in yet, it lacks: a leader, a valid QR image. Until it can, g1")
    assert list(await house.app.room.services.entries.backup(["g1"])) == ["g2"]
    house.app.desk.settings = house.app.settings
    await house.round()
    assert await house.entry() == ("g2", "")
    assert [alert.code for alert in house.inbox.alerts].count("entry-changed") == 1
    assert list(await house.app.room.services.entries.backup(["g1"])) == ["g2"]


async def test_a_full_pool_is_told_once(house: House) -> None:
    await house.read("g1", 20)
    await house.read("g2", 20)
    for _ in range(3):
        await house.round()
    told = [alert.text for alert in house.inbox.alerts if alert.code == "entry-changed"]
    assert len(told) == 2
    assert all("No group of camp has room" in text for text in told)


async def test_an_image_is_asked_for_and_lasts_as_long_as_its_platform_says(house: House) -> None:
    await house.round()
    assert sorted(card.subject for card in await house.app.room.desk.open_of(KIND)) == ["g1", "g2"]
    assert any("g1 has no QR image" in text for text in house.texts())
    await house.take("g1", "https://weixin.qq.com/g/one")
    await house.round()
    assert [card.subject for card in await house.app.room.desk.open_of(KIND)] == ["g2"]
    [line, _other] = (await house.app.room.services.entries.pools())[0].groups
    assert line.expires_at == NOON + timedelta(days=7)
    [image] = (house.folder / "entries").glob("g1-*.png")
    assert image.read_bytes() == picture("https://weixin.qq.com/g/one")
    house.clock.advance(6 * 86_400 + 60)
    await house.round()
    assert [card.subject for card in await house.app.room.desk.open_of(KIND)] == ["g2", "g1"]
    assert any("is over at 05-25 12:00" in text for text in house.texts())
    with pytest.raises(CampaignError, match="already"):
        await house.take("g1", "https://weixin.qq.com/g/one")
    await house.take("g1", "https://weixin.qq.com/g/two")
    assert (await house.entry())[0] == "g1"


async def test_a_picture_without_a_code_and_a_group_without_a_pool_are_refused(house: House) -> None:
    cat = house.adapter.share("g-ops", "u-1", "cat.png", b"no picture", kind="image")
    with pytest.raises(CampaignError, match="no QR code"):
        await house.app.room.services.entries.take_image("g1", account="main", message_id=cat, by="Olga")
    with pytest.raises(ConfigError, match="in no pool"):
        await house.app.room.services.entries.open("ops", by="Olga")
    assert not (house.folder / "entries").exists()


async def test_who_is_locked_out_gets_the_code_of_the_group_with_room(house: House) -> None:
    await house.read("g1", 18)
    await house.take("g2", "https://weixin.qq.com/g/two")
    await house.round()
    [stage] = [stage for stage in house.app.pipeline._stages if isinstance(stage, WayInStage)]
    for group in (None, "r1"):
        await stage.handle(
            MessageReceived(
                account="main",
                event_id=f"e-{group}",
                at=NOON,
                group=group,
                sender=Person(id="u-new"),
                message_id="m",
                text="群满了进不去",
            )
        )
    await house.round()
    assert house.texts("u-new") == ["g2 has room"]
    house.clock.advance(1)
    await house.round()
    [image] = [post.content for post in house.adapter.posts if isinstance(post.content, Image)]
    assert image.path == str(next((house.folder / "entries").glob("g2-*.png")))
    assert house.texts("r1") == []


async def test_a_store_that_fails_at_the_change_tells_of_it_later(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def locked(*_args: object) -> None:
        raise StoreError("locked")

    await house.read("g1", 20)
    with monkeypatch.context() as broken:
        broken.setattr(SqlEntries, "close", locked)
        await house.round()
    assert "entry-changed" not in house.inbox.codes
    assert [alert.fields for alert in house.inbox.alerts if alert.code == "chore-failed"] == [
        {"chore": "EntryWatch.look"}
    ]
    await house.round()
    await house.round()
    assert house.inbox.codes.count("entry-changed") == 1
    assert await house.entry() == ("g2", "")


async def test_who_is_blocked_is_not_shown_in(house: House) -> None:
    await house.read("g1", 18)
    blocked = Blocked(member="u-new", name="New", by="Olga", reason="ads", at=NOON)
    await house.app.room.services.risk.blocked.block(blocked)
    [stage] = [stage for stage in house.app.pipeline._stages if isinstance(stage, WayInStage)]
    for member in ("u-new", "u-other"):
        asks = MessageReceived(
            account="main",
            event_id=f"e-{member}",
            at=NOON,
            group=None,
            sender=Person(id=member),
            message_id="m",
            text="群满了进不去",
        )
        await stage.handle(asks)
    await house.round()
    assert (house.texts("u-new"), house.texts("u-other")) == ([], ["g2 has room"])
