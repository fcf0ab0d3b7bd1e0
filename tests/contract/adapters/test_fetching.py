"""What every adapter promises of files that come in, and what only a real gateway can show of them."""

from __future__ import annotations

import asyncio
import base64
import time

import pytest

from groupbot.adapters.wechaty import fetching
from groupbot.adapters.wechaty.gateway import Gateway
from groupbot.adapters.wechaty.wire import Wire
from groupbot.chat.adapter import Received
from groupbot.chat.errors import NotConnected, Rejected, Temporary, TooLarge
from groupbot.core.events import AccountState, MessageReceived
from tests.contract.adapters.bench import ROOM, Bench, connected
from tests.gateway.listener import Listener
from tests.gateway.rig import Rig

MOST = 5_000_000
LARGE = bytes(range(256)) * 4_000


@pytest.mark.parametrize(
    ("name", "kind", "data"),
    [("第一期 SOP.xlsx", "file", b"PK\x03\x04" * 1_000), ("海报.png", "image", LARGE)],
    ids=("small", "large"),
)
async def test_a_members_file_is_fetched_whole(bench: Bench, name: str, kind: str, data: bytes) -> None:
    async with Listener(bench.adapter) as heard:
        await heard.roster(bench.group)
        await bench.share(bench.ann, name, data)
        message = await heard.one(MessageReceived, group=bench.group)
        assert (message.kind, message.text) == (kind, name)
        assert await bench.adapter.fetch(message.message_id, most_bytes=MOST) == Received(name=name, data=data)


async def test_a_file_over_the_limit_is_too_large(bench: Bench) -> None:
    async with Listener(bench.adapter) as heard:
        await heard.roster(bench.group)
        await bench.share(bench.ann, "a.xlsx", LARGE)
        message = await heard.one(MessageReceived, group=bench.group)
        with pytest.raises(TooLarge):
            await bench.adapter.fetch(message.message_id, most_bytes=len(LARGE) - 1)
        assert (await bench.adapter.fetch(message.message_id, most_bytes=len(LARGE))).data == LARGE


async def test_a_message_without_a_file_is_refused(bench: Bench) -> None:
    async with Listener(bench.adapter) as heard:
        await heard.roster(bench.group)
        await bench.say(bench.ann, "only words")
        message = await heard.one(MessageReceived, group=bench.group)
        for message_id in (message.message_id, "no-such-message"):
            with pytest.raises(Rejected):
                await bench.adapter.fetch(message_id, most_bytes=MOST)


async def test_nothing_is_fetched_while_offline(bench: Bench) -> None:
    with pytest.raises(NotConnected):
        await bench.adapter.fetch("m1", most_bytes=MOST)
    await bench.adapter.close()


async def _shared(rig: Rig, name: str, data: bytes, **more: object) -> str:
    held = base64.b64encode(data).decode()
    return str(await rig.act("file", **{"from": "alice", "room": ROOM, "name": name, "base64": held} | more))


async def test_a_senders_name_leads_to_no_folder(rig: Rig) -> None:
    async with connected(rig) as heard:
        message_id = await _shared(rig, "..\\up/../../etc/passwd", b"x")
        assert (await heard.adapter.fetch(message_id, most_bytes=MOST)).name == "passwd"


async def test_a_file_that_lies_elsewhere_is_followed_by_the_gateway(rig: Rig) -> None:
    async with connected(rig) as heard:
        message_id = await _shared(rig, "a.json", b"", url=f"http://127.0.0.1:{rig.ctrl_port}/counts")
        assert (await heard.adapter.fetch(message_id, most_bytes=MOST)).data.startswith(b"{")


async def test_a_gateway_that_never_answers_costs_its_time_only(rig: Rig) -> None:
    async with connected(rig, deadline_s=0.5, probe_s=60.0) as heard:
        message_id = await _shared(rig, "a.xlsx", b"x")
        await rig.act("hang", to=message_id, on=True)
        began = time.monotonic()
        with pytest.raises(Temporary):
            await heard.adapter.fetch(message_id, most_bytes=1_000)
        assert time.monotonic() - began < 3
        await rig.act("hang", to=message_id, on=False)
        assert (await heard.adapter.fetch(message_id, most_bytes=1_000)).data == b"x"


async def test_the_puppets_refusal_is_told(rig: Rig) -> None:
    async with connected(rig, deadline_s=0.5) as heard:
        message_id = await _shared(rig, "a.xlsx", b"x")
        await rig.act("refuse", to=message_id, why="the file has expired")
        with pytest.raises(Rejected, match="the file has expired"):
            await heard.adapter.fetch(message_id, most_bytes=MOST)


async def test_a_gateway_that_dies_meanwhile_leaves_nothing_half(rig: Rig) -> None:
    async with connected(rig, deadline_s=30.0) as heard:
        before = len(heard.events)
        message_id = await _shared(rig, "a.xlsx", b"x")
        await rig.act("hang", to=message_id, on=True)
        call = asyncio.create_task(heard.adapter.fetch(message_id, most_bytes=MOST))
        done, _pending = await asyncio.wait({call}, timeout=0.3)
        assert not done
        rig.kill()
        with pytest.raises(Temporary):
            async with asyncio.timeout(5):
                await call
        await heard.state(AccountState.OFFLINE, since=before)


@pytest.mark.parametrize("data", [b"x" * 20_000, LARGE], ids=("inline", "by-uuid"))
async def test_the_newer_way_by_file_box_gives_the_same(rig: Rig, data: bytes) -> None:
    async with connected(rig):
        message_id = await _shared(rig, "表.xlsx", data)
        connection = Wire(endpoint=rig.endpoint, token=rig.token, plaintext=True, deadline_s=5.0)
        try:
            gateway = Gateway(connection)
            assert await fetching.boxed(gateway, message_id, MOST) == Received(name="表.xlsx", data=data)
            with pytest.raises(TooLarge):
                await fetching.boxed(gateway, message_id, len(data) - 1)
        finally:
            connection.close()
