"""Kinds of content, and content in short, as operators read them."""

from __future__ import annotations

from groupbot.core.actions import (
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
from groupbot.core.content import (
    ACCOUNT,
    EVERYBODY,
    ROLE,
    ContactCard,
    Content,
    File,
    Image,
    Link,
    MiniProgram,
    Text,
    Video,
    Voice,
    file_of,
)
from groupbot.i18n import _


def kind_word(kind: str) -> str:
    """Return the word that an operator reads for a content kind; a kind that nobody knows stands for itself."""
    words = {
        Text.kind: _("text"),
        Image.kind: _("picture"),
        File.kind: _("file"),
        Video.kind: _("video"),
        Link.kind: _("link"),
        Voice.kind: _("voice message"),
        MiniProgram.kind: _("mini-program"),
        ContactCard.kind: _("contact card"),
        Announcement.kind: _("announcement"),
        Rename.kind: _("new group name"),
        AddMembers.kind: _("adding members"),
        RemoveMembers.kind: _("removing members"),
        Recall.kind: _("taking a post back"),
        CreateGroup.kind: _("making a group"),
        AcceptFriend.kind: _("accepting a friend"),
        AcceptInvitation.kind: _("accepting an invitation"),
        SetProfile.kind: _("changing the profile"),
        "mention_all": _("mention of everybody"),  # chat.capabilities.MENTION_ALL
    }
    return words.get(kind, kind)


def called(who: str) -> str:
    """Return how a mention or card names `who`: @everybody, @role, @account, or @ and the platform's id."""
    if who == EVERYBODY:
        return _("@everybody")
    return "@" + who.removeprefix(ROLE).removeprefix(ACCOUNT)


def in_short(content: Content) -> str:
    """Return what `content` says or names, "" when there is nothing to name; a file by its path."""
    match content:
        case Text(text=words) | Announcement(text=words) | Rename(topic=words) | CreateGroup(topic=words):
            return words
        case Link(title=title, url=url):
            return f"{title} {url}"
        case MiniProgram(title=title, page=page):
            return f"{title} {page}".rstrip()
        case ContactCard(contact=contact):
            return called(contact)
        case AddMembers(members=members) | RemoveMembers(members=members):
            return " ".join(members)
        case _:
            return file_of(content)
