"""Clocks and parts of the day to minutes: what is left out of a clock comes from the one before it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from groupbot.i18n import _
from groupbot.sop.timecell.dayparts import NOON, DayPart, DefaultClocks, hour_in, is_ambiguous, part_of
from groupbot.sop.timecell.tokens import Clock, Join, Near, Part, Placed
from groupbot.sop.timenode import DAY_MINUTES, Slot, TimeNodeError

_EVENING = 18 * 60
_LATE = {DayPart.EVENING, DayPart.NIGHT}
_UNLIKELY = 6
"""An hour below it, written without a day part or a leading zero, may be meant for the afternoon."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One clock, or a part of the day alone. `to_next`: a dash leads to the next; `shift`: days later."""

    written: str
    clock: Clock | None
    part: DayPart | None
    shift: int = 0
    to_next: bool = False


@dataclass(kw_only=True, slots=True)
class ClockReader:
    """Read clocks from left to right; assumptions go to `said`.

    `part` and `last` (minutes) are those of the clock before; `above`: they come from the row above.
    """

    clocks: DefaultClocks
    said: list[str] = field(default_factory=list)
    part: DayPart | None = None
    last: int | None = None
    above: bool = False
    twelve: bool = True
    day: int = 0

    def read(self, words: Sequence[Placed], text: str, shift: int = 0) -> tuple[Slot, ...]:
        """Return the slots that `words` name, `shift` days later; raises TimeNodeError."""
        entries = list(entries_of(words, text))
        found: list[Slot] = []
        pending: Entry | None = None
        for entry in entries:
            if pending is not None:
                found.append(self._window(pending, entry, shift))
                if entry.to_next:
                    raise _unclear(text)
                pending = None
            elif entry.to_next:
                pending = entry
            else:
                found.append(Slot(start=self._point(entry, shift)))
        if pending is not None:
            raise TimeNodeError(
                _("`{text}`: the dash joins nothing.").format(text=text.strip()),
                hint=_("Write both ends of the window, or no dash."),
            )
        if len({slot.start for slot in found}) < len(found):
            raise TimeNodeError(
                _("The clock list `{text}` names the same time twice.").format(text=text.strip()),
                hint=_("Write each clock once."),
            )
        return tuple(found)

    def assume(self, written: str, minute: int) -> None:
        """Tell how a clock was read."""
        self.said.append(_("`{text}` is read as {clock}.").format(text=written.strip(), clock=told(minute)))

    def _turn(self, entry: Entry) -> None:
        """Forget the day part where a clock names another day."""
        if entry.shift != self.day:
            self.day, self.part = entry.shift, None

    def _point(self, entry: Entry, shift: int) -> int:
        self._turn(entry)
        minute = self._minute(entry, shift * DAY_MINUTES)
        self.last, self.above = minute + (shift + entry.shift) * DAY_MINUTES, False
        return self.last

    def _minute(self, entry: Entry, base: int) -> int:
        """Return the minutes since the day's beginning."""
        if entry.clock is None:
            return self._part_alone(entry)
        if entry.part is not None:
            return self._within_part(entry, entry.part, entry.clock, base)
        plain = entry.clock.hour * 60 + entry.clock.minute
        if entry.clock.hour == 0:
            return self._zero(entry, entry.clock, plain)
        if entry.clock.hour > NOON:
            return plain
        if self.part is not None and not (entry.clock.padded and (self.above or not self.twelve)):
            return self._inherited(entry, self.part, entry.clock, base)
        self._doubt(entry, entry.clock, plain)
        return plain

    def _part_alone(self, entry: Entry) -> int:
        part = entry.part or DayPart.DAY
        self.part, self.twelve = part, True
        minute = self.clocks.of(part)
        said = _("`{text}` has no clock: {clock} is taken.").format(text=entry.written.strip(), clock=told(minute))
        self.said.append(said)
        return minute

    def _within_part(self, entry: Entry, part: DayPart, clock: Clock, base: int) -> int:
        minute = _explicit(entry, part, clock)
        self.part, self.twelve = part, clock.hour <= NOON
        over_night = part is DayPart.DAWN and self.last is not None and self.last % DAY_MINUTES >= _EVENING
        if over_night and self.last is not None and minute + base <= self.last and not entry.shift:
            minute += DAY_MINUTES
            self.assume(entry.written, minute)
        elif is_ambiguous(part, clock.hour):
            self.assume(entry.written, minute)
        return minute

    def _zero(self, entry: Entry, clock: Clock, plain: int) -> int:
        """Read `0点`: the day's beginning, or after an evening clock its end."""
        if clock.padded:
            return plain
        minute = plain + DAY_MINUTES if self.part in _LATE and self.last is not None else plain
        self.assume(entry.written, minute)
        return minute

    def _inherited(self, entry: Entry, part: DayPart, clock: Clock, base: int) -> int:
        """Read a clock by the day part of the one before, unless that would run backwards."""
        hour = hour_in(part, clock.hour)
        minute = None if hour is None else hour * 60 + clock.minute
        floor = -1 if self.last is None else self.last - base - entry.shift * DAY_MINUTES
        if minute is not None and minute >= floor:
            if self.above or is_ambiguous(part, clock.hour):
                self.assume(entry.written, minute)
            return minute
        later = (clock.hour % NOON + NOON) * 60 + clock.minute
        if later <= floor or part in _LATE:
            message = _("`{text}` has no day part, and that of the clock before it would run backwards.")
            raise TimeNodeError(
                message.format(text=entry.written.strip()), hint=_("Write the day part, e.g. `晚上9点`, or the date.")
            )
        self.part = part_of(later)
        self.assume(entry.written, later)
        return later

    def _doubt(self, entry: Entry, clock: Clock, plain: int) -> None:
        """Tell of a clock that may be meant for the other half of the day."""
        if clock.spoken or (not clock.padded and clock.hour < _UNLIKELY):
            self.assume(entry.written, plain)

    def _window(self, first: Entry, end: Entry, shift: int) -> Slot:
        if first.part is None and end.clock and end.clock.part and first.clock and first.clock.hour <= NOON:
            first = _before_half(first, end)
        start = self._point(first, shift)
        self._turn(end)
        day = (shift + end.shift) * DAY_MINUTES
        until = self._end(first, end, start - day) + day
        if until - start > DAY_MINUTES:
            raise TimeNodeError(
                _("The window `{text}` is longer than a day.").format(text=f"{first.written}-{end.written}"),
                hint=_("Write a window for each day, e.g. `每天8:00-20:00`."),
            )
        if until <= start:
            raise TimeNodeError(
                _("The window `{text}` is empty.").format(text=f"{first.written}-{end.written}"),
                hint=_("Write a later end, or the clock alone."),
            )
        self.above = False
        return Slot(start=start, end=until)

    def _end(self, first: Entry, end: Entry, start: int) -> int:
        """Return the minute at which a window ends that begins at `start`."""
        clock = end.clock
        if clock is None:
            return self._part_alone(end)
        if end.part is not None:
            self.part = end.part
            minute = _explicit(end, end.part, clock)
            return minute if minute > start else self._next_day(end, minute, start, silent=True)
        plain = clock.hour * 60 + clock.minute
        if clock.hour > NOON or (clock.padded and not (self.part and self.twelve)):
            silent = clock.padded and (first.clock is None or first.clock.padded)
            return plain if plain > start else self._next_day(end, plain, start, silent=silent)
        hour = hour_in(self.part, clock.hour) if self.part else clock.hour
        if hour is not None and hour * 60 + clock.minute > start:
            return hour * 60 + clock.minute
        return self._later_end(end, clock, start)

    def _later_end(self, end: Entry, clock: Clock, start: int) -> int:
        """Read an end without a day part that would lie before the start: after noon, or the next day."""
        afternoon = (clock.hour % NOON + NOON) * 60 + clock.minute
        minute = afternoon if afternoon > start and self.part not in _LATE else clock.hour % NOON * 60 + clock.minute
        if minute == start or clock.hour * 60 + clock.minute == start:
            return start
        if minute <= start:
            return self._next_day(end, minute, start, silent=False)
        self.part = part_of(minute)
        self.assume(end.written, minute)
        return minute

    def _next_day(self, end: Entry, minute: int, start: int, *, silent: bool) -> int:
        if minute == start:
            return minute
        if not silent:
            self.assume(end.written, minute + DAY_MINUTES)
        return minute + DAY_MINUTES


