"""What people ask the desk for, and what a launch would do before it is done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from groupbot.sop.planned import Problem


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What somebody wants launched.

    `sop`: a file, or a shipped one's name. `start`: the first day of groups whose list names none. `names` and
    `group_list` together say which groups. `event` as it is written; `sets`: values of variables; `roles`: role ->
    account. `campaign_id` left out is the SOP's name and date.
    """

    sop: Path
    start: date | None = None
    event: str | None = None
    names: Sequence[str] = ()
    group_list: Path | None = None
    stagger: timedelta = timedelta()
    wave: int = 1
    sets: Mapping[str, str] = field(default_factory=dict)
    roles: Mapping[str, str] = field(default_factory=dict)
    campaign_id: str | None = None
    allow_past: bool = False
    by: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Foreseen:
    """What a launch would do; with an error among `problems` it is refused.

    `groups`, `deliveries` and `tasks` are what would be planned in all, whatever of it is there already.
    """

    campaign: str
    version: str = ""
    """The content hash of the SOP that was looked at."""
    groups: tuple[str, ...] = ()
    deliveries: int = 0
    tasks: int = 0
    problems: tuple[Problem, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether it would be carried out."""
        return not any(problem.level == "error" for problem in self.problems)


@dataclass(frozen=True, kw_only=True, slots=True)
class Ask:
    """Who changes which campaign, and whether also what is due within `editing.lock_window_s`."""

    campaign: str
    by: str = ""
    force_locked: bool = False
