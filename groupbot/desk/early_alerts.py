"""Alerts in chat from the first moment on, though the chat's office opens behind the first posts."""

from __future__ import annotations

from collections.abc import Sequence

from groupbot.admin.alert_rules import is_about_own_post, is_asked_elsewhere
from groupbot.chat.alerts import Alert
from groupbot.desk.opening import LazyOffice


class EarlyAlerts:
    """A `chat.channels.Preferred`: what comes before the office is open waits for it. `has_chat`: there is one."""

    name = "chat"

    def __init__(self, office: LazyOffice, *, has_chat: bool) -> None:
        self._office = office
        self._has_chat = has_chat

    def takes(self, alert: Alert) -> bool:
        """Tell whether there is a chat for it, as far as settings say while the office is not there."""
        if self._office.made is None:
            return self._has_chat and not is_asked_elsewhere(alert)
        return self._office.made.alerts.takes(alert)

    def ignores(self, alert: Alert) -> bool:
        """Tell whether `alert` is for the log alone."""
        return is_about_own_post(alert)

    async def tell(self, alert: Alert) -> None:
        """Post `alert` as soon as the office is open; raises ChannelError when the chat is out of reach."""
        office = await self._office()
        await office.alerts.tell(alert)

    async def tend(self, *, ending: bool = False) -> Sequence[Alert]:
        """Do what is due and return what the others must tell: nothing was told before the office was there."""
        made = self._office.made
        return await made.alerts.tend(ending=ending) if made is not None else ()
