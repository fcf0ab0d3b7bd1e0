"""Rows of a table -> steps: each row becomes posts, triggers or tasks, or a problem that names its cell."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Protocol

from groupbot.core.policies import Policies
from groupbot.i18n import _
from groupbot.sop.document import Holidays, PartSpec, Place, Step
from groupbot.sop.notes import Notes
from groupbot.sop.open_end import format_at
from groupbot.sop.places import is_name
from groupbot.sop.planned import Source
from groupbot.sop.schema import MAX_PHASE
from groupbot.sop.template import Template
from groupbot.sop.timecell.values import PlaceholderLeft, Scheduled, TimeReading
from groupbot.sop.timenode import TimeNodeError
from groupbot.sop.workbook.actions import Action, actions_of
from groupbot.sop.workbook.day_signs import DAYISH
from groupbot.sop.workbook.exact import exact_step
from groupbot.sop.workbook.headings import Field
from groupbot.sop.workbook.row_rules import rules_of
from groupbot.sop.workbook.rows import Row
from groupbot.sop.workbook.scripts import ScriptReader
from groupbot.sop.workbook.timed_lines import timed_lines
from groupbot.sop.workbook.times import time_place
from groupbot.sop.workbook.timing import Timing, event_reading, timing_of
from groupbot.sop.workbook.words import is_fake, is_nothing, is_off

_SLUG = 16
_HASH_DIGITS = 8
_NO_WORD = re.compile(r"[^\w]+")
_ACTIONS = (Field.SCRIPT, Field.STEP, Field.GROUP_ACTION, Field.MEMBER_ACTION, Field.MOMENTS_ACTION)
_TIMES = (Field.DAY, Field.WHEN, Field.OFTEN, Field.TRIGGER)
_CLOCK = re.compile(r"\d\s*[:：点时]")
_TOTAL = re.compile(r"(?:总?合|总|小|共)计[:：]?|汇总[:：]?|总和|(?:grand )?total[:：]?", re.IGNORECASE)
_ROBOTS = re.compile(r"机器人|bot|自动|系统|wetool|工具", re.IGNORECASE)


class Times(Protocol):
    """Where a row's time comes from."""

    def of(self, row: Row) -> TimeReading:
        """Return when the row is; raises TimeNodeError."""
        ...

    def name(self, row: Row) -> str:
        """Return what tells the row's time from others, in words that stay while the cell does."""
        ...


