"""Plugins by chat: how they stand, what people do with them, and the commands that they bring."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from loguru import logger

from groupbot.admin.declare import Answer, Call, Command, Handler, Kind, Parameter
from groupbot.admin.registry import Registry
from groupbot.admin.upkeep import Exempt, PluginLine
from groupbot.chat.alerts import Alert, Alerts, Severity
from groupbot.core.events import AnyEvent, MessageReceived
from groupbot.core.roles import Role
from groupbot.i18n import _
from groupbot.plugin_host.host import Host
from groupbot.plugin_host.values import CommandCall, GuardScope, PluginCommand, PluginView


class HostedPlugins:
    """`admin.upkeep.PluginDesk` over the plugin host."""

    def __init__(self, host: Host) -> None:
        self._host = host

    def list(self) -> Sequence[PluginLine]:
        return [_line(view) for view in self._host.views]

    def exempt(self) -> Sequence[Exempt]:
        return [
            Exempt(
                guard=one.guard,
                until=one.until,
                campaigns=one.scope.campaigns,
                groups=one.scope.groups,
                accounts=one.scope.accounts,
            )
            for one in self._host.overrides
        ]

    async def disable(self, name: str, by: str) -> PluginLine:
        return _line(await self._host.disable(name, by))

    async def enable(self, name: str, by: str) -> PluginLine:
        return _line(await self._host.enable(name, by))

    async def reload(self, name: str, by: str) -> PluginLine:
        return _line(await self._host.reload(name, by))

    async def override(self, exempt: Exempt, by: str) -> None:
        scope = GuardScope(campaigns=exempt.campaigns, groups=exempt.groups, accounts=exempt.accounts)
        await self._host.override(exempt.guard, scope, by, exempt.until)

    async def end_override(self, guard: str, by: str) -> int:
        return await self._host.end_override(guard, by)


def _line(view: PluginView) -> PluginLine:
    return PluginLine(
        name=view.name,
        state=view.state,
        summary=view.summary,
        detail=view.detail,
        guards=view.guards,
        commands=view.commands,
        resting=view.resting,
    )


class PluginCommands:
    """Stage before the commands': those of plugins are heard as long as their plugins run, and no longer.

    A name that is taken already is left out and told about, once for each version of the plugin.
    """

    name = "plugin-commands"
    limit_s = 30.0

    def __init__(self, registry: Registry, alerts: Alerts, commands: Callable[[], tuple[PluginCommand, ...]]) -> None:
        self._registry = registry
        self._alerts = alerts
        self._commands = commands
        self._there: dict[PluginCommand, Callable[[], None]] = {}

    async def handle(self, event: AnyEvent) -> None:
        """Take up what plugins came and went, before `event` may be one of their commands."""
        if isinstance(event, MessageReceived):
            await self.take_up()

    async def take_up(self) -> None:
        """Let the registry hold the commands of the plugins that run now."""
        now = self._commands()
        for gone in self._there.keys() - set(now):
            self._there.pop(gone)()
        for new in (command for command in now if command not in self._there):
            try:
                self._there[new] = self._registry.add(declared(new))
            except ValueError as error:
                self._there[new] = lambda: None
                await self._tell(new, error)

    async def _tell(self, command: PluginCommand, error: ValueError) -> None:
        logger.bind(action="plugin-command", plugin=command.plugin, command=command.name).warning("{}", error)
        text = _("The command /{name} of the plugin {plugin} is not heard: {reason}.")
        said = text.format(name=command.name, plugin=command.plugin, reason=error)
        fields = {"plugin": command.plugin}
        await self._alerts.send(Alert(severity=Severity.WARNING, code="plugin-command", text=said, fields=fields))


def declared(command: PluginCommand) -> Command:
    """Return a plugin's command as the router knows commands: all that follows its name is one argument."""
    return Command(
        path=tuple(command.name.split()),
        aliases=tuple(tuple(alias.split()) for alias in command.aliases),
        parameters=(Parameter(name="text", label=_("text"), kind=Kind.REST, optional=True),),
        role=command.role,
        for_strangers=command.role is Role.MEMBER,
        plugin=command.plugin,
        help=command.help or _("A command of the plugin {name}.").format(name=command.plugin),
        example=command.example,
        handler=_handler(command),
    )


def _handler(command: PluginCommand) -> Handler:
    async def handle(call: Call) -> Answer:
        said = await command.handler(
            CommandCall(
                text=call.find("text", str) or "",
                actor=call.actor.name,
                role=call.actor.role,
                squads=call.actor.squads,
                account=call.place.account,
                group=call.place.group,
                member=call.actor.member_id,
                quoted_id=call.quoted,
            )
        )
        return Answer(text=said)

    return handle
