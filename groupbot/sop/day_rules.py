"""On which days a step happens at all: chosen weekdays, and what becomes of it on official days off. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from groupbot.i18n import _, joined
from groupbot.sop.calendar import Calendar, Moment, localise
from groupbot.sop.days_off import WORKDAYS, DayKind
from groupbot.sop.document import Step
from groupbot.sop.notes import Notes

_SHOWN = 5
"""Days that an assumption names; more of them are counted."""
_FARTHEST = 30
"""Days within which a day of work follows every holiday."""


def has_rules(step: Step) -> bool:
    """Return whether `step` says on which days it happens."""
    return step.weekdays is not None or step.holidays != "any"


def calendar_for(step: Step, calendar: Calendar) -> Calendar:
    """Return the calendar that reads the step's days: official ones only where the step speaks of holidays."""
    return calendar if step.holidays != "any" else replace(calendar, days_off=None)


def on_its_days(step: Step, moments: Sequence[Moment], calendar: Calendar, notes: Notes) -> list[Moment]:
    """Return those of `moments` that fall on the step's days, moved where the step says so.

    What was left out is told as an assumption of the first that stays. Noted: years without declared days off, and
    that nothing is left.
    """
    if not moments or not has_rules(step):
        return list(moments)
    rules = _Rules(step=step, calendar=calendar_for(step, calendar))
    kept = [found for moment in moments if (found := rules.judge(moment))]
    for year in sorted(rules.unknown):
        _note_unknown(year, step, notes)
    if not kept:
        note_no_day(step, notes)
    elif rules.left_out:
        said = _("Left out on {days}, by the step's weekdays or holidays.").format(days=_shown(rules.left_out))
        kept[0] = replace(kept[0], assumptions=(*kept[0].assumptions, said))
    return kept


def note_no_day(step: Step, notes: Notes) -> None:
    """Note that the rules leave `step`, or the step that it follows, no day."""
    message = _("The step `{id}` never happens with this start: weekdays or holidays leave out every day.")
    hint = _("Change `weekdays:` or `holidays:`, or start on another day.")
    notes.warn("no-day-left", message.format(id=step.id), step.source, hint=hint)


@dataclass(kw_only=True, slots=True)
class _Rules:
    """Judge the moments of one step."""

    step: Step
    calendar: Calendar
    left_out: list[date] = field(default_factory=list)
    unknown: set[int] = field(default_factory=set)

    def judge(self, moment: Moment) -> Moment | None:
        """Return the moment as it stays, None when it is left out."""
        day = moment.due.date()
        if self.step.weekdays is not None and not self.calendar.is_on(day, self.step.weekdays):
            self.left_out.append(day)
            return None
        if self.step.holidays == "any":
            return moment
        is_off = self._kind(day) is DayKind.HOLIDAY
        if self.step.holidays == "shift":
            return self._shifted(moment) if is_off else moment
        if is_off == (self.step.holidays == "only"):
            return moment
        self.left_out.append(day)
        return None

    def _kind(self, day: date) -> DayKind | None:
        kind = self.calendar.days_off.kind(day) if self.calendar.days_off else None
        if kind is None:
            self.unknown.add(day.year)
        return kind

    def _shifted(self, moment: Moment) -> Moment:
        """Return `moment` at the same clock of the first day of work that follows."""
        day = moment.due.date()
        later = (timedelta(days=number) for number in range(1, _FARTHEST))
        by = next(length for length in later if self._is_work(day + length))
        due, said = localise(moment.due.replace(tzinfo=None) + by, self.calendar.zone)
        until = moment.until and localise(moment.until.replace(tzinfo=None) + by, self.calendar.zone)[0]
        moved = _("{day} is an official day off: moved to {due}.").format(day=day, due=due.date())
        return replace(moment, due=due, until=until, assumptions=(*moment.assumptions, moved, *said))

    def _is_work(self, day: date) -> bool:
        kind = self._kind(day)
        return kind in {DayKind.WORK, DayKind.MAKE_UP} or (kind is None and day.weekday() in WORKDAYS)


def _note_unknown(year: int, step: Step, notes: Notes) -> None:
    message = _("No official days off are known for {year}: they are announced in the autumn before.").format(year=year)
    if any(problem.code == "holidays-unknown" and problem.message == message for problem in notes.problems):
        return
    hint = _("Until `pip install -U chinesecalendar` brings them, its days count by their weekday alone.")
    notes.warn("holidays-unknown", message, step.source, hint=hint)


def _shown(days: Iterable[date]) -> str:
    every = [f"{day}" for day in dict.fromkeys(days)]
    shown = joined(every[:_SHOWN])
    more = len(every) - _SHOWN
    return _("{days} and {more} more days").format(days=shown, more=more) if more > 0 else shown
