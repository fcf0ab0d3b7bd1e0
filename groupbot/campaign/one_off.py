"""Single orders: what a person or a rule wants done once, outside any SOP.

An order is a delivery like any other, in a standing campaign of its own, so that pause, pacing, budgets, unknown
outcomes and "never twice" hold for it. Its key says which order it is: the same key again changes nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from groupbot.campaign.ports import Orders
from groupbot.campaign.values import Campaign, CampaignState
from groupbot.core.actions import (
    OF_ACCOUNT,
    AcceptFriend,
    AcceptInvitation,
    AddMembers,
    Announcement,
    CreateGroup,
    Recall,
    RemoveMembers,
    Rename,
    SetProfile,
)
from groupbot.core.clock import Clock
from groupbot.core.content import Part
from groupbot.core.policies import Policies, UnknownThen
from groupbot.delivery.values import NOTICE, NewDelivery
from groupbot.errors import CampaignError
from groupbot.i18n import _

ONE_OFF = "one-off"
"""Id of the standing campaign."""
KEY_LIMIT = 200
"""Longest key that is stored as it is."""
RECALL_WITHIN = timedelta(minutes=2)
"""How long after a post WeChat lets its author take it back."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """Something to be done once. `group`: its name in config.toml, "" for what an account does for itself.

    `key` names the order within the standing campaign. `until`: it is pointless after that instant. `policies` and
    `priority` left out are those of the first part's kind.
    """

    account: str
    key: str
    parts: tuple[Part, ...]
    group: str = ""
    member: str | None = None
    until: datetime | None = None
    priority: int | None = None
    policies: Policies | None = None

    @property
    def kind(self) -> str:
        """The kind of its first part."""
        return self.parts[0].content.kind


@dataclass(frozen=True, kw_only=True, slots=True)
class Habit:
    """How orders of one kind meet trouble. `queue`: what keeps their order, apart from posts and from other kinds."""

    queue: str
    grace: timedelta
    unknown: UnknownThen = UnknownThen.ASK
    priority: int = 0


_AGAIN = UnknownThen.RESEND
_DAY, _WEEK = timedelta(days=1), timedelta(days=7)
HABITS: Mapping[str, Habit] = {
    # Doing these twice leaves what doing them once does, so an unknown outcome is tried again. A week: a long queue
    # behind a daily budget, or an account at rest, should not cost a person the answer.
    AcceptFriend.kind: Habit(queue="friends", grace=_WEEK, unknown=_AGAIN),
    AcceptInvitation.kind: Habit(queue="invited", grace=_WEEK, unknown=_AGAIN),
    AddMembers.kind: Habit(queue="members", grace=_WEEK, unknown=_AGAIN),
    RemoveMembers.kind: Habit(queue="members", grace=_WEEK, unknown=_AGAIN),
    Rename.kind: Habit(queue="topic", grace=_WEEK, unknown=_AGAIN),
    SetProfile.kind: Habit(queue="profile", grace=_WEEK, unknown=_AGAIN),
    # Twice would be seen: a second group, every phone rung again. A day-old announcement is no news any more.
    CreateGroup.kind: Habit(queue="create", grace=_WEEK),
    Announcement.kind: Habit(queue=NOTICE, grace=_DAY),
    # The platform's own limit, so it goes before everything else.
    Recall.kind: Habit(queue="recall", grace=RECALL_WITHIN, unknown=_AGAIN, priority=100),
}
"""Kinds that are not named here are messages: they keep the order of their group and the policies of a step."""


class OneOff:
    """Take orders."""

    def __init__(self, *, orders: Orders, clock: Clock, timezone: str) -> None:
        self._orders = orders
        self._clock = clock
        self._timezone = timezone

    async def submit(self, order: Order) -> bool:
        """Plan `order` for now and wake the daemon; False = this key is known, nothing was changed.

        Raises CampaignError for an order without parts or place, StoreError for the database.
        """
        _require_place(order)
        now = self._clock.now()
        today = now.astimezone(ZoneInfo(self._timezone)).date()
        return await self._orders.submit(standing_campaign(self._timezone, today, now), _planned(order, now))


def order_key(*pieces: str) -> str:
    """Return a key of `pieces`; platforms give ids of any length and signs, so what people can't type is hashed."""
    key = "/".join(pieces)
    if len(key) <= KEY_LIMIT and key.isprintable():
        return key
    return f"{pieces[0]}/sha256:{hashlib.sha256(key.encode()).hexdigest()}"


def address_of(order: Order) -> str:
    """Return what a person types to name `order`."""
    return f"{ONE_OFF}/{order.key}"


def standing_campaign(timezone: str, today: date, now: datetime) -> Campaign:
    """Return the campaign that holds all orders, as it is first stored."""
    return Campaign(
        id=ONE_OFF,
        sop=ONE_OFF,
        title=_("Single orders"),
        version="",
        timezone=timezone,
        start=today,
        created_at=now,
        state=CampaignState.RUNNING,
    )


def _require_place(order: Order) -> None:
    of_account = {part.content.kind in OF_ACCOUNT for part in order.parts}
    if len(of_account) != 1 or of_account == {bool(order.group or order.member)}:
        raise CampaignError(_("An order needs parts, and a group, or none for what an account does for itself."))


def _planned(order: Order, now: datetime) -> NewDelivery:
    row = NewDelivery(
        campaign=ONE_OFF,
        key=order.key,
        step=order.kind,
        phase="",
        group=order.group,
        account=order.account,
        due=now,
        until=order.until,
        ordinal=0,
        parts=order.parts,
        policies=order.policies or Policies(),
        place="account" if order.kind in OF_ACCOUNT else "member" if order.member else "group",
        member=order.member,
        priority=order.priority or 0,
    )
    habit = HABITS.get(order.kind)
    if habit is None:
        return row
    usual = Policies(grace=habit.grace, unknown=habit.unknown)
    priority = habit.priority if order.priority is None else order.priority
    return replace(row, policies=order.policies or usual, priority=priority, queue=habit.queue)
