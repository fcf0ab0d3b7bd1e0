"""/实验: which words, poster or time brings more; judged once, at its end."""

from __future__ import annotations

from groupbot.admin.declare import Answer, Call, Command, Kind, Option, Parameter, Plan
from groupbot.admin.families.phone import page
from groupbot.admin.services import Services
from groupbot.core.roles import Role
from groupbot.i18n import _
from groupbot.tracking.experiments.record import Experiment, Look, State
from groupbot.tracking.experiments.words import horizon_line, state_word

_MOST_OPTIONS = 4


def commands(services: Services) -> tuple[Command, ...]:
    """Return the commands of this family."""
    family = _Experiments(services)
    name = Parameter(name="name", label=_("experiment"))
    return (
        Command(
            path=("实验", "列表"),
            aliases=(("experiment", "list"),),
            parameters=(Parameter(name="campaign", label=_("campaign"), kind=Kind.CAMPAIGN, optional=True),),
            role=Role.OPERATOR,
            changes=False,
            help=_("Lists the experiments: all, or a campaign's."),
            example="/实验 列表",
            handler=family.list,
        ),
        Command(
            path=("实验", "看"),
            aliases=(("experiment", "show"),),
            parameters=(name,),
            role=Role.OPERATOR,
            changes=False,
            help=_("Shows how far an experiment is, or what it showed at its end."),
            example="/实验 看 words",
            handler=family.show,
        ),
        Command(
            path=("实验", "结束"),
            aliases=(("experiment", "end"),),
            parameters=(name,),
            role=Role.OPERATOR,
            plan=family.plan_end,
            help=_("Ends an experiment for good and keeps what it says."),
            example="/实验 结束 words",
            handler=family.end,
        ),
    )


class _Experiments:
    def __init__(self, services: Services) -> None:
        self._services = services

    async def list(self, call: Call) -> Answer:
        found = await self._services.experiments.list(call.find("campaign", str))
        names = [one.design.name for one in found if one.state is not State.ENDED][:_MOST_OPTIONS]
        options = tuple(Option(label=name, line=f"/实验 看 {name}") for name in names)
        return Answer(text=page(map(_line, found)) or _("There is no experiment."), options=options)

    async def show(self, call: Call) -> Answer:
        return Answer(text=_shown(await self._services.experiments.look(call.get("name", str))))

    async def plan_end(self, call: Call) -> Plan:
        """Say how far it is: one that is ended early says nothing."""
        seen = await self._services.experiments.look(call.get("name", str))
        design = seen.experiment.design
        text = _("Ends {name} for good ({progress}).")
        said = text.format(name=design.name, progress=horizon_line(design, seen.progress))
        if not seen.progress.is_over:
            said += " " + _("Its end is not reached: nothing will be said of the variants.")
        return Plan(text=said, reach=frozenset({design.name}))

    async def end(self, call: Call) -> Answer:
        return Answer(text=_shown(await self._services.experiments.end(call.get("name", str))))


def _line(one: Experiment) -> str:
    design = one.design
    pieces = [design.name, design.campaign, " / ".join(design.variants), state_word(one.state)]
    if design.until is not None:
        pieces.append(_("until {day}").format(day=f"{design.until:%m-%d}"))
    return " · ".join(pieces)


def _shown(seen: Look) -> str:
    head = f"{seen.experiment.design.name} · {state_word(seen.experiment.state)}"
    lines = [head, *seen.lines]
    if seen.astray:
        text = _("These groups have another tag than their variant's: {names}.")
        lines.append(text.format(names=" ".join(seen.astray)))
    return page(lines)
