"""Who can't get in hears the operator's words: in private, once, and only where there are words."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field

import pytest

from groupbot.campaign.one_off import Order
from groupbot.chat.alerts import Alert
from groupbot.core.content import Image, Text
from groupbot.core.events import AnyEvent, MessageReceived, Person
from groupbot.errors import StoreError
from groupbot.inbound.pipeline import Pipeline
from groupbot.inbound.way_in import Reason, WayIn, WayInStage, reason_of
from groupbot.testing.events import NOON
from groupbot.tracking.recorder import Recorded

WORDS: Mapping[str, str] = {"full": "请进二群", "expired": "新码在这里"}


@dataclass
class Door:
    way: WayIn | None = field(default_factory=lambda: WayIn(words=WORDS, image="/p/g2.png"))

    async def of(self, account: str, group: str | None) -> WayIn | None:
        assert account == "main"
        return self.way


@dataclass
class Desk:
    orders: dict[str, Order] = field(default_factory=dict)

    async def submit(self, order: Order) -> bool:
        return self.orders.setdefault(order.key, order) is order


def said(text: str, *, by: str = "u-1", group: str | None = None, kind: str = "text") -> MessageReceived:
    return MessageReceived(
        account="main",
        event_id=text,
        at=NOON,
        group=group,
        sender=Person(id=by),
        message_id="m1",
        text=text,
        kind=kind,
    )


async def _is_blocked(member: str) -> bool:
    return member == "u-thrown-out"


async def answers(event: MessageReceived, way: WayIn | None = None, desk: Desk | None = None) -> list[Order]:
    desk = desk or Desk()
    stage = WayInStage(
        ways=Door(way) if way else Door(),
        desk=desk,
        name_of=lambda _account, chat: f"name of {chat}",
        is_staff=lambda _account, member: member == "u-staff",
        is_blocked=_is_blocked,
        ours={"u-bot"},
    )
    assert await stage.handle(event) is None
    return list(desk.orders.values())


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("二维码过期了", Reason.EXPIRED),
        ("老师，群码失效了进不去", Reason.EXPIRED),
        ("掃碼顯示二維碼已過期", Reason.EXPIRED),
        ("群满了吗", Reason.FULL),
        ("显示群人数已满，加不进去", Reason.FULL),
        ("群聊人数超过200人，只能邀请进群", Reason.OVER_200),
        ("老师拉我进群", Reason.OVER_200),
        ("进群要实名认证怎么办", Reason.PAYMENT),
        ("进群让我绑定银行卡", Reason.PAYMENT),
        ("扫码进不去", Reason.OTHER),
        ("怎么进群", Reason.OTHER),
        ("", None),
        ("今天的课几点开始", None),
        ("我对这次活动很满意", None),
        ("客户群体画像怎么做", None),
        ("优惠券过期了吗", None),
        ("群里分享的资料太好了" * 8 + "进不去", None),
    ],
)
def test_what_a_message_says(text: str, reason: Reason | None) -> None:
    assert reason_of(text) is reason


async def test_it_is_told_in_private_with_the_code() -> None:
    [order] = await answers(said("群满了，进不去"))
    assert (order.member, order.group) == ("u-1", "")
    assert [part.content for part in order.parts] == [Text(text="请进二群"), Image(path="/p/g2.png")]


async def test_it_is_told_once_an_hour() -> None:
    desk = Desk()
    await answers(said("群满了"), desk=desk)
    assert len(await answers(said("群满了呀"), desk=desk)) == 1
    assert len(await answers(said("码过期了"), desk=desk)) == 2


@pytest.mark.parametrize(
    "event",
    [
        said("群满了", group="g1"),
        said("进群要实名认证"),
        said("群满了", by="u-staff"),
        said("群满了", by="u-bot"),
        said("群满了", by="u-thrown-out"),
        said("群满了.png", kind="file"),
    ],
    ids=["in a group", "no words", "staff", "our own", "blocked", "no text"],
)
async def test_else_nobody_is_told(event: MessageReceived) -> None:
    assert await answers(event) == []


async def test_a_pool_may_answer_in_its_groups() -> None:
    [order] = await answers(said("群满了", group="g1"), WayIn(words=WORDS, in_groups=True))
    assert (order.member, order.group) == (None, "name of g1")
    assert [part.content for part in order.parts] == [Text(text="请进二群", mentions=("u-1",))]


@pytest.mark.parametrize("broken", ["ways", "desk"])
async def test_a_store_that_fails_answers_nobody_and_what_comes_behind_still_hears(broken: str) -> None:
    class Locked:
        async def of(self, _account: str, _group: str | None) -> WayIn | None:
            raise StoreError("locked")

        async def submit(self, _order: Order) -> bool:
            raise StoreError("locked")

    desk, locked, heard, told = Desk(), Locked(), [], Told()
    stage = WayInStage(
        ways=locked if broken == "ways" else Door(),
        desk=locked if broken == "desk" else desk,
        name_of=lambda _account, chat: chat,
        is_staff=lambda _account, _member: False,
        is_blocked=_is_blocked,
        ours=(),
    )
    pipeline = Pipeline(recorder=Kept(), stages=[stage, Behind(heard)], alerts=told)
    await pipeline.consume(stream(said("群满了"), said("码过期了")))
    assert desk.orders == {}
    assert heard == ["群满了", "码过期了"]
    assert {(alert.code, alert.fields["stage"]) for alert in told.alerts} == {("stage-failed", "way-in")}
    assert "locked" in told.alerts[0].text


@dataclass
class Told:
    alerts: list[Alert] = field(default_factory=list)

    async def send(self, alert: Alert) -> None:
        self.alerts.append(alert)


class Kept:
    """A recorder to which everything is news."""

    async def submit(self, event: AnyEvent) -> asyncio.Future[Recorded]:
        done: asyncio.Future[Recorded] = asyncio.get_running_loop().create_future()
        done.set_result(Recorded())
        return done


@dataclass
class Behind:
    heard: list[str]
    name: str = "behind"
    limit_s: float = 5.0

    async def handle(self, event: AnyEvent) -> None:
        self.heard.append(event.event_id)


async def stream(*events: AnyEvent) -> AsyncIterator[AnyEvent]:
    for event in events:
        yield event
