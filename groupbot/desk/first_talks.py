"""Stage: where an SOP says something to each newcomer in private, that becomes a task for a person."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from groupbot.campaign.standby import FIRST_TALK
from groupbot.campaign.values import NewTask
from groupbot.chat.directory import Directory
from groupbot.core.content import Part, Text
from groupbot.core.events import AnyEvent, MembersJoined, Person
from groupbot.desk.care_parts import who
from groupbot.desk.running_sops import Run, RunningSops, reader
from groupbot.i18n import _

if TYPE_CHECKING:
    from groupbot.desk.answers_filled import FirstTalk

SINGLY = 10
"""Newcomers of one group, step and hour who are a task each; further ones share one."""
NAMED = 50
"""Newcomers that the shared task names."""


class TalkTasks(Protocol):
    """Where tasks are kept. Raises StoreError."""

    async def add(self, task: NewTask) -> bool:
        """Keep a task; False = it is known."""
        ...

    async def gather(self, task: NewTask, line: str, *, unless: str) -> bool:
        """Keep `task`, or add `line` to it; False = it holds that line, or a task `unless` is known."""
        ...


class FirstTalks:
    """Make the tasks, once for each newcomer, step and group. Who is found late, after a gap, is no newcomer.

    Of a rush, the first few are a task each and the rest is one, told at the end of the hour.
    """

    name = "first-talks"
    limit_s = 30.0

    def __init__(
        self,
        *,
        running: RunningSops,
        directory: Directory,
        tasks: TalkTasks,
        wanted: Callable[[], bool],
        is_staff: Callable[[str, str], bool],
        now: Callable[[], datetime],
    ) -> None:
        self._running = running
        self._directory = directory
        self._tasks = tasks
        self._made: Counter[tuple[str, ...]] = Counter()
        self._hour = ""
        self._wanted = wanted
        self._is_staff = is_staff
        self._now = now

    async def handle(self, event: AnyEvent) -> None:
        """Judge one join. Raises StoreError."""
        if not isinstance(event, MembersJoined) or event.found_late or not self._wanted():
            return
        group = self._directory.get(self._directory.name_of(event.account, event.group))
        if group is None or not group.tells_joins(event.account):
            return
        newcomers = tuple(one for one in event.members if not self._is_staff(event.account, one.id))
        for run in await self._running.all():
            if group.name in run.groups and any(step.trigger is not None for step in run.sop.steps):
                await self._ask(run, group.name, newcomers)

    async def _ask(self, run: Run, name: str, members: tuple[Person, ...]) -> None:
        group = self._directory.get(name)
        talks = list((await reader()).first_talks(run.campaign, run.sop, group))
        for talk in talks:
            for member in members:
                await self._keep(run.campaign.id, talk, name, member)

    async def _keep(self, campaign: str, talk: FirstTalk, group: str, member: Person) -> None:
        now, key = self._now(), f"{FIRST_TALK}{talk.step}/{_seat(group, member.id)}"
        counted = (campaign, talk.step, group)
        if self._count(counted, now) < SINGLY:
            text = _("First talk 1:1 with {name}, new in {group}.")
            text = text.format(name=who(member.name, member.id), group=group)
            task = _task(campaign, talk, group, key=key, text=text, due=now + talk.after)
            self._made[counted] += await self._tasks.add(task)
        elif self._count(counted, now) < SINGLY + NAMED:
            text = _("First talks 1:1 with further newcomers of {group}, at most {n} are named:")
            text = text.format(group=group, n=NAMED)
            shared = f"{FIRST_TALK}{talk.step}/{_seat(group, self._hour)}"
            end = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
            task = _task(campaign, talk, group, key=shared, text=text, due=max(end, now + talk.after))
            line = f"· {who(member.name, member.id)}"
            self._made[counted] += await self._tasks.gather(task, line, unless=key)

    def _count(self, counted: tuple[str, ...], now: datetime) -> int:
        """Return how many were asked for in this hour."""
        hour = f"{now:%Y-%m-%dT%H}"
        if hour != self._hour:
            self._hour = hour
            self._made.clear()
        return self._made[counted]


def _task(campaign: str, talk: FirstTalk, group: str, *, key: str, text: str, due: datetime) -> NewTask:
    return NewTask(
        campaign=campaign,
        key=key,
        step=talk.step,
        text=" ".join(filter(None, (text, talk.task))),
        group=group,
        assignee=talk.assignee,
        due=due,
        parts=(Part(content=Text(text=talk.words)),) if talk.words else (),
    )


def _seat(group: str, member: str) -> str:
    """Name a newcomer in a group without telling who it is: a key is never rewritten."""
    return hashlib.sha256(f"{group}\n{member}".encode()).hexdigest()[:16]
