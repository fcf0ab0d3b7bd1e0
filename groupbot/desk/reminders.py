"""Telling people of their tasks, over the store."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from groupbot.admin.errands import TaskCards
from groupbot.admin.room import ControlRoom
from groupbot.campaign.tasks import Chasing, TaskAlerts, remind
from groupbot.chat.alerts import Alerts
from groupbot.core.clock import Clock
from groupbot.settings import Settings
from groupbot.storage.engine import Database
from groupbot.storage.tasks import SqlTasks


class Reminders:
    """What a daemon does about tasks. `can_send`: whether an account can send a kind of content."""

    def __init__(
        self,
        room: ControlRoom,
        settings: Settings,
        *,
        database: Database,
        alerts: Alerts,
        clock: Clock,
        can_send: Callable[[str, str], bool],
    ) -> None:
        told = settings.tasks
        self._tasks = SqlTasks(database)
        self._clock = clock
        self._chasing = Chasing(every=timedelta(seconds=told.chase_every_s), most=told.chases)
        self._teller = TaskCards(
            services=room.services,
            answers=room.answers,
            kinds=room.desk.kinds,
            otherwise=TaskAlerts(alerts),
            can_send=can_send,
            postpone_by=timedelta(seconds=told.postpone_s),
        )

    async def look(self) -> None:
        """Tell of what has become due and of what nobody ticked off: for every few seconds. Raises StoreError."""
        await remind(self._tasks, self._teller, self._clock.now(), self._chasing)
        await self._teller.tend()
