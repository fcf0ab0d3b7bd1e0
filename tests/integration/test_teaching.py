"""What people teach is used at once, kept, fitted anew at night and taken back, over a database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from groupbot.admin.audit import AuditQuery
from groupbot.admin.risk_ports import Lesson
from groupbot.chat.alerts import Alert
from groupbot.core.clock import Clock
from groupbot.core.events import MessageReceived, Person
from groupbot.desk.judging import Judging
from groupbot.desk.teaching import StoredTeaching
from groupbot.errors import GroupbotError
from groupbot.inbound.risk_ports import Context
from groupbot.risk.ladder import Concern
from groupbot.risk.rules import Rules
from groupbot.settings.risk import RiskSettings
from groupbot.storage.audit import SqlAudit
from groupbot.storage.engine import Database
from groupbot.storage.tables import metadata
from groupbot.testing import FakeClock
from tests.unit.risk.everyday import everyday

EVENING = datetime(2026, 5, 18, 12, tzinfo=UTC)
"""20:00 in Shanghai."""
TEXT = "周三晚上八点的手作课还有两个位置，找阿布登记就行"


class Alerts:
    def __init__(self) -> None:
        self.codes: list[str] = []

    async def send(self, alert: Alert) -> None:
        self.codes.append(alert.code)


class World:
    """A database and the processes over it."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = FakeClock(EVENING)
        self.alerts = Alerts()
        self.audit = SqlAudit(database)

    def process(self) -> StoredTeaching:
        zone, clock = ZoneInfo("Asia/Shanghai"), self.clock
        return StoredTeaching(self.database, audit=self.audit, alerts=self.alerts, clock=clock, zone=zone)

    def lesson(self, text: str = TEXT, *, is_hit: bool = True, message: str = "main/m1", by: str = "Olga") -> Lesson:
        return Lesson(concern=Concern.ADS, is_hit=is_hit, text=text, message_id=message, by=by, at=self.clock.now())

    async def actions(self) -> list[str]:
        rows = await self.audit.list(AuditQuery(limit=500))
        return [f"{row.actor} {row.action}" for row in reversed(rows)]


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    database = Database(f"sqlite:///{tmp_path}/taught.db")
    async with database.engine.begin() as conn:
        await conn.run_sync(metadata.create_all)
    yield World(database)
    await database.close()


def judging(teaching: StoredTeaching) -> Judging:
    async def fetch(account: str, message_id: str) -> bytes:
        raise AssertionError(account, message_id)

    async def find(message: MessageReceived) -> list[object]:
        return []

    return Judging(rules=Rules(RiskSettings()), models=teaching, fetch=fetch, find=find)


async def score(judge: Judging, clock: Clock, text: str = TEXT) -> float:
    sender = Person(id="ann", name="安安")
    said = MessageReceived(
        account="main", event_id="e", message_id="m", at=clock.now(), group="g", sender=sender, text=text
    )
    return (await judge.judge(said, Context(group="camp-1"))).scores[Concern.ADS]


async def test_a_correction_counts_with_the_next_message_and_is_taken_back(world):
    teaching = world.process()
    judge = judging(teaching)
    plain = await score(judge, world.clock)
    told = await teaching.learn(world.lesson())
    assert told == "Learned as correction 1."
    assert await score(judge, world.clock) > plain + 0.3
    await teaching.take_back(1, by="Opal")
    assert await score(judge, world.clock) == plain
    with pytest.raises(GroupbotError):
        await teaching.take_back(1, by="Opal")
    with pytest.raises(GroupbotError):
        await teaching.learn(world.lesson(by="groupbot"))
    assert await world.actions() == ["Olga risk/teach/ads", "Opal risk/unlearn/ads"]
    assert [(one.number, one.by, one.undone) for one in (await teaching.taught()).lessons] == [
        (2, "Opal", True),
        (1, "Olga", False),
    ]


async def test_what_has_no_scorer_or_no_words_teaches_nothing(world):
    teaching = world.process()
    for lesson in (world.lesson(" "), replace(world.lesson(), concern=Concern.FLOOD)):
        assert await teaching.learn(lesson) == ""
    assert await world.actions() == []


async def test_another_process_hears_of_it(world):
    first, second = world.process(), world.process()
    judge = judging(second)
    plain = await score(judge, world.clock)
    await first.learn(world.lesson())
    await second.tend()
    assert await score(judge, world.clock) > plain
    assert await score(judging(world.process()), world.clock) == await score(judge, world.clock)


async def test_at_night_it_is_fitted_anew_once(world):
    teaching = world.process()
    judge = judging(teaching)
    plain = await score(judge, world.clock)
    await teaching.learn(world.lesson())
    await teaching.tend()
    assert (await teaching.taught()).versions == ()
    world.clock.advance(timedelta(hours=8).total_seconds())
    for _time in range(2):
        await teaching.tend()
    [version] = (await teaching.taught()).versions
    assert (version.concern, version.number, version.promoted, version.is_used) == (Concern.ADS, 1, True, True)
    assert await score(judge, world.clock) > plain
    assert world.alerts.codes == []
    await teaching.roll_back(Concern.ADS, 0, by="Olga")
    assert await score(judge, world.clock) == plain
    assert await world.actions() == ["Olga risk/teach/ads", "groupbot risk/settle/ads", "Olga risk/rollback/ads"]


async def test_what_makes_false_alarms_is_not_used_and_people_are_told(world):
    teaching = world.process()
    judge = judging(teaching)
    plain = await score(judge, world.clock, "大家晚上好")
    for number, text in enumerate(everyday(60, seed=11)):
        await teaching.learn(world.lesson(text, message=f"main/m{number}"))
    world.clock.advance(timedelta(hours=8).total_seconds())
    await teaching.tend()
    [version] = (await teaching.taught()).versions
    assert (version.promoted, version.is_used) == (False, False)
    assert world.alerts.codes == ["risk-not-promoted"]
    assert await score(judge, world.clock, "大家晚上好") == plain
