"""/人员: who may give commands, and by which chat ids they are known."""

from __future__ import annotations

from groupbot.admin.declare import Answer, Call, Command, Kind, Option, Parameter, Plan
from groupbot.admin.families.codes import code_lines, issued
from groupbot.admin.families.phone import page
from groupbot.admin.families.written import told
from groupbot.admin.people import require_above
from groupbot.admin.places import PlaceKind
from groupbot.admin.services import Services
from groupbot.admin.words import role_word
from groupbot.core.roles import NAMES, Role
from groupbot.i18n import _, joined, ngettext
from groupbot.settings.editing import AddPerson

_AMONG_US = frozenset({PlaceKind.ADMIN_GROUP, PlaceKind.PRIVATE})
"""Where codes may be seen."""
_ROLES = (
    ("成员", "member"),
    ("助理", "staff"),
    ("组长", "leader"),
    ("运营", "operator"),
    ("管理员", "admin"),
    ("负责人", "owner"),
)
_ROLE = dict(_ROLES)


def commands(services: Services) -> tuple[Command, ...]:
    """Return the commands of this family."""
    family = _Folk(services)
    person = Parameter(name="person", label=_("person"), kind=Kind.PERSON)
    return (
        Command(
            path=("人员", "列表"),
            aliases=(("people", "list"),),
            role=Role.OPERATOR,
            changes=False,
            help=_("Lists who may give commands, and who is known by their chat id."),
            example="/人员 列表",
            handler=family.list,
        ),
        Command(
            path=("人员", "新增"),
            aliases=(("people", "add"),),
            parameters=(
                Parameter(name="name", label=_("name")),
                Parameter(name="role", label=_("role"), kind=Kind.CHOICE, choices=_ROLES),
                Parameter(name="squad", label=_("squad"), kind=Kind.SQUAD, words=("分组", "squad")),
            ),
            role=Role.ADMIN,
            places=_AMONG_US,
            plan=family.plan_add,
            help=_("Adds a person, and gives a code to pass on to them."),
            example="/人员 新增 Rita 助理 分组=east",
            handler=family.add,
        ),
        Command(
            path=("人员", "认领码"),
            aliases=(("people", "code"),),
            parameters=(person,),
            role=Role.ADMIN,
            places=_AMONG_US,
            help=_("Gives a new code by which a person binds their chat id; an earlier one is void."),
            example="/人员 认领码 Mona",
            handler=family.code,
        ),
        Command(
            path=("人员", "撤销"),
            aliases=(("people", "forget"),),
            parameters=(person,),
            role=Role.ADMIN,
            plan=family.plan_forget,
            help=_("Takes away the chat ids that codes bound to a person: they can give no more commands."),
            example="/人员 撤销 Mona",
            handler=family.forget,
        ),
    )


class _Folk:
    def __init__(self, services: Services) -> None:
        self._services = services

    async def list(self, _call: Call) -> Answer:
        people = self._services.people
        known = sorted((people.get(name) for name in people.names), key=lambda one: -one.role)
        lines = []
        for one in known:
            on = joined(people.ids_of(one.name)) or _("(has not sent a code yet)")
            lines.append(" ".join(filter(None, (one.name, role_word(one.role), joined(sorted(one.squads)), on))))
        return Answer(text=page(lines))

    async def plan_add(self, call: Call) -> Plan:
        name, role = call.get("name", str), _role(call)
        require_above(call.actor, role, name)
        text = _("{name} is to be {role} and may then give commands.").format(name=name, role=role_word(role))
        return Plan(text=text, reach=frozenset({name}))

    async def add(self, call: Call) -> Answer:
        name, role, squad = call.get("name", str), _role(call), call.find("squad", str)
        require_above(call.actor, role, name)
        change = AddPerson(name=name, role=role.name.lower(), squads=(squad,) if squad else ())
        holds = await self._services.config.change(change)
        said = told(_("{name} is {role} now.").format(name=name, role=role_word(role)), holds=holds)
        lines = await code_lines(self._services, name, call.actor) if holds else ()
        return Answer(text="\n".join((said, *lines)))

    async def code(self, call: Call) -> Answer:
        return Answer(text="\n".join(await issued(self._services, call.get("person", str), call.actor)))

    async def plan_forget(self, call: Call) -> Plan:
        name = call.get("person", str)
        require_above(call.actor, self._services.people.get(name).role, name)
        text = _("{name} can give no more commands by a bound id, and open codes are void.")
        return Plan(text=text.format(name=name), reach=frozenset({name}))

    async def forget(self, call: Call) -> Answer:
        name = call.get("person", str)
        count = await self._services.people.forget(name, by=call.actor)
        text = ngettext("{n} id of {name} is forgotten.", "{n} ids of {name} are forgotten.", count)
        said = [text.format(n=count, name=name)]
        if left := self._services.people.ids_of(name):
            said.append(_("config.toml still names their id on {accounts}.").format(accounts=joined(left)))
        more = Option(label=_("A new code"), line=f"/人员 认领码 {name}")
        return Answer(text="\n".join(said), options=(more,))


def _role(call: Call) -> Role:
    return NAMES[_ROLE[call.get("role", str)]]
