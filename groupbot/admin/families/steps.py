"""/步骤: one step of a running campaign: another time, other words, left out, at once, or once more."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from groupbot.admin.declare import Answer, Call, Command, Kind, Option, Parameter, Plan
from groupbot.admin.families.phone import counted, moment, page
from groupbot.admin.families.proposing import Edits, Propose
from groupbot.admin.families.targets import visible
from groupbot.admin.operator_desk import OperatorDesk
from groupbot.admin.services import Services
from groupbot.campaign.asked import Ask
from groupbot.core.roles import Role
from groupbot.delivery.values import DeliveryView, State
from groupbot.errors import CampaignError
from groupbot.i18n import _

if TYPE_CHECKING:
    from groupbot.campaign.proposal import Proposal


def campaign_parameter(*, optional: bool = False) -> Parameter:
    """Return the parameter that names a campaign."""
    return Parameter(name="campaign", label=_("campaign"), kind=Kind.CAMPAIGN, optional=optional)


def force_parameter() -> Parameter:
    """Return the parameter that lets an edit change what is near its time."""
    choices = (("是", "yes"),)
    return Parameter(
        name="force", label=_("yes"), kind=Kind.CHOICE, words=("强制", "force"), choices=choices, optional=True
    )


def commands(services: Services) -> tuple[Command, ...]:
    """Return the commands of this family."""
    steps = _Steps(services)
    campaign, force = campaign_parameter(), force_parameter()
    step = Parameter(name="step", label=_("step"), kind=Kind.STEP)
    at = Parameter(name="at", label=_("time"), kind=Kind.REST)
    text = Parameter(name="text", label=_("words"), kind=Kind.REST)
    return (
        Command(
            path=("步骤", "列表"),
            aliases=(("step", "list"),),
            parameters=(campaign,),
            role=Role.STAFF,
            changes=False,
            help=_("Lists the steps of a campaign and how each stands."),
            example="/步骤 列表 camp-20260518",
            handler=steps.list,
        ),
        _edit(
            services,
            ("改时间", "move"),
            (campaign, step, force, at),
            help_=_("Gives a step another time, as an SOP writes it."),
            example="/步骤 改时间 camp-20260518 quiz 第3天 晚8点半",
            propose=_move,
        ),
        _edit(
            services,
            ("改话术", "reword"),
            (campaign, step, force, text),
            help_=_("Gives a step other words."),
            example="/步骤 改话术 camp-20260518 quiz 今晚的问题是：你想改变什么？",
            propose=_reword,
        ),
        _edit(
            services,
            ("跳过", "skip"),
            (campaign, step, force),
            help_=_("Leaves a step out from now on."),
            example="/步骤 跳过 camp-20260518 quiz",
            propose=_skip,
        ),
        _edit(
            services,
            ("立即发送", "now"),
            (campaign, step),
            help_=_("Posts a step at once where it has not been posted yet."),
            example="/步骤 立即发送 camp-20260518 quiz",
            propose=_send_now,
        ),
        Command(
            path=("步骤", "补发"),
            aliases=(("step", "resend"),),
            parameters=(campaign, step, Parameter(name="group", label=_("group"), kind=Kind.GROUP)),
            role=Role.LEADER,
            plan=steps.plan_resend,
            help=_("Posts a step once more to one group."),
            example="/步骤 补发 camp-20260518 quiz camp-1",
            handler=steps.resend,
        ),
    )


def _edit(
    services: Services,
    names: tuple[str, str],
    parameters: tuple[Parameter, ...],
    *,
    help_: str,
    example: str,
    propose: Propose,
) -> Command:
    edits = Edits(services, propose)
    return Command(
        path=("步骤", names[0]),
        aliases=(("step", names[1]),),
        parameters=parameters,
        role=Role.OPERATOR,
        plan=edits.plan,
        help=help_,
        example=example,
        handler=edits.apply,
    )


def ask_of(call: Call) -> Ask:
    """Return who wants to change which campaign."""
    forced = call.find("force", str) is not None
    return Ask(campaign=call.get("campaign", str), by=call.actor.name, force_locked=forced)


async def _move(desk: OperatorDesk, call: Call) -> Proposal:
    return await desk.move(ask_of(call), call.get("step", str), call.get("at", str))


async def _reword(desk: OperatorDesk, call: Call) -> Proposal:
    return await desk.reword(ask_of(call), call.get("step", str), call.get("text", str))


async def _skip(desk: OperatorDesk, call: Call) -> Proposal:
    return await desk.skip(ask_of(call), call.get("step", str))


async def _send_now(desk: OperatorDesk, call: Call) -> Proposal:
    return await desk.send_now(ask_of(call), call.get("step", str))


def step_lines(rows: tuple[DeliveryView, ...]) -> list[str]:
    """Return a line for each time of each step: when, which, and how many groups are in which state."""
    states: dict[tuple[str, str], Counter[State]] = {}
    for row in rows:
        states.setdefault((moment(row.due, row.timezone), row.step), Counter())[row.state] += 1
    return [f"{at} {step} · {counted(found)}" for (at, step), found in states.items()]


class _Steps:
    def __init__(self, services: Services) -> None:
        self._services = services

    async def list(self, call: Call) -> Answer:
        desk, campaign = await self._services.desk(), call.get("campaign", str)
        seen = visible(call, self._services)
        rows = await desk.deliveries(campaign)
        mine = tuple(row for row in rows if seen is None or row.group in seen)
        now = self._services.clock.now()
        ahead = [row for row in mine if row.due >= now]
        lines = step_lines(tuple(ahead) or mine)
        past = (
            _("{n} deliveries were due before.").format(n=len(mine) - len(ahead))
            if ahead and mine != tuple(ahead)
            else ""
        )
        options = (Option(label=_("Today"), line=f"/活动 今天 {campaign}"),)
        return Answer(text=page(filter(None, (past, *lines))) or _("There is nothing."), options=options)

    async def plan_resend(self, call: Call) -> Plan:
        group = call.get("group", str)
        call.require([group])
        desk, step = await self._services.desk(), call.get("step", str)
        rows = await desk.deliveries(call.get("campaign", str))
        if not any(row.step == step and row.group == group for row in rows):
            raise CampaignError(_("{group} has no delivery of {step}.").format(group=group, step=step))
        text = _("Posts {step} once more to {group}, in the words that it had there.")
        return Plan(text=text.format(step=step, group=group), reach=frozenset({group}), posts_to=1)

    async def resend(self, call: Call) -> Answer:
        group = call.get("group", str)
        call.require([group])
        desk, step = await self._services.desk(), call.get("step", str)
        await desk.resend(call.get("campaign", str), step, group)
        return Answer(text=_("{step} goes out to {group} again.").format(step=step, group=group))
