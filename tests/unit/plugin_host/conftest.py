"""A host over a folder of plugins, with everything around it in memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from groupbot.campaign.one_off import Order
from groupbot.chat.alerts import Alert
from groupbot.chat.directory import Directory
from groupbot.core.content import Part, Text
from groupbot.core.policies import Policies
from groupbot.delivery.decide import Go
from groupbot.delivery.guards import Guards
from groupbot.delivery.ports import Draft
from groupbot.delivery.values import Candidate, Diversion
from groupbot.paths import Project
from groupbot.plugin_host.host import Host
from groupbot.plugin_host.loading import files
from groupbot.plugin_host.ports import Faq, Limits, Reached, Services
from groupbot.testing import FakeClock, MemoryPluginStore
from groupbot.testing.events import message
from groupbot.testing.plugin_ports import FakeJobs
from groupbot.testing.plugins import CAMP

QUICK = Limits(
    setup_s=1.5, handler_s=0.4, guard_s=0.4, job_s=0.4, cleanup_s=0.4, settle_s=0.4, patience=3, stalls=2, waiting=20
)
DEADLINE_S = 10.0
HEAD = "import asyncio, sys, time\nfrom groupbot.api import *\n"


@dataclass
class House:
    """A host and what it does to the world. `write` saves a plugin's file, whose body is that of `setup`."""

    root: Path
    limits: Limits = QUICK
    clock: FakeClock = field(default_factory=FakeClock)
    store: MemoryPluginStore = field(default_factory=MemoryPluginStore)
    guards: Guards = field(default_factory=Guards)
    tables: dict[str, dict[str, Any]] = field(default_factory=dict)
    posts: list[Order] = field(default_factory=list)
    alerts: list[Alert] = field(default_factory=list)
    notes: list[tuple[str, str, str]] = field(default_factory=list)
    faqs: dict[str, list[Faq]] = field(default_factory=dict)
    host: Host = field(init=False)

    def write(self, name: str, *lines: str, above: str = "", settings: str = "PluginSettings") -> Path:
        body = "".join(f"    {line}\n" for text in lines for line in text.splitlines()) or "    pass\n"
        text = f"{HEAD}{above}\nasync def setup(ctx):\n{body}\nPLUGIN = Plugin(name={name!r}, setup=setup"
        return self.save(f"{name}.py", f"{text}, settings={settings})\n")

    def save(self, file: str, text: str) -> Path:
        path = self.root / "plugins" / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Host]:
        project = Project(root=self.root, bundled=self.root / "nothing")
        self.jobs = FakeJobs(self.clock)
        services = Services(
            store=self.store,
            jobs=self.jobs,
            orders=self,
            faqs=self,
            conversions=self,
            audit=self,
            alerts=self,
            directory=Directory([CAMP]),
            clock=self.clock,
            guards=self.guards,
            timezone="Asia/Shanghai",
            limits=self.limits,
        )
        self.host = Host(find=lambda: files(project), services=services, tables=self.tables)
        await self.host.open(with_packages=False)
        try:
            yield self.host
        finally:
            async with asyncio.timeout(DEADLINE_S):
                await self.host.close()

    async def hear(self, *texts: str) -> None:
        """Let members write, and wait until every plugin is through."""
        for number, text in enumerate(texts):
            await self.host.handle(message(f"{text}-{number}", text=text))
        async with asyncio.timeout(DEADLINE_S):
            await self.host.drained()

    async def judge(self, text: str = "hello") -> Go | Diversion:
        return await self.guards.check(Draft(candidate=candidate(text, self.clock), now=self.clock.now()))

    def codes(self, plugin: str = "") -> list[str]:
        return [alert.code for alert in self.alerts if plugin in {"", alert.fields["plugin"]}]

    def state(self, plugin: str) -> str:
        return next(view.state for view in self.host.views if view.name == plugin)

    async def kept(self, plugin: str, key: str) -> Any:
        return await self.store.get(plugin, key)

    async def send(self, alert: Alert) -> None:
        self.alerts.append(alert)

    async def submit(self, order: Order) -> bool:
        self.posts.append(order)
        return True

    async def note(self, *, by: str, action: str, detail: str) -> None:
        self.notes.append((by, action, detail))

    async def reached(self, reached: Reached) -> bool:
        raise AssertionError(reached)

    async def of_group(self, group: str) -> list[Faq]:
        return self.faqs.get(group, [])


def candidate(text: str, clock: FakeClock) -> Candidate:
    now = clock.now()
    return Candidate(
        id=1,
        campaign="camp",
        key="a/1/camp-1",
        step="a",
        group="camp-1",
        member=None,
        lane="g:camp-1",
        account="main",
        due=now,
        until=None,
        not_before=now,
        priority=0,
        parts=(Part(content=Text(text=text)),),
        next_part=0,
        attempt=0,
        plan_version=1,
        policies=Policies(),
    )


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


@pytest.fixture
def until() -> Callable[[Callable[[], bool]], Any]:
    async def wait(condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(DEADLINE_S):
            while not condition():  # noqa: ASYNC110 - no event tells it
                await asyncio.sleep(0.01)

    return wait
