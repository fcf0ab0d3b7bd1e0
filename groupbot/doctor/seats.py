"""Accounts in their groups as a daemon last saw them, for when nobody can look at the platform itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from groupbot.chat.capabilities import Standing
from groupbot.doctor.accounts import Seat, missing
from groupbot.doctor.checks import Check
from groupbot.i18n import _

READING = timedelta(minutes=10)
"""How long after a login groups may still be unread: large accounts load theirs for minutes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """How an account stood in a group when its members were last read."""

    standing: Standing
    at: datetime | None


def judge_seen(
    account: str, seats: Sequence[Seat], seen: Mapping[str, Seen], *, online_since: datetime | None, now: datetime
) -> Iterator[Check]:
    """Yield the groups of `seats` in which `account` was not seen, or not since it came online.

    `seen` is by the group's name in config.toml. Each login reads every group, so one that was read only before is one
    that the account has lost.
    """
    if not seats:
        return
    if not seen:
        message = _("Which groups account {account} is in was not seen yet.").format(account=account)
        yield Check(
            name=f"groups:{account}",
            ok=True,
            message=message,
            hint=_("`groupbot run` sees them within minutes of the login."),
        )
        return
    settled = online_since is not None and now - online_since > READING
    failed = False
    for seat in seats:
        found = seen.get(seat.group)
        if found is None:
            failed = True
            yield missing(account, seat)
        elif settled and online_since is not None and found.at is not None and found.at < online_since:
            failed = True
            yield _lost(account, seat, found.at, now)
    if not failed:
        message = _("Account {account} was seen in all of its groups ({n}).").format(account=account, n=len(seats))
        yield Check(name=f"groups:{account}", ok=True, message=message)


def _lost(account: str, seat: Seat, at: datetime, now: datetime) -> Check:
    zone = now.tzinfo or ZoneInfo("UTC")
    return Check(
        name=f"group:{seat.group}",
        ok=False,
        message=_("Account {account} was last seen in the group {group} at {time}, before its present login.").format(
            account=account, group=seat.group, time=f"{at.astimezone(zone):%Y-%m-%d %H:%M}"
        ),
        hint=_("Look on its phone whether it is still a member; bring it back, or take it out of config.toml."),
    )
