"""Asking every guard, and holding when one can't answer."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta

from loguru import logger

from groupbot.core.verdicts import Allow, Block, Defer, Hold
from groupbot.delivery.decide import Go
from groupbot.delivery.ports import Draft, Guard
from groupbot.delivery.values import Ask, Diversion, Drop, Wait
from groupbot.i18n import _

SHORTEST_DEFER = timedelta(seconds=1)
"""How soon a guard that defers is asked again at the earliest: one that names the past must not spin its lane."""


class Guards:
    """Ask guards in their order; the first that is not for it decides. `timeout_s` bounds each answer.

    Guards come and go while parts are judged: one that comes meanwhile is asked, one that is gone is not.
    """

    def __init__(self, guards: Sequence[Guard] = (), *, timeout_s: float = 5.0) -> None:
        self._guards = [(0, guard) for guard in guards]
        self._always: list[Guard] = []
        self._timeout_s = timeout_s

    @property
    def present(self) -> tuple[Guard, ...]:
        """The guards that are there now, in their order."""
        return tuple(guard for _order, guard in self._guards)

    def add(self, guard: Guard, order: int = 0, *, always: bool = False) -> None:
        """Ask `guard` from now on, after those of a lower `order` and those of the same that are there.

        `always`: of what a person let pass, too.
        """
        self._always += [guard] if always else []
        self._guards.append((order, guard))
        self._guards.sort(key=lambda entry: entry[0])

    def remove(self, guard: Guard) -> None:
        """Ask `guard` no more; one that is not there is no fault."""
        self._guards = [entry for entry in self._guards if entry[1] is not guard]

    async def check(self, draft: Draft) -> Go | Diversion:
        """Return Go, or what keeps the part from going out. What a person let pass meets only who is asked always."""
        asked: list[Guard] = []
        while (guard := self._next(asked)) is not None:
            asked.append(guard)
            if draft.candidate.approved and not any(guard is one for one in self._always):
                continue
            diversion = await self._ask(guard, draft)
            if diversion is not None:
                return diversion
        return Go()

    def _next(self, asked: list[Guard]) -> Guard | None:
        """Return the first guard that was not asked yet, of those that are there now."""
        done = set(map(id, asked))
        return next((guard for guard in self.present if id(guard) not in done), None)

    async def _ask(self, guard: Guard, draft: Draft) -> Diversion | None:
        try:
            async with asyncio.timeout(self._timeout_s):
                verdict = await guard.check(draft)
        except Exception as error:  # noqa: BLE001 - whatever a guard raises, it did not allow
            logger.bind(guard=guard.name, delivery=draft.candidate.address).opt(exception=error).error("guard failed")
            return Ask(reason=_("guard {guard} could not answer").format(guard=guard.name))
        match verdict:
            case Allow():
                return None
            case Defer(until=until, reason=reason, aside=aside):
                return Wait(until=max(until, draft.now + SHORTEST_DEFER), reason=reason, aside=aside)
            case Hold(reason=reason):
                return Ask(reason=reason)
            case Block(reason=reason):
                return Drop(reason=reason)
        # A plugin's guard is not type-checked: one that forgets its return must hold, too.
        logger.bind(guard=guard.name).error(  # type: ignore[unreachable]
            "guard gave no verdict: {verdict!r}", verdict=verdict
        )
        return Ask(reason=_("guard {guard} gave no verdict").format(guard=guard.name))
