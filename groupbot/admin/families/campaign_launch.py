"""Launching an SOP by chat: asked for in one line, shown with its problems and counts, confirmed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path, PurePath

from groupbot.admin.declare import Answer, Call, Kind, Option, Parameter, Plan
from groupbot.admin.families.campaign_checks import check_lines, next_options
from groupbot.admin.families.phone import page, problem_lines
from groupbot.admin.families.targets import groups_meant
from groupbot.admin.services import Services
from groupbot.campaign.asked import Asked, Foreseen
from groupbot.errors import CampaignError
from groupbot.i18n import _, joined

_GROUPS = 6
_PROBLEMS = 8


def launch_parameters() -> tuple[Parameter, ...]:
    """Return what /活动 启动 takes."""
    return (
        Parameter(name="sop", label=_("SOP")),
        Parameter(name="start", label=_("first day"), kind=Kind.DATE),
        Parameter(name="targets", label=_("squad S, tag T, or groups"), many=True),
        Parameter(name="event", label=_("date and clock"), words=("事件", "event"), optional=True),
        Parameter(name="sets", label=_("name=value,…"), words=("设", "set"), optional=True),
        Parameter(name="roles", label=_("role=account,…"), words=("角色", "role"), optional=True),
        Parameter(name="id", label=_("id"), words=("编号", "id"), optional=True),
        Parameter(name="stagger", label=_("length"), kind=Kind.DURATION, words=("错开", "stagger"), optional=True),
        Parameter(name="wave", label=_("groups at once"), kind=Kind.INT, words=("每批", "wave"), optional=True),
        Parameter(
            name="past",
            label=_("yes"),
            kind=Kind.CHOICE,
            choices=(("跳过", "skip"),),
            words=("已过", "past"),
            optional=True,
        ),
    )


def sop_called(word: str) -> Path:
    """Return the SOP of that name; raises CampaignError for a path that leads elsewhere than to the project's."""
    path = PurePath(word)
    if path.is_absolute() or ".." in path.parts or "\\" in word or ":" in word:
        raise CampaignError(
            _("{sop} is no SOP's name.").format(sop=word), hint=_("Write the name of a file in sops/, e.g. camp-7d.")
        )
    return Path(word)


class Launches:
    """/活动 启动."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def plan(self, call: Call) -> Plan:
        """Return what would be posted to whom. Raises CampaignError with the problems of a launch that can't be."""
        desk = await self._services.desk()
        found = await desk.foresee(self._asked(call))
        if not found.ok:
            raise CampaignError(
                page(problem_lines(found.problems, "error"), _PROBLEMS), hint=_("Nothing was launched.")
            )
        reach = {*found.groups, f"{found.campaign} {found.version}"}
        return Plan(text="\n".join(_shown(found)), reach=frozenset(reach), posts_to=len(found.groups))

    async def launch(self, call: Call) -> Answer:
        """Launch what was shown."""
        desk = await self._services.desk()
        done = await desk.launch(self._asked(call))
        if not done.ok:
            raise CampaignError(page(problem_lines(done.problems, "error"), _PROBLEMS), hint=_("Nothing was launched."))
        text = _("{campaign} runs: {deliveries} deliveries, {tasks} tasks for people.").format(
            campaign=done.campaign, deliveries=done.done.inserted + done.done.moved, tasks=done.tasks
        )
        checks = await desk.checks.checklist(done.campaign)
        options = (
            Option(label=_("What is next"), line=f"/活动 接下来 10 {done.campaign}"),
            Option(label=_("Preview"), line=f"/活动 预览 {done.campaign}"),
            Option(label=_("Pause"), line=f"/活动 暂停 {done.campaign}"),
            *next_options(checks),
        )
        if checks.waits:
            text = _("{campaign} is planned: {deliveries} deliveries, {tasks} tasks for people.").format(
                campaign=done.campaign, deliveries=done.done.inserted + done.done.moved, tasks=done.tasks
            )
        return Answer(text="\n".join((text, *check_lines(checks, str(self._services.zone)))), options=options)

    def _asked(self, call: Call) -> Asked:
        groups = groups_meant(call.get("targets", tuple), self._services)
        call.require(groups)
        return Asked(
            sop=sop_called(call.get("sop", str)),
            start=call.get("start", date),
            event=call.find("event", str),
            names=groups,
            stagger=call.find("stagger", timedelta) or timedelta(),
            wave=call.find("wave", int) or 1,
            sets=_pairs(call.find("sets", str)),
            roles=_pairs(call.find("roles", str)),
            campaign_id=call.find("id", str),
            allow_past=call.find("past", str) is not None,
            by=call.actor.name,
        )


def _pairs(text: str | None) -> Mapping[str, str]:
    """Return a=b,c=d as a table; raises CampaignError for a piece without a value."""
    found: dict[str, str] = {}
    for piece in (text or "").translate(str.maketrans("，、；;", ",,,,")).split(","):
        key, sign, value = piece.partition("=")
        if piece.strip() and not (sign and key.strip()):
            raise CampaignError(_("{piece} has no value.").format(piece=piece), hint=_("Write name=value,name=value."))
        if sign:
            found[key.strip()] = value.strip()
    return found


def _shown(found: Foreseen) -> Iterator[str]:
    """Yield what a launch would do and what to look at before it."""
    names = joined(found.groups[:_GROUPS]) + ("…" if len(found.groups) > _GROUPS else "")
    yield _("Launches {campaign} in {count} groups: {names}").format(
        campaign=found.campaign, count=len(found.groups), names=names
    )
    yield _("It touches {groups} groups and {deliveries} deliveries; {tasks} tasks for people.").format(
        groups=len(found.groups), deliveries=found.deliveries, tasks=found.tasks
    )
    warnings = problem_lines(found.problems, "warning")
    if warnings:
        yield _("Look at ({count}):").format(count=len(warnings))
        yield page(warnings, _PROBLEMS)
