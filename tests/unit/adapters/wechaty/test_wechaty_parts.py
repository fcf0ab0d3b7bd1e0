"""The pure parts of the Wechaty adapter: reading foreign JSON, echoes, memory, file boxes, the outbox."""

from __future__ import annotations

import asyncio
import base64
import json
from datetime import UTC, datetime
from typing import get_args

import pytest

from groupbot.adapters.wechaty import WechatyAdapter, capabilities, files
from groupbot.adapters.wechaty.inbound import Inbound
from groupbot.adapters.wechaty.messages import as_content
from groupbot.adapters.wechaty.names import Names, Recent
from groupbot.adapters.wechaty.outbox import Outbox
from groupbot.adapters.wechaty.payload import id_list, parse, required
from groupbot.adapters.wechaty.raw import RawContact, RawEvent, RawFriendship, RawMessage
from groupbot.chat.capabilities import Standing, obstacle
from groupbot.chat.errors import NotConnected, Rejected, Unsupported
from groupbot.core.actions import AddMembers, Announcement, RemoveMembers, Rename
from groupbot.core.content import EVERYBODY, ContactCard, Content, File, Image, Link, Text, fingerprint
from groupbot.core.events import (
    AccountState,
    AccountStateChanged,
    FriendRequested,
    MembersJoined,
    MessageReceived,
    OwnPost,
    Rank,
)
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
        self.cards: dict[str, dict[str, object]] = {}

    async def member_name(self, room: str, member: str) -> str:
        self.calls.append(("member", room, member))
        raise Rejected("this puppet has no member payloads")

    async def contact(self, contact: str) -> RawContact:
        self.calls.append(("contact", contact))
        if contact not in self.names:
            raise Rejected("nobody")
        return RawContact(name=self.names[contact], signature="")

    async def mini_program(self, message_id: str) -> dict[str, object]:
        self.calls.append(("mini", message_id))
        return self.cards[message_id]

    async def card_of(self, message_id: str) -> str:
        raise Unsupported("this puppet reads no cards")

    async def friendship(self, friendship_id: str) -> RawFriendship:
        if self.failures:
            raise self.failures.pop(0)
        return RawFriendship(type=2, contact="ann", hello="hi")

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
    ("type_", "kind"),
    [(6, "image"), (1, "file"), (15, "video"), (2, "voice"), (3, "contact_card"), (12, "red_envelope"), (99, "other")],
)
async def test_kinds_follow_the_puppets_numbers(gateway: Gateway, type_: int, kind: str) -> None:
    inbound = Inbound(account="main", clock=FakeClock(), names=Names())
    gateway.messages["m1"] = a_message(type=type_, filename="a.bin")
    found = await inbound.translate(gateway, "bot", event(2, messageId="m1"))
    assert isinstance(found, MessageReceived)
    assert found.kind == kind


async def test_a_card_without_words_keeps_the_messages_own(gateway: Gateway) -> None:
    inbound = Inbound(account="main", clock=FakeClock(), names=Names())
    gateway.messages["m1"] = a_message(type=9, text="<xml/>")
    gateway.cards["m1"] = {"title": None, "appid": 7}
    found = await inbound.translate(gateway, "bot", event(2, messageId="m1"))
    assert isinstance(found, MessageReceived)
    assert (found.kind, found.text) == ("mini_program", "<xml/>")


@pytest.mark.parametrize(
    ("type_", "text", "kind", "words"),
    [
        (
            4,
            "<msg><appmsg><title>聊天记录</title><des>甲: 你好</des></appmsg></msg>",
            "chat_history",
            "聊天记录\n甲: 你好",
        ),
        (1, "<msg><appmsg><title>聊天记录</title><type>19</type></appmsg></msg>", "chat_history", "聊天记录"),
        (0, '<msg username="w1" nickname="甲" />', "contact_card", "甲"),
        (7, "<msg><appmsg><type>19</type></appmsg></msg>", "text", "<msg><appmsg><type>19</type></appmsg></msg>"),
    ],
)
async def test_what_a_puppet_does_not_take_apart_is(
    gateway: Gateway, type_: int, text: str, kind: str, words: str
) -> None:
    inbound = Inbound(account="main", clock=FakeClock(), names=Names())
    gateway.messages["m1"] = a_message(type=type_, text=text)
    found = await inbound.translate(gateway, "bot", event(2, messageId="m1"))
    assert isinstance(found, MessageReceived)
    assert (found.kind, found.text) == (kind, words)


