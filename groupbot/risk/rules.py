"""Which rule holds in a group: its own, its pool's, the project's, and where these say nothing the mode's. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from groupbot.risk.ladder import NAMES, Action, Concern, Rule
from groupbot.settings.risk import RiskLevel, RiskSettings, RungSettings

MODES: Mapping[str, Mapping[Concern, Action]] = {
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
    """The rule of each concern in each group. `bands` are the defaults of thresholds."""

    def __init__(self, settings: RiskSettings, bands: Mapping[Concern, Band] | None = None) -> None:
        self._settings = settings
        self._bands = {Concern.FLOOD: FLOODING} | dict(bands or {})

    def adopt(self, settings: RiskSettings) -> None:
        """Go by edited settings from now on."""
        self._settings = settings

    @property
    def settings(self) -> RiskSettings:
        """The settings in force."""
        return self._settings

    def mode(self, group: str, tags: Iterable[str] = ()) -> str:
        """Return the mode of a group."""
        own = next((level.mode for level in self._levels(group, tags) if level.mode is not None), None)
        return own or self._settings.mode

    def of(self, concern: Concern, group: str, tags: Iterable[str] = ()) -> Rule:
        """Return the rule of `concern` in the group called so, whose tags are `tags`."""
        tags = frozenset(tags)
        mode, band = self.mode(group, tags), self._bands.get(concern, _USUAL)
        rule = Rule(most=MODES[mode][concern], threshold=band.threshold, sure=band.sure, at_once=mode == "strict")
        layers = [*(_rung(level, concern) for level in self._levels(group, tags)), _rung(self._settings, concern)]
        for layer in reversed(layers):
            rule = _laid(rule, layer)
        return rule

    def _levels(self, group: str, tags: Iterable[str]) -> list[RiskLevel]:
        """Return what the group and its pool say, the nearest first."""
        tags = frozenset(tags)
        own = self._settings.groups.get(group)
        pool = next((level for tag, level in self._settings.pools.items() if tag in tags), None)
        return [level for level in (own, pool) if level is not None]


def _rung(level: RiskLevel | RiskSettings, concern: Concern) -> RungSettings:
    return {Concern.ADS: level.ads, Concern.NEGATIVE: level.negative, Concern.FLOOD: level.flood}[concern]


def _laid(rule: Rule, over: RungSettings) -> Rule:
    return replace(
        rule,
        most=NAMES[over.most] if over.most is not None else rule.most,
        threshold=over.threshold if over.threshold is not None else rule.threshold,
        sure=over.sure if over.sure is not None else rule.sure,
    )
