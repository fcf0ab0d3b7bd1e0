"""/插件: how plugins stand, and letting posts pass a guard that is in the way."""

from __future__ import annotations

from datetime import timedelta

from groupbot.admin.declare import Answer, Call, Command, Kind, Option, Parameter, Plan
from groupbot.admin.families.phone import moment, page
from groupbot.admin.services import Services
from groupbot.admin.upkeep import Exempt, PluginLine
from groupbot.core.roles import Role
from groupbot.i18n import _, joined, ngettext


def commands(services: Services) -> tuple[Command, ...]:
    """Return the commands of this family."""
    family = _Plugins(services)
    plugin = Parameter(name="plugin", label=_("plugin"))
    guard = Parameter(name="guard", label=_("guard"))
    return (
        Command(
            path=("插件", "列表"),
            aliases=(("plugin", "list"),),
            role=Role.OPERATOR,
            changes=False,
            help=_("Lists the plugins, their guards and commands, and what rests."),
            example="/插件 列表",
            handler=family.list,
        ),
        Command(
            path=("插件", "停用"),
            aliases=(("plugin", "disable"),),
            parameters=(plugin,),
            role=Role.ADMIN,
            plan=family.plan_disable,
            help=_("Unloads a plugin, its guards too, until it is enabled."),
            example="/插件 停用 welcome",
            handler=family.disable,
        ),
        Command(
            path=("插件", "启用"),
            aliases=(("plugin", "enable"),),
            parameters=(plugin,),
            role=Role.ADMIN,
            help=_("Brings back a plugin that was disabled, or what of it rests after failures."),
            example="/插件 启用 welcome",
            handler=family.enable,
        ),
        Command(
            path=("插件", "重载"),
            aliases=(("plugin", "reload"),),
            parameters=(plugin,),
            role=Role.ADMIN,
            help=_("Loads a plugin anew."),
            example="/插件 重载 welcome",
            handler=family.reload,
        ),
        Command(
            path=("插件", "守卫放行"),
            aliases=(("guard", "override"),),
            parameters=(
                guard,
                Parameter(name="length", label=_("how long"), kind=Kind.DURATION),
                Parameter(name="group", label=_("group"), kind=Kind.GROUP, words=("群", "group")),
                Parameter(name="campaign", label=_("campaign"), kind=Kind.CAMPAIGN, words=("活动", "campaign")),
                Parameter(name="account", label=_("account"), kind=Kind.ACCOUNT, words=("账号", "account")),
            ),
            role=Role.ADMIN,
            plan=family.plan_override,
            help=_("Lets posts pass a guard for a while: all, or those of a group, campaign or account."),
            example="/插件 守卫放行 link-guard/check 30分钟 群=camp-1",
            handler=family.override,
        ),
        Command(
            path=("插件", "守卫恢复"),
            aliases=(("guard", "restore"),),
            parameters=(guard,),
            role=Role.ADMIN,
            help=_("Asks a guard about everything again."),
            example="/插件 守卫恢复 link-guard/check",
            handler=family.restore,
        ),
    )


class _Plugins:
    def __init__(self, services: Services) -> None:
        self._services = services

    async def list(self, call: Call) -> Answer:
        found, passing = self._services.plugins.list(), self._services.plugins.exempt()
        lines = [*map(_line, found), *(self._passing(one) for one in passing)]
        options = tuple(
            Option(label=_("Enable {plugin}").format(plugin=one.name), line=f'/插件 启用 "{one.name}"')
            for one in found
            if (one.state == "disabled" or one.resting) and call.actor.role >= Role.ADMIN
        )
        return Answer(text=page(lines) or _("There are no plugins."), options=options[:5])

    async def plan_disable(self, call: Call) -> Plan | None:
        """Ask back before guards go: what they would have held is then posted."""
        name = call.get("plugin", str)
        guards = next((one.guards for one in self._services.plugins.list() if one.name == name), ())
        if not guards:
            return None
        text = _("The guards {guards} go with {plugin}: what they would hold or block is then posted.")
        return Plan(text=text.format(guards=joined(guards), plugin=name), reach=frozenset({name, *guards}))

    async def disable(self, call: Call) -> Answer:
        line = await self._services.plugins.disable(call.get("plugin", str), call.actor.name)
        more = Option(label=_("Enable {plugin}").format(plugin=line.name), line=f'/插件 启用 "{line.name}"')
        return Answer(text=_line(line), options=(more,))

    async def enable(self, call: Call) -> Answer:
        return Answer(text=_line(await self._services.plugins.enable(call.get("plugin", str), call.actor.name)))

    async def reload(self, call: Call) -> Answer:
        return Answer(text=_line(await self._services.plugins.reload(call.get("plugin", str), call.actor.name)))

    async def plan_override(self, call: Call) -> Plan:
        exempt = self._exempt(call)
        text = _("What {guard} would hold or block is posted: {scope}, until {until}.").format(
            guard=exempt.guard, scope=_scope(exempt), until=moment(exempt.until, self._services.zone)
        )
        return Plan(text=text, reach=frozenset({exempt.guard, _scope(exempt)}))

    async def override(self, call: Call) -> Answer:
        exempt = self._exempt(call)
        await self._services.plugins.override(exempt, call.actor.name)
        more = Option(label=_("End it now"), line=f'/插件 守卫恢复 "{exempt.guard}"')
        return Answer(text=self._passing(exempt), options=(more,))

    async def restore(self, call: Call) -> Answer:
        guard = call.get("guard", str)
        count = await self._services.plugins.end_override(guard, call.actor.name)
        text = ngettext(
            "{guard} judges again: {n} override ended.", "{guard} judges again: {n} overrides ended.", count
        )
        return Answer(text=text.format(guard=guard, n=count))

    def _exempt(self, call: Call) -> Exempt:
        def only(name: str) -> frozenset[str]:
            found = call.find(name, str)
            return frozenset({found}) if found else frozenset()

        return Exempt(
            guard=call.get("guard", str),
            until=self._services.clock.now() + call.get("length", timedelta),
            campaigns=only("campaign"),
            groups=only("group"),
            accounts=only("account"),
        )

    def _passing(self, exempt: Exempt) -> str:
        text = _("{guard} is not asked: {scope}, until {until}")
        until = moment(exempt.until, self._services.zone)
        return text.format(guard=exempt.guard, scope=_scope(exempt), until=until)


def _scope(exempt: Exempt) -> str:
    names = sorted(exempt.campaigns | exempt.groups | exempt.accounts)
    return joined(names) or _("everywhere")


def _line(one: PluginLine) -> str:
    said = [one.name, _state(one.state), one.detail or one.summary]
    if one.guards:
        said.append(_("guards: {names}").format(names=joined(one.guards)))
    if one.commands:
        said.append(joined(f"/{name}" for name in one.commands))
    if one.resting:
        said.append(_("rests: {names}").format(names=joined(one.resting)))
    return " · ".join(filter(None, said))


def _state(state: str) -> str:
    words = {
        "running": _("running"),
        "quarantined": _("resting after failures"),
        "disabled": _("disabled"),
        "failed": _("not loaded"),
    }
    return words.get(state, state)
