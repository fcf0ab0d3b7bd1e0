"""The personas of accounts, as their platforms last showed them."""

from __future__ import annotations

import json
from dataclasses import asdict

from sqlalchemy import select, update

from groupbot.campaign.one_off import ONE_OFF
from groupbot.campaign.personas import picture_in
from groupbot.core.actions import SetProfile
from groupbot.inbound.own_changes import Profile
from groupbot.storage.engine import Database
from groupbot.storage.retry import retried
from groupbot.storage.tables import accounts, deliveries

a = accounts.c
d = deliveries.c


class SqlProfiles:
    """`inbound.own_changes.Profiles` over a `Database`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @retried
    async def swap_profile(self, account: str, read: Profile) -> Profile | None:
        async with self._database.write() as conn:
            stored = await conn.scalar(select(a.profile).where(a.name == account).with_for_update())
            before = Profile(**json.loads(stored)) if stored and json.loads(stored) else None
            told = {key: value for key, value in asdict(read).items() if value}
            kept = json.dumps(asdict(before or Profile()) | told, ensure_ascii=False)
            await conn.execute(update(accounts).where(a.name == account).values(profile=kept))
        return before

    async def profile(self, account: str) -> Profile:
        """Return what was kept last, empty when nothing was. Raises StoreError."""
        async with self._database.read() as conn:
            stored = await conn.scalar(select(a.profile).where(a.name == account))
        return Profile(**json.loads(stored or "{}"))

    async def picture_set(self, account: str) -> str:
        """Return the digest of the file from which the account's picture was set last, "" = never by an order."""
        query = (
            select(d.key)
            .where(d.campaign == ONE_OFF, d.step == SetProfile.kind, d.account == account, d.state == "sent")
            .order_by(d.sent_at.desc())
        )
        async with self._database.read() as conn:
            keys = (await conn.scalars(query)).all()
        return next((digest for key in keys if (digest := picture_in(key))), "")
