"""A campaign that is paused in some of its groups goes on in the others."""

from __future__ import annotations

from datetime import timedelta

from groupbot.campaign.values import CampaignState, NewTask
from groupbot.core.policies import Policies
from groupbot.delivery.values import State
from tests.contract.ledger.conftest import Kit, at, delivery


async def test_the_other_groups_go_on(kit: Kit) -> None:
    await kit.launch(delivery(), delivery(group="g2"), groups=("g1", "g2"))
    await kit.own()
    assert list(await kit.campaigns.pause_in("camp", ["g2", "g9"], paused=True)) == ["g2"]
    assert list(await kit.campaigns.paused_in("camp")) == ["g2"]
    assert [one.group for one in await kit.due(at(0))] == ["g1"]
    assert list(await kit.campaigns.pause_in("camp", ["g2"], paused=True)) == []


async def test_another_campaign_in_the_group_is_not_paused(kit: Kit) -> None:
    await kit.launch(delivery())
    await kit.launch(delivery("other", campaign="fair"), campaign="fair")
    await kit.own()
    await kit.campaigns.pause_in("camp", ["g1"], paused=True)
    assert await kit.steps_due(at(0)) == ["other"]


async def test_a_pause_between_the_look_and_the_send_stops_the_send(kit: Kit) -> None:
    await kit.launch(delivery())
    await kit.own()
    [candidate] = await kit.due(at(0))
    await kit.campaigns.pause_in("camp", ["g1"], paused=True)
    assert await kit.begin(candidate, at(0)) is None


async def test_resuming_posts_the_next_part_and_repeats_none(kit: Kit) -> None:
    await kit.launch(delivery(words=("a", "b"), gap_s=1))
    await kit.own()
    await kit.send((await kit.due(at(0)))[0], at(0))
    await kit.campaigns.pause_in("camp", ["g1"], paused=True)
    assert await kit.due(at(1)) == []
    assert list(await kit.campaigns.pause_in("camp", ["g1"], paused=False)) == ["g1"]
    [candidate] = await kit.due(at(2))
    assert candidate.next_part == 1
    await kit.send(candidate, at(2), "m2")
    assert await kit.state() is State.SENT
    assert await kit.due(at(3)) == []


async def test_what_came_too_late_meets_its_policy_after_the_pause_only(kit: Kit) -> None:
    await kit.launch(delivery(policies=Policies(grace=timedelta(minutes=5))))
    ownership = await kit.own()
    await kit.campaigns.pause_in("camp", ["g1"], paused=True)
    assert list(await kit.ledger.overdue(ownership, at(6), 10)) == []
    await kit.campaigns.pause_in("camp", ["g1"], paused=False)
    assert [one.step for one in await kit.ledger.overdue(ownership, at(6), 10)] == ["s1"]


async def test_people_are_not_told_of_tasks_there(kit: Kit) -> None:
    tasks = [
        NewTask(campaign="camp", key=f"call/0/{group}", step="call", text="call", group=group, due=at(1))
        for group in ("g1", "g2", None)
    ]
    await kit.launch(delivery(), groups=("g1", "g2"), tasks=tasks)
    await kit.campaigns.pause_in("camp", ["g2"], paused=True)
    assert {task.group for task in await kit.people.untold(at(2))} == {"g1", None}
    await kit.campaigns.pause_in("camp", ["g2"], paused=False)
    assert len(await kit.people.untold(at(2))) == 3


async def test_it_outlives_an_edit_and_a_pause_of_the_whole(kit: Kit) -> None:
    await kit.launch(delivery())
    await kit.own()
    await kit.campaigns.pause_in("camp", ["g1"], paused=True)
    await kit.campaigns.set_state("camp", CampaignState.PAUSED)
    await kit.campaigns.set_state("camp", CampaignState.RUNNING)
    await kit.launch(delivery(), delivery("s2"))
    assert list(await kit.campaigns.paused_in("camp")) == ["g1"]
    assert await kit.due(at(0)) == []