async def test_an_own_card_that_the_puppet_can_not_read_is_still_an_echo(gateway: Gateway) -> None:
    inbound = Inbound(account="main", clock=FakeClock(), names=Names())
    gateway.messages["m1"] = a_message(type=3, talker="bot")
    found = await inbound.translate(gateway, "bot", event(2, messageId="m1"))
    assert isinstance(found, OwnPost)
    assert (found.message_id, found.fingerprint) == ("m1", fingerprint(ContactCard(contact="")))


async def test_a_recall_of_nothing_is_malformed(gateway: Gateway) -> None:
    inbound = Inbound(account="main", clock=FakeClock(), names=Names())
    gateway.messages["m1"] = a_message(type=13, text="")
    with pytest.raises(ValueError, match="m1"):
        await inbound.translate(gateway, "bot", event(2, messageId="m1"))


async def test_a_request_lost_on_the_way_may_come_again(gateway: Gateway) -> None:
    inbound = Inbound(account="main", clock=FakeClock(), names=Names())
    gateway.failures = [NotConnected("lost")]
    with pytest.raises(NotConnected):
        await inbound.translate(gateway, "bot", event(17, friendshipId="f1"))
    found = await inbound.translate(gateway, "bot", event(17, friendshipId="f1"))
    assert isinstance(found, FriendRequested)
    assert await inbound.translate(gateway, "bot", event(17, friendshipId="f1")) is None


def test_what_a_gateway_can_do_is_known_without_one() -> None:
    can = capabilities(stable_ids=False, big_group=100, cannot=("voice", "set_profile"))
    assert (can.stable_ids, can.big_group, can.profile) == (False, 100, frozenset())
    assert {cls.kind for cls in get_args(Content)} - can.kinds == {"voice", "set_profile"}
    assert capabilities().profile == {"name", "bio", "avatar"}


def test_what_only_owner_and_administrators_may_do() -> None:
    can = capabilities()
    member = Standing(rank=Rank.MEMBER, members=can.big_group)
    crowd = Standing(rank=Rank.MEMBER, members=can.big_group + 1)
    everybody = Text(text="早", mentions=(EVERYBODY,))
    for content, small, large in (
        (Announcement(text="公告"), False, False),
        (RemoveMembers(members=("ann",)), False, False),
        (Rename(topic="第二期"), True, False),
        (everybody, True, False),
        (AddMembers(members=("ann",)), True, True),
    ):
        assert (not obstacle(content, can, member), not obstacle(content, can, crowd)) == (small, large)
        assert not obstacle(content, can, Standing(rank=Rank.ADMIN, members=499))


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


def test_a_voice_message_is_told_by_its_length_in_milliseconds() -> None:
    assert json.loads(files.inline("a.sil", b"x", voice_s=1.26))["metadata"] == {"voiceLength": 1260}


@pytest.mark.parametrize("kind", ["type", "boxType"])
def test_a_file_box_gives_back_what_it_holds_in_both_generations(kind: str) -> None:
    assert files.held(json.dumps({kind: 1, "base64": "AP8="})) == (b"\x00\xff", "")
    assert files.held(json.dumps({kind: 7, "uuid": "u-1"})) == (b"", "u-1")


@pytest.mark.parametrize(
    "file_box",
    [
        "",
        "null",
        "[]",
        "{}",
        '{"type": 1}',
        '{"type": 1, "base64": "x"}',
        '{"type": 7, "uuid": ""}',
        '{"type": 2, "url": "https://example.com/a.png"}',
    ],
)
def test_a_file_box_that_holds_nothing_here_is_no_value(file_box: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - any ValueError means "can't be read"
        files.held(file_box)


FRAME = b"\x03\x00abc"


@pytest.mark.parametrize(
    ("recording", "seconds"),
    [
        (b"\x02#!SILK_V3" + FRAME * 50, 1.0),
        (b"#!SILK_V3" + FRAME * 5 + b"\xff\xff", 0.1),
        (b"#!SILK_V3" + FRAME * 5 + FRAME[:4], 0.1),
        (b"#!SILK_V3", 0.0),
        (b"ID3" + FRAME * 5, 0.0),
        (b"", 0.0),
    ],
)
def test_a_silk_recording_is_as_long_as_its_frames(recording: bytes, seconds: float) -> None:
    assert files.silk_seconds(recording) == pytest.approx(seconds)


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
