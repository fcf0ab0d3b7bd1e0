"""/活码: printed codes that lead to whichever group takes people in."""

from __future__ import annotations

from groupbot.admin.code_book import CodeLine, NewCode
from groupbot.admin.declare import Answer, Call, Command, Parameter, Plan
from groupbot.admin.families.phone import page
from groupbot.admin.services import Services
from groupbot.core.roles import Role
from groupbot.errors import CampaignError
from groupbot.i18n import _, joined, ngettext


def commands(services: Services) -> tuple[Command, ...]:
    """Return the commands of this family."""
    family = _Codes(services)
    code = Parameter(name="code", label=_("code"))
    target = Parameter(name="target", label=_("pool or group"))
    variant = Parameter(name="variant", label=_("variant"), words=("版本", "variant"), optional=True)
    campaign = Parameter(name="campaign", label=_("campaign"), words=("活动", "campaign"), optional=True)
    return (
        Command(
            path=("活码", "列表"),
            aliases=(("livecode", "list"),),
            role=Role.STAFF,
            changes=False,
            help=_("Shows the live codes: what each leads to now, and how often it was visited."),
            example="/活码 列表",
            handler=family.list,
        ),
        Command(
            path=("活码", "新建"),
            aliases=(("livecode", "add"),),
            parameters=(Parameter(name="channel", label=_("channel")), target, variant, campaign),
            role=Role.OPERATOR,
            help=_("Makes a code to print. A quoted picture of an account's code is shown while no group has room."),
            example="/活码 新建 moments camp 版本=A",
            handler=family.add,
        ),
        Command(
            path=("活码", "图片"),
            aliases=(("livecode", "qr"),),
            parameters=(code,),
            role=Role.STAFF,
            changes=False,
            help=_("Shows a live code as a picture to print."),
            example="/活码 图片 k7m2p9qd",
            handler=family.picture,
        ),
        Command(
            path=("活码", "改指"),
            aliases=(("livecode", "move"),),
            parameters=(code, target),
            role=Role.OPERATOR,
            plan=family.plan_move,
            help=_("Lets a code that is printed already lead to another pool or group."),
            example="/活码 改指 k7m2p9qd camp",
            handler=family.move,
        ),
        Command(
            path=("活码", "关闭"),
            aliases=(("livecode", "close"),),
            parameters=(code,),
            role=Role.OPERATOR,
            plan=family.plan_close,
            help=_("Closes a code: who scans it is asked to turn to the person who gave it to them."),
            example="/活码 关闭 k7m2p9qd",
            handler=family.close,
        ),
        Command(
            path=("活码", "打开"),
            aliases=(("livecode", "open"),),
            parameters=(code,),
            role=Role.OPERATOR,
            help=_("Opens a code that was closed."),
            example="/活码 打开 k7m2p9qd",
            handler=family.open,
        ),
    )


class _Codes:
    def __init__(self, services: Services) -> None:
        self._services = services

    async def list(self, call: Call) -> Answer:
        lines = [_line(line) for line in await self._services.live_codes.codes() if call.may(line.groups)]
        return Answer(text=page(lines) or _("There are no live codes: /活码 新建 makes one."))

    async def add(self, call: Call) -> Answer:
        friend = None
        if call.quoted is not None:
            friend = await self._services.live_codes.quoted(call.place.account, call.quoted)
        new = NewCode(
            channel=call.get("channel", str),
            target=call.get("target", str),
            variant=call.find("variant", str) or "",
            campaign=call.find("campaign", str) or "",
            friend=friend,
        )
        line = await self._services.live_codes.add(new, by=call.actor.name)
        files = (await self._services.live_codes.picture(line.code),) if line.url else ()
        needs = "" if line.url else _("Its picture needs [web] public_url in config.toml.")
        return Answer(text="\n".join(filter(None, (_line(line), needs, strange_channel(line)))), files=files)

    async def picture(self, call: Call) -> Answer:
        line = await self._found(call)
        call.require(line.groups)
        return Answer(text=_line(line), files=(await self._services.live_codes.picture(line.code),))

    async def plan_move(self, call: Call) -> Plan:
        line, target = await self._found(call), call.get("target", str)
        text = _("{code} ({channel}) leads to {old} and will lead to {new}, wherever it is printed.")
        return Plan(
            text=text.format(code=line.code, channel=_of(line), old=line.target, new=target),
            reach=frozenset({line.target, target}),
        )

    async def move(self, call: Call) -> Answer:
        line = await self._services.live_codes.move(call.get("code", str), call.get("target", str), by=call.actor.name)
        return Answer(text=_line(line))

    async def plan_close(self, call: Call) -> Plan:
        line = await self._found(call)
        text = _("Who scans {code} ({channel}) from now on comes into no group.").format(
            code=line.code, channel=_of(line)
        )
        return Plan(text=text, reach=frozenset({line.code}))

    async def close(self, call: Call) -> Answer:
        return Answer(
            text=_line(
                await self._services.live_codes.set_closed(call.get("code", str), closed=True, by=call.actor.name)
            )
        )

    async def open(self, call: Call) -> Answer:
        return Answer(
            text=_line(
                await self._services.live_codes.set_closed(call.get("code", str), closed=False, by=call.actor.name)
            )
        )

    async def _found(self, call: Call) -> CodeLine:
        name = call.get("code", str).strip().casefold()
        found = next((line for line in await self._services.live_codes.codes() if line.code == name), None)
        if found is None:
            raise CampaignError(
                _("There is no live code {code}.").format(code=name),
                hint=_("`groupbot entry code list`, in chat /活码 列表, shows all."),
            )
        return found


def _line(line: CodeLine) -> str:
    visits = ngettext("{n} visit", "{n} visits", line.visits).format(n=line.visits)
    return " · ".join((line.code, _of(line), f"{line.target} → {state_of(line)}", visits))


def state_of(line: CodeLine) -> str:
    """Return what a code shows now, in words: a group's name, friend first, nothing or closed."""
    if line.is_closed:
        return _("closed")
    return line.group or (_("friend first") if line.has_friend else _("no way in"))


def strange_channel(line: CodeLine) -> str:
    """Return what is told of a channel that config.toml doesn't name, perhaps mistyped; "" of one that it does."""
    if not line.other_channels:
        return ""
    said = _("config.toml has no channel {channel}, so it is counted by itself; its channels: {names}.")
    return said.format(channel=line.channel, names=joined(line.other_channels))


def _of(line: CodeLine) -> str:
    return f"{line.channel}/{line.variant}" if line.variant else line.channel
