"""/分组: the squads, their leaders, and the groups in which they give commands."""

from __future__ import annotations

from groupbot.admin.declare import Answer, Call, Command, Kind, Option, Parameter, Plan
from groupbot.admin.families.codes import code_lines
from groupbot.admin.families.phone import page
from groupbot.admin.families.written import told
from groupbot.admin.places import PlaceKind
from groupbot.admin.services import Services
from groupbot.admin.words import role_word
from groupbot.core.roles import Role
from groupbot.i18n import _
from groupbot.settings.admin import SquadSettings
from groupbot.settings.editing import AddPerson, AddSquad, Change, LeadSquad


def commands(services: Services) -> tuple[Command, ...]:
    """Return the commands of this family."""
    family = _Squads(services)
    squad = Parameter(name="squad", label=_("squad"), kind=Kind.SQUAD)
    return (
        Command(
            path=("分组", "列表"),
            aliases=(("squad", "list"),),
            role=Role.STAFF,
            changes=False,
            help=_("Lists the squads with leader, chat, and how many groups they have."),
            example="/分组 列表",
            handler=family.list,
        ),
        Command(
            path=("分组", "新建"),
            aliases=(("squad", "new"),),
            parameters=(
                Parameter(name="name", label=_("name")),
                Parameter(name="group", label=_("group"), kind=Kind.GROUP, optional=True),
            ),
            role=Role.OPERATOR,
            plan=family.plan_new,
            help=_("Makes a squad; the group is where its people give commands."),
            example="/分组 新建 south camp-1",
            handler=family.new,
        ),
        Command(
            path=("分组", "组长"),
            aliases=(("squad", "leader"),),
            parameters=(squad, Parameter(name="person", label=_("person"))),
            role=Role.ADMIN,
            places=frozenset({PlaceKind.ADMIN_GROUP, PlaceKind.PRIVATE}),
            plan=family.plan_lead,
            help=_("Gives a squad its leader, and a code to pass on to them."),
            example="/分组 组长 west Mona",
            handler=family.lead,
        ),
        Command(
            path=("分组", "成员"),
            aliases=(("squad", "people"),),
            parameters=(squad,),
            role=Role.STAFF,
            changes=False,
            help=_("Lists a squad's people and groups."),
            example="/分组 成员 east",
            handler=family.people,
        ),
    )


class _Squads:
    def __init__(self, services: Services) -> None:
        self._services = services

    async def list(self, call: Call) -> Answer:
        squads = [squad for squad in self._squads() if _sees(call, squad.name)]
        return Answer(text=page(map(self._line, squads)) or _("There is no squad."))

    async def plan_new(self, call: Call) -> Plan | None:
        """Ask back before the bot begins to listen, and to answer, in a group."""
        group = call.find("group", str)
        if group is None:
            return None
        text = _("In {group} the bot then takes commands and answers, for all to see. It must be no customers' group.")
        return Plan(text=text.format(group=group), reach=frozenset({group}))

    async def new(self, call: Call) -> Answer:
        name, group = call.get("name", str), call.find("group", str) or ""
        holds = await self._services.config.change(AddSquad(name=name, group=group))
        more = (Option(label=_("Its people"), line=f"/分组 成员 {name}"),)
        return Answer(text=told(_("{squad} is a squad now.").format(squad=name), holds=holds), options=more)

    async def plan_lead(self, call: Call) -> Plan:
        squad, person = call.get("squad", str), call.get("person", str)
        text = _("{person} is to lead {squad}: {n} groups.").format(
            person=person, squad=squad, n=len(self._groups(squad))
        )
        before = next((known.leader for known in self._squads() if known.name == squad), "")
        if before not in {"", person}:
            text += " " + _("{person} leads it no longer.").format(person=before)
        if person not in self._services.people.names:
            text += " " + _("Nobody is called {person} yet: they are added.").format(person=person)
        return Plan(text=text, reach=frozenset({person, *self._groups(squad)}))

    async def lead(self, call: Call) -> Answer:
        squad, person = call.get("squad", str), call.get("person", str)
        changes: list[Change] = [] if person in self._services.people.names else [AddPerson(name=person, role="member")]
        if squad not in {known.name for known in self._services.config.in_force.squads}:
            changes.append(AddSquad(name=squad))  # one that only groups named so far
        holds = await self._services.config.change(*changes, LeadSquad(name=squad, leader=person))
        said = told(_("{person} leads {squad} now.").format(person=person, squad=squad), holds=holds)
        lines = await code_lines(self._services, person, call.actor) if holds else ()
        return Answer(text="\n".join((said, *lines)))

    async def people(self, call: Call) -> Answer:
        squad = call.get("squad", str)
        call.require_squads([squad])
        known = [person for person in self._services.people.of_role(Role.STAFF) if squad in person.squads]
        lines = [self._person(person.name, person.role) for person in known]
        groups = _("Groups: {names}").format(names=" ".join(self._groups(squad)) or "—")
        return Answer(text=page((*(lines or [_("{squad} has nobody yet.").format(squad=squad)]), groups)))

    def _person(self, name: str, role: Role) -> str:
        bound = "" if self._services.people.ids_of(name) else _("(has not sent a code yet)")
        return " ".join(filter(None, (name, role_word(role), bound)))

    def _squads(self) -> tuple[SquadSettings, ...]:
        """Return every squad; those that only groups name have neither leader nor chat."""
        known = {squad.name: squad for squad in self._services.config.in_force.squads}
        named = dict.fromkeys(group.squad for group in self._services.directory.groups if group.squad)
        return (*known.values(), *(SquadSettings(name=name) for name in named if name not in known))

    def _line(self, squad: SquadSettings) -> str:
        text = _("{squad}: {leader}, {n} groups").format(
            squad=squad.name, leader=squad.leader or _("no leader"), n=len(self._groups(squad.name))
        )
        return text + (f" · {squad.group}" if squad.group else "")

    def _groups(self, squad: str) -> tuple[str, ...]:
        return tuple(group.name for group in self._services.directory.groups if group.squad == squad)


def _sees(call: Call, squad: str) -> bool:
    return call.actor.role >= Role.OPERATOR or squad in call.actor.squads
