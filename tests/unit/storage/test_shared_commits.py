"""The outcome of one part and the claim of the next share a transaction, and fail together."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from groupbot.campaign.values import Campaign
from groupbot.core.content import fingerprint
from groupbot.delivery.endings import Endings
from groupbot.delivery.values import Candidate, Claim, Ownership, Sent, State
from groupbot.errors import StoreError
from groupbot.storage.campaigns import SqlCampaigns
from groupbot.storage.engine import Database
from groupbot.storage.ledger import SqlLedger
from groupbot.testing import FakeClock
from tests.contract.ledger.conftest import T0, delivery
from tests.unit.delivery.bench import Inbox


class Scene:
    """An account with three groups, one delivery due in each; the first part is claimed."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.campaigns = SqlCampaigns(database)
        self.ledger = SqlLedger(database)
        self.inbox = Inbox()
        self.naps: list[float] = []
        self.commits = 0
        self.failing = 0
        event.listen(database.thread_engine, "commit", self._commit)

    def _commit(self, _conn: object) -> None:
        if self.failing:
            self.failing -= 1
            raise OperationalError("COMMIT", None, Exception("database or disk is full"))
        self.commits += 1

    async def open(self) -> None:
        record = Campaign(
            id="camp", sop="x", title="", version="v", timezone="Asia/Shanghai", start=T0.date(), created_at=T0
        )
        groups = ["g1", "g2", "g3"]
        version = await self.campaigns.open_draft(record)
        await self.campaigns.add_draft("camp", version, [delivery(group=group) for group in groups])
        await self.campaigns.go_live(record, version, groups)
        self.owner: Ownership = (await self.ledger.acquire("main", "me", T0))[0]
        self.first, self.second, self.third = await self.ledger.candidates(self.owner, T0, 10)
        self.endings = Endings(
            ownership=self.owner,
            ledger=self.ledger,
            clock=FakeClock(T0),
            alerts=self.inbox,
            retry=timedelta(seconds=1),
            done=lambda _candidate: None,
            sleep=self._nap,
        )
        self.token = await self.begin(self.first)
        self.commits = 0

    async def _nap(self, seconds: float) -> None:
        self.naps.append(seconds)
        for _turn in range(10):  # time passes, as it does in a real wait
            await asyncio.sleep(0)

    async def begin(self, candidate: Candidate) -> str | None:
        lock_until = T0 + timedelta(seconds=120)
        claim = Claim(candidate=candidate, fingerprint=fingerprint(candidate.part.content), lock_until=lock_until)
        return await self.endings.begin(claim, T0)

    async def states(self) -> list[State]:
        rows = await self.campaigns.deliveries("camp")
        return [row.state for row in sorted(rows, key=lambda row: row.group)]


@pytest.fixture
async def scene(database: Database) -> AsyncIterator[Scene]:
    scene = Scene(database)
    await scene.open()
    yield scene
    await scene.ledger.close()


async def test_an_outcome_and_the_next_claim_are_one_commit(scene: Scene) -> None:
    scene.endings.hand_in(scene.first, scene.token, Sent(message_id="m1"))
    assert await scene.begin(scene.second)
    assert scene.commits == 1
    assert await scene.states() == [State.SENT, State.SENDING, State.PLANNED]


async def test_an_outcome_does_not_wait_for_a_slow_judgement(scene: Scene) -> None:
    scene.endings.hand_in(scene.first, scene.token, Sent(message_id="m1"))
    async with asyncio.timeout(5):
        while (await scene.states())[0] is not State.SENT:  # noqa: ASYNC110 - no event tells it
            await asyncio.sleep(0)
    assert await scene.begin(scene.second)
    assert scene.commits == 2


async def test_a_claim_fails_with_the_outcome_before_it_which_is_then_written_alone(scene: Scene) -> None:
    scene.failing = 1
    scene.endings.hand_in(scene.first, scene.token, Sent(message_id="m1"))
    with pytest.raises(StoreError):
        await scene.begin(scene.second)
    await scene.endings.settled()
    assert await scene.states() == [State.SENT, State.PLANNED, State.PLANNED]
    assert scene.naps == [1.0]
    assert scene.inbox.codes == ["store"]
