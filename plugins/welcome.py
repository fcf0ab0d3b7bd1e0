"""Greets newcomers: joins that come together get one greeting, and greetings of a group keep their distance.

Off until `[plugins.welcome] groups` names groups. Who was found later, by comparing member lists, is not greeted; who
comes in quiet hours is greeted when they end.
"""

from __future__ import annotations

import string
from collections.abc import Mapping
from datetime import datetime, timedelta

from pydantic import Field, field_validator

from groupbot.api import (
    MembersJoined,
    MembersLeft,
    Plugin,
    PluginContext,
    PluginError,
    PluginSettings,
    Post,
    QuietHours,
    Store,
    Text,
)

BLANKS = frozenset({"names", "count", "group"})
FORGOTTEN = timedelta(days=1)
"""Who has waited this long, because the account or the daemon was away, is no newcomer any more."""


def checked_text(text: str) -> str:
    """Return `text` if it can be filled in; raises ValueError."""
    blanks = {name for _text, name, _format, _conversion in string.Formatter().parse(text) if name is not None}
    if unknown := blanks - BLANKS:
        raise ValueError(f"unknown {sorted(unknown)}; known are {{names}}, {{count}} and {{group}}")
    return text


class Settings(PluginSettings):
    """The table [plugins.welcome]."""

    groups: frozenset[str] = frozenset()
    """Names of [[groups]] whose newcomers are greeted."""
    text: str = "欢迎加入！有问题随时在群里说。"
    """The greeting. {names}, {count} and {group} are filled in."""
    texts: Mapping[str, str] = Field(default_factory=dict)
    """Group name = its own greeting."""
    mention: bool = True
    """Whether newcomers are mentioned (@) before the words."""
    most_names: int = Field(default=5, ge=1, le=50)
    """Newcomers mentioned and named at most; {count} still counts all."""
    wait_s: float = Field(default=20.0, ge=0, le=3600)
    """Seconds that joins are gathered into one greeting. 20: a group link posted somewhere brings people in bursts."""
    interval_s: float = Field(default=300.0, ge=0, le=86_400)
    """Least seconds between two greetings in one group."""
    quiet: tuple[str, str] | None = ("22:30", "08:00")
    """From when to when nobody is greeted, in the project's zone."""

    @field_validator("text")
    @classmethod
    def _text(cls, value: str) -> str:
        return checked_text(value)

    @field_validator("texts")
    @classmethod
    def _texts(cls, value: Mapping[str, str]) -> Mapping[str, str]:
        return {group: checked_text(text) for group, text in value.items()}

    @field_validator("quiet")
    @classmethod
    def _quiet(cls, value: tuple[str, str] | None) -> tuple[str, str] | None:
        for clock in value or ():
            datetime.strptime(clock, "%H:%M")  # noqa: DTZ007 - a clock, no instant
        return value


async def setup(ctx: PluginContext[Settings]) -> None:
    """Gather joins, and greet every few seconds who has waited long enough."""
    check_groups(ctx)

    async def on_join(event: MembersJoined) -> None:
        group = ctx.group_of(event)
        if group is None or group.name not in ctx.settings.groups or event.found_late:
            return
        if group.tells_joins(event.account):
            newcomers = {person.id: person.name for person in event.members}
            since, waiting = await read(ctx.store, group.name, event.at)
            await write(ctx.store, group.name, since, waiting | newcomers)

    async def on_leave(event: MembersLeft) -> None:
        group = ctx.group_of(event)
        if group and group.name in ctx.settings.groups:
            since, waiting = await read(ctx.store, group.name, event.at)
            gone = {person.id for person in event.members}
            if gone & waiting.keys():
                left = {member: name for member, name in waiting.items() if member not in gone}
                await write(ctx.store, group.name, since, left)

    async def greet() -> None:
        now, quiet = ctx.now(), quiet_hours(ctx.settings, ctx.timezone)
        if quiet and quiet.until(now):
            return
        there = (name for name in sorted(ctx.settings.groups) if ctx.groups.get(name) is not None)
        for name in there:  # one that was taken out of config.toml meanwhile keeps no other from being greeted
            await greet_group(ctx, name, now, quiet)

    ctx.on(MembersJoined, on_join)
    ctx.on(MembersLeft, on_leave)
    ctx.every("5s", greet)


def check_groups(ctx: PluginContext[Settings]) -> None:
    """Raise PluginError for settings about a group that there isn't: a slip of the pen, and nobody would be greeted."""
    known = sorted(group.name for group in ctx.groups.groups)
    for key, names in (("groups", ctx.settings.groups), ("texts", ctx.settings.texts)):
        for name in sorted(set(names).difference(known)):
            words = f"[plugins.welcome] {key}: config.toml names no group {name!r}; groups: {', '.join(known)}"
            raise PluginError(words)


async def greet_group(ctx: PluginContext[Settings], name: str, now: datetime, quiet: QuietHours | None) -> None:
    """Greet who waits in the group `name`, if it is time."""
    since, waiting = await read(ctx.store, name, now)
    if waiting and now - since > FORGOTTEN:
        await ctx.store.delete(f"waiting/{name}")
    elif waiting and is_time(ctx.settings, now, since, await ctx.store.get(f"greeted/{name}")):
        await ctx.submit(greeting(ctx.settings, name, since, waiting, quiet))
        await ctx.store.set(f"greeted/{name}", now.isoformat())
        await ctx.store.delete(f"waiting/{name}")


async def read(store: Store, group: str, now: datetime) -> tuple[datetime, dict[str, str]]:
    """Return since when newcomers wait in `group` (now, if nobody does), and their names by id."""
    kept = await store.get(f"waiting/{group}")
    return (datetime.fromisoformat(kept["since"]), kept["people"]) if kept else (now, {})


async def write(store: Store, group: str, since: datetime, waiting: dict[str, str]) -> None:
    """Keep who waits."""
    if waiting:
        await store.set(f"waiting/{group}", {"since": since.isoformat(), "people": waiting})
    else:
        await store.delete(f"waiting/{group}")


def is_time(settings: Settings, now: datetime, since: datetime, greeted: str | None) -> bool:
    """Tell whether those who wait since `since` are greeted now; `greeted`: when the group was, last."""
    last = datetime.fromisoformat(greeted) if greeted else None
    has_distance = last is None or not last <= now < last + timedelta(seconds=settings.interval_s)
    return has_distance and now >= since + timedelta(seconds=settings.wait_s)


def greeting(
    settings: Settings, group: str, since: datetime, waiting: Mapping[str, str], quiet: QuietHours | None
) -> Post:
    """Return the one greeting for all who wait in `group`."""
    named = list(waiting)[: settings.most_names]
    names = "、".join(waiting[member] or "新朋友" for member in named)
    text = settings.texts.get(group, settings.text).format(names=names, count=len(waiting), group=group)
    mentions = tuple(named) if settings.mention else ()
    return Post(
        key=f"{group}/{since.isoformat()}",
        group=group,
        contents=(Text(text=text, mentions=mentions),),
        quiet=quiet,
    )


def quiet_hours(settings: Settings, timezone: str) -> QuietHours | None:
    """Return the quiet hours as the ledger takes them."""
    if settings.quiet is None:
        return None
    start, end = (int(clock[:-3]) * 60 + int(clock[-2:]) for clock in settings.quiet)
    return QuietHours(start_minute=start, end_minute=end, timezone=timezone)


PLUGIN = Plugin(name="welcome", setup=setup, settings=Settings, summary="把新人合并成一条欢迎语")
