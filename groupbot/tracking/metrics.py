"""What the daily roll-ups count, by name; money is counted in ten-thousandths of its currency. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

PRESENT = "present"
"""Members who were there when the campaign began; they are counted as joined, too."""
LATE_FOUND = "found_late"
"""Joins that were noticed only afterwards; in joined, too."""
REJOINED = "rejoined"
"""People who left and came back; counted once as joined."""
MESSAGES = "messages"
ACTIVE = "active"
"""Members who wrote on that day."""
INVITED = "invited"
"""Joins through a member."""
VISITS = "visits"
"""Visits of live codes; counted where the code is shown, not in the daily sums."""
ORDERS = "orders"
REFUNDED_ORDERS = "refunded_orders"
TALKED_TO, TALKED_TO_PAID = "talked_to", "talked_to_paid"
"""People to whom any of our people spoke before they paid, each once, and those of them who paid afterwards."""
QUESTIONS = "questions"
"""Questions of members; who asks again while they wait has asked once."""


def stage(name: str) -> str:
    """Name the count of people who reached a stage, on the day they first did."""
    return f"stage:{name}"


def cohort(name: str) -> str:
    """Name the count of people who reached a stage, on the day they joined."""
    return f"cohort:{name}"


def answered(step: str) -> str:
    """Name the count of people who answered a step; once for each time that it was posted."""
    return f"answered:{step}"


def asked(step: str) -> str:
    """Name the count of members who were there when a step was posted, added up over its posts."""
    return f"asked:{step}"


def first_reply(upto_s: int) -> str:
    """Name the count of people whose first words came within so many seconds after they joined (see FIRST_REPLY)."""
    return f"first_reply:{upto_s}"


FIRST_REPLY = (60, 300, 900, 3_600, 10_800, 43_200, 86_400, 259_200, 604_800)
"""Upper bounds in seconds; 0 stands for later."""


def revenue(currency: str) -> str:
    """Name the money that came in; refunds are not taken off."""
    return f"revenue:{currency}"


def refunds(currency: str) -> str:
    """Name the money that went back."""
    return f"refunds:{currency}"


def cost(currency: str) -> str:
    """Name what was spent."""
    return f"cost:{currency}"


def talked(person: str) -> str:
    """Name the count of members that one of our people talked to."""
    return f"talked:{person}"


def talked_paid(person: str) -> str:
    """Name the count of those who paid after it."""
    return f"talked_paid:{person}"


def staff_answer(person: str, upto_s: int) -> str:
    """Name the count of questions that one of our people answered within so many seconds (see FIRST_REPLY)."""
    return f"staff_answer:{upto_s}:{person}"


class Dimension(StrEnum):
    """What sums are taken by."""

    DAY = "day"
    METRIC = "metric"
    GROUP = "group"
    CHANNEL = "channel"
    VARIANT = "variant"


@dataclass(frozen=True, kw_only=True, slots=True)
class Period:
    """Days in the campaign's zone, as YYYY-MM-DD, both inclusive; "" = without an end."""

    first: str = ""
    last: str = ""


class Rollups(Protocol):
    """Read the daily sums. Raises StoreError."""

    async def sums(
        self, campaign: str, by: Sequence[Dimension], period: Period = Period(), *, metrics: Sequence[str] = ()
    ) -> Mapping[tuple[str, ...], int]:
        """Return sums by the values of `by`, in its order. `metrics`: only those that begin with one of these."""
        ...

    async def refresh(self) -> None:
        """Read every fact that was recorded by now into the sums."""
        ...
