"""What only a real gateway can show: refusals, rivals, freezes, foreign input. Both generations."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from groupbot.adapters.wechaty.gateway import Gateway
from groupbot.adapters.wechaty.wire import Wire
from groupbot.chat.errors import (
    AuthFailed,
    Busy,
    Limited,
    NotConnected,
    Rejected,
    TooLarge,
    UnknownOutcome,
    Unsupported,
)
from groupbot.core.content import EVERYBODY, Text
from groupbot.core.events import AccountState, AccountStateChanged, MessageReceived, RosterRead, TopicChanged
from tests.contract.adapters.bench import ROOM, GatewayBench, connected, wechaty
from tests.gateway.listener import Listener
from tests.gateway.rig import Rig

HELLO = Text(text="hello")


async def test_a_wrong_token_is_refused_for_good_and_not_repeated(rig: Rig) -> None:
    adapter = wechaty(rig, token="insecure_wrong-secret")
    async with Listener(adapter) as heard:
        refused = await heard.state(AccountState.REFUSED)
        await heard.until(lambda: heard.ended, what="end of events")
        with pytest.raises(AuthFailed):
            await adapter.send(ROOM, HELLO)
    assert "UNAUTHENTICATED" in refused.detail
    assert "wrong-secret" not in refused.detail


async def test_a_rival_waits_and_evicts_nobody(rig: Rig) -> None:
    rival = wechaty(rig, sleep=lambda _pause: asyncio.sleep(0.05))
    async with connected(rig) as first, Listener(rival) as second:
        busy = await second.state(AccountState.OFFLINE)
        assert "ALREADY_EXISTS" in busy.detail
        with pytest.raises(Busy):
            await rival.send(ROOM, HELLO)
        await first.adapter.send(ROOM, Text(text="still here"))
        assert first.adapter.state is AccountState.ONLINE
        await first.adapter.close()
        await second.state(AccountState.ONLINE)
        await rival.send(ROOM, Text(text="my turn"))
    assert [call["a"][1] for call in rig.calls("text")][-2:] == ["still here", "my turn"]
    assert rig.calls("puppetStop") == []


async def test_a_frozen_gateway_is_found_by_a_send_and_comes_back(rig: Rig) -> None:
    async with connected(rig, deadline_s=1.0, probe_s=60.0, sleep=lambda _pause: asyncio.sleep(0.05)) as heard:
        frozen_at = len(heard.events)
        rig.freeze()
        began = time.monotonic()
        with pytest.raises(UnknownOutcome):
            await heard.adapter.send(ROOM, Text(text="did it arrive?"))
        assert time.monotonic() - began < 3
        await heard.state(AccountState.OFFLINE, since=frozen_at)
        with pytest.raises(NotConnected):
            await heard.adapter.send(ROOM, Text(text="surely not"))
        rig.thaw()
        await heard.state(AccountState.ONLINE, since=frozen_at)
        await heard.one(RosterRead, since=frozen_at, group=ROOM)
        await heard.adapter.send(ROOM, Text(text="thawed"))
    sent = [call["a"][1] for call in rig.calls("text")]
    assert sent[-1] == "thawed"
    assert "surely not" not in sent


async def test_a_frozen_gateway_is_found_without_a_send(rig: Rig) -> None:
    async with connected(rig, deadline_s=1.0, probe_s=0.5, sleep=lambda _pause: asyncio.sleep(0.05)) as heard:
        frozen_at = len(heard.events)
        rig.freeze()
        await heard.state(AccountState.OFFLINE, since=frozen_at, within_s=10)
        rig.thaw()
        await heard.state(AccountState.ONLINE, since=frozen_at)


async def test_a_gateway_that_dies_in_mid_call_leaves_the_outcome_unknown(rig: Rig) -> None:
    async with connected(rig, deadline_s=30.0) as heard:
        rig.freeze()
        call = asyncio.create_task(heard.adapter.send(ROOM, HELLO))
        done, _pending = await asyncio.wait({call}, timeout=0.5)
        assert not done
        rig.kill()
        with pytest.raises(UnknownOutcome):
            async with asyncio.timeout(5):
                await call


async def test_a_text_over_the_limit_is_too_large(rig: Rig) -> None:
    async with connected(rig) as heard:
        with pytest.raises(TooLarge):
            await heard.adapter.send(ROOM, Text(text="长" * 2_000_000))
        await heard.adapter.send(ROOM, Text(text="short again"))
    assert rig.calls("text")[-1]["a"][1] == "short again"


MALFORMED = (
    ("message", {}),
    ("message", None),
    ("message", "words"),
    ("message", {"messageId": 7}),
    ("message", {"messageId": "no-such-message"}),
    ("room-join", {"roomId": ROOM}),
    ("room-join", {"roomId": ROOM, "inviteeIdList": [], "inviterId": "bob", "timestamp": 1}),
    ("room-join", {"inviteeIdList": [None], "inviterId": "bob"}),
    ("room-leave", {"roomId": 1, "removeeIdList": ["bob"]}),
    ("room-topic", {"roomId": ROOM, "newTopic": None}),
    ("login", {}),
    ("dirty", {"payloadType": 4}),
    ("error", {"data": None}),
    ("friendship", {}),
    ("friendship", {"friendshipId": "no-such-friendship"}),
    ("room-invite", {"roomInvitationId": None}),
    ("room-invite", {"roomInvitationId": "no-such-invitation"}),
    ("dirty", {"payloadType": 2}),
)


async def test_a_malformed_event_costs_only_itself(rig: Rig) -> None:
    async with connected(rig) as heard:
        before = len(heard.events)
        for event, payload in MALFORMED:
            await rig.act("raw", event=event, payload=payload)
        await rig.act("say", **{"from": "alice", "room": ROOM, "text": "after the noise"})
        await heard.one(MessageReceived, text="after the noise")
        assert [type(event) for event in heard.events[before:]] == [MessageReceived]


async def test_a_refused_post_says_why(rig: Rig) -> None:
    async with connected(rig) as heard:
        await rig.act("refuse", to=ROOM, why="you are not in this room")
        with pytest.raises(Rejected, match="you are not in this room"):
            await heard.adapter.send(ROOM, HELLO)
        await rig.act("refuse", to=ROOM, why="")
        assert heard.adapter.state is AccountState.ONLINE


async def test_a_limit_notice_on_a_post_stops_the_account_until_one_is_taken_again(rig: Rig) -> None:
    async with connected(rig) as heard:
        before = len(heard.events)
        await rig.act("refuse", to=ROOM, why="操作频繁，请稍后再试")
        with pytest.raises(Limited, match="操作频繁"):
            await heard.adapter.send(ROOM, HELLO)
        limited = await heard.state(AccountState.LIMITED, since=before)
        assert "操作频繁" in limited.detail
        assert heard.adapter.state is AccountState.LIMITED
        await rig.act("refuse", to=ROOM, why="")
        await heard.adapter.send(ROOM, HELLO)
        await heard.state(AccountState.ONLINE, since=before)


@pytest.mark.parametrize(("talker", "state"), [("weixin", AccountState.LIMITED), ("alice", AccountState.ONLINE)])
async def test_only_the_platforms_own_words_are_limit_notices(rig: Rig, talker: str, state: AccountState) -> None:
    async with connected(rig, limit_notices=("too fast",)) as heard:
        message_id = f"notice-{talker}-{time.monotonic_ns()}"
        payload = {"id": message_id, "type": 7, "text": "you go too fast", "timestamp": 1_779_076_800}
        await rig.act("message", payload=payload | {"talkerId": talker, "fromId": talker, "listenerId": "bot"})
        message = await heard.one(MessageReceived, message_id=message_id)
        assert heard.adapter.state is state
    assert message.group is None
    assert message.at.year == 2026


async def test_a_login_code_is_passed_on(rig: Rig) -> None:
    async with connected(rig) as heard:
        before = len(heard.events)
        await rig.act("raw", event="scan", payload={"status": 2, "qrcode": "https://login.example/code"})
        needed = await heard.state(AccountState.LOGIN_NEEDED, since=before)
        assert needed.detail == "https://login.example/code"
        with pytest.raises(NotConnected):
            await heard.adapter.send(ROOM, HELLO)
        await rig.act("raw", event="login", payload={"contactId": "bot"})
        await heard.state(AccountState.ONLINE, since=before)
        await heard.one(RosterRead, since=before, group=ROOM)


async def test_a_logout_takes_the_account_offline(rig: Rig) -> None:
    async with connected(rig) as heard:
        before = len(heard.events)
        await rig.act("raw", event="logout", payload={"contactId": "bot", "data": "kicked by the phone"})
        gone = await heard.state(AccountState.OFFLINE, since=before)
        assert gone.detail == "kicked by the phone"
        with pytest.raises(NotConnected):
            await heard.adapter.send(ROOM, HELLO)


async def test_a_doubt_about_members_makes_the_roster_be_read_again(rig: Rig) -> None:
    bench = GatewayBench(rig)
    async with connected(rig) as heard:
        await heard.roster(bench.group)
        before = len(heard.events)
        await rig.act("raw", event="dirty", payload={"payloadType": 4, "payloadId": bench.group})
        roster = await heard.one(RosterRead, since=before, group=bench.group)
    assert [(person.id, person.name) for person in roster.members] == [
        ("bot", "Bot"),
        ("alice", "Alice"),
        ("bob", "Bob"),
    ]


async def test_a_new_name_of_a_group_is_reported(rig: Rig) -> None:
    bench = GatewayBench(rig)
    async with connected(rig) as heard:
        await rig.act("topic", room=bench.group, topic="第二期", by="alice")
        changed = await heard.one(TopicChanged, group=bench.group)
    assert (changed.topic, changed.by.id if changed.by else None) == ("第二期", "alice")


async def test_everybody_is_mentioned_as_wechat_shows_it(rig: Rig) -> None:
    async with connected(rig) as heard:
        await heard.adapter.send(ROOM, Text(text="开课了", mentions=(EVERYBODY,)))
    assert rig.calls("text")[-1]["a"] == [ROOM, "@所有人\u2005开课了", ["@all"]]


async def test_a_dead_address_is_reported_and_retried_with_growing_pauses() -> None:
    pauses: list[float] = []
    enough = asyncio.Event()

    async def sleep(pause: float) -> None:
        pauses.append(pause)
        if len(pauses) == 8:
            enough.set()
            await asyncio.Event().wait()

    rig = Rig(generation="new", folder=Path("unused"))
    async with Listener(wechaty(rig, sleep=sleep, random=lambda: 0.5)) as heard:
        await heard.state(AccountState.OFFLINE)
        async with asyncio.timeout(20):
            await enough.wait()
        assert len(heard.of(AccountStateChanged)) == 1
    assert pauses == pytest.approx([0.55, 1.1, 2.2, 4.4, 8.8, 17.6, 33.0, 33.0])


@pytest.fixture(params=["new", "old"])
def tls_rig(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Rig]:
    rig = Rig(generation=request.param, folder=tmp_path, tls=True).start()
    yield rig
    rig.stop()


async def test_tls_with_the_shipped_certificate(tls_rig: Rig) -> None:
    async with connected(tls_rig) as heard:
        await heard.adapter.send(ROOM, Text(text="sealed"))
    assert [call["a"][1] for call in tls_rig.calls("text")] == ["sealed"]
    async with Listener(wechaty(tls_rig, token="elsewhere_x")) as heard:
        wrong_name = await heard.state(AccountState.OFFLINE)
    assert "certificate" in wrong_name.detail


async def test_groups_and_contacts_can_be_named(rig: Rig) -> None:
    bench = GatewayBench(rig)
    connection = Wire(endpoint=rig.endpoint, token=rig.token, plaintext=True, deadline_s=5.0)
    gateway = Gateway(connection)
    try:
        await gateway.start()
        await gateway.rename(bench.group, "新名字")
        await gateway.announce(bench.group, "公告\n第二行")
        await gateway.alias("alice", "爱丽丝")
        await gateway.alias("alice", "")
    finally:
        connection.close()
    named = [(call["m"], *call["a"]) for call in rig.calls("roomTopic", "roomAnnounce", "contactAlias")]
    assert named[-4:] == [
        ("roomTopic", bench.group, "新名字"),
        ("roomAnnounce", bench.group, "公告\n第二行"),
        ("contactAlias", "alice", "爱丽丝"),
        ("contactAlias", "alice", ""),
    ]


async def test_uploads_come_back_from_the_new_generation_and_are_unknown_to_the_old(rig: Rig) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for number in range(8):
            yield bytes([number]) * 8_000

    connection = Wire(endpoint=rig.endpoint, token=rig.token, plaintext=True, deadline_s=5.0)
    gateway = Gateway(connection)
    try:
        if rig.generation == "old":
            with pytest.raises(Unsupported):
                await gateway.upload(pieces(), 64_000, deadline_s=5.0)
            return
        uuid = await gateway.upload(pieces(), 64_000, deadline_s=5.0)
        assert b"".join([piece async for piece in gateway.download(uuid)]) == b"".join(
            [bytes([number]) * 8_000 for number in range(8)]
        )
    finally:
        connection.close()
