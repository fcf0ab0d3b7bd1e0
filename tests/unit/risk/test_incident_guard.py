"""Which posts an open incident holds, where, and for how long."""

from dataclasses import replace
from datetime import timedelta

import pytest

from groupbot.campaign.one_off import ONE_OFF
from groupbot.core.content import Link, Part, Text
from groupbot.core.policies import Policies, load_policies
from groupbot.core.verdicts import Allow, Block, Defer
from groupbot.delivery.guards import Guards
from groupbot.delivery.ports import Draft
from groupbot.delivery.values import Ask, Candidate
from groupbot.errors import StoreError
from groupbot.risk.holding import LOOK_AGAIN, IncidentGuard, sells
from groupbot.risk.incidents import NewIncident, acknowledged
from groupbot.settings.risk import HoldSettings, IncidentSettings
from groupbot.testing import MemoryIncidents
from groupbot.testing.events import NOON, after

OFFER = "最后3个名额，今晚下单立减200元"
LESSON = "今晚8点第三课，链接稍后发群里"


def candidate(text=OFFER, *, group="camp-1", promo=None, campaign="camp", member=None, **policies):
    return Candidate(
        id=1,
        campaign=campaign,
        key="k",
        step="s",
        group=group,
        member=member,
        lane=f"g:{group}",
        account="main",
        due=NOON,
        until=None,
        not_before=NOON,
        priority=0,
        parts=(Part(content=Text(text="大家晚上好")), Part(content=Text(text=text))),
        next_part=0,
        attempt=0,
        plan_version=1,
        policies=Policies(promo=promo, **policies),
    )


class Room:
    def __init__(self, **hold):
        self.incidents = MemoryIncidents()
        self.rules = IncidentSettings(hold=HoldSettings(**hold))
        self.guard = IncidentGuard(self.incidents, lambda: self.rules, one_off=ONE_OFF)

    async def complain(self, member="ann", group="camp-1", at=NOON):
        new = NewIncident(kind="complaint", account="main", group=group, member=member, excerpt="太差了")
        return (await self.incidents.open(new, at))[0]

    async def judge(self, seconds=0.0, **more):
        return await self.guard.check(Draft(candidate=candidate(**more), now=after(seconds)))


async def test_it_holds_what_sells_in_that_group_until_its_time_is_over():
    room = Room(limit_s=600)
    await room.complain()
    held = await room.judge(60)
    assert isinstance(held, Defer)
    assert held.until == after(60) + LOOK_AGAIN
    assert "camp-1" in held.reason
    assert (await room.judge(595)).until == after(600)
    assert await room.judge(600) == Allow()
    assert await room.judge(60, group="camp-2") == Allow()
    assert await room.judge(60, text=LESSON) == Allow()


async def test_it_lets_go_when_somebody_takes_care_of_it():
    room = Room()
    incident = await room.complain()
    assert isinstance(await room.judge(1), Defer)
    await room.incidents.change(acknowledged(incident, "Lena", after(2)))
    assert await room.judge(10) == Allow()


async def test_the_step_says_whether_it_sells():
    room = Room()
    await room.complain()
    assert await room.judge(promo=False) == Allow()
    assert isinstance(await room.judge(text=LESSON, promo=True), Defer)
    assert load_policies(Policies(promo=False).dump()).promo is False
    assert "promo" not in Policies().dump()


async def test_inside_an_event_one_troll_stops_no_sale():
    in_event = {"ask_timeout": timedelta(minutes=2)}
    room = Room()
    await room.complain()
    assert await room.judge(1, **in_event) == Allow()
    room = Room(event_limit_s=120)
    await room.complain()
    assert (await room.judge(115, **in_event)).until == after(120)
    assert await room.judge(120, **in_event) == Allow()


async def test_answers_and_orders_are_never_held():
    room = Room()
    await room.complain()
    assert await room.judge(campaign=ONE_OFF) == Allow()


async def test_who_complains_is_not_sold_to_in_private():
    room = Room()
    incident = await room.complain()
    assert isinstance(await room.judge(member="ann"), Block)
    assert await room.judge(member="bob") == Allow()
    await room.incidents.change(acknowledged(incident, "Lena", after(2)))
    assert isinstance(await room.judge(99_999, member="ann"), Block)


async def test_what_spreads_holds_everywhere_where_that_is_wanted():
    for wanted, verdict in ((False, Allow), (True, Defer)):
        room = Room(on_spread=wanted)
        await room.complain("ann", "camp-1")
        await room.complain("bob", "camp-2")
        assert isinstance(await room.judge(5, group="camp-3"), verdict)


async def test_what_can_not_be_read_holds():
    class Broken(MemoryIncidents):
        async def unresolved(self):
            raise StoreError("locked")

    chain = Guards([IncidentGuard(Broken(), IncidentSettings, one_off=ONE_OFF)])
    assert isinstance(await chain.check(Draft(candidate=candidate(), now=NOON)), Ask)
    approved = replace(candidate(), approved=True)
    assert not isinstance(await chain.check(Draft(candidate=approved, now=NOON)), Ask)


@pytest.mark.parametrize("text", [OFFER, "原价¥1999，现价 999元", "报名链接发群里了", "早鸟价只剩今天", "限时8.5折"])
def test_words_that_sell(text):
    assert sells([Text(text=text)])
    assert sells([Link(url="https://x.cn", title=text)])


@pytest.mark.parametrize("text", [LESSON, "早安打卡第3天", "欢迎新同学，请看群公告", "多元思维是什么", "第2元素周期表"])
def test_words_that_do_not(text):
    assert not sells([Text(text=text)])
