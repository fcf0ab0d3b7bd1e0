"""What waits for a person's word, over the store. Imports nothing that reads SOPs: it is asked all the time."""

from __future__ import annotations

from collections.abc import Sequence

from groupbot.campaign.views import Pending
from groupbot.core.clock import Clock
from groupbot.delivery.values import Settlement, State
from groupbot.storage import signals
from groupbot.storage.engine import Database
from groupbot.storage.ledger import SqlLedger
from groupbot.storage.pending import pending


class OpenOutcomes:
    """`admin.services.Outcomes` over a `Database`."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def pending(self, states: Sequence[State]) -> tuple[Pending, ...]:
        return await pending(self._database, states)

    async def settle(self, rows: Sequence[Pending], how: Settlement) -> int:
        ledger, now = SqlLedger(self._database), self._clock.now()
        done = [await ledger.settle(row.campaign, row.key, how, now, part=row.part) for row in rows]
        async with self._database.write() as conn:
            await signals.raise_(conn, self._database.insert)
        return sum(done)
