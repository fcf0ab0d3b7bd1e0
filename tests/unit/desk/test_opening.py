"""The office that is to be: put together once, opened once, and waited for."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from groupbot.core.events import AccountState, AccountStateChanged
from groupbot.desk.opening import LazyOffice
from groupbot.errors import StoreError

ANY = AccountStateChanged(
    account="main", event_id="e1", at=datetime(2026, 5, 18, tzinfo=UTC), state=AccountState.ONLINE, detail=""
)


class Room:
    def __init__(self) -> None:
        self.opened = 0
        self.faults: list[Exception] = []

    async def open(self) -> None:
        if self.faults:
            raise self.faults.pop()
        self.opened += 1


class Office:
    def __init__(self) -> None:
        self.room = Room()


def made() -> tuple[LazyOffice, Office]:
    office = Office()
    return LazyOffice(lambda: cast("Any", office)), office


async def test_who_comes_before_it_is_open_waits_with_it() -> None:
    lazy, office = made()
    door = asyncio.Event()

    async def wait() -> None:
        await door.wait()

    opening = asyncio.create_task(lazy.open(after=wait))
    await asyncio.sleep(0)
    waiting = [asyncio.create_task(lazy.handle(ANY)), asyncio.create_task(lazy())]
    for _ in range(20):
        await asyncio.sleep(0)
    assert lazy.made is None
    assert not any(task.done() for task in waiting)
    door.set()
    await asyncio.gather(opening, *waiting)
    assert lazy.made is cast("Any", office)
    assert office.room.opened == 1
    await lazy.handle(ANY)
    assert office.room.opened == 1


async def test_one_that_could_not_be_opened_is_tried_again() -> None:
    lazy, office = made()
    office.room.faults.append(StoreError("gone"))
    with pytest.raises(StoreError):
        await lazy()
    assert await lazy() is cast("Any", office)


async def test_who_stops_waiting_keeps_nobody_from_it() -> None:
    lazy, office = made()

    async def never() -> None:
        await asyncio.Event().wait()

    opening = asyncio.create_task(lazy.open(after=never))
    await asyncio.sleep(0)
    opening.cancel()
    await asyncio.gather(opening, return_exceptions=True)
    await lazy()
    assert office.room.opened == 1
