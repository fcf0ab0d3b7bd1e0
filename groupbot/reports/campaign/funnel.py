"""The funnel: how many reached each stage, as a share of an earlier one. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from groupbot.reports.campaign.measures import Measures, rate
from groupbot.settings.tracking import BUILT_IN, StageSettings
from groupbot.tracking.stage_words import built_in_titles
from groupbot.tracking.stages import Stage


@dataclass(frozen=True, kw_only=True, slots=True)
class FunnelStage:
    """One stage. `of`: the stage whose people `rate` is a share of, "" = there is none."""

    stage: Stage
    count: int
    of: str = ""
    rate: float | None = None


def stages(configured: Iterable[StageSettings] = ()) -> tuple[Stage, ...]:
    """Return the stages in their order: the built-in ones, each configured one behind what it is a share of."""
    words = built_in_titles()
    own = {one.name: one for one in configured}
    found = [_stage(name, of, words[name], own.get(name)) for name, of in BUILT_IN.items()]
    for one in own.values():
        if one.name not in BUILT_IN:
            stage = _stage(one.name, "joined", one.title or one.name, one)
            found.insert(_place(found, stage.of), stage)
    return tuple(found)


def funnel(measures: Measures, along: Sequence[Stage]) -> tuple[FunnelStage, ...]:
    """Return the funnel; a stage that the campaign doesn't use stands in it with 0."""
    of = {stage.name: stage.of for stage in along}
    return tuple(_counted(stage, measures.stages, of) for stage in along)


def rate_of(measures: Measures, along: Sequence[Stage], name: str) -> float | None:
    """Return the rate of one stage."""
    return next((one.rate for one in funnel(measures, along) if one.stage.name == name), None)


def _counted(stage: Stage, counts: Mapping[str, int], of: Mapping[str, str]) -> FunnelStage:
    """Return a stage with its share of the nearest earlier one that holds at least as many people.

    Who pays without a sign-up that anybody wrote down is still a share of those who joined, and no rate exceeds 1.
    """
    count = counts.get(stage.name, 0)
    base, seen = stage.of, {stage.name}
    while base and base not in seen and counts.get(base, 0) < max(count, 1):
        seen.add(base)
        base = of.get(base, "")
    found = counts.get(base, 0) if base and base not in seen else 0
    if not found:
        return FunnelStage(stage=stage, count=count)
    return FunnelStage(stage=stage, count=count, of=base, rate=rate(count, found))


def _stage(name: str, of: str, title: str, one: StageSettings | None) -> Stage:
    if one is None:
        return Stage(name=name, title=title, of=of)
    return Stage(name=name, title=one.title or title, of=one.of or of)


def _place(found: Sequence[Stage], of: str) -> int:
    """Return where a stage stands: behind its base and what is a share of the same."""
    near = [place for place, stage in enumerate(found) if of in (stage.name, stage.of) and stage.name != "left"]
    return near[-1] + 1 if near else len(found)
