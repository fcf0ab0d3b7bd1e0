"""What risk control does in groups: through the ledger like every post, within what the account can do there."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from groupbot.admin.members import Members
from groupbot.admin.risk_ports import Abilities, Blocked, BlockedMembers, History
from groupbot.campaign.one_off import Order, order_key
from groupbot.chat.capabilities import obstacle
from groupbot.chat.directory import Directory
from groupbot.core.actions import AddMembers, RemoveMembers
from groupbot.core.clock import Clock
from groupbot.core.content import Content, Part, Text
from groupbot.core.policies import Policies, UnknownThen
from groupbot.inbound.desk import Desk
from groupbot.risk.ladder import Action, within
from groupbot.risk.rules import Rules

WARNING_GRACE = timedelta(minutes=10)
"""A warning that comes later is about something that nobody remembers."""
PRIORITY = 80
"""Below answers to operators, above every post of a campaign: an advertisement stands there for all to see."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Done:
    """What became of an action: the groups where it is on its way, and those where a person must do it, with why."""

    groups: tuple[str, ...] = ()
    by_hand: tuple[str, ...] = ()
    hindrance: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """A member, and one group of config.toml where something happened. `cause`: names it once, a message's id."""

    group: str
    member: str
    name: str = ""
    cause: str


@dataclass(slots=True, kw_only=True)
class RiskActions:
    """Warn, remove, block, and take it back. Every method raises StoreError."""

    orders: Desk
    poke: Callable[[str], None]
    directory: Directory
    clock: Clock
    members: Members
    blocked: BlockedMembers
    abilities: Abilities
    rules: Rules
    history: History
    _warned: dict[str, datetime] = field(default_factory=dict)

    async def warn(self, target: Target) -> bool:
        """Tell a member in the group; False = somebody was warned there just now."""
        group = self.directory.get(target.group)
        wording, now = self.rules.settings.warning, self.clock.now()
        last = self._warned.get(target.group) or await self.history.warned_at(target.group)
        if group is None or (last is not None and now < last + timedelta(seconds=wording.every_s)):
            return False
        self._warned[target.group] = now
        mentions = (target.member,) if self.abilities.can(group.account).mentions else ()
        called = f"@{target.name} " if target.name and not mentions else ""  # a mention shows the name itself
        await self._order(
            group.name,
            Text(text=f"{called}{wording.text}", mentions=mentions),
            ("risk", "warn", target.group, target.cause),
            until=now + WARNING_GRACE,
            policies=Policies(grace=WARNING_GRACE, unknown=UnknownThen.SKIP),
        )
        return True

    async def remove(self, target: Target) -> Done:
        """Take a member out of one group."""
        return await self._everywhere(RemoveMembers(members=(target.member,)), [target.group], target, "remove")

    async def bring_back(self, target: Target, groups: Collection[str] | None = None) -> Done:
        """Invite a member again into `groups`, or the one of `target`; platforms ask them whether they want to."""
        chosen = groups if groups is not None else [target.group]
        return await self._everywhere(AddMembers(members=(target.member,)), chosen, target, "back")

    async def block(self, target: Target, *, by: str, reason: str) -> Done:
        """Keep a member out of every group from now on, and take them out of those where they are."""
        blocked = Blocked(member=target.member, name=target.name, by=by, reason=reason, at=self.clock.now())
        await self.blocked.block(blocked)
        groups = dict.fromkeys((target.group, *await self.groups_of(target.member)))
        return await self._everywhere(
            RemoveMembers(members=(target.member,)), [name for name in groups if name], target, "block"
        )

    async def release(self, member: str) -> bool:
        """Let a member in again; False = nobody had blocked them."""
        return await self.blocked.release(member)

    async def groups_of(self, member: str) -> tuple[str, ...]:
        """Return the groups where a member is now."""
        views = [view for view in await self.members.find(member) if view.id == member]
        return tuple(seat.group for view in views for seat in view.seats if seat.left_at is None)

    async def _everywhere(self, content: Content, groups: Collection[str], target: Target, deed: str) -> Done:
        done: list[str] = []
        left: dict[str, str] = {}
        for name in groups:
            why = await self._hindrance(name, content)
            if why is None:
                continue
            if why:
                left[name] = why
                continue
            await self._order(name, content, ("risk", deed, name, target.member, target.cause))
            done.append(name)
        return Done(groups=tuple(done), by_hand=tuple(left), hindrance=next(iter(left.values()), ""))

    async def _hindrance(self, name: str, content: Content) -> str | None:
        """Return why the account of that group can't do it, "" = it can, None = there is no such group any more."""
        group = self.directory.get(name)
        if group is None:
            return None
        can, standing = self.abilities.can(group.account), await self.abilities.standing(group.account, name)
        if isinstance(content, RemoveMembers):
            return within(Action.REMOVE, can, standing).hindrance
        return obstacle(content, can, standing)

    async def _order(
        self,
        name: str,
        content: Content,
        pieces: tuple[str, ...],
        *,
        until: datetime | None = None,
        policies: Policies | None = None,
    ) -> None:
        group = self.directory.get(name)
        if group is None:
            return
        order = Order(
            account=group.account,
            key=order_key(*pieces),
            parts=(Part(content=content),),
            group=name,
            until=until,
            priority=PRIORITY,
            policies=policies,
        )
        await self.orders.submit(order)
        self.poke(group.account)
