"""What an experiment compares, on whom, and when its result may be read: written down before it begins. Pure."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum

from groupbot.errors import CampaignError
from groupbot.i18n import _

VISIT = "visit"
"""Stands before the stages: a live code was opened."""
ALPHA, POWER = 0.05, 0.8
LEAST_ALPHA, MOST_ALPHA = 0.005, 0.2
"""Below it more ways of dealing would be needed than are tried (see clusters.EXACT); above it nothing is shown."""
ICC = 0.05
"""How alike members of one group are, where nobody has measured it: trials in schools and practices find .01 to .05,
and what is said in a chat group is heard by all of it."""
SPREAD = 0.3
"""Standard deviation of group sizes by their mean, where nobody gave it: that of sizes spread evenly from 60 to 200."""
MOST_VARIANTS = 5
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_VARIANT = re.compile(r"[\w-]{1,40}")


class Unit(StrEnum):
    """What is given a variant, as a whole."""

    CODE = "code"
    GROUP = "group"
    MEMBER = "member"


@dataclass(frozen=True, kw_only=True, slots=True)
class Design:
    """An experiment. `variants`: the first is what the others are compared with.

    `base`: the share of those who reached `source` that is expected to reach `target`; `effect`: the smallest
    difference of that share that is worth a change. `icc`, `members`, `spread`: how alike the members of a group are,
    how many a group has on average and how unequal groups are; of no meaning for other units.
    `size`: units that each variant is to have. `until`: the last day that counts, in the campaign's zone; None = the
    first day at whose end there are `size` units for each variant. `seed` draws the assignment.
    Raises CampaignError for what can't be.
    """

    name: str
    campaign: str
    unit: Unit
    variants: tuple[str, ...]
    source: str
    target: str
    base: float
    effect: float
    alpha: float = ALPHA
    power: float = POWER
    icc: float = ICC
    members: float = 0.0
    spread: float = SPREAD
    size: int = 0
    until: date | None = None
    seed: str = ""

    def __post_init__(self) -> None:
        for refusal in (_names, _stages, _numbers, _horizon):
            refusal(self)

    @property
    def control(self) -> str:
        """The variant that the others are compared with."""
        return self.variants[0]

    @property
    def comparisons(self) -> int:
        """How many variants are compared with the control."""
        return len(self.variants) - 1


def dumped(design: Design) -> str:
    """Return `design` as JSON."""
    return json.dumps(asdict(design) | {"until": design.until.isoformat() if design.until else None})


def loaded(text: str) -> Design:
    """Return what `dumped` wrote."""
    raw = json.loads(text)
    until = date.fromisoformat(raw["until"]) if raw["until"] else None
    return Design(**(raw | {"until": until, "unit": Unit(raw["unit"]), "variants": tuple(raw["variants"])}))


def label(experiment: str, variant: str) -> str:
    """Return the tag that a group of `variant` has: what steps are chosen by."""
    return f"{experiment}={variant}"


def _names(design: Design) -> None:
    if not _NAME.fullmatch(design.name):
        message = _("{name!r} can't be an experiment's name.").format(name=design.name)
        raise CampaignError(message, hint=_("Small letters, digits and _, as in opening_words: scripts use it."))
    count = len(set(design.variants))
    if count != len(design.variants) or not 2 <= count <= MOST_VARIANTS:  # noqa: PLR2004 - a comparison takes two
        raise CampaignError(
            _("An experiment compares 2 to {most} different variants.").format(most=MOST_VARIANTS),
            hint=_("Name them with commas between, the present way first: --variants now,short"),
        )
    for variant in design.variants:
        if not _VARIANT.fullmatch(variant):
            raise CampaignError(
                _("{name!r} can't be a variant's name.").format(name=variant),
                hint=_("Letters, digits, - and _ only, at most 40."),
            )


def _stages(design: Design) -> None:
    if design.target in {design.source, VISIT}:
        raise CampaignError(_("An experiment compares how many get from one stage to a later one."))
    if design.source == VISIT and design.unit is not Unit.CODE:
        raise CampaignError(_("Visits are counted for live codes only."), hint=_("Begin with joined, or use codes."))


def _numbers(design: Design) -> None:
    if not (LEAST_ALPHA <= design.alpha <= MOST_ALPHA and design.alpha < design.power < 1):
        message = _("The error rate must lie between {low} and {high}, the power between it and 1.")
        raise CampaignError(message.format(low=LEAST_ALPHA, high=MOST_ALPHA), hint=_("Usual are 0.05 and 0.8."))
    if not (0 <= design.icc < 1 and design.spread >= 0):
        raise CampaignError(_("How alike members of a group are is a share from 0 to below 1, as in 0.05."))
    if not (0 < design.base < 1 and design.effect > 0 and design.base + design.effect < 1):
        raise CampaignError(
            _("The expected rate and the rate with the effect must both lie between 0 and 1."),
            hint=_("A rate of 20 % that is to rise by 5 points is written: --base 0.2 --effect 0.05"),
        )
    if design.unit is Unit.GROUP and design.members < 1:
        raise CampaignError(_("How many members does a group have?"), hint=_("Give it with --members-per-group 120."))


def _horizon(design: Design) -> None:
    if design.unit is not Unit.CODE and design.until is None and design.size:
        raise CampaignError(
            _("The experiment needs a last day: groups and members are there from the first one on."),
            hint=_("Give it with --until 2026-06-30."),
        )
