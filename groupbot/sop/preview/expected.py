"""When a planned post really goes out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Expected:
    """When the first and the last part of a delivery begin.

    `is_left_out`: its turn comes so late that it is skipped.
    """

    begins: datetime
    ends: datetime
    is_left_out: bool = False
