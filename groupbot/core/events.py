"""What happens in chat, neutral of any platform. Adapters make these values; everybody else reads them.

Ids (`group`, `member`) are the platform's own as the adapter gives them. `groupbot.chat.directory` turns a group's
id into the name that config.toml gives it before an event is recorded.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from groupbot.core.content import MESSAGES


class AccountState(StrEnum):
    """How an account stands with its platform."""

    OFFLINE = "offline"
    """No connection, or connected but nobody logged in; the adapter keeps trying."""
    ONLINE = "online"
    LOGIN_NEEDED = "login_needed"
    """A person must scan or confirm; `detail` holds what to show (a QR payload)."""
    LIMITED = "limited"
    """The platform gave a limit notice: stop posting until a person decides."""
    REFUSED = "refused"
    """Wrong token, or the account is banned: trying again does not help."""


class Rank(StrEnum):
    """What an account may do in a group, as the platform names it."""

    OWNER = "owner"
    ADMIN = "admin"
    MEMBER = "member"
    UNKNOWN = "unknown"
    """The platform does not say."""


def storable(text: str) -> str:
    """Return `text` without what PostgreSQL or UTF-8 can't hold: NUL and halves of surrogate pairs."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """A member as an event names it: `id` on the platform, `name` as displayed then (may be empty), `storable`."""

    id: str
    name: str = ""

    def __post_init__(self) -> None:
        """Whatever is written about a person can be kept: no name keeps a complaint from being told."""
        object.__setattr__(self, "name", storable(self.name))


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """Anything an adapter reports.

    `event_id` is unique per account and stays the same when the platform delivers twice; `at` is a UTC instant.
    """

    account: str
    event_id: str
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class MessageReceived(Event):
    """A message in a group, or 1:1 when `group` is None."""

    group: str | None
    sender: Person
    message_id: str
    kind: str = "text"
    """A `Content` kind, or a name of the platform's for what has no class here."""
    text: str = ""
    """The words, `storable`; for files the file's name, for links the URL, for cards and merged forwards what people
    read of them, a line for each piece."""
    mentions: tuple[str, ...] = ()
    quoted_id: str | None = None

    def __post_init__(self) -> None:
        """Whatever is made of the words can be kept and posted."""
        object.__setattr__(self, "text", storable(self.text))


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnPost(Event):
    """The account's own message coming back (an echo), whoever caused it: groupbot or a person on the same account."""

    group: str | None
    member: str | None
    """The other side of a 1:1 chat, when `group` is None."""
    message_id: str
    fingerprint: str
    """`content.fingerprint` of what came back."""
    text: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class MembersJoined(Event):
    """People came into a group. `found_late`: noticed by comparing member lists after a gap, so `at` is when found."""

    group: str
    members: tuple[Person, ...]
    inviter: Person | None = None
    found_late: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class MembersLeft(Event):
    """People left a group or were removed (`by`, where the platform says so)."""

    group: str
    members: tuple[Person, ...]
    by: Person | None = None
    found_late: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class TopicChanged(Event):
    """A group was renamed."""

    group: str
    topic: str
    by: Person | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class RosterRead(Event):
    """The whole member list of a group, as read on connecting or after a doubt. Inbound compares it with the store.

    `rank`: the account's own standing in the group.
    """

    group: str
    topic: str
    members: tuple[Person, ...]
    rank: Rank = Rank.UNKNOWN


@dataclass(frozen=True, kw_only=True, slots=True)
class AccountStateChanged(Event):
    """The account's standing changed; `detail` says why, in the platform's words.

    `own_id`: with ONLINE, the id by which the platform knows the account itself, where it says so.
    """

    state: AccountState
    detail: str = ""
    own_id: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class MessageRecalled(Event):
    """Somebody took a message back."""

    group: str | None
    message_id: str
    by: Person


@dataclass(frozen=True, kw_only=True, slots=True)
class FriendRequested(Event):
    """Somebody wants to be a contact of the account; `greeting` is what they wrote, the entry's code word perhaps."""

    request_id: str
    person: Person
    greeting: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class FriendAdded(Event):
    """Somebody has become a contact of the account."""

    person: Person


@dataclass(frozen=True, kw_only=True, slots=True)
class GroupInvited(Event):
    """The account was invited into a group and may accept."""

    invitation_id: str
    topic: str
    inviter: Person
    members: int = 0
    """How many the group has, 0 = not said."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ProfileRead(Event):
    """The account's own persona as the platform shows it, read after a login and after a change.

    `avatar`: SHA-256 of the picture's bytes in hex, "" when it can't be read. None = the platform does not tell.
    """

    name: str
    bio: str | None = None
    avatar: str = ""


AnyEvent = (
    MessageReceived
    | MessageRecalled
    | OwnPost
    | MembersJoined
    | MembersLeft
    | TopicChanged
    | RosterRead
    | FriendRequested
    | FriendAdded
    | GroupInvited
    | ProfileRead
    | AccountStateChanged
)


def as_content_kind(kind: str) -> str:
    """Return `kind` when groupbot knows it as a message's, else "other"."""
    return kind if kind in MESSAGES else "other"
