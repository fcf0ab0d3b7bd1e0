"""What a console account can do: everything that happens in a group, whoever it is there."""

from __future__ import annotations

from groupbot.chat.capabilities import Capabilities
from groupbot.core.actions import AddMembers, Announcement, Recall, RemoveMembers, Rename
from groupbot.core.content import MESSAGES

KINDS = MESSAGES | {cls.kind for cls in (Announcement, Rename, AddMembers, RemoveMembers, Recall)}


def capabilities(*, echo: bool = True) -> Capabilities:
    """Return the abilities of a console account; `echo`: its posts come back as events."""
    return Capabilities(kinds=KINDS, stable_ids=True, echoes=echo, mentions=True, member_lists=True)
