"""A plugin in a test: set up as the daemon does it, fed by hand, its posts, alerts and kept values to be looked at."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from groupbot.campaign.one_off import Order
from groupbot.chat.alerts import Alert, Severity
from groupbot.chat.directory import Directory, Group
from groupbot.core.content import Content, Part, Text
from groupbot.core.events import Event, MembersJoined, MembersLeft, MessageReceived, Person
from groupbot.core.findings import Finding
from groupbot.core.policies import Policies
from groupbot.core.roles import Role
from groupbot.core.verdicts import ALLOW, Allow, Verdict
from groupbot.delivery.guards import Guards
from groupbot.delivery.ports import Draft
from groupbot.delivery.values import Candidate
from groupbot.plugin_host.auditing import Logged
from groupbot.plugin_host.errors import PluginError
from groupbot.plugin_host.host import Host
from groupbot.plugin_host.loading import Code, FileSource, Source
from groupbot.plugin_host.ports import Faq, Limits, Reached, Services
from groupbot.plugin_host.values import CommandCall, Plugin, PluginView
from groupbot.testing.clock import FakeClock
from groupbot.testing.plugin_ports import FakeJobs, MemoryPluginStore

CAMP = Group(name="camp-1", account="main", ids={"main": "r1"})
"""The group that there is unless a test names others: `camp-1`, whose id on the platform is `r1`."""
PATIENCE_S = 20.0
"""Real seconds that a test waits at most for its plugin."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ValueSource:
    """`plugin_host.loading.Source` of a plugin that a test wrote in place."""

    plugin: Plugin

    @property
    def origin(self) -> str:
        return self.plugin.name

    def digest(self) -> str:
        return str(id(self.plugin))

    def load(self) -> Code:
        return Code(plugin=self.plugin, place=self.plugin.setup.__code__.co_filename)


@dataclass
class PluginKit:
    """What a test does with its plugin.

    `posts`: what the plugin ordered, oldest first; `alerts`: what people were told; `store`: what it keeps.
    `conversions`: what it counted, each key once, the newest values.
    """

    host: Host
    clock: FakeClock
    directory: Directory
    guards: Guards
    jobs: FakeJobs
    store: MemoryPluginStore = field(default_factory=MemoryPluginStore)
    faqs: dict[str, list[Faq]] = field(default_factory=dict)
    posts: list[Order] = field(default_factory=list)
    alerts: list[Alert] = field(default_factory=list)
    conversions: list[Reached] = field(default_factory=list)
    strict: bool = True
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def texts(self) -> list[str]:
        """The words of every post, in order."""
        return [part.content.text for post in self.posts for part in post.parts if isinstance(part.content, Text)]

    @property
    def view(self) -> PluginView:
        """How the plugin stands."""
        return self.host.views[0]

    async def say(self, group: str | None, member: str, text: str, **more: Any) -> None:
        """Let a member write in `group` (its name in config.toml), or in private (None)."""
        account, chat_id = self._seat(group)
        number = next(self._numbers)
        await self.send(
            MessageReceived(
                account=account,
                event_id=f"message-{number}",
                at=self.clock.now(),
                group=chat_id,
                sender=_person(member),
                message_id=f"m{number}",
                text=text,
                **more,
            )
        )

    async def join(self, group: str, *members: str, found_late: bool = False) -> None:
        """Let members come into a group."""
        account, chat_id = self._seat(group)
        await self.send(
            MembersJoined(
                account=account,
                event_id=f"join-{next(self._numbers)}",
                at=self.clock.now(),
                group=chat_id or "",
                members=tuple(map(_person, members)),
                found_late=found_late,
            )
        )

    async def leave(self, group: str, *members: str) -> None:
        """Let members go."""
        account, chat_id = self._seat(group)
        people = tuple(map(_person, members))
        number = next(self._numbers)
        await self.send(
            MembersLeft(
                account=account, event_id=f"leave-{number}", at=self.clock.now(), group=chat_id or "", members=people
            )
        )

    async def send(self, event: Event) -> None:
        """Let any event happen, and wait until the plugin is through with it."""
        await self.host.offer(event)
        async with asyncio.timeout(PATIENCE_S):
            await self.host.drained()
        self._complain()

    async def advance(self, seconds: float) -> None:
        """Let time pass; jobs run at their instants."""
        await self.jobs.advance(seconds)
        self._complain()

    async def check(self, content: Content | str, *, group: str = "camp-1", campaign: str = "camp") -> Verdict:
        """Return what the plugin's guards say about a post: the first verdict that is not Allow. Raises CallFailed."""
        draft = Draft(candidate=self._candidate(content, group, campaign), now=self.clock.now())
        for guard in self.guards.present:
            verdict = await guard.check(draft)
            if not isinstance(verdict, Allow):
                return verdict
        return ALLOW

    async def find(self, text: str) -> tuple[Finding, ...]:
        """Return what the plugin finds in a message."""
        number = next(self._numbers)
        found = await self.host.findings(
            MessageReceived(
                account="main",
                event_id=f"message-{number}",
                at=self.clock.now(),
                group="r1",
                sender=_person("ann"),
                message_id=f"m{number}",
                text=text,
            )
        )
        self._complain()
        return found

    async def command(self, name: str, text: str = "", *, role: Role = Role.OWNER, actor: str = "boss") -> str:
        """Return the answer to a command of the plugin. Raises PluginError for a failure, KeyError for no command."""
        commands = {known: one for one in self.host.commands for known in (one.name, *one.aliases)}
        return await commands[name].handler(
            CommandCall(text=text, actor=actor, role=role, account="main", member=actor)
        )

    async def reload(self, settings: Mapping[str, Any]) -> None:
        """Take other settings up, as when config.toml was edited."""
        self.host.tables = {self.view.name: settings}
        await self.host.look()
        self._complain()

    def _seat(self, group: str | None) -> tuple[str, str | None]:
        if group is None:
            return "main", None
        found = self.directory.get(group)
        if found is None:
            raise KeyError(group)
        return found.account, found.ids[found.account]

    def _candidate(self, content: Content | str, group: str, campaign: str) -> Candidate:
        part = Part(content=Text(text=content) if isinstance(content, str) else content)
        now = self.clock.now()
        return Candidate(
            id=1,
            campaign=campaign,
            key=f"step/{now:%Y-%m-%d}.0/{group}",
            step="step",
            group=group,
            member=None,
            lane=f"g:{group}",
            account=self._seat(group)[0],
            due=now,
            until=None,
            not_before=now,
            priority=0,
            parts=(part,),
            next_part=0,
            attempt=0,
            plan_version=1,
            policies=Policies(),
        )

    def _complain(self) -> None:
        """Fail the test for what the daemon would have told people about, unless it is not `strict`."""
        told = [alert.text for alert in self.alerts if alert.severity is not Severity.INFO]
        if self.strict and told:
            raise AssertionError("; ".join(told))


