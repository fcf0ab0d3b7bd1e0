"""/风险: complaints that need a person, members who are kept out, and how far the bot goes by itself in a group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from groupbot.admin.declare import Answer, Call, Command, Kind, Option, Parameter, Plan
from groupbot.admin.families.phone import page
from groupbot.admin.families.teaching import teach_quoted
from groupbot.admin.members import MemberView, NoSuchMember
from groupbot.admin.risk_actions import Target
from groupbot.admin.risk_words import entry_line, headline, incident_text, told
from groupbot.admin.services import Services
from groupbot.core.roles import Role
from groupbot.i18n import _, joined
from groupbot.risk.incidents import Incident, IncidentState, Outcome
from groupbot.risk.ladder import Concern
from groupbot.settings.editing import SetRisk

_OBSERVE, _ALERT, _STRICT = "观察", "提醒", "严格"
MODES = {_OBSERVE: "observe", _ALERT: "alert", _STRICT: "strict"}
_HISTORY = 10
_OFFERED = 4


def commands(services: Services) -> tuple[Command, ...]:
    """Return the commands of this family."""
    family = _Risk(services)
    number = Parameter(name="number", label=_("number"), kind=Kind.INT)
    member = Parameter(name="member", label=_("@member, name or id"), kind=Kind.MEMBER)
    choices = tuple((word, name) for word, name in MODES.items())
    return (
        Command(
            path=("风险", "列表"),
            aliases=(("risk", "list"),),
            role=Role.STAFF,
            changes=False,
            help=_("Lists the complaints that are not over, fraud and refund claims first, and who is blocked."),
            example="/风险 列表",
            handler=family.list,
        ),
        Command(
            path=("风险", "查看"),
            aliases=(("risk", "show"),),
            parameters=(number,),
            role=Role.STAFF,
            changes=False,
            help=_("Shows a complaint with its history and the playbook's words."),
            example="/风险 查看 3",
            handler=family.show,
        ),
        Command(
            path=("风险", "确认"),
            aliases=(("risk", "ack"),),
            parameters=(number,),
            role=Role.STAFF,
            help=_("Says that you take care of a complaint; promotional posts that it held go out."),
            example="/风险 确认 3",
            handler=family.acknowledge,
        ),
        Command(
            path=("风险", "结案"),
            aliases=(("risk", "resolve"),),
            parameters=(number,),
            role=Role.STAFF,
            help=_("Closes a complaint."),
            example="/风险 结案 3",
            handler=family.resolve,
        ),
        Command(
            path=("风险", "误报"),
            aliases=(("risk", "wrong"),),
            parameters=(replace(number, optional=True),),
            role=Role.LEADER,
            help=_("Closes a complaint that was none; quoting a message: teaches that it is no advertisement."),
            example="/风险 误报 3",
            handler=family.false_alarm,
        ),
        Command(
            path=("风险", "拉黑"),
            aliases=(("risk", "block"),),
            parameters=(member,),
            role=Role.OPERATOR,
            plan=family.plan_block,
            help=_("Removes a member from every group and keeps them out."),
            example="/风险 拉黑 Ann",
            handler=family.block,
        ),
        Command(
            path=("风险", "解除"),
            aliases=(("risk", "unblock"),),
            parameters=(member,),
            role=Role.OPERATOR,
            help=_("Lets a blocked member in again; nobody is invited by that."),
            example="/风险 解除 Ann",
            handler=family.release,
        ),
        Command(
            path=("风险", "模式"),
            aliases=(("risk", "mode"),),
            parameters=(
                Parameter(name="group", label=_("group"), kind=Kind.GROUP),
                Parameter(name="mode", label=joined(MODES), kind=Kind.CHOICE, choices=choices),
            ),
            role=Role.OPERATOR,
            help=_("Says what is done in a group: nothing, people are asked, or ads are removed and floods warned of."),
            example="/风险 模式 camp-1 提醒",
            handler=family.set_mode,
        ),
    )


class _Risk:
    def __init__(self, services: Services) -> None:
        self._services = services

    async def list(self, call: Call) -> Answer:
        found = [one for one in await self._services.risk.incidents.unresolved() if call.may([one.group])]
        blocked = await self._services.risk.blocked.list() if call.actor.role >= Role.OPERATOR else ()
        ranked = sorted(found, key=lambda one: one.rank)
        lines = [headline(one) for one in ranked] or [_("No complaint is open.")]
        if blocked:
            lines.append(_("Blocked: {names}").format(names=joined(one.name or one.member for one in blocked)))
        waiting = [one for one in ranked if one.state is IncidentState.OPEN][:_OFFERED]
        label = _("I take care of {number}")
        options = [Option(label=label.format(number=one.number), line=f"/风险 确认 {one.number}") for one in waiting]
        return Answer(text=page(lines), options=tuple(options))

    async def show(self, call: Call) -> Answer:
        one = await self._incident(call)
        earlier = len(await self._services.risk.incidents.of_member(one.member)) - 1
        history = [entry_line(entry, self._services.zone) for entry in one.history[-_HISTORY:]]
        return Answer(text="\n".join((incident_text(one, earlier), *history)))

    async def acknowledge(self, call: Call) -> Answer:
        one = await self._incident(call)
        return Answer(text=headline(await self._services.cases.incidents.acknowledge(one.number, call.actor.name)))

    async def resolve(self, call: Call) -> Answer:
        one = await self._incident(call)
        return Answer(text=headline(await self._services.cases.incidents.resolve(one.number, call.actor.name)))

    async def false_alarm(self, call: Call) -> Answer:
        if call.find("number", int) is None:
            return await teach_quoted(self._services, call, Concern.ADS, is_hit=False)
        one = await self._incident(call)
        desk = self._services.cases.incidents
        return Answer(text=headline(await desk.resolve(one.number, call.actor.name, Outcome.FALSE_ALARM)))

    async def plan_block(self, call: Call) -> Plan:
        member = await self._member(call)
        groups = await self._services.cases.actions.groups_of(member.id)
        text = _("Removes {name} from {groups} and keeps them out of every group.")
        named = joined(groups) or _("no group")
        return Plan(text=text.format(name=_name(member), groups=named), reach=frozenset((member.id, *groups)))

    async def block(self, call: Call) -> Answer:
        member = await self._member(call)
        cause = f"{call.event.account}/{call.event.message_id}"
        target = Target(group="", member=member.id, name=_name(member), cause=cause)
        reason = _("by hand")
        done = await self._services.cases.actions.block(target, by=call.actor.name, reason=reason)
        text = _("{name} is blocked, and being removed from {{groups}}.").format(name=_name(member))
        return Answer(text=told(done, text))

    async def release(self, call: Call) -> Answer:
        word = call.get("member", str)
        blocked = await self._services.risk.blocked.list()
        one = next((item for item in blocked if word in {item.member, item.name}), None)
        if one is None or not await self._services.cases.actions.release(one.member):
            raise NoSuchMember(_("Nobody who is blocked is called {name}.").format(name=word), hint="/风险 列表")
        return Answer(text=_("{name} may come in again.").format(name=one.name or one.member))

    async def set_mode(self, call: Call) -> Answer:
        group, word = call.get("group", str), call.get("mode", str)
        call.require([group])
        holds = await self._services.config.change(SetRisk(name=group, risk=MODES[word]))
        text = _("{group}: {mode} from now on.") if holds else _("{group}: {mode}, after a restart.")
        return Answer(text=text.format(group=group, mode=word))

    async def _incident(self, call: Call) -> Incident:
        """Return the incident that is meant; refuse one of another squad."""
        one = await self._services.cases.incidents.get(call.get("number", int))
        call.require([one.group])
        return one

    async def _member(self, call: Call) -> MemberView:
        word = call.get("member", str)
        found: Sequence[MemberView] = await self._services.members.find(word)
        if len(found) != 1:
            text = _("{n} members are called {name}.") if found else _("No member is called {name}.")
            hint = joined(f"{_name(one)} {one.id}" for one in found[:_OFFERED])
            raise NoSuchMember(text.format(n=len(found), name=word), hint=hint)
        return found[0]


def _name(member: MemberView) -> str:
    return member.names[0] if member.names else member.id