@dataclass(kw_only=True, slots=True)
class StepMaker:
    """Make the steps of a workbook, in order. `roles` maps a role's name to what operators call it."""

    notes: Notes
    scripts: ScriptReader
    roles: dict[str, str]
    policies: Policies = Policies()  # frozen
    holidays: Holidays = "any"
    """What becomes of a row on official days off that says nothing of them."""
    steps: list[Step] = field(default_factory=list)
    goals: dict[str, str] = field(default_factory=dict)
    """Phase -> what it is for."""
    _ids: dict[str, int] = field(default_factory=dict)

    def add(self, row: Row, times: Times) -> None:
        """Take in one row."""
        if row.get(Field.SETTINGS):
            self._exact(row, times)
            return
        if is_off(row.text(Field.STATUS)):
            message = _("The row is left out, since its state is `{state}`.").format(state=row.text(Field.STATUS)[:20])
            self.notes.warn("row-left-out", message, row.where(Field.STATUS), hint=_("Clear the state to plan it."))
            self._keep_time(row, times)
            return
        if self._adds_up(row) or self._goes_on(row) or self._lacks_values(row, times):
            return
        actions = actions_of(row)
        if not actions:
            self._idle(row, times)
            return
        if is_fake(row.text(Field.ACTOR)) and not self._others(row.text(Field.ACTOR)):
            self._refuse_fake(row.where(Field.ACTOR))
            self._keep_time(row, times)
            return
        if all(action.cell and is_nothing(action.words) for action in actions):
            self._keep_time(row, times)
            return
        reading = self._reading(row, times)
        if reading is None:
            self._judge(row, actions)
            return
        when = times.name(row)
        for number, action in enumerate(actions):
            self._act(row, replace(action, with_materials=False) if number else action, reading, when=when)

    def _exact(self, row: Row, times: Times) -> None:
        """Take in a row that groupbot wrote."""
        values = {"id": self._id(row, row.stage, (row.text(Field.WHEN), row.text(Field.SCRIPT)))}
        if at := self._exact_time(row, times):
            values["at"] = at
        if said := row.text(Field.SPEAKER):
            values["speaker"] = {title: name for name, title in self.roles.items()}.get(said) or self._declared(said)
        if who := row.text(Field.ACTOR):
            values["assignee"] = who
        known = frozenset(self.scripts.variables)
        step = exact_step(row, values, roles=self.roles, variables=known, policies=self.policies, notes=self.notes)
        self.steps += [step] if step else []

    def _exact_time(self, row: Row, times: Times) -> str:
        """Return the row's time as YAML has it; one that was written by hand may say less, as in other rows."""
        said = row.text(Field.WHEN)
        with suppress(TimeNodeError):
            reading = times.of(row)
            if isinstance(reading.when, Scheduled) and not reading.assumptions:
                return format_at(reading.when.node)
        return said

    def _adds_up(self, row: Row) -> bool:
        """Note a row of totals: `合计 | 12`."""
        cells = row.table.sheet.filled(row.number)
        if not cells or not _TOTAL.fullmatch(cells[0].text) or row.get(Field.SCRIPT) or row.own(*_TIMES):
            return False
        self.notes.warn("row-not-read", _("The row adds up the others: it is no step."), row.where())
        return True

    def _goes_on(self, row: Row) -> bool:
        """Add the materials of a row that only goes on with the merged words of the row above to that row's step."""
        main = next((cell for name in _ACTIONS for cell in row.cells(name)), None)
        if main is None or main.row >= row.number or row.own(*_ACTIONS, *_TIMES) or not self.steps:
            return False
        last = self.steps[-1]
        if last.task is None:
            more = Action(cell=None, field=Field.MATERIAL, place=None)
            parts = self.scripts.parts(row, "", row.where(Field.MATERIAL), more)
            self.steps[-1] = replace(last, parts=self.scripts.spaced((*last.parts, *parts), last.source))
        return True

    def _lacks_values(self, row: Row, times: Times) -> bool:
        """Note formulas that gave nothing when the file was saved: nobody knows what they would say."""
        unstored = row.unstored()
        for cell in unstored:
            message = _("The formula has no stored value.")
            hint = _("Open the workbook in a spreadsheet, save it there, or write the words themselves.")
            self.notes.error("formula-without-value", message, row.table.sheet.at(cell), hint=hint)
        if unstored:
            self._keep_time(row, times)
        return bool(unstored)

    def _idle(self, row: Row, times: Times) -> None:
        """Note a row that asks for nothing."""
        self._keep_time(row, times)
        said = row.text(Field.WHEN) or row.text(Field.DAY)
        if len(row.table.sheet.filled(row.number)) == 1 and DAYISH.search(said) and not _CLOCK.search(said):
            return  # a day that heads the rows below
        message = _("The row says nothing that could be posted or done.")
        self.notes.warn("empty-row", message, row.where(), hint=_("Fill in its words, or clear the row."))

    def _keep_time(self, row: Row, times: Times) -> None:
        """Read the time for the rows below, whatever becomes of this one."""
        try:
            times.of(row)
        except TimeNodeError:
            return

    def _reading(self, row: Row, times: Times) -> TimeReading | None:
        if row.get(Field.DAY) and event_reading(row.text(Field.WHEN)):  # a day, and an event instead of a clock
            self._keep_time(row, times)
            return event_reading(f"{row.text(Field.DAY)} {row.text(Field.WHEN)}", clocked=True)
        try:
            return times.of(row)
        except PlaceholderLeft as error:
            self.notes.refused("placeholder-left", error, time_place(row))
        except TimeNodeError as error:
            if event := event_reading(times.name(row)):
                return event
            self.notes.refused("bad-time", error, time_place(row))
        return None

    def _judge(self, row: Row, actions: Sequence[Action]) -> None:
        """Note what is wrong in the words and materials of a row whose time can't be read."""
        for number, action in enumerate(actions):
            where = row.table.sheet.at(action.cell) if action.cell else row.where(Field.MATERIAL)
            found = self.scripts.words(row, action.cell)
            if found and is_fake(found[0], action.name):
                self._refuse_fake(where)
            elif found and not action.by_person:
                kept = action.with_materials and number == 0
                self.scripts.parts(row, found[0], where, replace(action, pictures=found[1], with_materials=kept))

    def _act(self, row: Row, action: Action, reading: TimeReading, *, when: str) -> None:
        if is_nothing(action.words):
            return
        where = row.table.sheet.at(action.cell) if action.cell else row.where(Field.MATERIAL)
        found = self.scripts.words(row, action.cell)
        if found is None:
            return
        words, more = found
        if is_fake(words, action.name):
            self._refuse_fake(where)
            return
        for number, (timed, text) in enumerate(timed_lines(reading, words)):
            kept = action.with_materials and number == 0
            same = not more and kept == action.with_materials
            one = action if same else replace(action, pictures=more, with_materials=kept)
            self._step(row, one, timed, text or reading.script, where=where, when=when)

    def _step(self, row: Row, action: Action, reading: TimeReading, words: str, *, where: Source, when: str) -> None:
        timing = timing_of(row, reading, self.steps[-1] if self.steps else None)
        if action.is_said and not timing.for_person:
            deed = replace(action, cell=None, is_said=False, with_materials=False)
            self._step(row, deed, reading, "", where=where, when=when)
            action = replace(action, by_person=False)
        place: Place = action.place or reading.place or "group"
        phase = (row.stage or reading.stage or row.table.sheet.name or "-").split("\n")[0][:MAX_PHASE]
        if goal := row.text(Field.GOAL):
            self.goals.setdefault(phase, goal[:MAX_PHASE])
        rules = rules_of(row, self.notes, self.holidays)
        by_person = action.by_person or timing.for_person or place == "moments"
        task = self._task(row, action, words, timing, where) if by_person else None
        parts = () if by_person else self._parts(row, action, words, where)
        if task is None and not parts:
            return
        step = Step(
            id=self._id(row, phase, (when, place, words or action.name)),
            phase=phase,
            at=timing.at,
            parts=parts,
            task=task,
            assignee=(row.text(Field.ACTOR)[:MAX_PHASE] or None) if by_person else None,
            trigger=timing.trigger,
            place=place,
            groups=rules.groups,
            weekdays=rules.weekdays,
            holidays=rules.holidays,
            audience=timing.audience or rules.audience,
            assumptions=(*reading.assumptions, *timing.said),
            speaker="" if by_person else self._speaker(row),
            policies=replace(self.policies, approval=rules.approval) if rules.approval else self.policies,
            source=where,
        )
        self.steps.append(step)

    def _parts(self, row: Row, action: Action, words: str, where: Source) -> tuple[PartSpec, ...]:
        parts = self.scripts.parts(row, words, where, action)
        if not parts:
            message = _("Nothing is left of the row that could be posted.")
            self.notes.warn("empty-row", message, where, hint=_("Write the words, or paste the picture."))
        return parts

    def _task(self, row: Row, action: Action, words: str, timing: Timing, where: Source) -> Template | None:
        """Return what a person does: when, where and what, the words ready, then the remark."""
        channel = f"【{action.label}】" if action.label else ""
        lead = (timing.note, f"{channel}{action.name}")
        text = self.scripts.task(row, words, where, action, lead=lead)
        return text if text and text.text.strip() else None

    def _speaker(self, row: Row) -> str:
        """Return the role that speaks: by its own column, or a declared one among those who act."""
        by_title = {title: name for name, title in self.roles.items()}
        said = row.text(Field.SPEAKER)
        if said and not _ROBOTS.search(said):
            return by_title.get(said) or self._declared(said)
        actor = row.text(Field.ACTOR)
        return by_title.get(actor, actor if actor in self.roles else "")

    def _declared(self, title: str) -> str:
        name = title[:MAX_PHASE]
        self.roles.setdefault(name, title)
        return name

    def _others(self, actors: str) -> bool:
        """Return whether somebody real acts beside the staged members."""
        return any(not is_fake(actor) for actor in re.split(r"[+、/,，&\s和]+", actors) if actor)

    def _refuse_fake(self, where: Source) -> None:
        message = _("The row asks for staged members or staged proofs, which groupbot does not do.")
        hint = _("Remove it, or let real members and real results speak.")
        self.notes.error("staged-members", message, where, hint=hint)

    def _id(self, row: Row, phase: str, said: tuple[str, ...]) -> str:
        """Return the id that the row carries, else one that stays while its stage, time and words do."""
        written = row.text(Field.STEP_ID).removeprefix("#")
        if written and is_name(written) and written not in self._ids:
            self._ids[written] = 1
            return written
        whole = "\0".join((row.table.sheet.name, phase, *said))
        digest = hashlib.sha256(whole.encode()).hexdigest()[:_HASH_DIGITS]
        slug = _NO_WORD.sub("-", row.text(Field.STEP).split("\n")[0] or phase)[:_SLUG].strip("-_")
        made = f"{slug or 'step'}-{digest}"
        self._ids[made] = self._ids.get(made, 0) + 1
        return made if self._ids[made] == 1 else f"{made}-{self._ids[made]}"
