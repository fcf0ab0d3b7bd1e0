"""Live codes over the store: made, closed, pointed elsewhere, printed; and what each shows now."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from groupbot.admin.audit import AuditEntry, AuditLog, Result
from groupbot.admin.code_book import CodeLine, NewCode
from groupbot.core.clock import Clock
from groupbot.desk.entries import FOLDER, Entries
from groupbot.errors import CampaignError, ConfigError
from groupbot.i18n import _, joined, os_reason
from groupbot.settings import Settings
from groupbot.tracking.capacity import Door, Pool
from groupbot.tracking.live_codes import LiveCode, drawn, folded, shown_group

_TRIES = 5


class CodeStore(Protocol):
    """Where codes are kept. Raises StoreError."""

    async def codes(self) -> Sequence[LiveCode]:
        """Return all, the oldest first."""
        ...

    async def add(self, code: LiveCode) -> bool:
        """Keep a new code; False = there is one of that name."""
        ...

    async def change(self, code: str, **values: Any) -> bool:
        """Change fields of a code; False = there is none."""
        ...

    async def visited(self) -> Mapping[str, int]:
        """Return how often each code was visited."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class CodeParts:
    """What live codes need of the house. `settings`: those that hold now; `has_campaign`: whether an id is known."""

    store: CodeStore
    entries: Entries
    settings: Callable[[], Settings]
    has_campaign: Callable[[str], Awaitable[bool]]
    clock: Clock
    audit: AuditLog
    choose: Callable[[str], str] = secrets.choice


@dataclass(frozen=True, kw_only=True, slots=True)
class Showing:
    """A code, and the `door` of the `group` whose image it shows now, None = of none."""

    code: LiveCode
    group: str
    door: Door | None


