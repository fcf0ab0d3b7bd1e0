"""Which rule holds in a group: its own, its pool's, the project's, and where these say nothing the mode's. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from groupbot.risk.ladder import NAMES, Action, Concern, Rule
from groupbot.risk.samples import Key, Sample, Samples, own_line, pooled
from groupbot.settings import GroupSettings
from groupbot.settings.risk import Mode, PoolSettings, RiskRungs, RiskSettings, RungSettings

MODES: Mapping[Mode, Mapping[Concern, Action]] = {
    "observe": dict.fromkeys(Concern, Action.OBSERVE),
    "alert": dict.fromkeys(Concern, Action.ALERT),
    "strict": {Concern.ADS: Action.REMOVE, Concern.NEGATIVE: Action.ALERT, Concern.FLOOD: Action.WARN},
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Band:
    """What a scorer was trained to: where a text counts as a hit, and where one may be acted on by itself."""

    threshold: float
    sure: float


FLOODING = Band(threshold=0.5, sure=0.9)
"""`risk.behaviour` scores .5 at the limit and .9 at five times it."""
_USUAL = Band(threshold=0.8, sure=0.95)


class Rules:
    """The rule of each concern in each group of [[groups]], else the project's. `bands`: thresholds by default."""

    def __init__(self, settings: RiskSettings, groups: Iterable[GroupSettings] = ()) -> None:
        self.bands: dict[Concern, Band] = {Concern.FLOOD: FLOODING}
        self.samples = Samples()
        self._kept: Mapping[Key, Sample] = {}
        self.adopt(settings, groups)

    def adopt(self, settings: RiskSettings, groups: Iterable[GroupSettings]) -> None:
        """Go by edited settings from now on."""
        self.settings = settings
        self._groups = {group.name: group for group in groups}

    def mode(self, group: str) -> Mode:
        """Return the mode of the group called so."""
        own, pool = self._groups.get(group), self._pool(group)
        return (own and own.risk) or (pool and pool.mode) or self.settings.mode

    def of(self, concern: Concern, group: str) -> Rule:
        """Return the rule of `concern` in the group called so."""
        mode, band = self.mode(group), self.band(concern)
        threshold = self.samples.lines.get((group, concern), band.threshold)
        rule = Rule(most=MODES[mode][concern], threshold=threshold, sure=band.sure, at_once=mode == "strict")
        own, pool = self._groups.get(group), self._pool(group)
        for layer in (self.settings, pool, own and own.risk_rules):
            rule = _laid(rule, _rung(layer, concern)) if layer else rule
        return rule

    def band(self, concern: Concern) -> Band:
        """Return what the scorer of a concern was trained to."""
        return self.bands.get(concern, _USUAL)

    def trained(self, bands: Mapping[Concern, Band]) -> None:
        """Go by scorers that were trained to `bands`."""
        self.bands.update(bands)
        self.draw(self._kept)

    def corrected(self, concern: Concern, group: str, score: float, *, is_hit: bool) -> None:
        """Let the sample of a group know what a person said of a message that was acted on.

        What lies above the stored threshold was not counted and is now, if it was honest; what only the group's own
        line acted on was counted and is no more, if it was a hit.
        """
        stored = self.band(concern).threshold
        counted = self.of(concern, group).threshold <= score < stored
        if concern is not Concern.FLOOD and (counted if is_hit else score >= stored):
            self.samples.correct((group, concern), score, is_hit=is_hit)

    def draw(self, kept: Mapping[Key, Sample]) -> None:
        """Go by the lines that these samples draw: a group's own, or till it has said enough its pool's."""
        self._kept = kept
        lines: dict[Key, float] = {}
        for concern in (Concern.ADS, Concern.NEGATIVE):
            if (band := self.bands.get(concern)) is None:  # no scorer has been loaded yet
                continue
            for group in self._groups:
                for sample in (kept.get((group, concern), Sample()), self._pooled(group, concern, kept)):
                    line = own_line(sample, self.settings.own_thresholds, stored=band.threshold, sure=band.sure)
                    if line is not None:
                        lines[group, concern] = line
                        break
        self.samples.lines = lines

    def _pooled(self, group: str, concern: Concern, kept: Mapping[Key, Sample]) -> Sample:
        pool = self._pool(group)
        if pool is None:
            return Sample()
        return pooled(kept.get((name, concern), Sample()) for name in self._groups if self._pool(name) is pool)

    def _pool(self, group: str) -> PoolSettings | None:
        own = self._groups.get(group)
        tags = own.tags if own is not None else frozenset()
        return next((pool for tag, pool in self.settings.pools.items() if tag in tags), None)


def _rung(level: RiskRungs, concern: Concern) -> RungSettings:
    return {Concern.ADS: level.ads, Concern.NEGATIVE: level.negative, Concern.FLOOD: level.flood}[concern]


def _laid(rule: Rule, over: RungSettings) -> Rule:
    return replace(
        rule,
        most=NAMES[over.most] if over.most is not None else rule.most,
        threshold=over.threshold if over.threshold is not None else rule.threshold,
        sure=over.sure if over.sure is not None else rule.sure,
    )
