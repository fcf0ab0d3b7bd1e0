"""[tracking] and [[channels]]: what counts as which stage, and where members come from."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from groupbot.i18n import _, joined
from groupbot.settings.fields import Count, Days, GroupName, Seconds, Section, Word

BUILT_IN = {
    "joined": "",
    "replied": "joined",
    "signed_up": "joined",
    "attended": "signed_up",
    "paid": "signed_up",
    "refunded": "paid",
    "left": "joined",
}
"""The stages that always are, and of which earlier one each is a share."""
COUNTED = ("joined", "replied", "left")
"""Stages that are counted from what happens in groups: no rule reaches them."""


def _check_stage(value: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,39}", value):
        raise ValueError(
            _("{name!r} is no name of a stage: small letters, digits and _, as in signed_up").format(name=value)
        )
    return value


def _check_pattern(value: str) -> str:
    try:
        re.compile(value)
    except re.error as error:
        raise ValueError(_("{pattern!r} is no pattern: {reason}").format(pattern=value, reason=error)) from error
    return value


def _check_currency(value: str) -> str:
    if not re.fullmatch(r"[A-Z]{3}", value):
        raise ValueError(_("{currency!r} is no currency; write three capitals, as in CNY").format(currency=value))
    return value


StageName = Annotated[str, AfterValidator(_check_stage)]
Currency = Annotated[str, AfterValidator(_check_currency)]
Pattern = Annotated[str, AfterValidator(_check_pattern)]
Rate = Annotated[Decimal, Field(gt=0, le=1)]
Amount = Annotated[Decimal, Field(ge=0, le=Decimal(1_000_000_000), decimal_places=4)]


class StageSettings(Section):
    """A stage of the funnel, or what else reaches one of the built-in ones."""

    name: StageName
    """joined, replied, signed_up, attended, paid, refunded, left, or one of your own."""
    title: str = ""
    """What reports call it; the built-in ones have their words."""
    of: str = ""
    """The earlier stage that its rate is a share of; the built-in ones have theirs, one of your own joined."""
    keywords: tuple[Word, ...] = ()
    """Who writes a message that is one of these, or begins with one, reaches it."""
    pattern: Pattern = ""
    """Who writes a message that holds this regular expression reaches it, "" = none."""
    after: str = ""
    """Only after the step with this key was posted in their group, "" = at any time."""
    within_s: Seconds = 0.0
    """Seconds after that step in which it counts, 0 = for ever."""
    tag: str = ""
    """Who is given this tag reaches it, "" = none."""

    @model_validator(mode="after")
    def _check_rule(self) -> StageSettings:
        if self.name in COUNTED and (self.keywords or self.pattern or self.tag):
            raise ValueError(
                _("{name} is counted from what happens in groups and takes no rule").format(name=self.name)
            )
        return self


class ChannelPlan(Section):
    """What a channel is planned to bring (测算)."""

    reach: Count = 0
    """How many people it reaches."""
    join_rate: Rate | None = None
    """The share of them that joins, as in 0.05."""
    cost: Amount | None = None
    """What it costs in all."""


class ChannelSettings(Section):
    """Where members come from."""

    name: GroupName
    """What reports and live codes call it; unique."""
    title: str = ""
    """A longer name for people."""
    greetings: tuple[Word, ...] = ()
    """Words of a friendship request's greeting that tell it, as printed on its poster."""
    keywords: tuple[Word, ...] = ()
    """Words of a member's first message that tell it."""
    groups: tuple[GroupName, ...] = ()
    """Groups that only its members come into."""
    plan: ChannelPlan = ChannelPlan()
    """[channels.plan]"""


class TrackingSettings(Section):
    """How joins, replies, sign-ups and payments are counted."""

    currency: Currency = "CNY"
    """Currency of amounts that are given without one."""
    reply_window_s: Seconds = 7200.0
    """Seconds after a step in which a message in its group answers it, until the next step is posted. 7200: most
    replies come within the hour; a later one belongs to the talk of the day."""
    visit_window_s: Seconds = 1800.0
    """Seconds between a visit of a live code and a join that it explains. 1800: a code is scanned, then joined."""
    mark_window_days: Days = 30
    """Days for which a greeting or keyword explains a later join."""
    after_days: Days = 14
    """Days after a campaign's last post for which what happens in its groups still counts for it."""
    seats: Annotated[int, Field(ge=2, le=100_000)] = 200
    """Members that a group is planned for."""
    stages: tuple[StageSettings, ...] = ()
    """[[tracking.stages]]"""

    @model_validator(mode="after")
    def _check_stages(self) -> TrackingSettings:
        names = [stage.name for stage in self.stages]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(_("stages named twice: {names}").format(names=joined(twice)))
        known = {*BUILT_IN, *names}
        for stage in self.stages:
            if stage.of and (stage.of not in known or stage.of == stage.name):
                raise ValueError(_("{name} is a share of {of}, which is no stage").format(name=stage.name, of=stage.of))
        return self


def counted_by(tracking: TrackingSettings, channels: Iterable[ChannelSettings]) -> str:
    """Return, as a text, the settings by which the past would be counted otherwise; how it ends is seen by itself."""
    windows = tracking.model_dump(include={"reply_window_s", "visit_window_s", "mark_window_days"})
    rules = {"name", "keywords", "pattern", "after", "within_s", "tag"}
    stages = [stage.model_dump(include=rules) for stage in tracking.stages]
    words = [channel.model_dump(include={"name", "greetings", "keywords", "groups"}) for channel in channels]
    return json.dumps([windows, stages, words], ensure_ascii=False, sort_keys=True)
