"""Stage: commands of operators. What a router takes is for nobody behind it."""

from __future__ import annotations

from typing import Protocol

from groupbot.core.events import AnyEvent, MessageReceived


class Router(Protocol):
    """Carry commands out."""

    async def route(self, event: MessageReceived) -> bool:
        """Take `event` if it is a command, or a reply to one; True = nobody behind sees it."""
        ...


class CommandStage:
    """Offer messages to the router. Own posts are no messages: an echo is never a command."""

    name = "commands"
    limit_s = 120.0
    """The router limits each command; this is for what goes wrong around one."""

    def __init__(self, router: Router) -> None:
        self._router = router

    async def handle(self, event: AnyEvent) -> bool:
        """Route one message; True when it was taken."""
        return isinstance(event, MessageReceived) and await self._router.route(event)


class FileStage(CommandStage):
    """Offer messages with files to what takes workbooks."""

    name = "files"
    limit_s = 180.0
    """Its reading is limited to 120 s; this is for what goes wrong around it."""
