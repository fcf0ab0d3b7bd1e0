import asyncio

import pytest

from groupbot.errors import StoreError
from groupbot.testing.events import joined, message, roster
from groupbot.tracking.facts import FactKind
from groupbot.tracking.ports import FactQuery

HOUR = 3600.0


async def stored_ids(desk):
    return [row.fact.event_id for row in await desk.facts.find(FactQuery())]


async def test_record_returns_when_the_event_is_durable(desk):
    async with desk.running() as recorder:
        recorded = await recorder.record(message("m1"))
        assert await stored_ids(desk) == ["m1"]
    assert recorded.new
    assert [fact.kind for fact in recorded.added] == [FactKind.MESSAGE]


async def test_a_known_event_is_not_new(desk):
    async with desk.running() as recorder:
        await recorder.record(message("m1"))
        assert not (await recorder.record(message("m1"))).new


async def test_the_same_event_twice_in_one_batch_is_new_once(desk):
    async with desk.running(window_s=HOUR, most=2) as recorder:
        marks = [await recorder.submit(message("m1")) for _again in range(2)]
        assert [(await mark).new for mark in marks] == [True, False]


async def test_an_event_without_facts_passes_at_once(desk):
    recorder = desk.recorder()
    assert (await recorder.record(roster("r1", "ann"))).new
    assert (await recorder.record(joined("j1", "bot"))).new
    assert desk.facts.tries == 0


async def test_a_full_batch_is_one_commit_without_waiting_for_the_window(desk):
    async with desk.running(window_s=HOUR, most=3) as recorder:
        marks = [await recorder.submit(message(f"m{n}")) for n in range(3)]
        await asyncio.gather(*marks)
    assert desk.facts.batches == [["m0", "m1", "m2"]]


async def test_nothing_is_written_before_the_window_ends(desk):
    async with desk.running(window_s=HOUR, most=3) as recorder:
        mark = await recorder.submit(message("m1"))
        for _turn in range(20):
            await asyncio.sleep(0)
        assert not mark.done()
        assert recorder.held == 1


async def test_more_than_a_batch_goes_out_in_portions_in_order(desk):
    recorder = desk.recorder(most=2)
    marks = [await recorder.submit(message(f"m{n}")) for n in range(5)]
    task = asyncio.create_task(recorder.run())
    await asyncio.gather(*marks)
    await recorder.close()
    await task
    assert desk.facts.batches == [["m0", "m1"], ["m2", "m3"], ["m4"]]


async def test_close_writes_what_waits_and_refuses_what_comes(desk):
    recorder = desk.recorder(window_s=HOUR)
    task = asyncio.create_task(recorder.run())
    mark = await recorder.submit(message("m1"))
    assert await recorder.close() == 0
    await task
    assert (await mark).new
    with pytest.raises(StoreError):
        await recorder.submit(message("m2"))
    assert await recorder.close() == 0


async def test_a_locked_database_delays_and_loses_nothing(desk, locked):
    desk.facts.troubles.extend(locked() for _try in range(9))
    async with desk.running() as recorder:
        assert (await recorder.record(message("m1"))).new
    assert desk.rests == pytest.approx([0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 15.0])
    assert desk.alerts.codes == ["recorder-store"]
    assert recorder.held == 0


async def test_each_outage_is_alerted_anew(desk, locked):
    async with desk.running() as recorder:
        for number in range(2):
            desk.facts.troubles.append(locked())
            await recorder.record(message(f"m{number}"))
    assert desk.alerts.codes == ["recorder-store"] * 2


async def test_full_memory_makes_the_reader_wait(desk, locked):
    desk.tired = True
    desk.facts.troubles.append(locked())
    recorder = desk.recorder(capacity=2)
    task = asyncio.create_task(recorder.run())
    marks = [await recorder.submit(message(f"m{n}")) for n in range(2)]
    third = asyncio.create_task(recorder.submit(message("m2")))
    await desk.rested.wait()
    assert not third.done()
    assert recorder.held == 2
    desk.tired = False
    assert await recorder.close() == 0
    await task
    assert [(await mark).new for mark in marks] == [True, True]
    with pytest.raises(StoreError):
        await third


async def test_room_in_the_memory_lets_the_next_one_in(desk):
    async with desk.running(capacity=1) as recorder:
        recorded = await asyncio.gather(*(recorder.record(message(f"m{n}")) for n in range(5)))
    assert [one.new for one in recorded] == [True] * 5
    assert sorted(await stored_ids(desk)) == ["m0", "m1", "m2", "m3", "m4"]


async def test_an_event_that_the_database_refuses_does_not_keep_the_others_out(desk):
    desk.facts.poison = "m2"
    async with desk.running(window_s=HOUR, most=5) as recorder:
        marks = [await recorder.submit(message(f"m{n}")) for n in range(5)]
        outcomes = await asyncio.gather(*marks, return_exceptions=True)
    assert [isinstance(outcome, StoreError) for outcome in outcomes] == [False, False, True, False, False]
    assert sorted(await stored_ids(desk)) == ["m0", "m1", "m3", "m4"]
    assert desk.alerts.codes == ["recorder-refused"]
    assert recorder.held == 0


async def test_a_stop_while_the_database_is_away_ends_in_time_and_says_what_is_lost(desk, locked):
    desk.facts.troubles.extend(locked() for _try in range(100_000))
    recorder = desk.recorder()
    task = asyncio.create_task(recorder.run())
    mark = await recorder.submit(message("m1"))
    await desk.rested.wait()
    assert await recorder.close(within_s=0.05) == 1
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    with pytest.raises(StoreError):
        await mark
    assert desk.alerts.codes == ["recorder-store", "recorder-lost"]


async def test_a_caller_who_gives_up_does_not_lose_the_event(desk):
    async with desk.running(window_s=HOUR, most=2) as recorder:
        caller = asyncio.create_task(recorder.record(message("m1")))
        await asyncio.sleep(0)
        caller.cancel()
        await asyncio.gather(caller, return_exceptions=True)
        assert (await recorder.record(message("m2"))).new
    assert await stored_ids(desk) == ["m1", "m2"]


async def test_a_recorder_that_is_cancelled_lets_nobody_wait(desk, locked):
    desk.tired = True
    desk.facts.troubles.append(locked())
    recorder = desk.recorder(most=1)
    task = asyncio.create_task(recorder.run())
    marks = [await recorder.submit(message(f"m{n}")) for n in range(3)]
    await desk.rested.wait()
    task.cancel()
    outcomes = await asyncio.gather(*marks, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [StoreError] * 3
    with pytest.raises(StoreError):
        await recorder.submit(message("m4"))
    assert await recorder.close() == 3
