"""Time nodes to instants: the campaign's first day, its event and its zone turn words into points in time.

A local time that a change of the clocks skips moves forward to the first instant that exists; one that happens twice
means the first. Both are told as assumptions, and so is every reading that the operator might have meant otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from groupbot.i18n import _
from groupbot.sop.days_off import WEEKEND, WORKDAYS, ChineseDaysOff, DayKind, DaysOff
from groupbot.sop.timenode import (
    MAX_DAYS,
    AfterStep,
    CalendarDay,
    CampaignDay,
    Day,
    EventDay,
    FromEvent,
    OnDay,
    Repeat,
    Slot,
    TimeNodeError,
)

_LEAP_YEAR_WAIT = 9
"""Years within which a 29 February comes again, the gap around 1900 and 2100 included."""


_CHINA = ChineseDaysOff()


@dataclass(frozen=True, kw_only=True, slots=True)
class Moment:
    """One time of a step: aware, in the campaign's zone. `index` numbers the clock within the step."""

    due: datetime
    until: datetime | None = None
    index: int = 0
    assumptions: tuple[str, ...] = ()

    @property
    def utc(self) -> datetime:
        """The instant in UTC: what moments are ordered by (wall clocks of one zone compare wrongly at a fold)."""
        return self.due.astimezone(UTC)


@dataclass(frozen=True, kw_only=True, slots=True)
class Calendar:
    """What gives days their dates. `day_zero`: the SOP uses D0, so D-1 is two days before D1.

    `last` is where repetitions without an end stop: the campaign's last day, or None for a week. `days_off` tells what
    days are officially, None = every day is what its weekday says.
    """

    start: date
    zone: ZoneInfo
    event: datetime | None = None
    day_zero: bool = False
    last: date | None = None
    days_off: DaysOff | None = _CHINA

    def date_of(self, day: Day) -> tuple[date, tuple[str, ...]]:
        """Return the date of `day` and what was assumed.

        Raises OverflowError outside the years 1-9999, LookupError for a day of an event without a time, TimeNodeError
        for a date on another weekday than the one written beside it.
        """
        found, said = self._date_of(day)
        if isinstance(day, CalendarDay) and day.weekday not in {None, found.weekday()}:
            raise TimeNodeError(
                _("{date} is no {weekday}.").format(date=found, weekday=weekday_name(day.weekday or 0)),
                hint=_("Mend the date or the weekday beside it; a year in the date helps."),
            )
        return found, said

    def _date_of(self, day: Day) -> tuple[date, tuple[str, ...]]:
        match day:
            case CampaignDay(number=number):
                return self._campaign_day(number)
            case CalendarDay(year=int(year), month=month, day=number):
                return date(year, month, number), ()
            case CalendarDay(month=month, day=number):
                found = first_on_or_after(self.start, month, number)
                said = _("`{month:02}-{day:02}` has no year: read as {date}, the first on or after the start.")
                return found, (said.format(month=month, day=number, date=found),)
            case EventDay(days=days):
                return self.event_time().date() + timedelta(days=days), ()

    def event_time(self) -> datetime:
        """Return the event's instant in the zone; raises LookupError when none is set."""
        if self.event is None:
            raise LookupError
        return self.event

    def day_number(self, local: date) -> int:
        """Return the campaign's day that `local` is, counted as the SOP counts (1 = the first day)."""
        passed = (local - self.start).days
        return passed + 1 if passed >= 0 or self.day_zero else passed

    def on_day(self, node: OnDay) -> list[Moment]:
        """Return the moments of `node`."""
        day, said = self.date_of(node.day)
        return [self._at(day, slot, index, said) for index, slot in enumerate(node.slots)]

    def repeated(self, node: Repeat) -> list[Moment]:
        """Return the moments of `node`; raises TimeNodeError for more than ten years of them."""
        first, said_first = self.date_of(node.first) if node.first else (self.start, ())
        last, said_last = self.date_of(node.until) if node.until else self._open_end()
        if (last - first).days > MAX_DAYS:
            message = _("The step repeats for more than ten years, until {last}.").format(last=last)
            raise TimeNodeError(message, hint=_("Mend its last day or the start date."))
        days = (first + timedelta(days=n) for n in range((last - first).days + 1))
        chosen = [day for day in days if self.is_on(day, node.weekdays)]
        return [
            self._at(day, slot, index, said_first + said_last)
            for day in chosen
            for index, slot in enumerate(node.slots)
        ]

    def is_on(self, day: date, weekdays: frozenset[int]) -> bool:
        """Return whether `day` is one of `weekdays`; the five of work, and the weekend, follow the official days."""
        kind = self.days_off.kind(day) if self.days_off and weekdays in (WORKDAYS, WEEKEND) else None
        if kind is None:
            return day.weekday() in weekdays
        if weekdays == WORKDAYS:
            return kind in {DayKind.WORK, DayKind.MAKE_UP}
        return day.weekday() in WEEKEND and kind is not DayKind.MAKE_UP

    def _open_end(self) -> tuple[date, tuple[str, ...]]:
        """Return where a repetition without an end stops."""
        if self.last is not None:
            said = _("Repeats until {date}, the campaign's last day.").format(date=self.last)
            return self.last, (said,)
        last = self.start + timedelta(days=6)
        return last, (_("No step says when the campaign ends: repeats for a week, until {date}.").format(date=last),)

    def from_event(self, node: FromEvent) -> list[Moment]:
        """Return the moment of `node`: days on the wall clock, then minutes of real time."""
        event = self.event_time()
        wall = event.replace(tzinfo=None) + timedelta(days=node.days)
        at, said = localise(wall, self.zone) if node.days else (event, ())
        due = (at.astimezone(UTC) + timedelta(minutes=node.minutes)).astimezone(self.zone)
        return [Moment(due=due, assumptions=said)]

    def after(self, node: AfterStep, moments: list[Moment]) -> list[Moment]:
        """Return the moments of a step that follows one with `moments`."""
        delay = timedelta(minutes=node.minutes)
        return [
            Moment(due=(m.utc + delay).astimezone(self.zone), index=m.index, assumptions=m.assumptions) for m in moments
        ]

    def _campaign_day(self, number: int) -> tuple[date, tuple[str, ...]]:
        if number > 0:
            return self.start + timedelta(days=number - 1), ()
        shift = number - 1 if self.day_zero else min(number, -1)
        day = self.start + timedelta(days=shift)
        if self.day_zero:
            said = _("The SOP uses D0, read as the day before D1: `D{number}` is {date}.")
        else:
            said = _("The SOP has no D0, so D-1 is the day before D1: `D{number}` is {date}.")
        return day, (said.format(number=number, date=day),)

    def _at(self, day: date, slot: Slot, index: int, said: tuple[str, ...]) -> Moment:
        midnight = datetime.combine(day, time())
        due, moved = localise(midnight + timedelta(minutes=slot.start), self.zone)
        if slot.end is None:
            return Moment(due=due, index=index, assumptions=said + moved)
        until, moved_end = localise(midnight + timedelta(minutes=slot.end), self.zone)
        if until.astimezone(UTC) <= due.astimezone(UTC):  # the clocks skipped the whole window: keep its length
            until = (due.astimezone(UTC) + timedelta(minutes=slot.end - slot.start)).astimezone(self.zone)
        return Moment(due=due, until=until, index=index, assumptions=said + moved + moved_end)


