"""Commands that wait for their confirmation: four digits, for one person in one chat, once, for some minutes.

They are kept in memory: who restarts the daemon confirms nothing, and types the command again.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from groupbot.admin.declare import Call, Plan
from groupbot.admin.places import Place
from groupbot.admin.rights import Actor
from groupbot.core.clock import Clock

TRIES = 3
"""Wrong digits after which a command is dropped."""
_MOST = 1_000
"""Commands, used ones included, that are remembered; the oldest are dropped."""


class Mistake(StrEnum):
    """Why digits confirm nothing."""

    WRONG = "wrong"
    USED = "used"
    EXPIRED = "expired"
    NOT_YOURS = "not_yours"
    """They are another person's, or of another chat."""
    NOTHING = "nothing"
    """Nobody was asked for any."""


@dataclass(slots=True, kw_only=True)
class _Waiting:
    digits: str
    call: Call
    plan: Plan
    until: datetime
    wrong: int = 0
    is_used: bool = False


class Confirming:
    """Remember what waits. `draw` gives the digits."""

    def __init__(self, clock: Clock, *, within: timedelta, draw: Callable[[], str] | None = None) -> None:
        self._clock = clock
        self.within = within
        self._draw = draw or _four_digits
        self._waiting: OrderedDict[tuple[str, str, str], _Waiting] = OrderedDict()

    def ask(self, call: Call, plan: Plan) -> str:
        """Let `call` wait, instead of an earlier one of this person here; return its digits."""
        key = _key(call.actor, call.place)
        before = self._waiting.pop(key, None)
        taken = {before.digits} if before else set()
        digits = next(drawn for drawn in iter(self._draw, None) if drawn not in taken)
        self._waiting[key] = _Waiting(digits=digits, call=call, plan=plan, until=self._clock.now() + self.within)
        if len(self._waiting) > _MOST:
            self._waiting.popitem(last=False)
        return digits

    def concerns(self, actor: Actor, place: Place, digits: str) -> bool:
        """Tell whether bare `digits` are meant for us: this person is asked here, or somebody is asked for these."""
        return self._open(actor, place) or any(item.digits == digits for item in self._live())

    def take(self, actor: Actor, place: Place, digits: str) -> tuple[Call, Plan] | Mistake:
        """Return what `digits` confirm; it is used up. Digits are never told to anybody."""
        waiting = self._waiting.get(_key(actor, place))
        if waiting is None or waiting.digits != digits:
            return self._mistaken(waiting, digits)
        if waiting.is_used:
            return Mistake.USED
        if waiting.until <= self._clock.now():
            return Mistake.EXPIRED
        waiting.is_used = True
        return waiting.call, waiting.plan

    def _mistaken(self, waiting: _Waiting | None, digits: str) -> Mistake:
        if waiting is not None and not waiting.is_used:
            waiting.wrong += 1
            waiting.is_used = waiting.wrong >= TRIES
            return Mistake.WRONG
        return Mistake.NOT_YOURS if any(item.digits == digits for item in self._live()) else Mistake.NOTHING

    def _open(self, actor: Actor, place: Place) -> bool:
        waiting = self._waiting.get(_key(actor, place))
        return waiting is not None and not waiting.is_used and waiting.until > self._clock.now()

    def _live(self) -> list[_Waiting]:
        now = self._clock.now()
        return [item for item in self._waiting.values() if item.until > now]


def _key(actor: Actor, place: Place) -> tuple[str, str, str]:
    return actor.account, actor.member_id, place.key


def _four_digits() -> str:
    return f"{secrets.randbelow(10_000):04}"
