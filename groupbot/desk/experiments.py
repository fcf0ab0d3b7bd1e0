"""Experiments from plan to verdict, over the store. scipy is imported when one is planned or judged."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from groupbot.core.clock import Clock
from groupbot.errors import CampaignError, ConfigError
from groupbot.i18n import _, joined
from groupbot.settings import Settings
from groupbot.settings.config_file import ConfigFile
from groupbot.settings.editing import TagGroup
from groupbot.settings.tracking import BUILT_IN
from groupbot.storage.campaigns import SqlCampaigns
from groupbot.storage.engine import Database
from groupbot.storage.experiments import SqlExperiments
from groupbot.tracking.experiments.assignment import Assigned
from groupbot.tracking.experiments.compared import Analysis
from groupbot.tracking.experiments.design import VISIT, Design, Unit, label
from groupbot.tracking.experiments.reading import Reader, Reading
from groupbot.tracking.experiments.record import Experiment, Look, State
from groupbot.tracking.experiments.words import result_lines
from groupbot.tracking.metrics import Rollups
from groupbot.tracking.stage_words import stages_shown

if TYPE_CHECKING:
    from groupbot.tracking.experiments.plans import Sized

_COUNTED_IN_GROUPS = frozenset({"replied", "left"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Started:
    """What starting an experiment did. `fresh`: who was given a variant now; `notes`: what else is to be done."""

    experiment: Experiment
    fresh: tuple[Assigned, ...]
    notes: tuple[str, ...] = ()


class Experiments:
    """Plan, start, look at and end experiments. `settings`: those that hold now.

    Raises CampaignError for "no", ConfigError for a config.toml that can't be edited, StoreError.
    """

    def __init__(self, database: Database, rollups: Rollups, *, settings: Callable[[], Settings], clock: Clock) -> None:
        self._store = SqlExperiments(database)
        self._campaigns = SqlCampaigns(database)
        self._rollups = rollups
        self._settings = settings
        self._clock = clock

    async def list(self, campaign: str | None = None) -> Sequence[Experiment]:
        """Return all, or a campaign's, oldest first."""
        return await self._store.list(campaign)

    async def create(self, design: Design, *, by: str) -> tuple[Experiment, Sized]:
        """Keep a design; one without a size gets what it needs, one without a seed its own."""
        self._require_stages(design)
        self._require_future(design.until)
        told = await asyncio.to_thread(sized, design)
        design = replace(
            design, size=design.size or told.needs.units, seed=design.seed or f"{design.campaign}/{design.name}"
        )
        if not await self._store.add(design, by=by, now=self._clock.now()):
            raise CampaignError(
                _("There is an experiment called {name} already.").format(name=design.name),
                hint=_("An experiment is not changed once it is written down; make another one."),
            )
        return Experiment(design=design, by=by), told

    async def start(self, name: str, units: Sequence[str] = ()) -> Started:
        """Give units their variants: the ones named, else all of the campaign; more may be added later.

        Groups get the tag NAME=VARIANT in config.toml.
        """
        found = await self._existing(name)
        design = found.design
        if found.state is State.ENDED:
            raise CampaignError(_("{name} has ended.").format(name=name))
        self._require_future(design.until)
        strata = await self._strata(design, units)
        fresh = tuple(await self._store.start(name, strata, now=self._clock.now()))
        notes: tuple[str, ...] = ()
        if design.unit is Unit.GROUP:
            assigned = await self._store.assigned(name)
            await asyncio.to_thread(self._tag, design, assigned)
            notes = (*await self._notes(design), *_too_few(design, len(assigned)))
        return Started(experiment=await self._existing(name), fresh=fresh, notes=notes)

    async def look(self, name: str) -> Look:
        """Return how an experiment stands; one that has ended says what it said then."""
        found = await self._existing(name)
        assigned = await self._store.assigned(name)
        reading = await self._read(found.design, assigned)
        analysis = await asyncio.to_thread(_analysed, found.design, reading, assigned)
        lines = result_lines(found.design, analysis, reading.progress)
        if found.verdict:
            lines = tuple(json.loads(found.verdict)["lines"])
        return Look(
            experiment=found,
            progress=reading.progress,
            analysis=analysis,
            lines=lines,
            assigned={one.unit: one.variant for one in assigned},
            astray=self._astray(found.design, assigned),
        )

    async def end(self, name: str) -> Look:
        """End an experiment for good and keep what it says; before its last day it says nothing of the variants."""
        seen = await self.look(name)
        if seen.experiment.state is State.ENDED:
            raise CampaignError(_("{name} has ended.").format(name=name))
        lines = seen.lines
        if not seen.progress.is_over:
            lines = (_("Ended before its end: nothing can be said of the variants."), *lines[1:])
        verdict = {"lines": lines, "analysis": asdict(seen.analysis), "progress": asdict(seen.progress)}
        text = json.dumps(verdict, ensure_ascii=False, default=str)
        await self._store.end(name, text, now=self._clock.now())
        return replace(seen, experiment=await self._existing(name), lines=lines)

    async def _existing(self, name: str) -> Experiment:
        found = await self._store.get(name)
        if found is None:
            known = joined(one.design.name for one in await self._store.list()) or "—"
            raise CampaignError(
                _("There is no experiment called {name}.").format(name=name),
                hint=_("Experiments: {names}.").format(names=known),
            )
        return found

    async def _read(self, design: Design, assigned: Sequence[Assigned]) -> Reading:
        await self._rollups.refresh()
        zone = ZoneInfo(await self._zone(design.campaign))
        today = self._clock.now().astimezone(zone).date()
        reader = Reader(store=self._store, rollups=self._rollups, zone=zone, today=today)
        return await reader.read(design, assigned)

    async def _zone(self, campaign: str) -> str:
        found = await self._campaigns.get(campaign)
        return found.timezone if found else self._settings().timezone

    async def _strata(self, design: Design, units: Sequence[str]) -> Mapping[str, str]:
        """Return the units that are to have a variant, each with its stratum."""
        if design.unit is Unit.CODE:
            if units:
                raise CampaignError(_("Live codes have their variant from their own setting: none is drawn."))
            return {}
        if design.unit is Unit.MEMBER:
            return dict.fromkeys(units or await self._store.persons(design.campaign), "")
        known = {group.name: group.squad for group in self._settings().groups}
        chosen = units or await self._groups(design.campaign)
        if missing := [name for name in chosen if name not in known]:
            raise CampaignError(_("config.toml has no group called {name}").format(name=joined(missing)))
        return {name: known[name] for name in chosen}

    async def _groups(self, campaign: str) -> Sequence[str]:
        if await self._campaigns.get(campaign) is not None:
            return await self._campaigns.groups(campaign)
        raise CampaignError(
            _("{campaign} has not been launched: which groups are meant?").format(campaign=campaign),
            hint=_("Name them with --groups."),
        )

    async def _notes(self, design: Design) -> tuple[str, ...]:
        if await self._campaigns.get(design.campaign) is None:
            return (_("Launch the campaign with --id {campaign}.").format(campaign=design.campaign),)
        said = _("{campaign} was launched before: launch or edit it again, so that posts that wait follow the tags.")
        return (said.format(campaign=design.campaign),)

    def _tag(self, design: Design, assigned: Sequence[Assigned]) -> None:
        settings = self._settings()
        tags = {group.name: group.tags for group in settings.groups}
        changes = []
        for one in assigned:
            if one.unit not in tags:
                continue
            others = {tag for tag in tags[one.unit] if not tag.startswith(label(design.name, ""))}
            wanted = others | {label(design.name, one.variant)}
            if wanted != tags[one.unit]:
                changes.append(TagGroup(name=one.unit, tags=tuple(sorted(wanted))))
        if changes:
            ConfigFile(settings.file, settings.environ).edit(*changes)

    def _astray(self, design: Design, assigned: Sequence[Assigned]) -> tuple[str, ...]:
        if design.unit is not Unit.GROUP:
            return ()
        tags = {group.name: group.tags for group in self._settings().groups}
        return tuple(
            one.unit for one in assigned if label(design.name, one.variant) not in tags.get(one.unit, frozenset())
        )

    def _require_stages(self, design: Design) -> None:
        rules = self._settings().tracking
        known = {VISIT, *BUILT_IN, *(stage.name for stage in rules.stages)}
        for name in (design.source, design.target):
            if name not in known:
                names = stages_shown((*BUILT_IN, *sorted(known - {*BUILT_IN})), rules)
                raise CampaignError(
                    _("There is no stage called {name}.").format(name=name),
                    hint=_("Stages: {names}.").format(names=names),
                )
        if design.unit is Unit.MEMBER and _COUNTED_IN_GROUPS & {design.source, design.target}:
            raise CampaignError(_("Members are compared by stages that are recorded, as signed_up and paid are."))

    def _require_future(self, until: date | None) -> None:
        today = self._clock.now().astimezone(ZoneInfo(self._settings().timezone)).date()
        if until is not None and until < today:
            raise CampaignError(_("{day} is over.").format(day=until.isoformat()))


