"""Who is there: daemons with their heartbeat and accounts with their standing, for `status` and other processes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, func, select, update

from groupbot.core.events import AccountState
from groupbot.storage import signals
from groupbot.storage.candidates import OPEN, PLANNED, campaign_runs
from groupbot.storage.engine import Database
from groupbot.storage.retry import retried
from groupbot.storage.tables import accounts, daemons, deliveries

HEARTBEAT = timedelta(seconds=5)
"""How often a daemon says that it is alive."""
SILENCE = timedelta(seconds=15)
"""After how long without a heartbeat it counts as stopped: three beats."""

a = accounts.c
d = deliveries.c


@dataclass(frozen=True, kw_only=True, slots=True)
class AccountView:
    """An account as `status` shows it. `state` is core.events.AccountState's value, or "paused".

    `detail` never holds a login code: whoever reads one can log in as the account.
    """

    name: str
    state: str
    owner: str | None
    detail: str
    paused: bool
    since: datetime | None = None
    """Since when it stands so, None = not known."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """The whole picture at one instant. `state`: running, stopping, stopped or silent (no heartbeat)."""

    state: str
    since: datetime | None
    accounts: tuple[AccountView, ...]
    next_due: datetime | None
    sending: int
    unknown: int
    held: int


class Presence:
    """Daemons and accounts in the store."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._insert = database.insert

    @retried
    async def beat(self, instance: str, state: str, since: datetime, pid: int, now: datetime) -> None:
        """Say that the daemon `instance` is alive and what it is doing."""
        row = self._insert(daemons).values(instance=instance, state=state, since=since, heartbeat=now, pid=pid, beats=1)
        again = {"state": state, "heartbeat": now, "beats": daemons.c.beats + 1}
        async with self._database.write() as conn:
            await conn.execute(row.on_conflict_do_update(index_elements=[daemons.c.instance], set_=again))

    @retried
    async def forget_others(self, instance: str, now: datetime) -> None:
        """Drop daemons that have been silent."""
        async with self._database.write() as conn:
            await conn.execute(
                daemons.delete().where(daemons.c.instance != instance, daemons.c.heartbeat < now - SILENCE)
            )

    @retried
    async def set_account_state(self, account: str, state: str, detail: str, now: datetime) -> None:
        """Keep how an account stands."""
        async with self._database.write() as conn:
            await conn.execute(
                update(accounts).where(a.name == account).values(state=state, detail=detail, changed_at=now)
            )

    @retried
    async def keep_own_id(self, account: str, own_id: str) -> None:
        """Keep the id by which the platform knows the account itself."""
        async with self._database.write() as conn:
            await conn.execute(update(accounts).where(a.name == account).values(own_id=own_id))

    async def own_ids(self) -> dict[str, str]:
        """Return the accounts' own ids, as their platforms last gave them; an account without one is left out."""
        async with self._database.read() as conn:
            rows = await conn.execute(select(a.name, a.own_id).where(a.own_id != ""))
            return {row.name: row.own_id for row in rows}

    @retried
    async def pause_account(self, account: str, *, paused: bool, reason: str, held_at: datetime | None = None) -> bool:
        """Stop or allow posting on an account; the next claim sees it. False = no such account.

        `held_at`: when it was held by itself, None = a person's word.
        """
        held = {"held_at": held_at} if paused else {}
        async with self._database.write() as conn:
            changed = await conn.execute(
                update(accounts)
                .where(a.name == account)
                .values(paused=paused, paused_reason=reason, **held)
                .returning(a.name)
            )
            if changed.scalar() is None:
                return False
            await signals.raise_(conn, self._insert)
        return True

    async def login_code(self, account: str) -> str | None:
        """Return the code with which `account` waits for its login, None when it waits for none."""
        query = select(a.detail).where(a.name == account, a.state == AccountState.LOGIN_NEEDED.value)
        async with self._database.read() as conn:
            code: str | None = (await conn.execute(query)).scalar()
        return code

    async def standing(self, now: datetime) -> Standing:
        """Return what `groupbot status` tells."""
        async with self._database.read() as conn:
            daemon = (await conn.execute(select(daemons).order_by(daemons.c.heartbeat.desc()).limit(1))).first()
            rows = (await conn.execute(select(accounts).order_by(a.name))).all()
            by_state = select(d.state, func.count()).where(OPEN).group_by(d.state)
            counts = {str(state): int(count) for state, count in await conn.execute(by_state)}
            due = (await conn.execute(select(func.min(d.not_before)).where(PLANNED, campaign_runs()))).scalar()
        state = "stopped"
        if daemon is not None and daemon.state != "stopped":
            state = daemon.state if now - daemon.heartbeat < SILENCE else "silent"
        alive = state in {"running", "stopping"}
        return Standing(
            state=state,
            since=daemon.since if daemon is not None and alive else None,
            accounts=tuple(
                AccountView(
                    name=row.name,
                    state=("paused" if row.paused else row.state) if alive else "offline",
                    owner=row.owner if alive else None,
                    detail=_words(row),
                    paused=row.paused,
                    since=row.changed_at,
                )
                for row in rows
            ),
            next_due=due,
            sending=counts.get("sending", 0),
            unknown=counts.get("unknown", 0),
            held=counts.get("held", 0),
        )


def _words(row: Row[Any]) -> str:
    if row.paused:
        return str(row.paused_reason)
    return "" if row.state == AccountState.LOGIN_NEEDED else str(row.detail)
