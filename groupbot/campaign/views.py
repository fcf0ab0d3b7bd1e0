"""What people see of campaigns and of what they ordered: values, told apart from how they are shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from groupbot.campaign.one_off import ONE_OFF, Order
from groupbot.campaign.values import Campaign, CampaignState
from groupbot.delivery.values import State
from groupbot.sop.planned import Problem

WAITING = (State.PLANNED, State.SENDING, State.HELD, State.UNKNOWN)
"""What may still go out."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CampaignRow:
    """A campaign and how many of its deliveries are in which state.

    `starts`: how many groups begin on which day, where it was asked for; `paused_in`: the groups in which it is paused
    by themselves.
    """

    campaign: Campaign
    counts: Mapping[State, int]
    starts: Mapping[date, int] = field(default_factory=dict)
    paused_in: tuple[str, ...] = ()

    @property
    def waiting(self) -> int:
        """How many deliveries may still go out."""
        return sum(self.counts[state] for state in WAITING)

    @property
    def state(self) -> CampaignState:
        """How it stands: a running campaign with nothing left is finished."""
        running = self.campaign.state is CampaignState.RUNNING
        is_over = running and not self.waiting and self.campaign.id != ONE_OFF
        return CampaignState.FINISHED if is_over else self.campaign.state


@dataclass(frozen=True, kw_only=True, slots=True)
class Due:
    """One step at one instant: `counts` says how many of its groups are in which state; states without any lack."""

    campaign: str
    step: str
    due: datetime
    timezone: str
    counts: Mapping[State, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class Pending:
    """A delivery that waits for a person's word. `part`: the one it is about, from 0.

    `asks` is False for what settles itself: its policy says what follows an outcome that nobody knows. `since`: when
    an unknown one was being sent.
    """

    campaign: str
    key: str
    step: str
    group: str
    state: State
    part: int
    reason: str
    due: datetime
    timezone: str
    asks: bool = True
    since: datetime | None = None

    @property
    def mark(self) -> str:
        """Name this question: another part of the same delivery is another question."""
        return f"{self.campaign}/{self.key}#{self.part}"


@dataclass(frozen=True, kw_only=True, slots=True)
class DayText:
    """One day of a preview in words, a line for each post and task."""

    day: date
    text: str
    posts: int


@dataclass(frozen=True, kw_only=True, slots=True)
class PreviewText:
    """A preview in words: a headline, its days, the tasks without a time, and what lint says."""

    headline: str
    days: tuple[DayText, ...]
    undated: tuple[str, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """A preview in words and as a picture. `picture`: an absolute path, "" where pictures can't be drawn.

    The picture is there for a day.
    """

    text: PreviewText
    picture: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Placed:
    """Orders that are planned now. `daemon_runs`: whether somebody is there to carry them out at once."""

    orders: Sequence[Order]
    daemon_runs: bool
