"""Stages of the funnel, and how a member reached one. Pure.

Joined, replied and left are counted from facts; every other stage is reached by a conversion, which is written once
under its key and can be taken back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

JOINED, REPLIED, LEFT, PAID, REFUNDED = "joined", "replied", "left", "paid", "refunded"


def refund_of(key: str) -> str:
    """Return the key under which an order's refund without a number of its own counts, "" for what is no order."""
    kind, _sign, number = key.partition(":")
    return f"refund:{number}" if kind in {"order", "row"} else ""


class Source(StrEnum):
    """What says that a member reached a stage."""

    RULE = "rule"
    TAG = "tag"
    COMMAND = "command"
    IMPORT = "import"
    API = "api"


@dataclass(frozen=True, kw_only=True, slots=True)
class Stage:
    """A stage. `title`: what reports call it; `of`: the earlier one that its rate is a share of, "" = none."""

    name: str
    title: str
    of: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Conversion:
    """A member reached `stage` at `at` (UTC). `amount`: money in it, None = none; a refund's is positive, too.

    `key` names it within its campaign: an order's number, a rule and its message. `group`: "" = not known.
    """

    campaign: str
    member: str
    stage: str
    at: datetime
    source: Source
    key: str
    group: str = ""
    amount: Decimal | None = None
    currency: str = ""
    detail: str = ""
    by: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredConversion:
    """A conversion as it is kept; `undone_at`: None while it counts."""

    id: int
    conversion: Conversion
    recorded_at: datetime
    undone_at: datetime | None = None
    undone_by: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Added:
    """What `add` did, as keys. `undone`: known, but taken back by a person, so left alone."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    undone: tuple[str, ...] = ()


class ConversionBook(Protocol):
    """Keep conversions. Raises StoreError; nothing is half done then."""

    async def add(self, conversions: Sequence[Conversion], *, now: datetime, again: bool = False) -> Added:
        """Write what is new, in one transaction. A known key with other values is taken back and written anew.

        `again`: what a person took back is written, too. Of one key in `conversions` the last counts.
        """
        ...

    async def undo(self, campaign: str, keys: Sequence[str], *, by: str, now: datetime) -> Sequence[StoredConversion]:
        """Take back those that count, and return them."""
        ...

    async def of_keys(self, campaign: str, keys: Sequence[str]) -> Mapping[str, StoredConversion]:
        """Return the newest under each of `keys`, taken back or not."""
        ...

    async def of_members(self, campaign: str, members: Sequence[str]) -> Sequence[StoredConversion]:
        """Return what counts for `members`, by (at, id)."""
        ...
