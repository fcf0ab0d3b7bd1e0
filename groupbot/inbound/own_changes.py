"""Stages: tell a person when an account of ours looks different, or came into or fell out of a group."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from groupbot.chat.alerts import Alert, Alerts, Severity
from groupbot.chat.directory import Directory
from groupbot.core.events import AnyEvent, MembersJoined, MembersLeft, Person, ProfileRead
from groupbot.i18n import _


@dataclass(frozen=True, kw_only=True, slots=True)
class Profile:
    """An account's persona as it was read; "" where nothing was told. `avatar`: SHA-256 of the picture, in hex."""

    name: str = ""
    bio: str = ""
    avatar: str = ""


class Profiles(Protocol):
    """Where personas are kept."""

    async def swap_profile(self, account: str, read: Profile) -> Profile | None:
        """Keep `read` (what is "" in it stays as it was) and return what was kept before, None when nothing was."""
        ...


class ProfileStage:
    """Keep each ProfileRead and tell what changed against the last one."""

    name = "profiles"
    limit_s = 30.0

    def __init__(self, *, profiles: Profiles, alerts: Alerts) -> None:
        self._profiles = profiles
        self._alerts = alerts

    async def handle(self, event: AnyEvent) -> None:
        """Compare one reading. Raises StoreError when it can't be kept."""
        if not isinstance(event, ProfileRead):
            return
        read = Profile(name=event.name, bio=event.bio or "", avatar=event.avatar)
        before = await self._profiles.swap_profile(event.account, read)
        for text in _differences(event.account, before, read) if before else ():
            fields = {"account": event.account}
            await self._alerts.send(Alert(severity=Severity.WARNING, code="profile-changed", text=text, fields=fields))


def _differences(account: str, before: Profile, now: Profile) -> list[str]:
    told: list[str] = []
    if before.name and now.name and before.name != now.name:
        text = _("{account}'s name changed from {old} to {new}.")
        told.append(text.format(account=account, old=before.name, new=now.name))
    if before.bio and now.bio and before.bio != now.bio:
        text = _("{account}'s bio changed from {old} to {new}.")
        told.append(text.format(account=account, old=before.bio, new=now.bio))
    if before.avatar and now.avatar and before.avatar != now.avatar:
        told.append(_("{account}'s picture changed.").format(account=account))
    return told


class OwnMovesStage:
    """Tell when an account itself is put into a group or removed from one. `own_ids`: account -> its own id."""

    name = "own-moves"
    limit_s = 30.0

    def __init__(self, *, own_ids: Mapping[str, str], directory: Directory, alerts: Alerts) -> None:
        self._own_ids = own_ids
        self._directory = directory
        self._alerts = alerts

    async def handle(self, event: AnyEvent) -> None:
        """Look for the account's own id among those who came or left."""
        if not isinstance(event, MembersJoined | MembersLeft) or not self._is_own(event.account, event.members):
            return
        group = self._directory.get(self._directory.name_of(event.account, event.group))
        fields = {"account": event.account, "group": group.name if group else event.group}
        if isinstance(event, MembersLeft) and group is not None:
            text = _("{account} is no longer in the group {group}: nothing can be posted there by it.").format(**fields)
            by = _(" Removed by {name}.").format(name=event.by.name or event.by.id) if event.by else ""
            alert = Alert(severity=Severity.CRITICAL, code="account-removed", text=text + by, fields=fields)
            await self._alerts.send(alert)
        elif isinstance(event, MembersJoined) and group is None:
            text = _("{account} was put into a group that config.toml does not name: id {group}.").format(**fields)
            await self._alerts.send(Alert(severity=Severity.INFO, code="account-joined", text=text, fields=fields))

    def _is_own(self, account: str, members: tuple[Person, ...]) -> bool:
        own = self._own_ids.get(account)
        return own is not None and any(person.id == own for person in members)
