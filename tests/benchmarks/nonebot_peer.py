"""NoneBot2 with one matcher, fed in-process: its own dispatch, without a network and without an adapter's parsing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from functools import cache
from typing import Any

import nonebot
from nonebot.adapters import Adapter, Bot, Event, Message, MessageSegment
from nonebot.message import handle_event

from groupbot.core.events import MessageReceived


class Segment(MessageSegment["Words"]):
    """Plain text is all there is."""

    @classmethod
    def get_message_class(cls) -> type[Words]:
        return Words

    def __str__(self) -> str:
        return str(self.data["text"])

    def is_text(self) -> bool:
        return True


class Words(Message[Segment]):
    """A text message."""

    @classmethod
    def get_segment_class(cls) -> type[Segment]:
        return Segment

    @staticmethod
    def _construct(msg: str) -> Iterable[Segment]:
        yield Segment("text", {"text": msg})


class Heard(Event):
    """A message in a group; `source` is the same message as groupbot has it."""

    source: Any

    def get_type(self) -> str:
        return "message"

    def get_event_name(self) -> str:
        return "message.group"

    def get_event_description(self) -> str:
        return "a message"

    def get_user_id(self) -> str:
        return str(self.source.sender.id)

    def get_session_id(self) -> str:
        return f"{self.source.group}_{self.source.sender.id}"

    def get_message(self) -> Message[Any]:
        return Words(self.source.content.text)

    def is_tome(self) -> bool:
        return False


class NullAdapter(Adapter):
    """No platform."""

    @classmethod
    def get_name(cls) -> str:
        return "null"

    async def _call_api(self, bot: Bot, api: str, **data: Any) -> Any:
        raise AssertionError


class NullBot(Bot):
    """An account that never speaks."""

    async def send(self, event: Event, message: Any, **kwargs: Any) -> Any:
        raise AssertionError


class Matcher:
    """What the one matcher does with a message; NoneBot knows one set of matchers for each process."""

    def __init__(self) -> None:
        self.handle: Callable[[MessageReceived], Awaitable[None]] = _nothing


async def _nothing(_message: MessageReceived) -> None:
    """Do nothing with it."""


@cache
def started() -> tuple[NullBot, Matcher]:
    """Start NoneBot with one matcher for messages, once for this process."""
    nonebot.init(driver="~none", log_level="CRITICAL")
    matcher = Matcher()

    async def handle(event: Event) -> None:
        assert isinstance(event, Heard)
        await matcher.handle(event.source)

    nonebot.on_message(handlers=[handle], block=True)
    return NullBot(NullAdapter(nonebot.get_driver()), "bench"), matcher


async def dispatch(message: MessageReceived) -> None:
    """Let NoneBot find the matcher for `message` and run it."""
    bot, _matcher = started()
    await handle_event(bot, Heard(source=message))
