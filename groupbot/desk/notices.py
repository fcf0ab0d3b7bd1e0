"""Something said once to groups, over the ledger."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from groupbot.campaign.one_off import Order, order_key
from groupbot.core.clock import Clock
from groupbot.core.content import Part, Text
from groupbot.desk.orders import group_called, place
from groupbot.settings import Settings
from groupbot.storage.engine import Database


class OneTimeNotices:
    """`admin.office.Notices` over the store. `settings`: those that hold now."""

    def __init__(self, *, settings: Callable[[], Settings], database: Database, clock: Clock) -> None:
        self._settings = settings
        self._database = database
        self._clock = clock

    async def post(self, text: str, groups: Sequence[str], name: str) -> int:
        settings = self._settings()
        found = [group_called(group, settings) for group in groups]
        parts = (Part(content=Text(text=text)),)
        orders = [
            Order(account=group.account, group=group.name, key=order_key("send", name, group.name), parts=parts)
            for group in found
        ]
        return len((await place(orders, settings, self._database, self._clock)).orders)
