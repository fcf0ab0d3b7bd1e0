"""Stages: commands and workbooks of operators. What they take is for nobody behind them."""

from __future__ import annotations

from typing import Protocol

from groupbot.core.events import AnyEvent, MessageReceived
from groupbot.inbound.turns import Turn, Turns


class Router(Protocol):
    """Tell what a message asks for."""

    async def heed(self, event: MessageReceived) -> Turn | None:
        """Return what is to be done about `event`; None = it is not ours. Quick: events wait for it."""
        ...


class CommandStage:
    """Offer messages to the router. Own posts are no messages: an echo is never a command."""

    limit_s = 30.0
    """For looking a message up; what it asks for is done beside the way in."""

    def __init__(self, router: Router, turns: Turns, *, name: str = "commands") -> None:
        self.name = name
        self._router = router
        self._turns = turns

    async def handle(self, event: AnyEvent) -> bool:
        """Let what one message asks for have its turn; True when it was taken."""
        if not isinstance(event, MessageReceived) or (turn := await self._router.heed(event)) is None:
            return False
        self._turns.put(turn)
        return True


async def at_once(router: Router, event: MessageReceived) -> bool:
    """Do what `event` asks for before anything else; True when it was taken."""
    turn = await router.heed(event)
    if turn is not None:
        await turn.work()
    return turn is not None
