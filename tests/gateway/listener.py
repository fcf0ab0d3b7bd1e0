"""Read an adapter's events in an owned task, and wait for one with a deadline."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self, TypeVar

from groupbot.chat.adapter import Adapter
from groupbot.core.events import AccountState, AccountStateChanged, AnyEvent, RosterRead

PATIENCE_S = 30.0
Kind = TypeVar("Kind", bound=AnyEvent)


class Listener:
    """`async with Listener(adapter) as heard:`, then `await heard.one(MessageReceived, text="hi")`."""

    def __init__(self, adapter: Adapter) -> None:
        self.adapter = adapter
        self.events: list[AnyEvent] = []
        self.ended = False
        self._news = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._read(), name="listener")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.adapter.close()
        assert self._task is not None
        async with asyncio.timeout(5):
            await self._task

    async def one(self, kind: type[Kind], *, since: int = 0, within_s: float = PATIENCE_S, **values: Any) -> Kind:
        """Return the first event of `kind` from index `since` whose attributes have `values`; wait for it."""

        def fits(event: AnyEvent) -> bool:
            return isinstance(event, kind) and all(getattr(event, key) == value for key, value in values.items())

        await self.until(
            lambda: any(map(fits, self.events[since:])), what=f"{kind.__name__} {values}", within_s=within_s
        )
        return next(event for event in self.events[since:] if isinstance(event, kind) and fits(event))

    async def state(self, state: AccountState, *, since: int = 0, within_s: float = PATIENCE_S) -> AccountStateChanged:
        """Wait until the account stands as `state`."""
        return await self.one(AccountStateChanged, since=since, within_s=within_s, state=state)

    async def roster(self, group: str, *, since: int = 0) -> RosterRead:
        """Wait for the member list of `group`."""
        return await self.one(RosterRead, since=since, group=group)

    async def until(self, true: Callable[[], bool], *, what: str, within_s: float = PATIENCE_S) -> None:
        """Wait until `true()`, looking at every event; fail with what was heard instead."""
        try:
            async with asyncio.timeout(within_s):
                while not true():
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            heard = "\n".join(map(repr, self.events[-20:]))
            raise AssertionError(f"no {what} within {within_s} s; heard:\n{heard}") from None

    def of(self, kind: type[Kind], *, since: int = 0) -> list[Kind]:
        """Return the events of one kind."""
        return [event for event in self.events[since:] if isinstance(event, kind)]

    async def _read(self) -> None:
        async for event in self.adapter.events():
            self.events.append(event)
            self._news.set()
        self.ended = True
        self._news.set()
