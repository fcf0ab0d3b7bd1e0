"""What a report is made of, and what it says. Days are those of the campaign's zone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from zoneinfo import ZoneInfo

from groupbot.reports.campaign.funnel import FunnelStage
from groupbot.reports.campaign.goals import GoalFigure
from groupbot.reports.campaign.measures import Measures
from groupbot.reports.tasks import PersonTasks
from groupbot.sop.document import Goal
from groupbot.tracking.stages import Stage

Sums = Mapping[str, int]
"""Sums by metric."""
Lines = Mapping[str, Sums]
"""Sums of each value of a dimension."""


class By(StrEnum):
    """What the rows of a report are."""

    DAY = "day"
    GROUP = "group"
    SQUAD = "squad"
    CHANNEL = "channel"
    VARIANT = "variant"
    STEP = "step"
    MEMBER = "member"


@dataclass(frozen=True, kw_only=True, slots=True)
class Posts:
    """What became of the deliveries that were due. `late`: sent, but later than on time; `missed`: not sent at all.

    `open`: held, or of unknown outcome, so a person has to decide.
    """

    on_time: int = 0
    late: int = 0
    missed: int = 0
    open: int = 0

    @property
    def due(self) -> int:
        """All of them."""
        return self.on_time + self.late + self.missed + self.open


@dataclass(frozen=True, kw_only=True, slots=True)
class StepFigures:
    """A step: its posts, and of the members who were there (`asked`, over all its posts) how many answered."""

    step: str
    posts: Posts = Posts()
    asked: int = 0
    answered: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class ChannelPlanned:
    """A channel of config.toml with its plan; None = not planned."""

    name: str
    title: str = ""
    joins: int | None = None
    cost: Decimal | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class MemberFigures:
    """A member of a campaign. `reached`: when they reached which stage; `paid`: in the report's currency, net."""

    member: str
    name: str = ""
    group: str = ""
    channel: str = ""
    variant: str = ""
    inviter: str = ""
    reached: Mapping[str, datetime] = field(default_factory=dict)
    paid: Decimal = Decimal(0)


@dataclass(frozen=True, kw_only=True, slots=True)
class TalkFigures:
    """One of our people: members talked to, how many of those paid, questions answered by upper bound in seconds."""

    person: str
    talked: int = 0
    paid: int = 0
    answers: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Incidents:
    """Incidents opened on the day, and those that are open now."""

    opened: int = 0
    open: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class CampaignFacts:
    """What is known of the campaign itself. `last`: the day of its last delivery, None = it has none."""

    id: str
    title: str
    zone: ZoneInfo
    first: date
    last: date | None = None
    goals: tuple[Goal, ...] = ()
    squads: Mapping[str, str] = field(default_factory=dict)
    """Its groups, each with its squad or ""."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportFacts:
    """Everything that a report is made of. `day`: the one that it is about, None = all until `today`.

    `by_day` holds every day of the campaign; `lines` the sums of the period by what was asked for.
    """

    campaign: CampaignFacts
    currency: str
    stages: tuple[Stage, ...]
    today: date
    day: date | None = None
    by_day: Lines = field(default_factory=dict)
    lines: Mapping[By, Lines] = field(default_factory=dict)
    planned: tuple[ChannelPlanned, ...] = ()
    posts: Posts = Posts()
    steps: tuple[StepFigures, ...] = ()
    members: tuple[MemberFigures, ...] = ()
    tasks: tuple[PersonTasks, ...] = ()
    incidents: Incidents = Incidents()
    questions: tuple[str, ...] = ()
    experiments: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One line: a day, group, squad, channel or variant; `key` "" = not known which, `title` what people call it."""

    key: str
    title: str
    measures: Measures
    planned: ChannelPlanned | None = None

    @property
    def is_telling(self) -> bool:
        """Tell whether anything came of it: a cost of nobody's group is no group."""
        return bool(self.measures.people("joined") or (self.key and self.measures.money))


@dataclass(frozen=True, kw_only=True, slots=True)
class Cohort:
    """Who joined on one day, and how many of them reached which stage until now."""

    day: str
    stages: Mapping[str, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """A report. `measures`: of the period; `before`: of the day before `day`, None without a day."""

    campaign: CampaignFacts
    currency: str
    stages: tuple[Stage, ...]
    day: date | None
    until: date
    goals: tuple[GoalFigure, ...]
    measures: Measures
    funnel: tuple[FunnelStage, ...]
    overall: Measures
    before: Measures | None = None
    rows: Mapping[By, tuple[Row, ...]] = field(default_factory=dict)
    cohorts: tuple[Cohort, ...] = ()
    posts: Posts = Posts()
    steps: tuple[StepFigures, ...] = ()
    members: tuple[MemberFigures, ...] = ()
    talks: tuple[TalkFigures, ...] = ()
    tasks: tuple[PersonTasks, ...] = ()
    incidents: Incidents = Incidents()
    questions: tuple[str, ...] = ()
    experiments: tuple[str, ...] = ()
    """Names of those that still run: rates of their variants are no verdict."""
    outlook: tuple[str, ...] = ()
    """What to look at tomorrow, the most urgent first."""

    @property
    def number(self) -> int:
        """The day's number in the campaign: D1 is its first."""
        return ((self.day or self.until) - self.campaign.first).days + 1
