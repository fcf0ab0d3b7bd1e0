"""Alerts that are told later, in the store: a restart at night loses none."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import delete, select

from groupbot.admin.alert_rules import Waiting
from groupbot.chat.alerts import Alert, Severity
from groupbot.storage.engine import Database
from groupbot.storage.retry import retried
from groupbot.storage.tables import waiting_alerts

w = waiting_alerts.c


class SqlWaitingAlerts:
    """`admin.alerting.WaitingAlerts` over a `Database`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @retried
    async def keep(self, alert: Alert, *, at: datetime, due: datetime) -> None:
        row = self._database.insert(waiting_alerts).values(
            at=at,
            due=due,
            severity=alert.severity.value,
            code=alert.code,
            text=alert.text,
            fields=json.dumps(alert.fields, ensure_ascii=False),
        )
        async with self._database.write() as conn:
            await conn.execute(row)

    async def due(self, now: datetime) -> Sequence[Waiting]:
        query = select(waiting_alerts).where(w.due <= now).order_by(w.at, w.id)
        async with self._database.read() as conn:
            rows = (await conn.execute(query)).all()
        return [
            Waiting(
                number=row.id,
                at=row.at,
                alert=Alert(
                    severity=Severity(row.severity), code=row.code, text=row.text, fields=json.loads(row.fields)
                ),
            )
            for row in rows
        ]

    @retried
    async def drop(self, numbers: Collection[int]) -> None:
        async with self._database.write() as conn:
            await conn.execute(delete(waiting_alerts).where(w.id.in_(numbers)))