class LiveCodes:
    """`admin.code_book.CodeBook`."""

    def __init__(self, parts: CodeParts) -> None:
        self._at = parts

    async def showing(self) -> Sequence[Showing]:
        """Return every code with what it shows now. Raises StoreError."""
        now = self._at.clock.now()
        codes = await self._at.store.codes()
        if not codes:
            return []
        pools: dict[str, Pool] = {settings.name: pool for settings, pool in await self._at.entries.standing()}
        doors = await self._at.entries.doors()
        groups = [shown_group(code, pools, doors, now) for code in codes]
        return [
            Showing(code=code, group=group, door=doors.get(group)) for code, group in zip(codes, groups, strict=True)
        ]

    async def codes(self) -> Sequence[CodeLine]:
        visited = await self._at.store.visited()
        return [self._line(one, visited.get(one.code.code, 0)) for one in await self.showing()]

    async def add(self, new: NewCode, *, by: str) -> CodeLine:
        await self._require(new)
        pool, group = self._target(new.target)
        channel = self._channel(new.channel)
        friend = await self._at.entries.keep_image("friend", new.friend) if new.friend is not None else ""
        for _try in range(_TRIES):
            code = LiveCode(
                code=drawn(self._at.choose),
                channel=channel,
                variant=new.variant,
                campaign=new.campaign,
                pool=pool,
                group=group,
                title=new.title,
                fallback=friend,
                by=by,
                created_at=self._at.clock.now(),
            )
            if await self._at.store.add(code):
                await self._note("code/add", code.code, by, f"{channel} {new.variant} {new.target}")
                return await self._line_of(code.code)
        raise CampaignError(_("No free code was found."), hint=_("Try again."))

    async def quoted(self, account: str, message_id: str) -> bytes:
        return await self._at.entries.quoted(account, message_id)

    async def set_closed(self, code: str, *, closed: bool, by: str) -> CodeLine:
        return await self._change(code, "code/close" if closed else "code/open", by, "", closed=closed)

    async def move(self, code: str, target: str, *, by: str) -> CodeLine:
        pool, group = self._target(target)
        return await self._change(code, "code/move", by, target, pool=pool, group=group)

    async def picture(self, code: str) -> str:
        name, data = await self.printed(code)
        place = self._at.settings().folder / FOLDER / name
        try:
            await asyncio.to_thread(_write, place, data)
        except OSError as error:
            reason = os_reason(error)
            raise CampaignError(_("{file} can't be written: {reason}.").format(file=name, reason=reason)) from error
        return str(place)

    async def printed(self, code: str) -> tuple[str, bytes]:
        """Return the QR code of `code` for print: a name for its file, and the PNG.

        Raises CampaignError for an unknown code, ConfigError without [web] public_url.
        """
        line = await self._line_of(folded(code))
        if not line.url:
            raise ConfigError(
                _("Nobody knows yet where the code leads: [web] public_url is not set."),
                hint=_("Write the address at which people reach the page, as https://join.example.com."),
            )
        return f"code-{line.code}.png", await asyncio.to_thread(_poster, line.url)

    async def _change(self, code: str, action: str, by: str, detail: str, **values: Any) -> CodeLine:
        name = folded(code)
        if not await self._at.store.change(name, **values):
            raise _unknown(code)
        await self._note(action, name, by, detail)
        return await self._line_of(name)

    async def _require(self, new: NewCode) -> None:
        for name in (new.channel, new.variant):
            if name != name.strip() or any(sign in name for sign in ",/\n") or len(name) > _LONGEST:
                raise ConfigError(
                    _("{name!r} is no usable name: no comma, slash or blank at its ends, and not empty").format(
                        name=name
                    )
                )
        if not new.channel:
            raise ConfigError(_("A code needs the channel that it stands for."))
        if new.campaign and not await self._at.has_campaign(new.campaign):
            raise CampaignError(
                _("There is no campaign called {campaign}.").format(campaign=new.campaign),
                hint=_("`groupbot campaign list`, in chat /活动 列表, shows all."),
            )

    def _channel(self, word: str) -> str:
        """Return the name of the channel of config.toml that people call `word`, else `word` itself."""
        channels = self._at.settings().channels
        titled = [one.name for one in channels if one.title == word]
        return titled[0] if len(titled) == 1 and word not in {one.name for one in channels} else word

    def _target(self, name: str) -> tuple[str, str]:
        """Return the pool and the group of that name, one of them ""."""
        settings = self._at.settings()
        pools, groups = [pool.name for pool in settings.pools], [group.name for group in settings.groups]
        if name in pools:
            return name, ""
        if name in groups:
            return "", name
        raise ConfigError(
            _("No pool and no group is called {name}; pools: {known}.").format(name=name, known=joined(pools) or "—")
        )

    def _line(self, showing: Showing, visits: int) -> CodeLine:
        code, settings = showing.code, self._at.settings()
        pool = next((pool for pool in settings.pools if pool.name == code.pool), None)
        base = settings.web.public_url
        channels = tuple(channel.name for channel in settings.channels)
        return CodeLine(
            code=code.code,
            channel=code.channel,
            variant=code.variant,
            target=code.pool or code.group,
            group=showing.group,
            visits=visits,
            campaign=code.campaign,
            title=code.title,
            is_closed=code.closed,
            has_friend=bool(code.fallback),
            url=f"{base}/c/{code.code}" if base else "",
            groups=pool.groups if pool else (code.group,) if code.group else (),
            other_channels=() if code.channel in channels else channels,
        )

    async def _line_of(self, code: str) -> CodeLine:
        found = next((line for line in await self.codes() if line.code == code), None)
        if found is None:
            raise _unknown(code)
        return found

    async def _note(self, action: str, code: str, by: str, detail: str) -> None:
        entry = AuditEntry(
            at=self._at.clock.now(),
            actor=by,
            role="",
            account="",
            place="",
            action=action,
            result=Result.DONE,
            detail=" ".join((code, *detail.split())),
        )
        await self._at.audit.write(entry)


_LONGEST = 80
"""Signs of a channel's or variant's name."""


def _unknown(code: str) -> CampaignError:
    return CampaignError(
        _("There is no live code {code}.").format(code=code),
        hint=_("`groupbot entry code list`, in chat /活码 列表, shows all."),
    )


def _poster(url: str) -> bytes:
    from groupbot.inbound.qr import poster  # noqa: PLC0415 - its library is needed for this alone

    return poster(url)


def _write(place: Path, data: bytes) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(data)
