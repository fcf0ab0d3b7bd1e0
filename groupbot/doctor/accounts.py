"""Accounts on their platform: reachable, logged in, and members of the groups that config.toml gives them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass

from groupbot.chat.adapter import Adapter
from groupbot.core.events import AccountState, AccountStateChanged, AnyEvent, RosterRead
from groupbot.doctor.checks import Check
from groupbot.i18n import _
from groupbot.settings import Settings

REACH_S = 3.0
"""Seconds for a connection to a gateway; one that is there answers within a fraction of it."""
ONLINE_S = 10.0
"""Seconds that an account may take to come online."""
QUIET_S = 5.0
"""Seconds without a further group after which an account is taken to have named all of its groups."""
_STANDING = frozenset({AccountState.ONLINE, AccountState.LIMITED})


@dataclass(frozen=True, kw_only=True, slots=True)
class Sight:
    """How an account stands, and by their platform ids the groups it sees; None = they were not asked for.

    `state` is a value of AccountState, or "paused".
    """

    state: str
    detail: str = ""
    groups: frozenset[str] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Seat:
    """A group in which config.toml places an account. `standby`: another account posts there."""

    group: str
    chat_id: str
    standby: bool


def seats_of(settings: Settings, account: str) -> tuple[Seat, ...]:
    """Return the groups in which `account` is to be."""
    return tuple(
        Seat(group=group.name, chat_id=group.ids()[account], standby=group.account != account)
        for group in settings.groups
        if account in group.ids()
    )


async def reach(account: str, endpoint: str, *, within_s: float = REACH_S) -> Check:
    """Try a TCP connection to `endpoint` (host:port)."""
    host, _colon, port = endpoint.rpartition(":")
    name = f"endpoint:{account}"
    try:
        async with asyncio.timeout(within_s):
            _reader, writer = await asyncio.open_connection(host.strip("[]"), int(port))
    except (OSError, TimeoutError) as error:
        reason = str(error) or _("no answer within {seconds:g} s").format(seconds=within_s)
        return Check(
            name=name,
            ok=False,
            message=_("The gateway {endpoint} of account {account} can't be reached: {reason}").format(
                endpoint=endpoint, account=account, reason=reason
            ),
            hint=_("Start the gateway, or correct `endpoint` in config.toml."),
        )
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()
    return Check(name=name, ok=True, message=_("The gateway {endpoint} answers.").format(endpoint=endpoint))


class _Watched:
    """What an adapter has told so far."""

    def __init__(self, wanted: frozenset[str]) -> None:
        self._wanted = wanted
        self.state = AccountState.OFFLINE
        self.detail = ""
        self.groups: set[str] = set()

    def note(self, event: AnyEvent) -> None:
        if isinstance(event, AccountStateChanged):
            self.state, self.detail = event.state, event.detail
        elif isinstance(event, RosterRead):
            self.groups.add(event.group)

    @property
    def enough(self) -> bool:
        """Whether nothing further is to be learned."""
        if self.state is AccountState.REFUSED:
            return True
        return self.state in _STANDING and self._wanted <= self.groups


async def look(
    adapter: Adapter, wanted: frozenset[str], *, online_s: float = ONLINE_S, quiet_s: float = QUIET_S
) -> Sight:
    """Connect `adapter`, see how the account stands and which groups it is in, and close it again.

    Ends as soon as every one of the `wanted` ids was seen.
    """
    watched = _Watched(wanted)
    loop = asyncio.get_running_loop()
    try:
        with suppress(TimeoutError):
            async with asyncio.timeout(online_s) as limit:
                async for event in adapter.events():
                    watched.note(event)
                    if watched.enough:
                        break
                    if watched.state in _STANDING:
                        limit.reschedule(loop.time() + quiet_s)
    finally:
        await adapter.close()
    groups = frozenset(watched.groups) if watched.state in _STANDING else None
    return Sight(state=watched.state.value, detail=watched.detail, groups=groups)


def judge_sight(account: str, sight: Sight, seats: tuple[Seat, ...]) -> Iterator[Check]:
    """Yield how `account` stands, and the groups that it should see and doesn't."""
    yield _standing(account, sight)
    if sight.groups is None or not seats:
        return
    unseen = [seat for seat in seats if seat.chat_id not in sight.groups]
    for seat in unseen:
        yield missing(account, seat)
    if not unseen:
        message = _("Account {account} is in all of its groups ({n}).").format(account=account, n=len(seats))
        yield Check(name=f"groups:{account}", ok=True, message=message)


def _standing(account: str, sight: Sight) -> Check:
    name = f"account:{account}"
    if sight.state == AccountState.ONLINE:
        return Check(name=name, ok=True, message=_("Account {account} is online.").format(account=account))
    message = _("Account {account} does not stand well: {state}").format(
        account=account, state=_words().get(sight.state, sight.state)
    )
    # The detail of a login is a QR payload: its reader could log in as the account.
    if sight.detail and sight.state != AccountState.LOGIN_NEEDED:
        message = f"{message} ({sight.detail})"
    return Check(name=name, ok=False, message=message, hint=_ways_out().get(sight.state, _ways_out()["offline"]))


def missing(account: str, seat: Seat) -> Check:
    """Return that `account` is not seen in a group that config.toml gives it."""
    if seat.standby:
        message = _("Standby account {account} does not see the group {group} ({id}).")
    else:
        message = _("Account {account} does not see the group {group} ({id}).")
    return Check(
        name=f"group:{seat.group}",
        ok=False,
        message=message.format(account=account, group=seat.group, id=seat.chat_id),
        hint=_("Bring the account into the group, save the group to its contacts, or correct the id in config.toml."),
    )


def _words() -> Mapping[str, str]:
    return {
        "offline": _("no connection, or nobody is logged in"),
        "login_needed": _("a person must log in"),
        "limited": _("limited by the platform"),
        "refused": _("refused by the platform"),
        "paused": _("paused"),
    }


def _ways_out() -> Mapping[str, str]:
    return {
        "offline": _("Look at the gateway's own log; is another program connected to it?"),
        "login_needed": _("Scan the login code with the account's phone: `groupbot accounts login NAME` shows it."),
        "limited": _("Let the account rest for a day, slow [pacing] down, then `groupbot accounts resume`."),
        "refused": _("Check the token, and on the phone whether the account is blocked."),
        "paused": _("`groupbot accounts resume` lets it post again."),
    }
