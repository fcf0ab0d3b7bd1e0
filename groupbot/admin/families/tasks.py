"""/任务: what SOPs leave to people."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from groupbot.admin.declare import Answer, Call, Command, Kind, Option, Parameter
from groupbot.admin.families.phone import moment, page
from groupbot.admin.services import Services
from groupbot.campaign.by_hand import files_of, words_of
from groupbot.campaign.values import TaskView
from groupbot.core.roles import Role
from groupbot.i18n import _
from groupbot.reports.tasks import PersonTasks, by_person

MOST = 12
"""Tasks in one list."""
_LONGEST = 60
"""Signs of a task in a list."""
_MOST_OPTIONS = 4


def commands(services: Services) -> tuple[Command, ...]:
    """Return the commands of this family."""
    tasks = _Tasks(services)
    campaign = Parameter(name="campaign", label=_("campaign"), kind=Kind.CAMPAIGN, optional=True)
    number = Parameter(name="number", label=_("number"), kind=Kind.INT)
    return (
        Command(
            path=("任务", "我的"),
            aliases=(("task", "mine"),),
            role=Role.STAFF,
            changes=False,
            help=_("Lists your open tasks."),
            example="/任务 我的",
            handler=tasks.mine,
        ),
        Command(
            path=("任务", "列表"),
            aliases=(("task", "list"),),
            parameters=(campaign,),
            role=Role.STAFF,
            changes=False,
            help=_("Lists open tasks by time: all, or a campaign's."),
            example="/任务 列表",
            handler=tasks.list,
        ),
        Command(
            path=("任务", "看"),
            aliases=(("task", "show"),),
            parameters=(number,),
            role=Role.STAFF,
            changes=False,
            help=_("Shows one task with words and files ready to copy."),
            example="/任务 看 17",
            handler=tasks.show,
        ),
        Command(
            path=("任务", "完成"),
            aliases=(("task", "done"),),
            parameters=(number,),
            role=Role.STAFF,
            help=_("Ticks a task off: you did it."),
            example="/任务 完成 17",
            handler=tasks.complete,
        ),
        Command(
            path=("任务", "顺延"),
            aliases=(("task", "later"),),
            parameters=(number, Parameter(name="by", label=_("how long"), kind=Kind.DURATION)),
            role=Role.STAFF,
            help=_("Puts a task off, counted from now."),
            example="/任务 顺延 17 30分钟",
            handler=tasks.postpone,
        ),
        Command(
            path=("任务", "报告"),
            aliases=(("task", "report"),),
            parameters=(campaign,),
            role=Role.STAFF,
            changes=False,
            help=_("Tells by person what is done, was late, and is open."),
            example="/任务 报告",
            handler=tasks.report,
        ),
    )


class _Tasks:
    def __init__(self, services: Services) -> None:
        self._services = services

    async def mine(self, call: Call) -> Answer:
        found = [task for task in await self._services.tasks.open() if task.assignee == call.actor.name]
        return self._listed(found, _("You have no open tasks."))

    async def list(self, call: Call) -> Answer:
        found = await self._services.tasks.open(call.find("campaign", str))
        return self._listed([task for task in found if _sees(call, task)], _("No task is open."))

    async def show(self, call: Call) -> Answer:
        task = await self._task(call)
        text = "\n\n".join(filter(None, (self._line(task), task.text, words_of(task.parts))))
        return Answer(text=text, files=files_of(task.parts))

    async def complete(self, call: Call) -> Answer:
        task = await self._services.tasks.complete((await self._task(call)).name, by=call.actor.name)
        return Answer(text=_("Done by {name}: {task}").format(name=task.done_by, task=task.text))

    async def postpone(self, call: Call) -> Answer:
        due = self._services.clock.now() + call.get("by", timedelta)
        task = await self._services.tasks.postpone((await self._task(call)).name, due)
        return Answer(text=_("Put off: {task}").format(task=self._line(task)))

    async def report(self, call: Call) -> Answer:
        found = [task for task in await self._services.tasks.every(call.find("campaign", str)) if _sees(call, task)]
        rows = by_person(found, self._services.clock.now())
        return Answer(text=page(map(_told, rows)) if rows else _("There are no tasks."))

    async def _task(self, call: Call) -> TaskView:
        """Return the task that is meant; refuse one of other people in other squads."""
        task = await self._services.tasks.numbered(call.get("number", int))
        if task.assignee != call.actor.name:
            call.require([task.group or ""])
        return task

    def _listed(self, tasks: Iterable[TaskView], nothing: str) -> Answer:
        tasks = tuple(tasks)
        if not tasks:
            return Answer(text=nothing)
        options = tuple(
            Option(label=_("#{number} done").format(number=task.number), line=f"/任务 完成 {task.number}")
            for task in tasks[:_MOST_OPTIONS]
        )
        return Answer(text=page(map(self._line, tasks), MOST), options=options)

    def _line(self, task: TaskView) -> str:
        due = moment(task.due, self._services.zone) if task.due else ""
        text = " ".join(task.text.split())
        short = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
        return " ".join(filter(None, (f"#{task.number}", due, task.group, task.assignee, short)))


def _sees(call: Call, task: TaskView) -> bool:
    return task.assignee == call.actor.name or call.may([task.group or ""])


def _told(row: PersonTasks) -> str:
    text = _("{name}: {done} done ({late} late), {open} open ({overdue} overdue)")
    return text.format(name=row.name or _("nobody"), done=row.done, late=row.late, open=row.open, overdue=row.overdue)
