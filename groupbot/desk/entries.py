"""Entries over the store and the project's folder: who takes people in, changed in time, with images that hold."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path, PurePath
from typing import Protocol

from groupbot.admin.audit import BY_ITSELF, AuditEntry, AuditLog, Result
from groupbot.admin.entry_book import EntryLine, PoolLine
from groupbot.campaign.standby import Health
from groupbot.chat.adapter import Received
from groupbot.chat.directory import Directory
from groupbot.core.clock import Clock
from groupbot.errors import CampaignError, ConfigError
from groupbot.i18n import _, os_reason
from groupbot.settings import Settings
from groupbot.settings.capacity import EntryPoolSettings
from groupbot.tracking.capacity import LOOK_BACK, Door, Pool, PoolRules, forecast, stand

FOLDER = "entries"
"""Where images are kept in the project's folder."""
MOST_BYTES = 5_000_000
"""Largest image that is taken; a screenshot of a phone has a tenth."""
WECHAT_DAYS = 7
"""Days that the QR image of a WeChat group lasts, where no pool says otherwise."""
_UNSAFE = re.compile(r"[^\w.-]+")
_ENDINGS = {b"\x89PNG": ".png", b"\xff\xd8\xff": ".jpg", b"GIF8": ".gif"}


class EntryStore(Protocol):
    """Where entries are kept, and what is known of groups. Raises StoreError."""

    async def doors(self) -> Mapping[str, Door]:
        """Return how people come into each group that was ever set up."""
        ...

    async def keep(self, door: Door) -> None:
        """Keep `door` in the old one's place."""
        ...

    async def close(self, group: str) -> bool:
        """Let `group` take nobody in; False = it did not anyway."""
        ...

    async def enter(self, group: str, at: datetime) -> None:
        """Note that `group` is the entry of its pool from now on."""
        ...

    async def counts(self, names: Sequence[str]) -> Mapping[str, int]:
        """Return how many members groups have, where anybody has counted."""
        ...

    async def moves(self, names: Sequence[str], since: datetime) -> Mapping[str, Sequence[tuple[datetime, int]]]:
        """Return when members came (1) and went (-1)."""
        ...

    async def running(self, sop: str) -> frozenset[str]:
        """Return the groups in which a campaign of `sop` runs."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class EntryParts:
    """What entries need of the house. `settings`: those that hold now; `fetch`: account, message id, bytes at most."""

    store: EntryStore
    healths: Callable[[], Awaitable[Sequence[Health]]]
    fetch: Callable[[str, str, int], Awaitable[Received]]
    codes: Callable[[bytes], tuple[str, ...]]
    directory: Directory
    settings: Callable[[], Settings]
    clock: Clock
    audit: AuditLog


class Entries:
    """`admin.entry_book.EntryBook`."""

    def __init__(self, parts: EntryParts) -> None:
        self._at = parts

    async def pools(self) -> Sequence[PoolLine]:
        return [await self._line_of(settings, pool) for settings, pool in await self.standing()]

    async def standing(self) -> list[tuple[EntryPoolSettings, Pool]]:
        """Return every pool as it stands. Raises StoreError."""
        pools = self._at.settings().pools
        if not pools:
            return []
        now, names = self._at.clock.now(), [group for pool in pools for group in pool.groups]
        doors = await self._at.store.doors()
        counts = {name: count + self._own(name) for name, count in (await self._at.store.counts(names)).items()}
        moves = await self._at.store.moves(names, now - LOOK_BACK)
        found = []
        for settings in pools:
            fills = {
                name: forecast(name, counts.get(name), settings.limit, moves.get(name, ()), now)
                for name in settings.groups
            }
            found.append((settings, stand(_rules(settings), fills, doors, now, await self._unready(settings))))
        return found

    async def backup(self, groups: Sequence[str]) -> Sequence[str]:
        """Return the groups that take people in now or next, in the pools of `groups` and besides them. StoreError."""
        found = [pool for settings, pool in await self.standing() if not set(groups).isdisjoint(settings.groups)]
        named = [name for pool in found for name in (pool.entry, pool.after) if name]
        return [name for name in dict.fromkeys(named) if name not in groups]

    def _own(self, group: str) -> int:
        """Return how many seats of `group` our own accounts take: rosters hold members only."""
        found = self._at.directory.get(group)
        return len(found.ids) if found is not None else 0

    async def take_image(self, group: str, *, account: str, message_id: str, by: str) -> EntryLine:
        self._pool_of(group)
        await self.put_image(group, await self.quoted(account, message_id), by=by)
        return await self._line(group)

    async def quoted(self, account: str, message_id: str) -> bytes:
        """Return the file of a message. Raises ChatError."""
        return (await self._at.fetch(account, message_id, MOST_BYTES)).data

    async def put_image(self, group: str, data: bytes, *, by: str, days: int | None = None) -> Door:
        """Let people into `group` by the QR image `data`. `days` that it lasts: 0 = for ever, None = as its pool says.

        Raises CampaignError when it holds no QR code or is the one that the group has, StoreError.
        """
        image = await self.keep_image(group, data)
        known = (await self.doors()).get(group)
        if known is not None and known.image == image:
            raise CampaignError(
                _("That is the picture which {group} has already.").format(group=group),
                hint=_("Make a new code on the phone: the old one is over soon."),
            )
        now = self._at.clock.now()
        lasts = self._image_days(group) if days is None else days
        expires_at = now + timedelta(days=lasts) if lasts else None
        entered_at = known.entered_at if known is not None else None
        door = Door(group=group, image=image, expires_at=expires_at, by=by, taken_at=now, entered_at=entered_at)
        await self._at.store.keep(door)
        await self.note("entry/image", group, by)
        return door

    async def keep_image(self, label: str, data: bytes) -> str:
        """Keep a picture with a QR code in the project; return its path there. Raises CampaignError for another one."""
        found = () if len(data) > MOST_BYTES else await asyncio.to_thread(self._at.codes, data)
        own = self._at.settings().web.public_url
        if own and any(text.startswith(f"{own}/c/") for text in found):
            raise CampaignError(
                _("That is the picture of a live code, which would lead to itself."),
                hint=_("Take the code that the group itself shows in the app."),
            )
        if not found:
            raise CampaignError(
                _("There is no QR code in that picture."), hint=_("Quote the picture of the group's code.")
            )
        return await asyncio.to_thread(self._store_image, label, data)

    async def doors(self) -> Mapping[str, Door]:
        """Return how people come into each group that was ever set up. Raises StoreError."""
        return await self._at.store.doors()

    async def open(self, group: str, *, by: str) -> EntryLine:
        self._pool_of(group)
        door = (await self._at.store.doors()).get(group, Door(group=group))
        await self._at.store.keep(replace(door, closed=False, by=by))
        pool = next(pool for _settings, pool in await self.standing() if group in pool.rules.groups)
        order = pool.rules.groups
        if pool.entry is None or order.index(group) < order.index(pool.entry):  # its turn was before
            await self._at.store.enter(group, self._at.clock.now())
        await self.note("entry/open", group, by)
        return await self._line(group)

    async def advance(self, pool: str, *, by: str) -> PoolLine:
        standing = {settings.name: (settings, found) for settings, found in await self.standing()}
        if pool not in standing:
            raise ConfigError(_("No pool is called {name}.").format(name=pool))
        _settings, found = standing[pool]
        if found.after is None:
            raise CampaignError(_("No further group of {pool} has room.").format(pool=pool))
        if found.entry is not None:
            await self.end(found.entry, by)
        await self._at.store.enter(found.after, self._at.clock.now())
        return next(line for line in await self.pools() if line.name == pool)

    async def end(self, group: str, by: str = "") -> bool:
        """Let `group` take nobody in any more; "" = the bot by itself. False = it did not anyway. StoreError."""
        ended = await self._at.store.close(group)
        if ended:
            await self.note("entry/closed", group, by)
        return ended

    async def enter(self, pool: Pool) -> None:
        """Note which group of `pool` is its entry, so that it stays it. Raises StoreError."""
        known = {group: door.entered_at for group, door in pool.doors.items() if group in pool.rules.groups}
        last = max(filter(None, known.values()), default=None)
        if pool.entry is not None and (last is None or known.get(pool.entry) != last):
            await self._at.store.enter(pool.entry, self._at.clock.now())

    async def note(self, action: str, group: str, by: str) -> None:
        """Audit what was done. Raises StoreError."""
        now = self._at.clock.now()
        entry = AuditEntry(
            at=now, actor=by or BY_ITSELF, role="", account="", place=f"g:{group}", action=action, result=Result.DONE
        )
        await self._at.audit.write(entry)

    async def lacks(self, _settings: EntryPoolSettings, pool: Pool, group: str) -> tuple[str, ...]:
        """Return, in words, what keeps `group` from taking people in well."""
        lacks = pool.unready.get(group, ())
        has_image = pool.doors.get(group, Door(group=group)).has_image(self._at.clock.now())
        return lacks if has_image else (*lacks, _("a valid QR image"))

    async def _unready(self, settings: EntryPoolSettings) -> dict[str, tuple[str, ...]]:
        """Return what groups of a pool lack to become its entry; an image is asked for beside it."""
        can_post = {one.account for one in await self._at.healths() if one.can_post}
        leaders = {squad.name: squad.leader for squad in self._at.settings().squads}
        running = await self._at.store.running(settings.sop) if settings.sop else frozenset(settings.groups)
        unready = {}
        for group in settings.groups:
            found = self._at.directory.get(group)
            checks = (
                (found is not None, _("its place in config.toml")),
                (found is not None and not can_post.isdisjoint(found.ids), _("an account that can post")),
                (found is None or not found.squad or bool(leaders.get(found.squad)), _("a leader")),
                (group in running, _("a running campaign")),
            )
            unready[group] = tuple(name for is_there, name in checks if not is_there)
        return {group: lacks for group, lacks in unready.items() if lacks}

    def image_path(self, door: Door) -> Path:
        """Return where the image of `door` is."""
        return self._at.settings().folder / door.image

    async def _line_of(self, settings: EntryPoolSettings, pool: Pool) -> PoolLine:
        lines = []
        for group in settings.groups:
            fill, door = pool.fills[group], pool.doors.get(group, Door(group=group))
            line = EntryLine(
                group=group,
                members=fill.members,
                limit=fill.limit,
                full_at=fill.full_at,
                has_image=door.has_image(self._at.clock.now()),
                expires_at=door.expires_at,
                is_closed=door.closed,
                lacks=await self.lacks(settings, pool, group),
            )
            lines.append(line)
        return PoolLine(name=settings.name, entry=pool.entry or "", after=pool.after or "", groups=tuple(lines))

    async def _line(self, group: str) -> EntryLine:
        return next(line for pool in await self.pools() for line in pool.groups if line.group == group)

    def _pool_of(self, group: str) -> EntryPoolSettings:
        found = next((pool for pool in self._at.settings().pools if group in pool.groups), None)
        if found is None:
            raise ConfigError(
                _("{group} is in no pool.").format(group=group), hint=_("Add it to [[pools]] groups in config.toml.")
            )
        return found

    def _image_days(self, group: str) -> int:
        pools = self._at.settings().pools
        return next((pool.image_days for pool in pools if group in pool.groups), WECHAT_DAYS)

    def _store_image(self, group: str, data: bytes) -> str:
        ending = next((suffix for sign, suffix in _ENDINGS.items() if data.startswith(sign)), ".png")
        name = f"{_UNSAFE.sub('_', group)}-{hashlib.sha256(data).hexdigest()[:12]}{ending}"
        place = self._at.settings().folder / FOLDER / name
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            fresh = place.with_name(f".{place.name}.new")
            fresh.write_bytes(data)
            fresh.replace(place)
        except OSError as error:
            reason = os_reason(error)
            raise CampaignError(_("{file} can't be written: {reason}.").format(file=name, reason=reason)) from error
        return str(PurePath(FOLDER) / name)


def _rules(settings: EntryPoolSettings) -> PoolRules:
    return PoolRules(
        name=settings.name,
        groups=settings.groups,
        limit=settings.limit,
        switch_before=settings.switch_before,
        switch_ahead=timedelta(seconds=settings.switch_ahead_s),
    )
