"""Golden bytes of every message that we declare by hand, and what each failure of a call means."""

from __future__ import annotations

import re
import ssl
from typing import Any

import pytest
from grpclib.const import Status
from grpclib.exceptions import GRPCError, StreamTerminatedError

from groupbot.adapters.wechaty import protocol, wire
from groupbot.adapters.wechaty.protocol import pb
from groupbot.adapters.wechaty.wire import Wire
from groupbot.chat.errors import (
    AuthFailed,
    Busy,
    ChatError,
    NotConnected,
    Rejected,
    TooLarge,
    UnknownOutcome,
    Unsupported,
)

GOLDEN: list[tuple[Any, str]] = [
    # id at 1; the text as StringValue at 2 for 0.x and as a plain string at 3 for 1.x
    (protocol.SetText(id="r", wrapped="t", plain="t"), "0a0172 12030a0174 1a0174"),
    (protocol.SetText(id="r", wrapped="新", plain="新"), "0a0172 12050a03e696b0 1a03e696b0"),
    (protocol.SetText(id="r", wrapped="", plain=""), "0a0172 1200 1a00"),
    (protocol.UrlLink(description="d", thumbnail_url="p", title="t", url="u"), "0a0164 120170 1a0174 220175"),
    (
        protocol.SendUrlRequest(conversation_id="r", json_text="{}", link=protocol.UrlLink(title="t", url="u")),
        "0a0172 12027b7d 1a06 1a0174 220175",
    ),
    (
        protocol.MiniProgramCard(appid="a", description="d", page_path="p", thumb_url="i", title="t", username="u"),
        "0a0161 120164 1a0170 320169 3a0174 420175",
    ),
    (
        protocol.SendMiniProgramRequest(
            conversation_id="r", json_text="{}", card=protocol.MiniProgramCard(appid="a", title="t")
        ),
        "0a0172 12027b7d 1a06 0a0161 3a0174",
    ),
    (protocol.UploadRequest(chunk=b"\x00\xff"), "0a0200ff"),
    (protocol.UploadReply(id="q"), "0a0171"),
    (protocol.DownloadRequest(id="q"), "0a0171"),
    (protocol.DownloadReply(chunk=b"\x00\xff"), "0a0200ff"),
    # not ours, but nothing else would notice a change in the pinned packages
    (pb.MessageSendTextRequest(conversation_id="r", text="t", mentonal_ids=["a", "b"]), "0a0172 120174 1a0161 1a0162"),
    (pb.MessageSendFileStreamRequest(conversation_id="r"), "0a0172"),
    (pb.MessageSendContactRequest(conversation_id="r", contact_id="c"), "0a0172 120163"),
    (pb.RoomAddRequest(id="r", contact_id="c"), "0a0172 120163"),
    (pb.RoomDelRequest(id="r", contact_id="c"), "0a0172 120163"),
    (pb.RoomCreateRequest(contact_ids=["a", "b"], topic="t"), "0a0161 0a0162 120174"),
    (pb.DirtyPayloadRequest(type=2, id="c"), "0802 120163"),
    (pb.MessageSendFileStreamRequest(file_box_chunk=pb.FileBoxChunk(name="a")), "1203120161"),
    (pb.MessageSendFileStreamRequest(file_box_chunk=pb.FileBoxChunk(data=b"x")), "12030a0178"),
]


@pytest.mark.parametrize(("message", "expected"), GOLDEN)
def test_messages_have_their_golden_bytes(message: Any, expected: str) -> None:
    assert message.SerializeToString().hex() == expected.replace(" ", "")


@pytest.mark.parametrize(
    ("encoded", "value"),
    [
        pytest.param("0a030a0174", "t", id="0.x"),
        pytest.param("120174", "t", id="plain only"),
        pytest.param("0a030a0174 120174", "t", id="1.x sends both"),
        pytest.param("", None, id="no id"),
        pytest.param("0a00", None, id="empty"),
    ],
)
def test_an_id_is_read_from_either_generations_field(encoded: str, value: str | None) -> None:
    assert protocol.TextReply().parse(bytes.fromhex(encoded)).value == value


@pytest.mark.parametrize(
    ("error", "left", "kind"),
    [
        (GRPCError(Status.UNAUTHENTICATED), True, AuthFailed),
        (GRPCError(Status.ALREADY_EXISTS), True, Busy),
        (GRPCError(Status.RESOURCE_EXHAUSTED), True, TooLarge),
        (GRPCError(Status.UNIMPLEMENTED), True, Unsupported),
        (GRPCError(Status.INTERNAL, "no such room"), True, Rejected),
        (GRPCError(Status.UNKNOWN, "no such room"), True, Rejected),
        (GRPCError(Status.UNKNOWN, "Missing grpc-status header"), True, UnknownOutcome),
        (GRPCError(Status.UNAVAILABLE), True, UnknownOutcome),
        (GRPCError(Status.DEADLINE_EXCEEDED), True, UnknownOutcome),
        (StreamTerminatedError("Connection lost"), True, UnknownOutcome),
        (TimeoutError(), True, UnknownOutcome),
        (AttributeError("_transport"), True, UnknownOutcome),
        (ConnectionRefusedError(111, "refused"), False, NotConnected),
        (StreamTerminatedError("Connection lost"), False, NotConnected),
        (GRPCError(Status.UNAVAILABLE), False, NotConnected),
        (TimeoutError(), False, NotConnected),
    ],
)
async def test_failures_are_sorted_by_what_a_sender_may_do_next(
    error: Exception, left: bool, kind: type[ChatError]
) -> None:
    connection = Wire(endpoint="127.0.0.1:1", token="t0ken", plaintext=True, deadline_s=1.0)
    assert type(connection._sorted(error, left=left)) is kind


async def test_the_token_stays_out_of_messages_and_only_the_first_line_is_told() -> None:
    connection = Wire(endpoint="127.0.0.1:1", token="t0ken", plaintext=True, deadline_s=1.0)
    error = connection._sorted(GRPCError(Status.UNAUTHENTICATED, 'Invalid TOKEN "t0ken"\n    at stack'), left=True)
    assert str(error) == 'UNAUTHENTICATED: Invalid TOKEN "***"'


async def test_a_closed_wire_does_not_connect_again() -> None:
    connection = Wire(endpoint="127.0.0.1:1", token="t", plaintext=True, deadline_s=1.0)
    connection.close()
    connection.close()
    with pytest.raises(NotConnected, match="closed"):
        await connection.unary("Version", pb.VersionRequest(), pb.VersionResponse)


@pytest.mark.parametrize(
    ("endpoint", "parts"),
    [("gate.example:8788", ("gate.example", 8788)), ("127.0.0.1:1", ("127.0.0.1", 1)), ("[::1]:99", ("::1", 99))],
)
def test_endpoints(endpoint: str, parts: tuple[str, int]) -> None:
    assert wire.split_endpoint(endpoint) == parts


@pytest.mark.parametrize("endpoint", ["", "host", ":80", "host:", "host:http"])
def test_what_is_no_endpoint(endpoint: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(endpoint)}$"):
        wire.split_endpoint(endpoint)


@pytest.mark.parametrize(
    ("token", "name"), [("plain-token", "insecure"), ("insecure_1-2", "insecure"), ("Gate.Example_1-2", "gate.example")]
)
def test_the_token_names_the_server(token: str, name: str) -> None:
    assert wire.server_name(token) == name


def test_tls_checks_the_server_against_the_shipped_root_alone() -> None:
    context = wire.tls_context()
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
    (root,) = context.get_ca_certs()
    assert (("commonName", "wechaty-root-ca"),) in root["subject"]
