"""What families need that tell how things stand, or say something to groups, as ports; groupbot/desk has them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, kw_only=True, slots=True)
class Handover:
    """The handover in short, and the absolute path of the page that holds all of it."""

    text: str
    file: str


class Handovers(Protocol):
    """Write the handover."""

    async def write(self) -> Handover:
        """Gather and write it as things stand now. Raises StoreError, ConfigError."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """What keeps the project from working, and the way out."""

    name: str
    message: str
    hint: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Diagnosis:
    """What the doctor found wrong in how many checks."""

    checks: int
    failures: tuple[Finding, ...]


class Doctor(Protocol):
    """Examine the project; what is slow about it happens in a thread."""

    async def examine(self) -> Diagnosis:
        """Look at everything that needs no further login."""
        ...


class Notices(Protocol):
    """Say something once to groups, outside any SOP."""

    async def post(self, text: str, groups: Sequence[str], name: str) -> int:
        """Plan `text` for now in `groups`; return in how many it is new. The same `name` never posts twice in a group.

        Raises CampaignError for what an account can't do there, StoreError.
        """
        ...
