"""Care under load and in trouble: rushes of newcomers and questions, restarts, a store that fails."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from groupbot.admin.rights import Actor
from groupbot.campaign.values import Campaign
from groupbot.core.events import MembersJoined, Person
from groupbot.core.roles import Role
from groupbot.desk.care import KIND, CareDesk
from groupbot.desk.first_talks import NAMED, SINGLY
from groupbot.errors import StoreError
from groupbot.tracking.care import Heard
from tests.integration.test_care import NOON, SOP, House, house

__all__ = ["house"]


async def launch(house: House) -> None:
    record = Campaign(
        id="camp",
        sop="demo",
        title="",
        version="v1",
        timezone="Asia/Shanghai",
        start=date(2026, 5, 18),
        created_at=NOON,
        sop_text=SOP,
    )
    version = await house.app.campaigns.open_draft(record)
    await house.app.campaigns.go_live(record, version, ("g1",))


async def join(house: House, *ids: str) -> None:
    at = house.clock.now()
    members = tuple(Person(id=one, name=one[2:].title()) for one in ids)
    event_id = f"{ids[0]}-{at.isoformat()}"
    await house.happen(MembersJoined(account="main", event_id=event_id, at=at, group="r1", members=members))


async def test_two_hundred_newcomers_in_a_minute_are_eleven_tasks(house: House) -> None:
    await launch(house)
    for n in range(200):
        await join(house, f"u-new{n}")
        house.clock.advance(0.3)
    tasks = await house.app.tasks.list("camp")
    assert len(tasks) == SINGLY + 1
    [shared] = [task for task in tasks if "further newcomers" in task.text]
    assert shared.due == NOON + timedelta(hours=1)
    assert shared.text.count("· New") == NAMED
    assert "· New10 (u-new10)" in shared.text
    before = len(house.texts("g-team"))
    await house.pass_minutes(6)
    assert len(house.texts("g-team")) - before <= 2 * SINGLY
    await house.pass_minutes(55)
    assert any("further newcomers" in text for text in house.texts("g-team"))
    await house.app.facts.forget("u-new10")
    assert not any("new10" in (task.text + task.key).lower() for task in await house.app.tasks.list("camp"))


async def test_one_event_with_two_hundred_is_no_other_and_who_comes_again_is_asked_for_once(house: House) -> None:
    await launch(house)
    everybody = [f"u-new{n}" for n in range(30)]
    for _time in range(3):
        await join(house, *everybody)
        house.clock.advance(5)
    tasks = await house.app.tasks.list("camp")
    assert len(tasks) == SINGLY + 1
    words = "\n".join(task.text for task in tasks)
    assert [words.count(f"({one})") for one in everybody] == [1] * 30
    house.clock.advance(3600)
    await join(house, "u-later")
    assert len(await house.app.tasks.list("camp")) == SINGLY + 2


async def test_one_of_ours_is_no_newcomer(house: House) -> None:
    await launch(house)
    await join(house, "u-lena")
    assert await house.app.tasks.list("camp") == []


async def test_a_thousand_questions_are_five_cards_and_forgotten_in_the_end(house: House) -> None:
    for n in range(1000):
        house.care._hear(_heard(house, n))
    await house.pass_minutes(10)
    assert len(await house.cards()) == 5
    await house.pass_minutes(6 * 60)
    assert await house.cards() == []
    assert sum(map(len, house.care._waiting.values())) == 0


async def test_a_question_that_a_person_settled_stays_settled_over_a_restart(house: House) -> None:
    await house.happen(house.said("作业在哪里交？"))
    await house.pass_minutes(10)
    [card] = await house.app.room.desk.open_of(KIND)
    place = house.care._at.place("g1")
    assert place is not None
    await house.app.room.desk.answer(card.number, 1, _lena(), place)
    house.care._waiting.clear()
    house.care._has_read = False
    await house.pass_minutes(1)
    assert await house.cards() == []


async def test_a_store_that_fails_is_told_of_and_the_next_look_goes_on(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.happen(house.said("作业在哪里交？"))

    async def locked(*_args: object) -> None:
        raise StoreError("locked")

    with monkeypatch.context() as broken:
        broken.setattr(type(house.care._at.cards), "open_of", locked)
        for chore in house.app.room.chores:
            if getattr(chore, "__self__", None) is house.care:
                with pytest.raises(StoreError):
                    await chore()
    await house.pass_minutes(10)
    assert len(await house.cards()) == 1


async def test_a_stage_that_fails_is_told_of_once_for_each_message_and_stops_none(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(CareDesk, "_hear", broken)
    stage = house.care
    assert not await house.app.pipeline._run(stage, house.said("作业在哪里交？"))
    codes = [alert.code for alert in house.app.alerts._log.alerts]  # type: ignore[attr-defined]
    assert codes == ["stage-failed"]


def _heard(house: House, n: int) -> Heard:
    heard = house.said(f"第{n}题怎么做？", f"u-{n}")
    return Heard(
        at=heard.at,
        group="g1",
        account="main",
        member=heard.sender.id,
        message_id=f"m{n}",
        text=heard.text,
    )


def _lena() -> Actor:
    return Actor(account="main", member_id="u-lena", name="Lena", role=Role.LEADER, squads=frozenset({"east"}))
