import asyncio

import pytest

from groupbot.errors import StoreError
from groupbot.inbound.pipeline import Pipeline
from groupbot.testing.events import after, joined, message, roster
from groupbot.tracking.ports import FactQuery
from groupbot.tracking.recorder import Recorded


async def test_events_reach_the_stages_in_order(intake, notes):
    first, second = notes("first"), notes("second")
    intake.pipeline.add(first)
    intake.pipeline.add(second)
    sent = [f"m{n}" for n in range(50)]
    await intake.take(*(message(event_id) for event_id in sent))
    assert first.ids == sent
    assert second.ids == sent


async def test_a_stage_sees_only_what_is_recorded(intake, notes):
    durable = []

    async def look(event):
        durable.append([row.fact.event_id for row in await intake.facts.find(FactQuery())].count(event.event_id))

    intake.pipeline.add(notes(act=look))
    await intake.take(*(message(f"m{n}") for n in range(20)))
    assert durable == [1] * 20


async def test_a_second_delivery_is_met_once(intake, notes):
    stage = notes()
    intake.pipeline.add(stage)
    await intake.take(message("m1"), message("m1"), message("m2"))
    await intake.take(message("m2"), roster("m3", "ann"), roster("m3", "ann"))
    assert stage.ids == ["m1", "m2", "m3"]


async def test_a_second_delivery_after_a_restart_is_met_once(intake, notes):
    await intake.take(message("m1"))
    intake.restart()
    stage = notes()
    intake.pipeline.add(stage)
    await intake.take(message("m1"), message("m2"))
    assert stage.ids == ["m2"]


async def test_a_join_that_another_account_saw_shows_only_who_is_news(intake, notes):
    stage = notes()
    intake.pipeline.add(stage)
    await intake.take(joined("j1", "ann"))
    await intake.take(joined("x1", "ann", "bob", at=after(1), account="second", group="s1"))
    assert [[person.id for person in event.members] for event in stage.events] == [["ann"], ["bob"]]


async def test_a_failing_stage_stops_neither_the_others_nor_the_next_event(intake, notes):
    async def fail(event):
        raise ZeroDivisionError

    last = notes("last")
    intake.pipeline.add(notes("failing", act=fail))
    intake.pipeline.add(last)
    await intake.take(message("m1"), message("m2"))
    assert last.ids == ["m1", "m2"]


@pytest.mark.parametrize("trouble", [StoreError("locked"), ZeroDivisionError(), asyncio.CancelledError()])
async def test_people_are_told_of_a_stage_that_fails(intake, notes, trouble):
    async def fail(event):
        raise trouble

    told = []

    class Told:
        async def send(self, alert):
            told.append(alert)

    intake.pipeline._alerts = Told()
    intake.pipeline.add(notes("failing", act=fail))
    await intake.take(message("m1"))
    [alert] = told
    assert (alert.code, alert.fields) == ("stage-failed", {"stage": "failing", "account": "main"})
    assert (str(trouble) or type(trouble).__name__) in alert.text


async def test_a_hanging_stage_is_stopped_at_its_limit(intake, notes):
    async def hang(event):
        await asyncio.Event().wait()

    hanging, last = notes("hanging", act=hang, limit_s=0.01), notes("last")
    intake.pipeline.add(hanging)
    intake.pipeline.add(last)
    await intake.take(message("m1"), message("m2"))
    assert hanging.ids == last.ids == ["m1", "m2"]


async def test_a_cancelled_call_inside_a_stage_is_a_failure_of_that_stage(intake, notes):
    async def trip(event):
        raise asyncio.CancelledError

    last = notes("last")
    intake.pipeline.add(notes("tripping", act=trip))
    intake.pipeline.add(last)
    await intake.take(message("m1"), message("m2"))
    assert last.ids == ["m1", "m2"]


async def test_an_account_that_is_cancelled_stops_at_once(intake, notes):
    reached = asyncio.Event()

    async def hang(event):
        reached.set()
        await asyncio.Event().wait()

    intake.pipeline.add(notes(act=hang))
    task = asyncio.create_task(intake.take(message("m1")))
    await reached.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_one_account_that_hangs_does_not_hold_up_another(intake, notes):
    async def hang(event):
        if event.account == "second":
            await asyncio.Event().wait()

    stage = notes(act=hang)
    intake.pipeline.add(stage)
    stuck = asyncio.create_task(intake.take(message("x1", account="second", group="s1")))
    await intake.take(*(message(f"m{n}") for n in range(5)))
    assert [event_id for event_id in stage.ids if event_id != "x1"] == [f"m{n}" for n in range(5)]
    stuck.cancel()
    await asyncio.gather(stuck, return_exceptions=True)


async def test_what_was_read_is_through_before_a_broken_stream_is_reported(intake, notes):
    stage = notes()
    intake.pipeline.add(stage)

    async def broken():
        yield message("m1")
        yield message("m2")
        raise ConnectionError

    with pytest.raises(ConnectionError):
        await intake.pipeline.consume(broken())
    assert stage.ids == ["m1", "m2"]


async def test_a_derived_event_follows_the_one_that_caused_it(intake, notes):
    async def derive(event):
        if event.event_id == "m1":
            intake.pipeline.emit(message("m1-a"))
            intake.pipeline.emit(message("m1-b"))

    stage = notes(act=derive)
    intake.pipeline.add(stage)
    await intake.take(message("m1"), message("m2"))
    assert stage.ids == ["m1", "m1-a", "m1-b", "m2"]


async def test_an_event_that_could_not_be_recorded_reaches_no_stage(notes, stream_of):
    class Refusing:
        async def submit(self, event):
            mark = asyncio.get_running_loop().create_future()
            if event.event_id == "bad":
                mark.set_exception(StoreError("refused"))
            else:
                mark.set_result(Recorded())
            return mark

    stage = notes()
    await Pipeline(recorder=Refusing(), stages=[stage]).consume(stream_of(message("bad"), message("m2")))
    assert stage.ids == ["m2"]


async def test_reading_runs_ahead_of_commits_so_that_they_hold_many(notes, stream_of):
    class Counting:
        """Makes events durable only when ten wait: a reader that waits for each one never gets there."""

        def __init__(self):
            self.waiting = []

        async def submit(self, event):
            mark = asyncio.get_running_loop().create_future()
            self.waiting.append(mark)
            if len(self.waiting) == 10:
                for one in self.waiting:
                    one.set_result(Recorded())
                self.waiting = []
            return mark

    stage = notes()
    pipeline = Pipeline(recorder=Counting(), stages=[stage])
    async with asyncio.timeout(5):
        await pipeline.consume(stream_of(*(message(f"m{n}") for n in range(30))))
    assert len(stage.events) == 30


async def test_what_one_stage_takes_nobody_behind_it_sees(intake, notes):
    class Taking(notes):
        async def handle(self, event):
            await super().handle(event)
            return event.text.startswith("/")

    before, taking, behind = notes("before"), Taking("taking"), notes("behind")
    for stage in (before, taking, behind):
        intake.pipeline.add(stage)
    await intake.take(message("m1", text="/x"), message("m2", text="x"))
    assert (before.ids, taking.ids, behind.ids) == (["m1", "m2"], ["m1", "m2"], ["m2"])
