"""Stage: who writes that they can't get in hears the operator's words, with the code of the group that has room.

In private only, unless a pool says otherwise; what has no words is left to people.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Awaitable, Callable, Container, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Protocol

from groupbot.campaign.one_off import Order, order_key
from groupbot.chat.hanzi import simplified
from groupbot.core.content import Image, Part, Text
from groupbot.core.events import AnyEvent, MessageReceived
from groupbot.core.policies import Policies, UnknownThen
from groupbot.inbound.desk import Desk

LONGEST = 60
"""Signs of a message that is looked at: who can't get in says so in a line; longer ones are about something else."""
ONCE_IN_S = 3600.0
"""Seconds in which one member gets the same answer once."""
POLICIES = Policies(grace=timedelta(minutes=30), unknown=UnknownThen.SKIP)


class Reason(StrEnum):
    """Why somebody can't get in."""

    EXPIRED = "expired"
    PAYMENT = "payment"
    OVER_200 = "over_200"
    FULL = "full"
    OTHER = "other"


_WANTS_IN = re.compile(r"群|扫码|二维码|码|进不|加不|入不|group|qr|join")
_SIGNS: Mapping[Reason, re.Pattern[str]] = {
    Reason.EXPIRED: re.compile(r"过期|失效|无效|(?<!没)到期|已过有效期|expired"),
    Reason.PAYMENT: re.compile(
        r"实名|绑(?:定)?(?:银行)?卡|支付(?:验证|认证|身份)|身份(?:验证|认证)|微信支付|payment|verif"
    ),
    Reason.OVER_200: re.compile(
        r"(?:超过?|大于|满|上限)了?\s*200|200\s*人|只能(?:被?邀请|通过邀请)|需要?.{0,4}邀请|拉我|invit"
    ),
    Reason.FULL: re.compile(r"满(?:员|人|了)|人(?:数)?(?:已经?)?满|人数(?:已达)?上限|群满|full"),
    Reason.OTHER: re.compile(
        r"(?:进|加|入|扫)不(?:了|去|进|来|上|到)|没法(?:进|加|扫)|无法(?:进|加|入)|怎么(?:进|加)群"
        r"|can'?t (?:join|get in)"
    ),
}
"""The plainest first: 二维码过期进不去 is about the code."""


def reason_of(text: str) -> Reason | None:
    """Return why somebody who writes `text` can't get in, None when it says no such thing. Pure."""
    folded = simplified(unicodedata.normalize("NFKC", text).casefold().strip())
    if not folded or len(folded) > LONGEST or not _WANTS_IN.search(folded):
        return None
    return next((reason for reason, sign in _SIGNS.items() if sign.search(folded)), None)


@dataclass(frozen=True, kw_only=True, slots=True)
class WayIn:
    """What is told: `words` by reason, "" = nothing; `image`: absolute path of the code that holds, "" = none."""

    words: Mapping[str, str]
    image: str = ""
    in_groups: bool = False


class WaysIn(Protocol):
    """Where people get in. Raises StoreError."""

    async def of(self, account: str, group: str | None) -> WayIn | None:
        """Return the way in for who writes to `account`, in `group` (its name) or in private; None = no pool's."""
        ...


class WayInStage:
    """Answer once for each member and reason in an hour. `name_of`: a group's name; `is_staff`: who is never told.

    `is_blocked`: who is kept out of every group, and is not shown in by the next door.
    """

    name = "way-in"
    limit_s = 30.0

    def __init__(
        self,
        *,
        ways: WaysIn,
        desk: Desk,
        name_of: Callable[[str, str], str],
        is_staff: Callable[[str, str], bool],
        is_blocked: Callable[[str], Awaitable[bool]],
        ours: Container[str],
    ) -> None:
        self._ways = ways
        self._desk = desk
        self._name_of = name_of
        self._is_staff = is_staff
        self._is_blocked = is_blocked
        self._ours = ours

    async def handle(self, event: AnyEvent) -> None:
        """Judge one message. Raises StoreError when the answer can't be ordered."""
        if not isinstance(event, MessageReceived) or event.kind != "text" or event.sender.id in self._ours:
            return
        reason = reason_of(event.text)
        if reason is None or self._is_staff(event.account, event.sender.id):
            return
        group = self._name_of(event.account, event.group) if event.group is not None else None
        way = await self._ways.of(event.account, group)
        if way is None or (group is not None and not way.in_groups):
            return
        words = way.words.get(reason, "")
        if words and not await self._is_blocked(event.sender.id):
            await self._answer(event, group, reason, words, way.image)

    async def _answer(self, event: MessageReceived, group: str | None, reason: Reason, words: str, image: str) -> None:
        hour = int(event.at.timestamp() // ONCE_IN_S)
        mentions = (event.sender.id,) if group is not None else ()
        parts = [Part(content=Text(text=words, mentions=mentions))]
        if image:
            parts.append(Part(content=Image(path=image), gap_s=1.0))
        await self._desk.submit(
            Order(
                account=event.account,
                key=order_key("way-in", event.account, event.sender.id, reason, str(hour)),
                parts=tuple(parts),
                group=group or "",
                member=None if group is not None else event.sender.id,
                policies=POLICIES,
            )
        )
