"""Complaints that members bring to an account 1:1: the leader of their group is called, the group is left alone."""

from datetime import timedelta

import pytest

from groupbot.campaign.one_off import ONE_OFF
from groupbot.core.verdicts import Allow, Block
from groupbot.delivery.ports import Draft
from groupbot.risk.holding import IncidentGuard
from groupbot.testing.events import NOON
from tests.unit.risk.test_incident_guard import OFFER, candidate

from .risk_scene import Scene


@pytest.fixture
def scene():
    scene = Scene("alert")
    scene.folk.seats["ann"] = ("camp-1",)
    return scene


async def opened(scene):
    return [
        (one.number, one.group, one.owner, one.kind, one.private)
        for one in await scene.chat.risk.incidents.unresolved()
    ]


async def judge(scene, **more):
    guard = IncidentGuard(scene.chat.risk.incidents, lambda: scene.chat.risk.rules.settings.incidents, one_off=ONE_OFF)
    return await guard.check(Draft(candidate=candidate(OFFER, **more), now=NOON + timedelta(seconds=5)))


async def test_the_leader_of_the_members_group_is_called(scene):
    assert not await scene.say("退钱", group=None, name="安安")
    assert await opened(scene) == [(1, "camp-1", "Lena", "refund", True)]
    assert {place for place, _text in scene.told} == {"east-ops", "ops"}
    assert "Said 1:1 to main" in scene.told[0][1]
    assert "先道歉" in scene.told[0][1]


async def test_the_member_is_sold_nothing_and_the_group_goes_on(scene):
    await scene.say("太差了", group=None)
    assert isinstance(await judge(scene, member="ann"), Block)
    assert isinstance(await judge(scene, member="bob"), Allow)
    assert isinstance(await judge(scene), Allow)
    await scene.say("太差了")
    assert await opened(scene) == [(1, "camp-1", "Lena", "complaint", False)]
    assert not isinstance(await judge(scene), Allow)


async def test_it_joins_what_is_open_else_belongs_to_the_group_joined_last(scene):
    scene.folk.seats |= {"ann": ("camp-1", "camp-2"), "bob": ("camp-1", "camp-2")}
    await scene.say("太差了")
    await scene.say("太差了", group=None)
    await scene.say("太差了", group=None, by="bob")
    assert [(number, group) for number, group, *_more in await opened(scene)] == [(1, "camp-1"), (2, "camp-2")]


@pytest.mark.parametrize(
    "said",
    [
        {"text": "广告"},
        {"text": "1"},
        {"text": "好的"},
        {"text": "退钱", "by": "eve"},
        {"text": "退钱", "by": "u-staff"},
        {"text": "退钱", "by": "u-bot"},
    ],
    ids=str,
)
async def test_nothing_else_that_is_said_in_private_counts(scene, said):
    assert not await scene.say(said["text"], group=None, by=said.get("by", "ann"))
    assert (await opened(scene), scene.told, scene.audited) == ([], [], [])


async def test_where_nobody_wants_to_be_asked_private_words_are_not_even_looked_at():
    scene = Scene("observe")
    scene.folk.seats["ann"] = ("camp-1",)
    await scene.say("退钱", group=None)
    assert (await opened(scene), scene.judge.looked) == ([], [])
