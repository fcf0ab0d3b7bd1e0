"""The pure parts of the Wechaty adapter: reading foreign JSON, echoes, memory, file boxes, the outbox."""

from __future__ import annotations

import asyncio
import base64
import json
from datetime import UTC, datetime

import pytest

from groupbot.adapters.wechaty import WechatyAdapter, files
from groupbot.adapters.wechaty.gateway import RawEvent, RawMessage
from groupbot.adapters.wechaty.inbound import Inbound, as_content, id_list, parse, required
from groupbot.adapters.wechaty.names import Names, Recent
from groupbot.adapters.wechaty.outbox import Outbox
from groupbot.chat.errors import NotConnected, Rejected
from groupbot.core.content import File, Image, Link, Text, fingerprint
from groupbot.core.events import AccountState, AccountStateChanged, MembersJoined, MessageReceived
from groupbot.errors import ConfigError
from groupbot.testing import FakeClock

END = "\u2005"


@pytest.mark.parametrize(
    ("text", "mentions", "words"),
    [
        (f"@Ann{END}hello", 1, "hello"),
        (f"@Ann{END}@Bob{END}hello", 2, "hello"),
        (f"@Ann Lee{END}hello", 1, "hello"),
        (f"@Ann{END}@Bob{END}hello", 1, f"@Bob{END}hello"),
        (f"hello @Ann{END}", 1, f"hello @Ann{END}"),
        (f"@Ann{END}hello", 0, f"@Ann{END}hello"),
        ("@Ann hello", 1, "@Ann hello"),
    ],
)
def test_an_echo_is_the_post_without_the_names_that_its_mentions_added(text: str, mentions: int, words: str) -> None:
    assert as_content("text", text, mentions) == Text(text=words)


def test_a_media_echo_has_the_fingerprint_of_the_post() -> None:
    assert fingerprint(as_content("file", "a.png", 0)) == fingerprint(Image(path="/m/a.png"))
    assert fingerprint(as_content("image", "b.pdf", 0)) == fingerprint(File(path="/m/a.pdf", name="b.pdf"))
    assert fingerprint(as_content("link", "https://x.example", 0)) == fingerprint(
        Link(url="https://x.example", title="X")
    )


