"""Risk control when things go wrong: a restart in the midst of an incident, nobody at hand, a sale, broken parts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from groupbot.app import App
from groupbot.delivery.values import State
from groupbot.desk.playbooks import SopPlaybooks
from groupbot.desk.running_sops import RunningSops
from groupbot.errors import StoreError
from groupbot.inbound.risk import RiskStage
from groupbot.lifecycle import opened
from groupbot.risk.incidents import IncidentState
from groupbot.testing import FakeAdapter, FakeClock
from tests.integration.test_risk import NOON, did, heard, launch, new_app, states, step, told

SALE = "最后3个名额，限时优惠199元"
FRAUD = "你们就是骗子，退钱！"


@dataclass
class Scene:
    app: App
    adapter: FakeAdapter
    clock: FakeClock

    async def say(self, who: str, text: str, group: str = "g-camp") -> None:
        self.adapter.say(group, who, text)
        await heard(self.app, self.adapter)

    async def pass_minutes(self, minutes: float) -> None:
        for _ in range(int(minutes * 2)):
            self.clock.advance(30)
            await self.app.room.tend()
            await self.app.dispatcher.tick()

    async def sale(self) -> State:
        return (await states(self.app))["sale", "camp-1"]


@asynccontextmanager
async def running(folder: Path, clock: FakeClock) -> AsyncIterator[Scene]:
    """One process's life; what it knows ends with it."""
    app, adapter = new_app(folder, clock)
    async with opened(app):
        await app.dispatcher.open()
        await app.room.open()
        adapter.connect()
        consuming = asyncio.create_task(app.pipeline.consume(adapter.events()))
        recording = asyncio.create_task(app.recorder.run())
        yield Scene(app=app, adapter=adapter, clock=clock)
        await adapter.close()
        await consuming
        recording.cancel()


async def test_a_restart_in_the_midst_of_an_incident_loses_nothing_of_it(tmp_path: Path) -> None:
    clock = FakeClock(NOON)
    async with running(tmp_path, clock) as scene:
        await launch(scene.app, step("sale", 2, text=SALE))
        await scene.say("ann", FRAUD)
        assert "accusation of fraud" in told(scene.adapter)[0]
    clock.advance(130)
    async with running(tmp_path, clock) as scene:
        await scene.pass_minutes(1)
        assert await scene.sale() is State.PLANNED
        assert any("Nobody takes care yet: incident 1" in text for text in told(scene.adapter))
        await scene.say("ann", FRAUD)
        assert len(await scene.app.room.services.risk.incidents.unresolved()) == 1
        await scene.say("u-olga", "#1 1", "g-ops")
        await scene.pass_minutes(0.5)
        assert await scene.sale() is State.SENT
        [incident] = await scene.app.room.services.risk.incidents.unresolved()
        assert incident.state is IncidentState.ACKED


async def test_when_nobody_is_there_it_is_chased_and_escalated_and_its_time_frees_the_sale(tmp_path: Path) -> None:
    async with running(tmp_path, FakeClock(NOON)) as scene:
        await launch(scene.app, step("sale", 5, text=SALE), step("lesson", 6, text="第三课：时间管理"))
        await scene.say("ann", FRAUD)
        await scene.pass_minutes(29)
        assert (await states(scene.app))["lesson", "camp-1"] is State.SENT
        assert await scene.sale() is State.PLANNED
        chased = [text for text in told(scene.adapter) if "Nobody takes care yet" in text]
        assert len(chased) == 2
        [incident] = await scene.app.room.services.risk.incidents.unresolved()
        assert incident.escalated
        assert incident.state is IncidentState.OPEN
        await scene.pass_minutes(1.5)
        assert await scene.sale() is State.SENT


async def test_in_an_event_one_troll_is_told_of_and_the_sale_goes_on(tmp_path: Path) -> None:
    async with running(tmp_path, FakeClock(NOON)) as scene:
        row = step("sale", 1, text=SALE)
        row = replace(row, policies=replace(row.policies, ask_timeout=timedelta(minutes=2)))
        await launch(scene.app, row)
        await scene.say("ann", FRAUD)
        await scene.pass_minutes(1.5)
        assert await scene.sale() is State.SENT
        assert "accusation of fraud" in told(scene.adapter)[0]


async def test_plans_that_can_not_be_read_keep_nobody_from_hearing_of_a_complaint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(_self: RunningSops) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(RunningSops, "all", broken)
    async with running(tmp_path, FakeClock(NOON)) as scene:
        playbooks = scene.app.room.services.risk.playbooks
        assert isinstance(playbooks, SopPlaybooks)
        assert await playbooks.words("camp-1", FRAUD) == ""
        assert await playbooks.of_kind("full", ["camp-1"]) is None
        await scene.say("ann", FRAUD)
        assert "accusation of fraud" in told(scene.adapter)[0]


async def test_a_judge_that_fails_does_nothing_to_anybody_and_commands_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_args: object) -> None:
        raise StoreError("the scorers are gone")

    async with running(tmp_path, FakeClock(NOON)) as scene:
        [stage] = [one for one in _stages(scene.app) if isinstance(one, RiskStage)]
        with monkeypatch.context() as trouble:
            trouble.setattr(stage._judge, "judge", broken)
            await scene.say("bob", "有需要的私聊我，兼职刷单日结 vx：abcd8888")
            assert did(scene.adapter, "remove_members") == []
        await scene.say("bob", "有需要的私聊我，兼职刷单日结 vx：abcd8888")
        assert did(scene.adapter, "remove_members") == [("g-camp", ("bob",))]


async def test_an_advertiser_who_is_told_of_is_removed_once_by_the_reply_of_two_people(tmp_path: Path) -> None:
    async with running(tmp_path, FakeClock(NOON)) as scene:
        scene.app.room.services.risk.rules.adopt(
            scene.app.settings.risk,
            [one.model_copy(update={"risk": "alert"}) for one in scene.app.settings.groups],
        )
        await scene.say("bob", "有需要的私聊我，兼职刷单日结 vx：abcd8888")
        assert did(scene.adapter, "remove_members") == []
        await scene.say("u-olga", "#1 1", "g-ops")
        await scene.say("u-olga", "#1 1", "g-ops")
        assert did(scene.adapter, "remove_members") == [("g-camp", ("bob",))]
        assert any("answered already" in text for text in told(scene.adapter))


def _stages(app: App) -> list[object]:
    return list(app.pipeline._stages)
