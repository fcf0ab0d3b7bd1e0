"""Giving one command to its handler: rights, the question before it, its time limit, and the entry in the audit."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from loguru import logger

from groupbot.admin.audit import AuditEntry, AuditLog, Result
from groupbot.admin.confirming import Confirming, Mistake
from groupbot.admin.declare import Answer, Call, Plan
from groupbot.admin.places import Place
from groupbot.admin.rights import Actor, Forbidden, Refused, decide
from groupbot.core.clock import Clock
from groupbot.errors import GroupbotError, StoreError
from groupbot.i18n import _, ngettext

_LONGEST_VALUE = 80
"""Signs of one argument in the audit."""
CONFIRM = "确认"
"""The action under which confirmations are audited."""

Outcome = tuple[Result, Answer]
Covers = Callable[[frozenset[str]], bool]
"""Tells whether all of a plan's reach was shown before."""
Second = Callable[[Call, Plan], Awaitable[str]]
"""Asks a second person where one is needed, and returns what is told meanwhile; "" = none is."""


class Runner:
    """Run calls. Nothing that a handler does wrong leaves this class."""

    def __init__(self, *, audit: AuditLog, confirming: Confirming, clock: Clock, limit_s: float) -> None:
        self._audit = audit
        self.confirming = confirming
        self._clock = clock
        self.limit_s = limit_s
        self.second: Second | None = None

    async def run(self, call: Call) -> Outcome:
        """Do what `call` asks, or ask back."""
        return await self._audited(call, None)

    async def confirm(self, actor: Actor, place: Place, digits: str) -> Outcome:
        """Do what `digits` confirm."""
        taken = self.confirming.take(actor, place, digits)
        if isinstance(taken, Mistake):
            await self.note(actor, place, CONFIRM, Result.REFUSED, taken.value)
            return Result.REFUSED, Answer(text=_mistake(taken))
        call, shown = taken
        await self.note(actor, place, call.command.name, Result.CONFIRMED, _arguments(call))
        return await self._audited(replace(call, actor=actor), shown.reach.issuperset)

    async def seconded(self, call: Call, covers: Covers) -> Outcome:
        """Do what a person confirmed and a second one agreed to."""
        return await self._audited(call, covers, is_seconded=True)

    async def attempt(self, work: Awaitable[Outcome], limit_s: float | None = None) -> Outcome:
        """Return what comes of `work`, in words whatever goes wrong in it."""
        limit_s = limit_s or self.limit_s
        try:
            async with asyncio.timeout(limit_s):
                return await work
        except GroupbotError as error:
            return Result.FAILED if isinstance(error, StoreError) else Result.REFUSED, Answer(
                text="\n".join(filter(None, (error.message, error.hint)))
            )
        except TimeoutError:
            logger.bind(action="command-hung").error("Stopped after {} s", limit_s)
            text = _("This took longer than {n} s and was stopped; look what of it is done.").format(n=f"{limit_s:g}")
            return Result.FAILED, Answer(text=text)
        except asyncio.CancelledError as error:
            if _being_cancelled():
                raise
            return _fault(error)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - a handler never stops the bot
            return _fault(error)

    async def note(self, actor: Actor, place: Place, action: str, result: Result, detail: str = "") -> None:
        """Write one entry; what can't be written stands in the log at least."""
        entry = AuditEntry(
            at=self._clock.now(),
            actor=actor.name or actor.member_id,
            role=actor.role.name.lower() if actor.is_known else "",
            account=actor.account,
            place=place.key,
            action=action,
            result=result,
            detail=detail,
        )
        try:
            await self._audit.write(entry)
        except StoreError as error:
            lost = {"actor": entry.actor, "command": action, "result": result.value}
            logger.bind(action="audit-lost", **lost).error("{error}", error=str(error))

    async def _audited(self, call: Call, covers: Covers | None, *, is_seconded: bool = False) -> Outcome:
        result, answer = await self.attempt(self._do(call, covers, is_seconded=is_seconded), call.command.limit_s)
        why = answer.text.replace("\n", " ")
        detail = _arguments(call) + (f" ({why})" if result in {Result.REFUSED, Result.FAILED} else "")
        await self.note(call.actor, call.place, call.command.name, result, detail.strip())
        return result, answer

    async def _do(self, call: Call, covers: Covers | None, *, is_seconded: bool) -> Outcome:
        verdict = decide(call.command, call.actor, call.place)
        if isinstance(verdict, Refused):
            raise Forbidden(verdict.reason)
        plan = await call.command.plan(call) if call.command.plan else None
        if plan is not None and plan.options:
            return Result.ASKED, Answer(text=plan.text, options=plan.options)
        if plan is not None and covers is None:
            return Result.ASKED, Answer(text=self._question(call, plan))
        if plan is not None and covers is not None and not covers(plan.reach):
            raise Forbidden(
                _("It would now reach more than you were shown; nothing was done."), hint=_("Type the command again.")
            )
        if plan is not None and self.second is not None and not is_seconded:
            told = await self.second(call, plan)
            if told:
                return Result.ASKED, Answer(text=told)
        return Result.DONE, await call.command.handler(call)

    def _question(self, call: Call, plan: Plan) -> str:
        digits = self.confirming.ask(call, plan)
        minutes = max(1, round(self.confirming.within.total_seconds() / 60))
        ask = ngettext(
            "Reply {digits} within {n} minute to do it.", "Reply {digits} within {n} minutes to do it.", minutes
        )
        return f"{plan.text}\n{ask.format(digits=digits, n=minutes)}"


def _fault(error: BaseException) -> Outcome:
    logger.bind(action="command-failed").opt(exception=error).error("A command failed")
    return Result.FAILED, Answer(text=_("This failed: a fault in groupbot. The log has the details."))


def _being_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def _arguments(call: Call) -> str:
    """Return the arguments for the audit, without secrets."""
    secret = {parameter.name for parameter in call.command.parameters if parameter.secret}
    told = {name: "•••" if name in secret else _short(value) for name, value in call.arguments.items()}
    return " ".join(f"{name}={value}" for name, value in told.items())


def _short(value: Any) -> str:
    text = ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST_VALUE else text[:_LONGEST_VALUE] + "…"


def _mistake(mistake: Mistake) -> str:
    return {
        Mistake.WRONG: _("These are not the digits; nothing was done."),
        Mistake.USED: _("These digits are used up; nothing was done."),
        Mistake.EXPIRED: _("These digits are too old; type the command again."),
        Mistake.NOT_YOURS: _("These digits are for another person or another chat; nothing was done."),
        Mistake.NOTHING: _("Nothing waits for digits here."),
    }[mistake]
