"""What reading a list gives: rows that are certain in themselves, and rows that are left out with the reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from groupbot.errors import GroupbotError
from groupbot.sop.planned import Source
from groupbot.tracking.matching import Who


class NoList(GroupbotError):
    """The file as a whole is no list that can be read."""


class Unclear(ValueError):
    """A value is not certain. `args`: what is wrong, and what to write."""

    def __init__(self, reason: str, hint: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.hint = hint


@dataclass(frozen=True, kw_only=True, slots=True)
class Ground:
    """What values depend on. `year`: of dates without one; `at`: of rows without a time, None = they need one.

    `currency`: of amounts without one; `stage`: what an order reaches; `least`: how long one must stay to attend.
    """

    zone: ZoneInfo
    start: datetime
    now: datetime
    currency: str = "CNY"
    stage: str = "paid"
    at: datetime | None = None
    least: timedelta = timedelta()


@dataclass(frozen=True, kw_only=True, slots=True)
class Reached:
    """A stage that a row tells, under its key within the campaign. A refund's amount is positive, too."""

    key: str
    stage: str
    at: datetime
    amount: Decimal | None = None
    currency: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ListRow:
    """A row that is certain but for whom it means. `whole`: what it is of, the same in all rows of one order.

    `by_member`: its keys are made of whoever is meant, since an attendance has no number of its own.
    """

    where: Source
    who: Who
    reached: tuple[Reached, ...]
    detail: str = ""
    channel: str = ""
    whole: str = ""
    by_member: bool = False

    @property
    def key(self) -> str:
        """The key of what it tells first."""
        return self.reached[0].key


@dataclass(frozen=True, kw_only=True, slots=True)
class LeftRow:
    """A row that is left out. `code` is stable: total, header, no-number, amount, time, not-paid, twice and so on.

    `key`: of an order that is not paid, which may have counted before; "" = none.
    """

    where: Source
    code: str
    reason: str
    hint: str = ""
    key: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadList:
    """Every row of a file below its headings, in order. `unread`: columns and sheets that were not understood."""

    rows: tuple[ListRow | LeftRow, ...]
    unread: tuple[str, ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict)
