"""Plugins' guards: asked within their scope, unless an operator overrode them there for a while."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from groupbot.core.clock import Clock
from groupbot.core.verdicts import ALLOW, Hold, Verdict
from groupbot.delivery.ports import Draft
from groupbot.delivery.values import Candidate
from groupbot.i18n import _
from groupbot.plugin_host.handlers import Handler
from groupbot.plugin_host.ports import KeyValues
from groupbot.plugin_host.values import GuardScope, Override

HOST = ""
"""Under which the host itself keeps what must survive a restart; no plugin can be called so."""
_KEY = "overrides"


class Overrides:
    """The overrides in force; they survive a restart and end by the clock."""

    def __init__(self, store: KeyValues, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._given: tuple[Override, ...] = ()

    @property
    def in_force(self) -> tuple[Override, ...]:
        """Those whose time is not over."""
        now = self._clock.now()
        return tuple(one for one in self._given if now < one.until)

    async def load(self) -> None:
        """Read what was kept; raises StoreError."""
        self._given = tuple(map(_read, await self._store.get(HOST, _KEY) or ()))

    async def give(self, override: Override) -> None:
        """Put `override` in force; one of the same guard and scope ends. Raises StoreError and changes nothing then."""
        others = (one for one in self.in_force if (one.guard, one.scope) != (override.guard, override.scope))
        await self._keep((*others, override))

    async def end(self, guard: str) -> int:
        """End every override of `guard`; return how many there were. Raises StoreError."""
        left = tuple(one for one in self.in_force if one.guard != guard)
        ended = len(self.in_force) - len(left)
        if ended:
            await self._keep(left)
        return ended

    def cover(self, guard: str, candidate: Candidate) -> bool:
        """Tell whether `guard` is not to be asked about `candidate` now."""
        return any(one.guard == guard and one.scope.covers(candidate) for one in self.in_force)

    async def _keep(self, overrides: tuple[Override, ...]) -> None:
        await self._store.set(HOST, _KEY, [_written(one) for one in overrides])
        self._given = overrides


class PluginGuard:
    """`delivery.ports.Guard` by a plugin's function. Its failure is raised: who asks then holds the delivery."""

    def __init__(
        self, *, name: str, order: int, scope: GuardScope, handler: Handler[Verdict], overrides: Overrides
    ) -> None:
        self.name = name
        self.order = order
        self._scope = scope
        self._handler = handler
        self._overrides = overrides

    async def check(self, draft: Draft) -> Verdict:
        """Ask the plugin about what lies in the scope. Raises CallFailed."""
        if not self._scope.covers(draft.candidate) or self._overrides.cover(self.name, draft.candidate):
            return ALLOW
        return await self._handler.call(draft)


class MissingGuard:
    """Stands where a guard was that can't be loaded any more: it holds what that one would have judged."""

    order = 0

    def __init__(self, name: str, scope: GuardScope, overrides: Overrides) -> None:
        self.name = name
        self._scope = scope
        self._overrides = overrides

    async def check(self, draft: Draft) -> Verdict:
        """Hold, unless an operator overrode it."""
        if not self._scope.covers(draft.candidate) or self._overrides.cover(self.name, draft.candidate):
            return ALLOW
        return Hold(reason=_("guard {guard} could not be loaded").format(guard=self.name))


class GuardMemory:
    """Which guards plugins had: one that fails to load at the next start must not let through what it guarded."""

    def __init__(self, store: KeyValues) -> None:
        self._store = store

    async def keep(self, plugin: str, guards: dict[str, GuardScope]) -> None:
        """Remember the guards of `plugin`; none = forget it. Raises StoreError."""
        if guards:
            await self._store.set(HOST, f"guards/{plugin}", {name: scope_json(scope) for name, scope in guards.items()})
        else:
            await self._store.delete(HOST, f"guards/{plugin}")

    async def of(self, plugin: str) -> dict[str, GuardScope]:
        """Return the guards that `plugin` had when it was last loaded. Raises StoreError."""
        kept = await self._store.get(HOST, f"guards/{plugin}") or {}
        return {name: scope_from(raw) for name, raw in kept.items()}

    async def plugins(self) -> tuple[str, ...]:
        """Return the plugins that had guards. Raises StoreError."""
        return tuple(key.removeprefix("guards/") for key in await self._store.keys(HOST, "guards/"))


def scope_json(scope: GuardScope) -> dict[str, list[str]]:
    """Return `scope` as JSON values."""
    return {key: sorted(getattr(scope, key)) for key in ("campaigns", "groups", "accounts")}


def scope_from(raw: dict[str, Any]) -> GuardScope:
    """Return the scope that `scope_json` wrote."""
    return GuardScope(**{key: frozenset(names) for key, names in raw.items()})


def _written(override: Override) -> dict[str, Any]:
    scope = scope_json(override.scope)
    return {"guard": override.guard, "scope": scope, "by": override.by, "until": override.until.isoformat()}


def _read(raw: dict[str, Any]) -> Override:
    scope = scope_from(raw["scope"])
    return Override(guard=raw["guard"], scope=scope, by=raw["by"], until=datetime.fromisoformat(raw["until"]))
