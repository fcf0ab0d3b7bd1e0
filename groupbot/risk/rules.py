"""Which rule holds in a group: its own, its pool's, the project's, and where these say nothing the mode's. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from groupbot.risk.ladder import NAMES, Action, Concern, Rule
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
        mode, band = self.mode(group), self.bands.get(concern, _USUAL)
        rule = Rule(most=MODES[mode][concern], threshold=band.threshold, sure=band.sure, at_once=mode == "strict")
        own, pool = self._groups.get(group), self._pool(group)
        for layer in (self.settings, pool, own and own.risk_rules):
            rule = _laid(rule, _rung(layer, concern)) if layer else rule
        return rule

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
