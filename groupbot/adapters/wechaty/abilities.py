"""What an account behind a gateway can do, known from its settings alone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import get_args

from groupbot.chat.capabilities import MENTION_ALL, Capabilities
from groupbot.core.actions import Action, Announcement, RemoveMembers, Rename, SetProfile
from groupbot.core.content import MESSAGES

KINDS = MESSAGES | {cls.kind for cls in get_args(Action)}
"""All that the protocol has a call for; puppets may still refuse some."""
BIG_GROUP = 40
"""Members from which WeChat reserves more to owner and administrators. Nothing of this is documented; operators find
that groups change at 40 (invitations must be accepted from there), 100 and 200. The lowest is the careful choice."""


def capabilities(
    *,
    stable_ids: bool = True,
    echoes: bool = True,
    big_group: int = BIG_GROUP,
    cannot: Iterable[str] = (),
) -> Capabilities:
    """Return the abilities of an account; nothing is connected for that.

    `stable_ids`: whether the gateway's puppet keeps ids across logins. `echoes`: whether it reports the account's own
    posts. `big_group`: in groups of more members only owner and administrators may rename and mention everybody
    (operators' experience). `cannot`: kinds that the gateway's puppet does not do.
    """
    kinds = KINDS - frozenset(cannot)
    return Capabilities(
        kinds=kinds,
        stable_ids=stable_ids,
        echoes=echoes,
        mentions=True,
        member_lists=True,
        for_admins=frozenset({Announcement.kind, RemoveMembers.kind}),
        for_admins_in_big=frozenset({Rename.kind, MENTION_ALL}),
        big_group=big_group,
        profile=frozenset({"name", "bio", "avatar"} if SetProfile.kind in kinds else ()),
    )
