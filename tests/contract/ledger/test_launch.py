"""Promise 1 and rule 11: planning twice, editing and dying half-way never make a second delivery or half a plan."""

from __future__ import annotations

import pytest

from groupbot.campaign.values import Campaign, CampaignState, Reconciled
from groupbot.delivery.values import State
from groupbot.errors import CampaignError
from tests.contract.ledger.conftest import T0, Kit, at, delivery


async def test_launching_twice_changes_nothing(kit: Kit) -> None:
    steps = [delivery("s1"), delivery("s2", 1)]
    assert await kit.launch(*steps) == Reconciled(inserted=2)
    assert await kit.launch(*steps) == Reconciled()
    assert len(await kit.campaigns.deliveries("camp")) == 2


async def test_an_edit_moves_inserts_and_cancels(kit: Kit) -> None:
    await kit.launch(delivery("stays"), delivery("moves", 1), delivery("goes", 2))
    done = await kit.launch(delivery("stays"), delivery("moves", 30), delivery("comes", 5))
    assert done == Reconciled(inserted=1, moved=1, cancelled=1)
    states = {row.step: (row.state, row.due) for row in await kit.campaigns.deliveries("camp")}
    assert states == {
        "stays": (State.PLANNED, at(0)),
        "moves": (State.PLANNED, at(30)),
        "comes": (State.PLANNED, at(5)),
        "goes": (State.CANCELLED, at(2)),
    }


async def test_a_moved_step_is_due_at_its_new_time(kit: Kit) -> None:
    await kit.launch(delivery(minutes=1))
    await kit.launch(delivery(minutes=30))
    await kit.own()
    assert await kit.due(at(29)) == []
    assert await kit.steps_due(at(30)) == ["s1"]


async def test_a_sent_step_never_rearms(kit: Kit) -> None:
    await kit.launch(delivery())
    await kit.own()
    await kit.send((await kit.due(at(0)))[0], at(0))
    assert await kit.launch(delivery(minutes=30, words=("new",))) == Reconciled()
    assert await kit.due(at(30)) == []


async def test_a_half_sent_step_keeps_its_words(kit: Kit) -> None:
    await kit.launch(delivery(words=("one", "two")))
    await kit.own()
    await kit.send((await kit.due(at(0)))[0], at(0))
    await kit.launch(delivery(words=("ONE", "TWO")))
    [second] = await kit.due(at(1))
    assert second.part.content.text == "two"


async def test_what_an_edit_took_out_another_may_bring_back(kit: Kit) -> None:
    await kit.launch(delivery("s1"), delivery("s2", 1))
    await kit.launch(delivery("s1"))
    assert await kit.launch(delivery("s1"), delivery("s2", 2)) == Reconciled(inserted=1)
    assert (await kit.view("s2")).due == at(2)
    assert await kit.state("s2") is State.PLANNED


async def test_groups_that_are_not_named_are_left_alone(kit: Kit) -> None:
    await kit.launch(delivery(group="g1"), groups=("g1",))
    assert await kit.launch(delivery(group="g2"), groups=("g2",)) == Reconciled(inserted=1)
    assert await kit.state(group="g1") is State.PLANNED
    assert list(await kit.campaigns.groups("camp")) == ["g1", "g2"]


@pytest.fixture
def record() -> Campaign:
    return Campaign(id="camp", sop="x", title="", version="v", timezone="Asia/Shanghai", start=T0.date(), created_at=T0)


async def test_a_draft_is_invisible_until_it_goes_live(kit: Kit, record: Campaign) -> None:
    version = await kit.campaigns.open_draft(record)
    await kit.campaigns.add_draft("camp", version, [delivery()])
    await kit.own()
    assert await kit.due(at(5)) == []
    await kit.campaigns.go_live(record, version, ["g1"])
    assert await kit.steps_due(at(5)) == ["s1"]


async def test_recovery_drops_a_draft_that_was_not_complete(kit: Kit, record: Campaign) -> None:
    version = await kit.campaigns.open_draft(record)
    await kit.campaigns.add_draft("camp", version, [delivery()])
    await kit.campaigns.recover()
    assert await kit.campaigns.get("camp") is None


async def test_an_edit_that_died_leaves_the_old_plan_running(kit: Kit, record: Campaign) -> None:
    await kit.launch(delivery(words=("old",)))
    version = await kit.campaigns.open_draft(record)
    await kit.campaigns.add_draft("camp", version, [delivery(words=("new",))])
    await kit.campaigns.recover()
    await kit.own()
    [candidate] = await kit.due(at(0))
    assert candidate.part.content.text == "old"


async def test_a_second_launch_supersedes_the_first_ones_draft(kit: Kit, record: Campaign) -> None:
    first = await kit.campaigns.open_draft(record)
    second = await kit.campaigns.open_draft(record)
    with pytest.raises(CampaignError):
        await kit.campaigns.add_draft("camp", first, [delivery()])
    await kit.campaigns.add_draft("camp", second, [delivery()])
    assert await kit.campaigns.go_live(record, second, ["g1"]) == Reconciled(inserted=1)


async def test_counts_name_every_state(kit: Kit) -> None:
    await kit.launch(delivery("s1"), delivery("s2", 1))
    counts = await kit.campaigns.counts("camp")
    assert set(counts) == set(State)
    assert counts[State.PLANNED] == 2


async def test_pause_and_resume_only_from_where_they_make_sense(kit: Kit) -> None:
    await kit.launch(delivery())
    assert not await kit.campaigns.set_state("camp", CampaignState.RUNNING)
    assert await kit.campaigns.set_state("camp", CampaignState.PAUSED)
    assert not await kit.campaigns.set_state("camp", CampaignState.PAUSED)
    assert await kit.campaigns.set_state("camp", CampaignState.RUNNING)
    assert not await kit.campaigns.set_state("nobody", CampaignState.PAUSED)
