"""Stage: where an SOP says something to each newcomer in private, that becomes a task for a person."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from datetime import datetime

from groupbot.campaign.standby import FIRST_TALK
from groupbot.campaign.values import NewTask
from groupbot.chat.directory import Directory
from groupbot.core.content import Part, Text
from groupbot.core.events import AnyEvent, MembersJoined, Person
from groupbot.desk.care_parts import who
from groupbot.desk.running_sops import Run, RunningSops, reader
from groupbot.i18n import _

Add = Callable[[NewTask], Awaitable[bool]]
"""Keep a task; False = it is known."""


class FirstTalks:
    """Make the tasks, once for each newcomer, step and group. Who is found late, after a gap, is no newcomer."""

    name = "first-talks"
    limit_s = 30.0

    def __init__(
        self,
        *,
        running: RunningSops,
        directory: Directory,
        add: Add,
        wanted: Callable[[], bool],
        now: Callable[[], datetime],
    ) -> None:
        self._running = running
        self._directory = directory
        self._add = add
        self._wanted = wanted
        self._now = now

    async def handle(self, event: AnyEvent) -> None:
        """Judge one join. Raises StoreError."""
        if not isinstance(event, MembersJoined) or event.found_late or not self._wanted():
            return
        group = self._directory.get(self._directory.name_of(event.account, event.group))
        if group is None or group.account != event.account:
            return
        for run in await self._running.all():
            if group.name in run.groups and any(step.trigger is not None for step in run.sop.steps):
                await self._ask(run, group.name, event.members)

    async def _ask(self, run: Run, name: str, members: tuple[Person, ...]) -> None:
        group = self._directory.get(name)
        talks = list((await reader()).first_talks(run.campaign, run.sop, group))
        for talk in talks:
            for member in members:
                called = who(member.name, member.id)
                text = _("First talk 1:1 with {name}, new in {group}.").format(name=called, group=name)
                task = NewTask(
                    campaign=run.campaign.id,
                    key=f"{FIRST_TALK}{talk.step}/{_seat(name, member.id)}",
                    step=talk.step,
                    text=" ".join(filter(None, (text, talk.task))),
                    group=name,
                    assignee=talk.assignee,
                    due=self._now() + talk.after,
                    parts=(Part(content=Text(text=talk.words)),) if talk.words else (),
                )
                await self._add(task)


def _seat(group: str, member: str) -> str:
    """Name a newcomer in a group without telling who it is: a key is never rewritten."""
    return hashlib.sha256(f"{group}\n{member}".encode()).hexdigest()[:16]
