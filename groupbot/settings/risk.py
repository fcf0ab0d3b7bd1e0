"""[risk]: how far the bot goes by itself against advertisements, floods and for complaints, group by group."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from groupbot.settings.fields import PositiveSeconds, Seconds, Section, Word

MAX_EVENT_HOLD_S = 120.0
"""Most seconds that an incident may hold posts inside an event window: one troll must not stop a sale."""

Mode = Literal["observe", "alert", "strict"]
Rung = Literal["observe", "log", "alert", "warn", "remove", "block"]
Share = Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)]


class RungSettings(Section):
    """How far one concern goes; what is left out is as `mode` has it."""

    most: Rung | None = None
    """The highest rung: observe, log, alert, warn, remove or block."""
    threshold: Share | None = None
    """Score from which on something is done; else the one that the scorer was trained to."""
    sure: Share | None = None
    """Score from which on two independent signs remove a member; else the scorer's band for it."""


class ComplaintSettings(RungSettings):
    """The same for complaints, which are for people: nobody is warned or removed for one."""

    most: Literal["observe", "log", "alert"] | None = None
    """The highest rung: observe, log or alert."""


class RiskRungs(Section):
    """What a group can have of its own."""

    ads: RungSettings = RungSettings()
    """Advertisements."""
    negative: ComplaintSettings = ComplaintSettings()
    """Complaints, claims of fraud, refund demands, insults."""
    flood: RungSettings = RungSettings()
    """Many messages within seconds."""


class PoolSettings(RiskRungs):
    """What groups of a tag have in common."""

    mode: Mode | None = None
    """observe: nothing is done; alert: people are asked; strict: advertisements are removed, floods warned of."""


class HoldSettings(Section):
    """How an open incident holds promotional posts of its group."""

    limit_s: Seconds = 1800.0
    """Most seconds, unless somebody acknowledges it first; 0 = posts are never held."""
    event_limit_s: Annotated[float, Field(ge=0, le=MAX_EVENT_HOLD_S)] = 0.0
    """The same inside the event window of an SOP, at most 120. 0: there an incident only alerts."""
    on_spread: bool = False
    """Whether incidents that spread (see `spread_cases`) hold the promotional posts of all groups."""


class IncidentSettings(Section):
    """Negative messages, which are for people."""

    chase_every_s: PositiveSeconds = 300.0
    """Seconds between reminders of an incident that nobody acknowledged; half of it for fraud and refund claims."""
    chases: Annotated[int, Field(ge=0, le=100)] = 2
    """Reminders to its owner; then the admin group is told, once and urgently."""
    spread_within_s: PositiveSeconds = 600.0
    """Seconds within which incidents of several groups or members are one spreading thing."""
    spread_groups: Annotated[int, Field(ge=2)] = 2
    """Groups from which on it spreads."""
    spread_members: Annotated[int, Field(ge=2)] = 3
    """Members from which on it spreads."""
    hold: HoldSettings = HoldSettings()
    """[risk.incidents.hold]"""


class WarningSettings(Section):
    """What a member is told who is warned."""

    text: Word = "本群禁止发布广告、外部群和联系方式，请撤回。谢谢配合。"
    """The words, after the member's name."""
    every_s: Seconds = 600.0
    """Least seconds between two warnings in one group, so that a raid does not make the bot flood it, too."""


class OwnThresholdSettings(Section):
    """Thresholds that a group draws from its own honest messages, where no `threshold` is set for it."""

    after: Annotated[int, Field(ge=0, le=1_000_000)] = 2000
    """Honest messages from which on; till then the pool's together, else the scorer's own threshold. 0 = never."""
    fpr: Share = 0.01
    """Share of honest messages that may lie above."""
    below: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] = 0.1
    """How far under the scorer's own threshold it may lie at most."""


class RiskSettings(RiskRungs):
    """Risk control, switched off at first. The word of a group goes before that of its pool, and that before this."""

    mode: Mode = "observe"
    """observe: nothing is done; alert: people are asked; strict: advertisements are removed, floods warned of."""
    pools: Mapping[Word, PoolSettings] = Field(default_factory=dict)
    """[risk.pools.TAG]: groups with that tag inherit it; of several tags the first here."""
    newcomer_s: Seconds = 86_400.0
    """Seconds after a join in which a member is a newcomer."""
    repeat_within_s: Seconds = 86_400.0
    """Seconds within which a second case of a member is a repeat."""
    expected_s: Seconds = 1800.0
    """Seconds after a post of an SOP that asks for answers (打卡, 接龙, 扣1, a poll) in which many are no flood."""
    allowed_hosts: tuple[Word, ...] = ()
    """Registered domains whose links are nothing to look at."""
    allowed_cards: tuple[Word, ...] = ()
    """Names on cards, and names or titles of mini-programs, that are nothing to look at: a teacher's, a check-in's."""
    own_thresholds: OwnThresholdSettings = OwnThresholdSettings()
    """[risk.own_thresholds]"""
    warning: WarningSettings = WarningSettings()
    """[risk.warning]"""
    incidents: IncidentSettings = IncidentSettings()
    """[risk.incidents]"""
