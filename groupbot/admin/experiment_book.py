"""What the commands about experiments call, as a port; groupbot/desk has it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from groupbot.tracking.experiments.record import Experiment, Look


class ExperimentBook(Protocol):
    """The experiments of the project. Raises CampaignError for an unknown one, StoreError."""

    async def list(self, campaign: str | None = None) -> Sequence[Experiment]:
        """Return all, or a campaign's, oldest first."""
        ...

    async def look(self, name: str) -> Look:
        """Return how one stands; before its last day nothing is said of its variants."""
        ...

    async def end(self, name: str) -> Look:
        """End it for good and keep what it says. Raises CampaignError when it has ended."""
        ...