@pytest.mark.parametrize("payload", ["", "null", "[]", '"x"', "{", "7"])
def test_a_payload_that_is_no_object_is_malformed(payload: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - any ValueError means "drop it"
        parse(payload)


@pytest.mark.parametrize("value", [None, "", 7, [], {}])
def test_required_text(value: object) -> None:
    with pytest.raises(ValueError, match="key"):
        required({"key": value}, "key")
    assert required({"key": "v"}, "key") == "v"


@pytest.mark.parametrize("value", [None, [], "ann", [""], [None], ["ann", 7]])
def test_id_lists(value: object) -> None:
    with pytest.raises(ValueError, match="key"):
        id_list({"key": value}, "key")
    assert id_list({"key": ["ann"]}, "key") == ["ann"]


def test_recent_forgets_the_oldest() -> None:
    recent: Recent[int] = Recent(2)
    assert [recent.is_new(key) for key in (1, 2, 1, 3, 1, 2)] == [True, True, False, True, False, True]
    recent.forget(2)
    assert recent.is_new(2)


class Gateway:
    """Answers from dictionaries and counts."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, ...]] = []
        self.names = {"ann": "Ann", "bob": "Bob"}
        self.messages: dict[str, RawMessage] = {}
        self.failures: list[Exception] = []

    async def member_name(self, room: str, member: str) -> str:
        self.calls.append(("member", room, member))
        raise Rejected("this puppet has no member payloads")

    async def contact_name(self, contact: str) -> str:
        self.calls.append(("contact", contact))
        if contact not in self.names:
            raise Rejected("nobody")
        return self.names[contact]

    async def message(self, message_id: str) -> RawMessage:
        self.calls.append(("message", message_id))
        if self.failures:
            raise self.failures.pop(0)
        return self.messages[message_id]


@pytest.fixture
def gateway() -> Gateway:
    return Gateway()


async def test_names_are_read_once_and_again_when_in_doubt(gateway: Gateway) -> None:
    names = Names()
    assert (await names.person(gateway, "r", "ann")).name == "Ann"
    await names.person(gateway, "r", "ann")
    assert len(gateway.calls) == 2
    gateway.names["ann"] = "Anna"
    names.forget_members("r")
    assert (await names.person(gateway, "r", "ann", fresh=False)).name == "Ann"
    assert (await names.person(gateway, "r", "ann")).name == "Anna"
    names.forget_contact("ann")
    gateway.names["ann"] = "Annie"
    assert (await names.person(gateway, "r", "ann")).name == "Annie"


async def test_a_name_in_place_of_an_id_is_kept_as_it_is(gateway: Gateway) -> None:
    person = await Names().person(gateway, "r", "小红")
    assert (person.id, person.name) == ("小红", "")


async def test_the_memory_of_names_is_bounded(gateway: Gateway) -> None:
    names = Names(limit=1)
    for member in ("ann", "bob", "ann"):
        await names.person(gateway, "", member)
    assert gateway.calls == [("contact", "ann"), ("contact", "bob"), ("contact", "ann")]


def a_message(**values: object) -> RawMessage:
    base: dict[str, object] = {
        "id": "m1",
        "type": 7,
        "talker": "ann",
        "listener": "",
        "room": "r",
        "text": "hi",
        "filename": "",
        "timestamp": 1_779_076_800,
        "mentions": (),
    }
    return RawMessage(**(base | values))  # type: ignore[arg-type]


def event(kind: int, **payload: object) -> RawEvent:
    return RawEvent(type=kind, payload=json.dumps(payload))


@pytest.mark.parametrize("stamp", [1_779_076_800, 1_779_076_800_000])
async def test_seconds_and_milliseconds_mean_the_same_instant(gateway: Gateway, stamp: int) -> None:
    inbound = Inbound(account="main", clock=FakeClock(), names=Names())
    gateway.messages["m1"] = a_message(timestamp=stamp)
    found = await inbound.translate(gateway, "bot", event(2, messageId="m1"))
    assert isinstance(found, MessageReceived)
    assert found.at == datetime(2026, 5, 18, 4, 0, tzinfo=UTC)


async def test_without_a_timestamp_it_happened_now(gateway: Gateway) -> None:
    clock = FakeClock()
    inbound = Inbound(account="main", clock=clock, names=Names())
    found = await inbound.translate(gateway, "bot", event(19, roomId="r", inviteeIdList=["ann"]))
    assert isinstance(found, MembersJoined)
    assert (found.at, found.inviter) == (clock.now(), None)


async def test_a_payload_lost_on_the_way_is_read_once_more(gateway: Gateway) -> None:
    inbound = Inbound(account="main", clock=FakeClock(), names=Names())
    gateway.messages["m1"] = a_message()
    gateway.failures = [NotConnected("lost")]
    assert await inbound.translate(gateway, "bot", event(2, messageId="m1")) is not None
    gateway.failures = [NotConnected("lost"), NotConnected("lost")]
    gateway.messages["m2"] = a_message(id="m2")
    with pytest.raises(NotConnected):
        await inbound.translate(gateway, "bot", event(2, messageId="m2"))
    assert await inbound.translate(gateway, "bot", event(2, messageId="m2")) is not None


@pytest.mark.parametrize(
    ("type_", "kind"), [(6, "image"), (1, "file"), (15, "video"), (12, "red_envelope"), (99, "other")]
)
async def test_kinds_follow_the_puppets_numbers(gateway: Gateway, type_: int, kind: str) -> None:
    inbound = Inbound(account="main", clock=FakeClock(), names=Names())
    gateway.messages["m1"] = a_message(type=type_, filename="a.bin")
    found = await inbound.translate(gateway, "bot", event(2, messageId="m1"))
    assert isinstance(found, MessageReceived)
    assert found.kind == kind


def test_file_boxes_speak_to_both_generations() -> None:
    box = json.loads(files.inline("讲义.pdf", b"%PDF"))
    assert box == {
        "name": "讲义.pdf",
        "metadata": {},
        "type": 1,
        "boxType": 1,
        "base64": base64.b64encode(b"%PDF").decode(),
    }
    assert json.loads(files.by_uuid("a", "u-1")) == {
        "name": "a",
        "metadata": {},
        "type": 7,
        "boxType": 7,
        "uuid": "u-1",
    }


def test_the_largest_inline_file_fits_into_one_message() -> None:
    assert len(files.inline("名" * 200, bytes(files.INLINE_BYTES)).encode()) + 200 < 4 * 2**20


async def test_the_outbox_makes_the_stream_wait_but_not_the_news() -> None:
    outbox = Outbox(limit=1)
    news = AccountStateChanged(account="main", event_id="s", at=datetime.now(UTC), state=AccountState.ONLINE)
    await outbox.put(news)
    waiting = asyncio.create_task(outbox.put(news))
    outbox.put_now(news)
    await asyncio.sleep(0)
    assert not waiting.done()
    await outbox.get()
    async with asyncio.timeout(2):
        await waiting
    outbox.end()
    assert [await outbox.get() for _number in range(3)] == [news, news, None]


def test_an_endpoint_that_is_none_is_refused_when_the_adapter_is_built() -> None:
    with pytest.raises(ConfigError, match="8788"):
        WechatyAdapter(account="main", endpoint="http", token="t")
