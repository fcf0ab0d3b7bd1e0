"""What was found in a file that somebody sent."""

from __future__ import annotations

from dataclasses import dataclass

from groupbot.campaign.views import Shown
from groupbot.sop.planned import Problem


@dataclass(frozen=True, kw_only=True, slots=True)
class Inspected:
    """An SOP file that was read. `aside`: where it waits for a word on it, "" where it can't be used.

    `problems` in the order of the file. `marked`: an absolute path of the workbook with its problems marked, "" where
    there is none. `shown`: how it would look from tomorrow on, None where that can't be told. `runs`: ids of campaigns
    that run this SOP, the likeliest first.
    """

    problems: tuple[Problem, ...] = ()
    aside: str = ""
    marked: str = ""
    shown: Shown | None = None
    runs: tuple[str, ...] = ()
