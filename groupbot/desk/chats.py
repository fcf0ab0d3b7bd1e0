"""What the store knows of groups: those that nobody named yet, and the campaigns that still post in one."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

from groupbot.admin.upkeep import UnboundChat
from groupbot.campaign.values import CampaignState
from groupbot.chat.directory import Directory
from groupbot.errors import CampaignError
from groupbot.i18n import _, joined
from groupbot.storage.engine import Database
from groupbot.storage.seen_groups import SeenGroups

_NUMBERS = 90_000
"""Numbers of five digits: of a hundred unnamed groups two share one in a twentieth of all projects."""


class StoredChats:
    """`admin.upkeep.Chats` over a `Database`."""

    def __init__(self, database: Database, directory: Directory) -> None:
        self._database = database
        self._directory = directory

    async def unbound(self) -> Sequence[UnboundChat]:
        """Return each chat once, though several accounts be in it, and none that is named on another account."""
        named = {chat for group in self._directory.groups for chat in group.ids.values()}
        named |= {group.name for group in self._directory.groups}  # an old row of a group that was named since
        found: dict[str, UnboundChat] = {}
        for seen in await SeenGroups(self._database).list():
            if seen.group not in named and seen.group not in found:
                found[seen.group] = UnboundChat(
                    number=number_of(seen.group),
                    account=seen.account,
                    id=seen.group,
                    topic=seen.topic,
                    members=seen.standing.members,
                )
        return tuple(found.values())

    async def campaigns_in(self, group: str) -> Sequence[str]:
        return await SeenGroups(self._database).campaigns_in(group, (CampaignState.RUNNING, CampaignState.PAUSED))

    async def require_idle(self, group: str) -> None:
        if campaigns := await self.campaigns_in(group):
            raise CampaignError(
                _("{campaigns} still post in {group}, by this name.").format(campaigns=joined(campaigns), group=group),
                hint=_("Wait until they are through, or cancel them: /活动 取消"),
            )


def number_of(chat: str) -> int:
    """Return the number by which people name the chat of that id: it never changes, whatever else comes and goes."""
    return 10_000 + int.from_bytes(hashlib.sha256(chat.encode()).digest()[:8]) % _NUMBERS


def with_stable_ids(directory: Directory, has_stable_ids: Callable[[str], bool]) -> tuple[str, ...]:
    """Return the groups in which an account of ours sees members under ids that stay."""
    return tuple(group.name for group in directory.groups if any(map(has_stable_ids, group.ids)))