class _World:
    """The ports that are only written to, and the FAQ."""

    def __init__(self, faqs: Mapping[str, Sequence[Faq]]) -> None:
        self.posts: list[Order] = []
        self.alerts: list[Alert] = []
        self.conversions: list[Reached] = []
        self.faqs = {group: list(rows) for group, rows in faqs.items()}

    async def submit(self, order: Order) -> bool:
        if any(known.key == order.key for known in self.posts):
            return False
        self.posts.append(order)
        return True

    async def send(self, alert: Alert) -> None:
        self.alerts.append(alert)

    async def reached(self, reached: Reached) -> bool:
        if reached in self.conversions:
            return False
        self.conversions[:] = [one for one in self.conversions if one.key != reached.key]
        self.conversions.append(reached)
        return True

    async def of_group(self, group: str) -> Sequence[Faq]:
        return self.faqs.get(group, ())


@asynccontextmanager
async def run_plugin(
    plugin: Plugin | Path,
    settings: Mapping[str, Any] | None = None,
    *,
    groups: Iterable[Group] = (CAMP,),
    faqs: Mapping[str, Sequence[Faq]] | None = None,
    clock: FakeClock | None = None,
    store: MemoryPluginStore | None = None,
    limits: Limits | None = None,
    strict: bool = True,
) -> AsyncIterator[PluginKit]:
    """Set `plugin` up with `settings`, and unload it at the end of the block.

    With `strict`, whatever the daemon would tell people about fails the test. Raises PluginError when the plugin can't
    be set up, with the reason.
    """
    world, clock, store = _World(faqs or {}), clock or FakeClock(), store or MemoryPluginStore()
    directory, guards, jobs = Directory(groups), Guards(), FakeJobs(clock)
    services = Services(
        store=store,
        jobs=jobs,
        orders=world,
        faqs=world,
        conversions=world,
        audit=Logged(),
        alerts=world,
        directory=directory,
        clock=clock,
        guards=guards,
        timezone="Asia/Shanghai",
        limits=limits or Limits(),
    )
    source: Source = ValueSource(plugin=plugin) if isinstance(plugin, Plugin) else FileSource(path=Path(plugin))
    name = plugin.name if isinstance(plugin, Plugin) else await asyncio.to_thread(_name_in, source)
    tables = {name: dict(settings)} if settings else {}
    host = Host(find=lambda: {source.origin: source}, services=services, tables=tables)
    kit = PluginKit(
        host=host,
        clock=clock,
        directory=directory,
        guards=guards,
        jobs=jobs,
        store=store,
        faqs=world.faqs,
        posts=world.posts,
        alerts=world.alerts,
        conversions=world.conversions,
        strict=strict,
    )
    await host.open(with_packages=False)
    try:
        if kit.view.state == "failed":
            raise PluginError(kit.view.detail)
        yield kit
    finally:
        await host.close()
    kit._complain()  # noqa: SLF001 - what went wrong in the unload


def _name_in(source: Source) -> str:
    code = source.load()
    code.forget()
    return code.plugin.name


def _person(member: str) -> Person:
    return Person(id=member, name=member.capitalize())
