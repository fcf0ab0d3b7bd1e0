"""Commands beside the way in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from groupbot.core.events import AnyEvent
from groupbot.inbound.commands import CommandStage
from groupbot.inbound.pipeline import Pipeline
from groupbot.inbound.turns import Turn, Turns
from groupbot.testing.events import message
from groupbot.tracking.recorder import Recorded


class Diary:
    """Works that note what they did, and wait for `go` where they are told to."""

    def __init__(self):
        self.done = []
        self.go = asyncio.Event()

    def turn(self, key, name, *, waits=False, error=None, limit_s=5.0):
        async def work():
            if waits:
                await self.go.wait()
            if error:
                raise error
            self.done.append(name)

        return Turn(key=key, work=work, limit_s=limit_s)


async def test_one_chat_keeps_its_order_and_another_does_not_wait_for_it():
    diary, turns = Diary(), Turns()
    assert turns.put(diary.turn("a", "a1", waits=True))
    assert turns.put(diary.turn("a", "a2"))
    assert turns.put(diary.turn("b", "b1"))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert diary.done == ["b1"]
    diary.go.set()
    await turns.idle()
    assert diary.done == ["b1", "a1", "a2"]
    turns.put(diary.turn("a", "a3"))
    await turns.idle()
    assert diary.done[-1] == "a3"


@pytest.mark.parametrize("trouble", [{"error": RuntimeError("no")}, {"waits": True, "limit_s": 0.01}])
async def test_one_that_fails_or_hangs_does_not_stop_the_next(trouble):
    diary, turns = Diary(), Turns()
    turns.put(diary.turn("a", "bad", **trouble))
    turns.put(diary.turn("a", "good"))
    await turns.idle()
    assert diary.done == ["good"]


async def test_a_flood_is_dropped_and_other_chats_go_on():
    diary, turns = Diary(), Turns(most=2)
    put = [turns.put(diary.turn("a", n, waits=True)) for n in range(5)]
    assert put == [True, True, False, False, False]
    assert turns.put(diary.turn("b", "b"))
    diary.go.set()
    await turns.idle()
    assert set(diary.done) == {"b", 0, 1}


async def test_closing_lets_what_is_under_way_end_and_begins_nothing_more():
    diary, turns = Diary(), Turns()
    turns.put(diary.turn("a", "a1", waits=True))
    turns.put(diary.turn("a", "a2"))
    turns.put(diary.turn("b", "never", waits=True, limit_s=60))
    await asyncio.sleep(0)
    asyncio.get_running_loop().call_later(0.02, diary.go.set)
    await turns.close(5)
    assert diary.done == ["a1", "never"]
    diary.go.clear()
    turns.put(diary.turn("c", "late", waits=True, limit_s=60))
    await asyncio.sleep(0)
    await turns.close(0.01)
    await turns.idle()
    assert "late" not in diary.done


async def test_a_slow_command_delays_no_event():
    diary, turns, seen = Diary(), Turns(), []

    class Slow:
        async def heed(self, event):
            return diary.turn("ops", event.text, waits=True) if event.text.startswith("/") else None

    class Behind:
        name = "behind"
        limit_s = 1.0

        async def handle(self, event):
            seen.append(event.text)

    async def heard() -> AsyncIterator[AnyEvent]:
        for number, text in enumerate(("/slow", "hello", "/again", "bye")):
            yield message(f"m{number}", text=text)

    class Unrecorded:
        async def submit(self, _event):
            done = asyncio.get_running_loop().create_future()
            done.set_result(Recorded())
            return done

    pipeline = Pipeline(recorder=Unrecorded(), stages=[CommandStage(Slow(), turns), Behind()])
    async with asyncio.timeout(5):
        await pipeline.consume(heard())
    assert (seen, diary.done) == (["hello", "bye"], [])
    diary.go.set()
    await turns.idle()
    assert diary.done == ["/slow", "/again"]
