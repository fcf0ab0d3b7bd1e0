"""From the words of a cell to its time: days, clocks on them, and what is taken from the row above or by default."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from groupbot.i18n import _
from groupbot.sop.timecell.dayparts import DayPart
from groupbot.sop.timecell.days import DayReader, unclear
from groupbot.sop.timecell.groups import Group, Sorter
from groupbot.sop.timecell.slots import ClockReader, told
from groupbot.sop.timecell.tokens import Clock, DayWord, EventMoment, Every, Join, Part, Placed, Weekdays
from groupbot.sop.timecell.values import By, Carried, Days, Listed, Place, Scheduled, Span, TimeContext, UnknownTime
from groupbot.sop.timenode import DAY_MINUTES, EVERY_DAY, EventDay, FromEvent, OnDay, Repeat, Several, Slot, TimeNode

_HALF_DAY = DAY_MINUTES // 2
Node = OnDay | Repeat | FromEvent


@dataclass(kw_only=True, slots=True)
class Scheduler:
    """Read one cell; `text` is its time as written, `folded` the text that the words' places count in."""

    text: str
    folded: str
    context: TimeContext
    said: list[str] = field(default_factory=list)
    place: Place | None = None

    def schedule(self, words: Sequence[Placed]) -> tuple[Scheduled | By, Carried]:
        """Return the time and what cells below may leave out; raises TimeNodeError."""
        self._refuse_dotted(words)
        sorter = Sorter(text=self.text)
        sorter.take(words)
        self.place = sorter.place
        carried = self.context.above.carried if self.context.above else Carried()
        nodes: list[Node] = []
        for number, group in enumerate(sorter.groups):
            made, carried = self._group(group, carried, above=number == 0)
            nodes += made
        nodes = sorted(dict.fromkeys(nodes), key=lambda node: isinstance(node, FromEvent))
        node = nodes[0] if len(nodes) == 1 else Several(nodes=tuple(nodes))
        return self._framed(node, sorter), carried

    def _framed(self, node: TimeNode, sorter: Sorter) -> Scheduled | By:
        edges = [group.edge for group in sorter.groups if group.edge]
        if edges and edges[0].before:
            if len(sorter.groups) > 1:
                raise unclear(self.text)
            return By(node=node)
        clocks = any(group.has_clock for group in sorter.groups)
        exact = any(isinstance(word.token, Clock) for group in sorter.groups for word in group.clocks)
        return Scheduled(
            node=node,
            approximate=sorter.approximate,
            has_clock=clocks or isinstance(node, FromEvent),
            part_only=clocks and not exact,
        )

    def _group(self, group: Group, carried: Carried, *, above: bool) -> tuple[list[Node], Carried]:
        timed = [piece for piece in group.days if isinstance(piece, EventMoment)]
        alone = not group.clocks and all(isinstance(piece, EventMoment | Join) for piece in group.days)
        if timed and (alone or any(not moment.days for moment in timed)):
            return self._moments(timed, group, carried)
        reader = DayReader(text=self.text, above=carried, said=self.said)
        own = reader.read(group.days)
        days, shift = self._days(own, reader.near, carried)
        same_day = (own is None or own == carried.days) and shift == carried.shift
        clocks = ClockReader(
            clocks=self.context.clocks,
            said=self.said,
            part=carried.part if same_day or not above else None,
            last=carried.last if own is None and same_day else None,
            above=above,
        )
        slots = clocks.read(group.clocks, self.folded, shift) if group.has_clock else self._whole_day(group, shift)
        self._edge(group, slots)
        latest = max(slot.start for slot in slots)
        kept = Carried(days=days, shift=max(shift, (latest - 1) // DAY_MINUTES), part=clocks.part, last=clocks.last)
        return _nodes(days, slots), kept

    def _moments(self, moments: list[EventMoment], group: Group, carried: Carried) -> tuple[list[Node], Carried]:
        """Return times that count from the event's own clock."""
        joined = [piece for piece in group.days if not isinstance(piece, EventMoment)]
        if group.clocks or group.edge or any(not isinstance(piece, Join) or piece.kind == "-" for piece in joined):
            raise unclear(self.text)
        if any(one != two and not isinstance(two, Join) for one, two in pairwise(group.days) if one in moments):
            raise unclear(self.text)  # `活动当天提前1小时`
        if any(moment.unit_open for moment in moments):
            self.said.append(_("`{text}` says no unit: days are meant.").format(text=self.text))
        steps = [step for moment in moments for step in moment.steps]
        days = tuple(day for moment in moments for day in moment.days)
        kept = Carried(days=Listed(days=days or tuple(EventDay(days=shift) for shift, _minutes in steps)))
        if any(abs(minutes) > _HALF_DAY for _shift, minutes in steps):  # it may lie on another day than the event
            kept = carried
        return [FromEvent(days=shift, minutes=minutes) for shift, minutes in steps], kept

    def _days(self, own: Days | None, near: int | None, carried: Carried) -> tuple[Days, int]:
        """Return the days and how many days later the clocks are; raises UnknownTime when none are known."""
        if own is not None:
            return self._in_column(own), near or 0
        if near is None and self.context.weekdays:
            self.said.append(_("The column's weekday holds until the campaign's last day."))
            return Span(weekdays=self.context.weekdays), 0
        if carried.days is not None:
            return carried.days, carried.shift + (near or 0)
        if near is None and self.context.otherwise is not None:
            said = _("`{text}` has no day: read as every day, as nothing above it says one.")
            if isinstance(self.context.otherwise, Listed):
                said = _("`{text}` has no day: all of it is read as one day, the group's only one.")
            self.said.append(said.format(text=self.text))
            return self.context.otherwise, 0
        raise UnknownTime(
            _("`{text}` has no day, and there is none above it.").format(text=self.text),
            hint=_("A clock needs a day, e.g. `D1 20:00` or `daily 20:00 until D7`."),
        )

    def _in_column(self, own: Days) -> Days:
        if self.context.weekdays and isinstance(own, Span) and own.weekdays == EVERY_DAY:
            return replace(own, weekdays=self.context.weekdays)
        return own

    def _whole_day(self, group: Group, shift: int) -> tuple[Slot, ...]:
        if group.edge is not None:
            return (Slot(start=(shift + group.shift + 1) * DAY_MINUTES),)
        minute = self.context.clocks.of(DayPart.DAY)
        self.said.append(_("`{text}` has no clock: {clock} is taken.").format(text=self.text, clock=told(minute)))
        return (Slot(start=(shift + group.shift) * DAY_MINUTES + minute),)

    def _edge(self, group: Group, slots: tuple[Slot, ...]) -> None:
        if group.edge is None:
            return
        if not group.edge.before:
            if not group.clocks:
                raise unclear(self.text)
            said = _("`{text}` is read as at {clock}, not later.")
            self.said.append(said.format(text=self.text, clock=told(slots[0].start)))
        elif not group.clocks:
            self.said.append(_("`{text}` is read as before the end of that day.").format(text=self.text))

    def _refuse_dotted(self, words: Iterable[Placed]) -> None:
        """Raise for `8.30` alone, which may be a date or a clock."""
        tokens = [word.token for word in words]
        dotted = any(isinstance(token, DayWord) and token.dotted for token in tokens)
        if dotted and not any(isinstance(token, Clock | Part | Every | Weekdays) for token in tokens):
            raise UnknownTime(
                _("`{text}` may be a date or a clock.").format(text=self.text),
                hint=_("Write the date as 5月18日, the clock as 8:30."),
            )


def _nodes(days: Days, slots: tuple[Slot, ...]) -> list[Node]:
    match days:
        case Listed(days=named):
            return [OnDay(day=day, slots=slots) for day in named]
        case Span(weekdays=weekdays, first=first, until=until):
            return [Repeat(weekdays=weekdays, slots=slots, first=first, until=until)]