def entries_of(words: Iterable[Placed], text: str) -> Iterator[Entry]:
    """Yield the clocks of `words`, each with the day part in front of it; raises TimeNodeError for one behind it."""
    ready: Entry | None = None
    part: Placed | None = None
    shift, behind = 0, False
    for word in _once(words):
        match word.token:
            case Part():
                if part is not None:
                    yield from (ready,) if ready else ()
                    ready = _alone(part, text, shift)
                behind = behind or (part is None and ready is not None and ready.clock is not None)
                part = word
            case Clock() as clock:
                yield from (ready,) if ready else ()
                own = part.token.part if part and isinstance(part.token, Part) else clock.part
                begin = part.begin if part else word.begin
                ready = Entry(written=text[begin : word.end], clock=clock, part=own, shift=shift)
                part, behind = None, False
            case Near(shift=later):
                shift = later
            case Join(kind=kind):
                if part is not None:
                    _refuse_behind(text, behind=behind)
                    yield from (ready,) if ready else ()
                    ready, part = _alone(part, text, shift), None
                if ready is not None:
                    yield from (ready,) if kind != "-" else ()
                    ready = replace(ready, to_next=True) if kind == "-" else None
                behind = False
    yield from (ready,) if ready else ()
    if part is not None:
        _refuse_behind(text, behind=behind)
        yield _alone(part, text, shift)


