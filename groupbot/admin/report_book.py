"""What the family of reports needs: a campaign's report in words and files. groupbot/desk has it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportAsk:
    """Which report. `campaign`: "" = the one that runs; `day`: "" = today, else as written; `by`: a dimension or "".

    `squads`: only their groups, None = all. `whole`: of all days instead of one; `files`: which go along.
    """

    campaign: str = ""
    day: str = ""
    by: str = ""
    squads: Collection[str] | None = None
    whole: bool = False
    files: tuple[str, ...] = ("png",)


@dataclass(frozen=True, kw_only=True, slots=True)
class WrittenReport:
    """A report in words, and the absolute paths of its files; `campaign` is its id."""

    campaign: str
    text: str
    files: tuple[str, ...] = ()


class ReportBook(Protocol):
    """Make reports."""

    async def write(self, ask: ReportAsk) -> WrittenReport:
        """Make the report as things stand now. Raises StoreError, CampaignError, ConfigError."""
        ...
