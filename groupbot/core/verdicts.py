"""What a guard says about a delivery before it goes out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Allow:
    """Nothing against it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Defer:
    """Not now: look again at `until` (UTC). The step's late policy still counts from its due instant.

    `aside`: later steps of its group don't wait for it.
    """

    until: datetime
    reason: str
    aside: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Hold:
    """A person must decide; the delivery waits as `held`."""

    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Block:
    """It must not go out; the delivery becomes `skipped`."""

    reason: str


Verdict = Allow | Defer | Hold | Block
ALLOW = Allow()
