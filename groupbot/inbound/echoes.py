"""The account's own posts: recorded as facts, and used to settle deliveries whose outcome is unknown."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from groupbot.chat.adapter import Receipt
from groupbot.core.content import MESSAGES, Text, fingerprint
from groupbot.core.events import AnyEvent, OwnPost
from groupbot.delivery.values import Candidate
from groupbot.inbound.pipeline import Recording


@dataclass(frozen=True, kw_only=True, slots=True)
class EchoStage:
    """After an own post came back and is durable, let the dispatcher settle what it proves."""

    echoed: Callable[[str], Awaitable[None]]
    name: str = "echoes"
    limit_s: float = 30.0

    async def handle(self, event: AnyEvent) -> None:
        """Pass own posts on; everything else passes by."""
        if isinstance(event, OwnPost):
            await self.echoed(event.account)


class OwnPosts:
    """Record each post that the platform took, so that accounts without echo have their posts among the facts too.

    It carries the platform's message id, so the echo, when there is one, is the same fact.
    """

    def __init__(self, recorder: Recording) -> None:
        self._recorder = recorder

    async def posted(self, candidate: Candidate, receipt: Receipt, at: datetime) -> None:
        """Hand one post to the recorder; does not wait until it is durable. An action is no post."""
        content = candidate.part.content
        if content.kind not in MESSAGES:
            return
        known = receipt.message_id is not None
        await self._recorder.submit(
            OwnPost(
                account=candidate.account,
                event_id=receipt.message_id or f"post:{candidate.id}/{candidate.next_part}/{candidate.attempt}",
                at=at,
                group=None if candidate.member else candidate.group,
                member=candidate.member,
                message_id=receipt.message_id or "",
                fingerprint=fingerprint(content) if known else "",
                text=content.text if isinstance(content, Text) else "",
            )
        )
