"""What an account can do where it is, so that a launch can say beforehand what a person must do."""

from __future__ import annotations

from dataclasses import dataclass, field

from groupbot.chat.words import kind_word
from groupbot.core.content import EVERYBODY, Content, Text
from groupbot.core.events import Rank
from groupbot.i18n import _

MENTION_ALL = "mention_all"
"""Stands beside the content kinds wherever rights are named: a text that mentions everybody."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Capabilities:
    """The abilities of one account on its platform.

    `kinds`: `Content` kinds that can be sent, actions included. `max_file_bytes`: largest file, None = no known limit.
    `stable_ids`: member and group ids keep their meaning across logins; without it nothing may be decided by id.
    `echoes`: own posts come back as events, so an unknown outcome can be settled without a person.
    `for_admins`: kinds (and `MENTION_ALL`) that only owner and administrators of a group may use;
    `for_admins_in_big`: the same in groups of more than `big_group` members.
    `profile`: which of name, bio and avatar the account can set for itself.
    """

    kinds: frozenset[str] = field(default_factory=frozenset)
    max_file_bytes: int | None = None
    stable_ids: bool = False
    echoes: bool = False
    mentions: bool = False
    member_lists: bool = False
    for_admins: frozenset[str] = field(default_factory=frozenset)
    for_admins_in_big: frozenset[str] = field(default_factory=frozenset)
    big_group: int = 0
    profile: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """How an account stands in a group, as it was last seen there."""

    rank: Rank = Rank.UNKNOWN
    members: int = 0


UNSEEN = Standing()


def obstacle(content: Content, can: Capabilities, standing: Standing) -> str:
    """Return why `content` can't be done by an account of these abilities in a group, "" when nothing is known against
    it. A standing that nobody has seen yet is no obstacle: the platform will say.
    """
    if content.kind not in can.kinds:
        return _("the account can't send this kind: {kind}").format(kind=kind_word(content.kind))
    if standing.rank is not Rank.MEMBER:
        return ""
    needed = {content.kind} | ({MENTION_ALL} if isinstance(content, Text) and EVERYBODY in content.mentions else set())
    is_big = standing.members > can.big_group
    if needed & (can.for_admins | (can.for_admins_in_big if is_big else frozenset())):
        return _("only owner and administrators of the group may do this")
    return ""
