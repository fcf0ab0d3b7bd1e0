"""What the control room keeps and asks on real databases: waiting alerts, tasks with their cards, the handover."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from groupbot.admin.cards import CardOption, CardState, NewCard
from groupbot.admin.places import Place, PlaceKind
from groupbot.campaign.values import Campaign, CampaignState, NewTask
from groupbot.chat.alerts import Alert, Severity
from groupbot.core.content import Part, Text
from groupbot.delivery.values import NewDelivery, State
from groupbot.desk.tasks import TaskOffice
from groupbot.errors import CampaignError
from groupbot.storage import handover
from groupbot.storage.campaigns import SqlCampaigns
from groupbot.storage.one_off import SqlOrders
from groupbot.storage.waiting_alerts import SqlWaitingAlerts
from groupbot.testing import FakeClock

NOW = datetime(2026, 5, 18, 4, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
LATE = NOW + 3 * HOUR
CAMP = Campaign(
    id="camp",
    sop="x",
    title="",
    version="v",
    timezone="UTC",
    start=date(2026, 5, 18),
    created_at=NOW,
    state=CampaignState.RUNNING,
)


@pytest.fixture(params=["sqlite", "postgresql"])
def kept(request):
    return request.getfixturevalue(request.param)


async def launched(database, *tasks):
    campaigns = SqlCampaigns(database)
    made = [NewTask(campaign="camp", key=key, step="s", text=key, due=due) for key, due in tasks]
    await campaigns.go_live(CAMP, await campaigns.open_draft(CAMP), ["g1"], made)


async def test_alerts_wait_until_they_are_due_and_are_dropped(kept):
    waiting = SqlWaitingAlerts(kept.database)
    alert = Alert(severity=Severity.WARNING, code="c", text="群 x", fields={"group": "群"})
    await waiting.keep(alert, at=NOW, due=NOW + HOUR)
    await waiting.keep(replace(alert, text="y"), at=NOW - HOUR, due=NOW + HOUR)
    await waiting.keep(alert, at=NOW, due=NOW + 2 * HOUR)
    assert await waiting.due(NOW) == []
    rows = await waiting.due(NOW + HOUR)
    assert [(row.at, row.alert.text) for row in rows] == [(NOW - HOUR, "y"), (NOW, "群 x")]
    assert rows[1].alert == alert
    await waiting.drop([row.number for row in rows])
    assert len(await waiting.due(NOW + 2 * HOUR)) == 1


async def test_what_becomes_of_a_task_closes_its_cards(kept):
    await launched(kept.database, ("a", NOW), ("b", NOW + HOUR))
    office = TaskOffice(kept.database, FakeClock(NOW))
    first, second = await office.open()
    assert await office.numbered(first.number) == first
    place = Place(account="main", group="ops", kind=PlaceKind.ADMIN_GROUP)
    option = CardOption(digit=1, label="Done", choice="done")
    cards = []
    for task in (first, second):
        new = NewCard(kind="task", subject=task.name, place=place, text="?", options=(option,))
        card, _is_new = await kept.cards.open(new, NOW)
        cards.append(card.number)
    done = await office.complete("camp/a", by="Ann")
    assert (done.state, done.done_by, done.done_at) == ("done", "Ann", NOW)
    later = await office.postpone("camp/b", NOW + 2 * HOUR)
    assert later.due == NOW + 2 * HOUR
    assert {(await kept.cards.get(number)).state for number in cards} == {CardState.WITHDRAWN}
    assert [task.name for task in await office.open("camp")] == ["camp/b"]
    assert len(await office.every()) == 2


async def test_what_can_not_be_done_with_a_task_is_told(kept):
    await launched(kept.database, ("a", NOW))
    office = TaskOffice(kept.database, FakeClock(NOW))
    await office.complete("camp/a", by="Ann")
    for work in (office.complete("camp/a", by="Bob"), office.postpone("camp/a", NOW), office.numbered(99)):
        with pytest.raises(CampaignError):
            await work


async def test_the_handover_sees_what_comes_and_what_was_and_open_cards(kept):
    part = Part(content=Text(text="hello"))
    orders = SqlOrders(kept.database)
    for campaign, group, due in (
        ("camp", "g1", NOW),
        ("camp", "g2", NOW),
        ("one-off", "g1", NOW),
        ("camp", "g1", LATE),
    ):
        row = NewDelivery(
            campaign=campaign,
            key=f"hi/{due:%H}/{group}",
            step="hi",
            phase="",
            group=group,
            account="main",
            due=due,
            ordinal=0,
            parts=(part,),
        )
        await orders.submit(replace(CAMP, id=campaign), row)
    [step] = await handover.coming(kept.database, NOW, NOW + HOUR)
    assert (step.campaign, step.step, step.groups, step.parts) == ("camp", "hi", 2, (part,))
    assert await handover.past(kept.database, NOW, NOW + HOUR) == {State.PLANNED: 2}
    assert await handover.past(kept.database, NOW - HOUR, NOW) == {}


async def test_the_handover_names_the_chats_of_open_cards_and_nobodys_id(kept):
    for place in (
        Place(account="main", group="ops", kind=PlaceKind.ADMIN_GROUP),
        Place(account="main", member="u-olga", kind=PlaceKind.PRIVATE),
    ):
        await kept.cards.open(NewCard(kind="k", subject="s", place=place, text="?", options=()), NOW)
    assert [card.place for card in await handover.open_cards(kept.database)] == ["ops", "main 1:1"]