def _once(words: Iterable[Placed]) -> list[Placed]:
    """Return `words` without a day part that is told again: `夜间（晚9点）`."""
    kept = list(words)
    again = {two.begin for one, two in pairwise(kept) if isinstance(two.token, Part) and one.token == two.token}
    return [word for word in kept if word.begin not in again]


def _refuse_behind(text: str, *, behind: bool) -> None:
    if behind:
        raise TimeNodeError(
            _("`{text}`: the day part stands behind its clock.").format(text=text.strip()),
            hint=_("Write it in front, e.g. `晚上8点`."),
        )


def _alone(part: Placed, text: str, shift: int) -> Entry:
    own = part.token.part if isinstance(part.token, Part) else None
    return Entry(written=text[part.begin : part.end], clock=None, part=own, shift=shift)


def _before_half(first: Entry, end: Entry) -> Entry:
    """Return the start of `8-9pm` in the half of the day in which it lies before its end."""
    if first.clock is None or end.clock is None or end.clock.part is None:
        return first
    same = hour_in(end.clock.part, first.clock.hour)
    last = hour_in(end.clock.part, end.clock.hour)
    earlier = same is not None and last is not None and same * 60 + first.clock.minute < last * 60 + end.clock.minute
    return replace(first, part=end.clock.part if earlier else DayPart.AM)


def _explicit(entry: Entry, part: DayPart, clock: Clock) -> int:
    hour = hour_in(part, clock.hour)
    if hour is None:
        raise TimeNodeError(
            _("`{text}`: there is no such clock in that part of the day.").format(text=entry.written.strip()),
            hint=_("Write the 24-hour clock, e.g. `20:00`; after midnight `次日凌晨1点`."),
        )
    return hour * 60 + clock.minute


def _unclear(text: str) -> TimeNodeError:
    return TimeNodeError(
        _("`{text}` joins three clocks by dashes.").format(text=text.strip()),
        hint=_("Write windows apart, e.g. `8:00-9:00、10:00-11:00`."),
    )


def told(minute: int) -> str:
    """Return a minute of the day for people: `20:00`, `24:00`, `+1d 01:00`."""
    days, rest = divmod(minute, DAY_MINUTES)
    if minute <= DAY_MINUTES:
        return f"{minute // 60:02}:{minute % 60:02}"
    return f"+{days}d {rest // 60:02}:{rest % 60:02}"
