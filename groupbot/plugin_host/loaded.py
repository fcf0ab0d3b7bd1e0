"""A plugin that is set up, or is being set up: what it registered, and the context through which it did."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from loguru import logger

from groupbot.campaign.one_off import Order, order_key
from groupbot.chat.directory import Group
from groupbot.core.content import Part
from groupbot.core.events import Event
from groupbot.core.findings import Finding
from groupbot.core.policies import Policies, UnknownThen
from groupbot.core.roles import Role
from groupbot.core.verdicts import Verdict
from groupbot.errors import GroupbotError
from groupbot.i18n import _
from groupbot.plugin_host.context import E, Groups
from groupbot.plugin_host.errors import CallFailed, PluginError
from groupbot.plugin_host.exact import exact
from groupbot.plugin_host.guarding import Overrides, PluginGuard
from groupbot.plugin_host.handlers import Handler, name_of
from groupbot.plugin_host.ports import Faq, KeyValues, Reached, Services
from groupbot.plugin_host.schedules import Schedule, parse_schedule
from groupbot.plugin_host.tasks import Tasks, outside
from groupbot.plugin_host.troubles import Troubles
from groupbot.plugin_host.values import (
    EVERYWHERE,
    Check,
    CommandCall,
    CommandHandler,
    Find,
    GuardScope,
    Job,
    Plugin,
    PluginCommand,
    PluginSettings,
    Post,
)

if TYPE_CHECKING:
    from loguru import Logger


@dataclass(kw_only=True, slots=True, eq=False)
class Loaded:
    """One version of a plugin with everything that it registered."""

    plugin: Plugin
    tasks: Tasks
    events: list[tuple[type[Event], Handler[None]]] = field(default_factory=list)
    guards: dict[str, tuple[PluginGuard, GuardScope]] = field(default_factory=dict)
    inspectors: list[Handler[list[Finding]]] = field(default_factory=list)
    jobs: list[tuple[Schedule, Handler[None]]] = field(default_factory=list)
    commands: dict[str, PluginCommand] = field(default_factory=dict)
    handlers: list[Handler[Any]] = field(default_factory=list)
    stack: AsyncExitStack = field(default_factory=AsyncExitStack)
    """Undoes everything but the guards, which `Slot` takes away when all else was undone."""
    is_open: bool = True
    """Whether set-up is under way, in which alone things are registered."""
    is_clean: bool = True
    """Whether nothing went wrong in its unload so far."""

    @property
    def resting(self) -> tuple[str, ...]:
        """Names of the handlers that are not called any more."""
        return tuple(handler.name for handler in self.handlers if handler.is_resting)


class Context:
    """`plugin_host.context.PluginContext`, writing into a `Loaded`."""

    def __init__(
        self, loaded: Loaded, settings: PluginSettings, services: Services, overrides: Overrides, troubles: Troubles
    ) -> None:
        self._loaded = loaded
        self._services = services
        self._overrides = overrides
        self._troubles = troubles
        self.settings = settings
        self.store = PluginStore(loaded.plugin.name, services.store)
        self.timezone = services.timezone
        self.log: Logger = logger.bind(plugin=loaded.plugin.name)

    @property
    def groups(self) -> Groups:
        return self._services.directory

    def now(self) -> datetime:
        return self._services.clock.now()

    def group_of(self, event: Event) -> Group | None:
        chat_id = getattr(event, "group", None)
        directory = self._services.directory
        return directory.get(directory.name_of(event.account, chat_id)) if chat_id else None

    def guard(self, check: Check, *, order: int = 50, name: str = "", scope: GuardScope = EVERYWHERE) -> None:
        full = f"{self._loaded.plugin.name}/{name or name_of(check)}"
        handler: Handler[Verdict] = self._handler(check, full, self._services.limits.guard_s, is_guard=True)
        if full in self._loaded.guards:
            raise PluginError(_("Two guards are called {name}; give one another name.").format(name=full))
        guard = PluginGuard(name=full, order=order, scope=scope, handler=handler, overrides=self._overrides)
        self._loaded.guards[full] = (guard, scope)

    def on(self, kind: type[E], handler: Callable[[E], Awaitable[None]]) -> None:
        self._loaded.events.append((kind, self._handler(handler, f"on {kind.__name__}: {name_of(handler)}")))

    def inspect(self, find: Find) -> None:
        self._loaded.inspectors.append(self._handler(find, f"inspect: {name_of(find)}"))

    def every(self, schedule: str, job: Job) -> None:
        when = parse_schedule(schedule, self.timezone)
        name = f"every {schedule}: {name_of(job)}"
        self._loaded.jobs.append((when, self._handler(job, name, self._services.limits.job_s)))

    def command(
        self,
        name: str,
        handler: CommandHandler,
        *,
        role: Role = Role.OPERATOR,
        aliases: Sequence[str] = (),
        help: str = "",  # noqa: A002 - the port's own
        example: str = "",
    ) -> None:
        guarded: Handler[str | GroupbotError] = self._handler(_refusable(handler), f"command {name}")
        self._loaded.commands[name] = PluginCommand(
            plugin=self._loaded.plugin.name,
            name=name,
            handler=_answering(self._loaded.plugin.name, guarded),
            role=role,
            aliases=tuple(aliases),
            help=help,
            example=example or f"/{name}",
        )

    def on_unload(self, cleanup: Job) -> None:
        handler: Handler[None] = self._handler(
            cleanup, f"on_unload: {name_of(cleanup)}", self._services.limits.cleanup_s
        )
        self._loaded.stack.push_async_callback(self._clean_up, handler)

    def spawn(self, work: Coroutine[Any, Any, None], name: str) -> None:
        def ended(failure: CallFailed) -> None:
            self.log.bind(action="plugin-task", task=name).opt(exception=failure).error("a task of the plugin failed")

        self._loaded.tasks.spawn(work, f"{self._loaded.plugin.name}: {name}", ended)

    async def submit(self, post: Post) -> bool:
        with outside():
            return await self._services.orders.submit(self._order(post))

    async def faqs(self, group: str) -> Sequence[Faq]:
        with outside():
            return await self._services.faqs.of_group(group)

    async def convert(
        self,
        member: str,
        stage: str,
        *,
        key: str,
        campaign: str = "",
        group: str = "",
        amount: Decimal | int | str | None = None,
        currency: str = "",
        at: datetime | None = None,
    ) -> bool:
        reached = Reached(
            member=member,
            stage=stage,
            key=order_key("api", self._loaded.plugin.name, key),
            campaign=campaign,
            group=group,
            amount=exact(amount),
            currency=currency,
            at=at,
        )
        with outside():
            return await self._services.conversions.reached(reached)

    def _order(self, post: Post) -> Order:
        """Return `post` as it stands in the ledger; what is unknown is left out: nobody waits for a late answer."""
        group = self._services.directory.get(post.group) if post.group else None
        if post.group and group is None:
            raise PluginError(_("config.toml names no group {group}.").format(group=post.group))
        return Order(
            account=post.account or (group.account if group else ""),
            key=order_key("plugin", self._loaded.plugin.name, post.key),
            parts=tuple(
                Part(content=content, gap_s=post.gap_s if number else 0.0)
                for number, content in enumerate(post.contents)
            ),
            group=post.group,
            member=post.member,
            policies=Policies(grace=post.grace, unknown=UnknownThen.SKIP, quiet=post.quiet),
        )

    async def _clean_up(self, handler: Handler[None]) -> None:
        try:
            await handler.call()
        except CallFailed as failure:
            self._loaded.is_clean = False
            await self._troubles.unclean(str(failure))

    def _handler(
        self, function: Callable[..., Awaitable[Any]], name: str, limit_s: float = 0.0, *, is_guard: bool = False
    ) -> Handler[Any]:
        if not self._loaded.is_open:
            raise PluginError(_("{name}: things are registered in set-up only.").format(name=name))
        limits = self._services.limits
        handler: Handler[Any] = Handler(
            function,
            name=name if is_guard else f"{self._loaded.plugin.name}: {name}",
            tasks=self._loaded.tasks,
            limit_s=limit_s or limits.handler_s,
            patience=None if is_guard else limits.patience,
            failed=self._troubles.guard_failed if is_guard else self._troubles.failed,
        )
        self._loaded.handlers.append(handler)
        return handler


class PluginStore:
    """`plugin_host.context.Store` of one plugin."""

    def __init__(self, plugin: str, store: KeyValues) -> None:
        self._plugin = plugin
        self._store = store

    async def get(self, key: str, default: Any = None) -> Any:
        with outside():
            found = await self._store.get(self._plugin, key)
        return default if found is None else found

    async def set(self, key: str, value: Any) -> None:
        with outside():
            await self._store.set(self._plugin, key, value)

    async def delete(self, key: str) -> None:
        with outside():
            await self._store.delete(self._plugin, key)

    async def keys(self, prefix: str = "") -> Sequence[str]:
        with outside():
            return await self._store.keys(self._plugin, prefix)


def _refusable(handler: CommandHandler) -> Callable[[CommandCall], Awaitable[str | GroupbotError]]:
    """Return `handler` with its refusals as results: saying no is no failure."""

    async def run(call: CommandCall) -> str | GroupbotError:
        try:
            return str(await handler(call) or "")
        except GroupbotError as refusal:
            return refusal

    return run


def _answering(plugin: str, handler: Handler[str | GroupbotError]) -> CommandHandler:
    async def answer(call: CommandCall) -> str:
        try:
            found = await handler.call(call)
        except CallFailed as failure:
            raise PluginError(
                _("The plugin {plugin} failed: {reason}").format(plugin=plugin, reason=failure.reason),
                hint=_("The log tells more; the plugin's author can mend it."),
            ) from failure
        if isinstance(found, GroupbotError):
            raise found
        return found

    return answer