def as_document(look: Look) -> dict[str, Any]:
    """Return how an experiment stands as JSON shows it."""
    design = look.experiment.design
    stored = json.loads(look.experiment.verdict) if look.experiment.verdict else {}
    analysis = stored.get("analysis") or json.loads(json.dumps(asdict(look.analysis)))
    progress = stored.get("progress") or json.loads(json.dumps(asdict(look.progress), default=str))
    return {
        "id": design.name,
        "campaign": design.campaign,
        "unit": design.unit.value,
        "variants": list(design.variants),
        "from": design.source,
        "to": design.target,
        "state": look.experiment.state.value,
        "progress": progress,
        **analysis,
        "lines": list(look.lines),
        "assigned": dict(look.assigned),
        "astray": list(look.astray),
    }


def sized(design: Design, have: int = 0) -> Sized:
    """Return what is told before an experiment begins; `have`: units of each variant that there are, 0 = not said.

    Raises ConfigError without the extra `experiments`.
    """
    made: Sized = _reckoning("plans").sized(design, have)
    return made


def _too_few(design: Design, given: int) -> tuple[str, ...]:
    planned = design.size * len(design.variants)
    if given >= planned:
        return ()
    said = _("{given} of {planned} groups have a variant; with fewer than planned it may show nothing.")
    return (said.format(given=given, planned=planned),)


def _analysed(design: Design, reading: Reading, assigned: Sequence[Assigned]) -> Analysis:
    given = {variant: sum(one.variant == variant for one in assigned) for variant in design.variants}
    meant = given if design.unit is not Unit.CODE and assigned else None
    made: Analysis = _reckoning("analysis").analysed(
        design, reading.counted, given=meant, is_over=reading.progress.is_over
    )
    return made


def _reckoning(name: str) -> ModuleType:
    """Return a module that reckons with scipy, whose import takes a second. Raises ConfigError where it is missing."""
    try:
        return import_module(f"groupbot.tracking.experiments.{name}")
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "scipy":
            raise
        raise ConfigError(_("Experiments need scipy."), hint="pip install 'groupbot[experiments]'") from error
