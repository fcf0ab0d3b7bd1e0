"""/帮助, /状态, /认领: what everybody who gives commands needs first."""

from __future__ import annotations

from groupbot.admin.declare import Answer, Call, Command, Kind, Option, Parameter
from groupbot.admin.folding import alike
from groupbot.admin.places import STAFFED, PlaceKind
from groupbot.admin.rights import Granted, decide
from groupbot.admin.services import Services
from groupbot.admin.words import details, family, overview, role_word, state_word
from groupbot.core.roles import Role
from groupbot.i18n import _


def commands(services: Services) -> tuple[Command, ...]:
    """Return the commands of this family."""
    system = _System(services)
    return (
        Command(
            path=("帮助",),
            aliases=(("help",), ("菜单",)),
            parameters=(Parameter(name="about", label=_("command"), kind=Kind.REST, optional=True),),
            role=Role.STAFF,
            changes=False,
            help=_("Shows what you may do here."),
            example="/帮助 状态",
            handler=system.help,
        ),
        Command(
            path=("状态",),
            aliases=(("status",),),
            role=Role.STAFF,
            changes=False,
            help=_("Shows accounts, and what waits for a person."),
            example="/状态",
            handler=system.status,
        ),
        Command(
            path=("认领",),
            aliases=(("claim",),),
            parameters=(Parameter(name="code", label=_("claim code"), secret=True),),
            role=Role.MEMBER,
            places=STAFFED - {PlaceKind.ADMIN_GROUP},
            for_strangers=True,
            help=_("Binds your chat id to your name, by a code from `groupbot people code`."),
            example="/认领 7H2KQ9XWMR",
            handler=system.claim,
        ),
    )


class _System:
    def __init__(self, services: Services) -> None:
        self._services = services

    async def help(self, call: Call) -> Answer:
        here = [item for item in self._services.registry.commands if _may(item, call)]
        about = str(call.arguments.get("about", "")).lstrip("/／")
        if not about:
            return Answer(text=overview(here))
        one = self._services.registry.find(about)
        if one in here:
            return Answer(text=details(one))
        several = [item for item in here if any(alike(about) in map(alike, name) for name in item.names)]
        if several:
            return Answer(text=family(several) if len(several) > 1 else details(several[0]))
        return Answer(text=_("There is no such command here."), options=(Option(label=_("All"), line="/帮助"),))

    async def status(self, _call: Call) -> Answer:
        now = await self._services.system.standing()
        lines = [" ".join(filter(None, (item.name, state_word(item.state), item.detail))) for item in now.accounts]
        lines.append(_("Held: {held} · unknown outcome: {unknown}").format(held=now.held, unknown=now.unknown))
        return Answer(text="\n".join(lines))

    async def claim(self, call: Call) -> Answer:
        actor = await self._services.claims.redeem(call.get("code", str), call.actor)
        text = _("You are {name} now: {role}. /帮助 shows what you may do.")
        return Answer(text=text.format(name=actor.name, role=role_word(actor.role)))


def _may(command: Command, call: Call) -> bool:
    return isinstance(decide(command, call.actor, call.place), Granted) and not command.for_strangers