def weekday_name(number: int) -> str:
    """Return the name of a day of the week (0 = Monday) in the operator's language."""
    return (
        _("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday")
    )[number]  # fmt: skip


def first_on_or_after(start: date, month: int, day: int) -> date:
    """Return the first date with that month and day on or after `start`; raises OverflowError after year 9999."""
    for year in range(start.year, start.year + _LEAP_YEAR_WAIT):
        try:
            found = date(year, month, day)
        except ValueError:  # 29 February of a common year, or the year 10000
            continue
        if found >= start:
            return found
    raise OverflowError


def localise(wall: datetime, zone: ZoneInfo) -> tuple[datetime, tuple[str, ...]]:
    """Return the instant at which `zone`'s clocks show `wall` (naive), and what was assumed when none or two do."""
    early, late = wall.replace(tzinfo=zone), wall.replace(tzinfo=zone, fold=1)
    if early.utcoffset() == late.utcoffset():
        return early, ()
    back = early.astimezone(UTC).astimezone(zone)
    if back.replace(tzinfo=None) == wall:
        said = _("{wall} happens twice in {zone}: the first is meant.").format(wall=_shown(wall), zone=zone.key)
        return early, (said,)
    due = _transition(late.astimezone(UTC), early.astimezone(UTC), zone).astimezone(zone)
    said = _("{wall} does not exist in {zone}: moved to {due}.")
    return due, (said.format(wall=_shown(wall), zone=zone.key, due=_shown(due)),)


def _transition(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """Return the first UTC instant, to the second, at which `zone` has the offset that it has at `after`."""
    target = after.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) // 2
        if middle.astimezone(zone).utcoffset() == target:
            after = middle
        else:
            before = middle
    return after.replace(microsecond=0)


def _shown(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M")
