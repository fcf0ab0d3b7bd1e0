"""How the daemon stands, for who asks in chat."""

from __future__ import annotations

from groupbot.admin.services import AccountLine, Standing
from groupbot.core.clock import Clock
from groupbot.storage.presence import Presence


class PresenceView:
    """`admin.services.SystemView` over the store."""

    def __init__(self, presence: Presence, clock: Clock) -> None:
        self._presence = presence
        self._clock = clock

    async def standing(self) -> Standing:
        now = await self._presence.standing(self._clock.now())
        lines = tuple(AccountLine(name=item.name, state=item.state, detail=item.detail) for item in now.accounts)
        return Standing(accounts=lines, held=now.held, unknown=now.unknown)
