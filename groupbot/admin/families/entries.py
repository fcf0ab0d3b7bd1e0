"""/入口: which groups take people in, with which QR images."""

from __future__ import annotations

from groupbot.admin.declare import Answer, Call, Command, Kind, Parameter, Plan
from groupbot.admin.entry_book import EntryLine, PoolLine
from groupbot.admin.families.phone import page
from groupbot.admin.services import Services
from groupbot.core.roles import Role
from groupbot.errors import CampaignError, ConfigError
from groupbot.i18n import _, joined


def commands(services: Services) -> tuple[Command, ...]:
    """Return the commands of this family."""
    family = _Entries(services)
    return (
        Command(
            path=("入口", "列表"),
            aliases=(("entry", "list"),),
            role=Role.STAFF,
            changes=False,
            help=_("Shows which groups take people in, how full they are, and how long their QR images last."),
            example="/入口 列表",
            handler=family.list,
        ),
        Command(
            path=("入口", "设置"),
            aliases=(("entry", "set"),),
            parameters=(Parameter(name="group", label=_("group"), kind=Kind.GROUP),),
            role=Role.OPERATOR,
            help=_("Takes the QR image that is quoted for a group; without one, lets the group take people in again."),
            example="/入口 设置 camp-1",
            handler=family.set,
        ),
        Command(
            path=("入口", "下一个"),
            aliases=(("entry", "next"),),
            parameters=(Parameter(name="pool", label=_("pool")),),
            role=Role.OPERATOR,
            plan=family.plan_next,
            help=_("Lets the next group of a pool take people in."),
            example="/入口 下一个 camp",
            handler=family.next,
        ),
    )


class _Entries:
    def __init__(self, services: Services) -> None:
        self._services = services

    async def list(self, call: Call) -> Answer:
        lines = []
        for pool in await self._services.entries.pools():
            shown = [line for line in pool.groups if call.may([line.group])]
            if shown:
                lines += [f"{pool.name}:", *(f"{_mark(pool, line)} {self._line(line)}" for line in shown)]
        return Answer(text=page(lines) or _("No pool of groups is set up: [[pools]] in config.toml."))

    async def set(self, call: Call) -> Answer:
        group, book = call.get("group", str), self._services.entries
        call.require([group])
        by = call.actor.name
        if call.quoted is None:
            return Answer(text=self._line(await book.open(group, by=by)))
        line = await book.take_image(group, account=call.place.account, message_id=call.quoted, by=by)
        return Answer(text=self._line(line))

    async def plan_next(self, call: Call) -> Plan:
        pool = await self._pool(call.get("pool", str))
        if not pool.after:
            raise CampaignError(_("No further group of {pool} has room.").format(pool=pool.name))
        text = _("{entry} takes nobody in any more; {after} does.").format(entry=pool.entry or "—", after=pool.after)
        if lacks := _lacks(pool, pool.after):
            text += " " + _("It lacks: {lacks}.").format(lacks=lacks)
        return Plan(text=text, reach=frozenset(filter(None, (pool.entry, pool.after))))

    async def next(self, call: Call) -> Answer:
        pool = await self._services.entries.advance(call.get("pool", str), by=call.actor.name)
        return Answer(text=_("{group} takes people in now.").format(group=pool.entry))

    async def _pool(self, name: str) -> PoolLine:
        pools = await self._services.entries.pools()
        found = next((pool for pool in pools if pool.name == name), None)
        if found is None:
            known = joined(pool.name for pool in pools) or "—"
            raise ConfigError(_("No pool is called {name}; pools: {known}.").format(name=name, known=known))
        return found

    def _line(self, line: EntryLine) -> str:
        zone = self._services.zone
        members = "?" if line.members is None else str(line.members)
        pieces = [f"{line.group} {members}/{line.limit}"]
        if line.is_closed:
            pieces.append(_("closed"))
        if line.full_at is not None:
            pieces.append(_("full about {time}").format(time=f"{line.full_at.astimezone(zone):%m-%d %H:%M}"))
        if line.expires_at is not None:
            pieces.append(_("image until {time}").format(time=f"{line.expires_at.astimezone(zone):%m-%d %H:%M}"))
        if line.lacks:
            pieces.append(_("lacks: {lacks}").format(lacks=joined(line.lacks)))
        return " · ".join(pieces)


def _mark(pool: PoolLine, line: EntryLine) -> str:
    return {pool.entry: "→", pool.after: "·"}.get(line.group, " ")


def _lacks(pool: PoolLine, group: str) -> str:
    return joined(lack for line in pool.groups if line.group == group for lack in line.lacks)
