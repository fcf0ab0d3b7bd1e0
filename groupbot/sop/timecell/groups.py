"""Sort the words of a cell into groups: days, and the clocks that hold on them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from groupbot.i18n import _
from groupbot.sop.timecell.days import DayPiece, days_between, unclear
from groupbot.sop.timecell.tokens import (
    Approx,
    Clock,
    DaySpan,
    DayWord,
    Edge,
    EventMoment,
    Every,
    Join,
    MonthDays,
    Near,
    Part,
    Placed,
    Since,
    Spot,
    Until,
    Weekdays,
)
from groupbot.sop.timecell.values import Place, UnknownTime
from groupbot.sop.timenode import MAX_DAYS


@dataclass(kw_only=True, slots=True)
class Group:
    """Days with their clocks, in the order written."""

    days: list[DayPiece] = field(default_factory=list)
    clocks: list[Placed] = field(default_factory=list)
    edge: Edge | None = None

    @property
    def has_clock(self) -> bool:
        """Whether a clock or a part of the day is named."""
        return any(isinstance(word.token, Clock | Part) for word in self.clocks)

    @property
    def shift(self) -> int:
        """How many days later the last word says that it is."""
        return next((word.token.shift for word in reversed(self.clocks) if isinstance(word.token, Near)), 0)

    @property
    def repeats(self) -> bool:
        """Whether the days so far are named by what repeats."""
        return any(isinstance(piece, Every | Weekdays | Since) for piece in self.days)


@dataclass(kw_only=True, slots=True)
class Sorter:
    """Take words one by one; `groups`, `approximate` and `place` are what they give."""

    text: str
    groups: list[Group] = field(default_factory=lambda: [Group()])
    approximate: bool = False
    place: Place | None = None
    _join: Placed | None = None
    _after_clock: bool = False
    _last_clock: bool = False

    def take(self, words: Iterable[Placed]) -> None:
        """Sort `words`; raises UnknownTime when they don't fit."""
        placed = tuple(words)
        for number, word in enumerate(placed):
            self._last_clock = not any(isinstance(later.token, Clock | Part) for later in placed[number + 1 :])
            self._take(word)

    def _take(self, word: Placed) -> None:
        match word.token:
            case Approx():
                self.approximate = True
            case Spot(place=place):
                self.place = self.place or place
            case Edge():
                self._edge(word.token)
            case Join():
                self._join = word
            case Part() | Clock():
                self._clock(word)
            case Near() if self._now.days or self._now.clocks:
                self._clock(word)
            case (
                DayWord() | DaySpan() | MonthDays() | Weekdays() | Every() | Near() | EventMoment() | Since() | Until()
            ):
                self._day(word.token, word)

    @property
    def _now(self) -> Group:
        return self.groups[-1]

    def _clock(self, word: Placed) -> None:
        if self._join and self._now.clocks:
            self._now.clocks.append(self._join)
        self._now.clocks.append(word)
        self._join, self._after_clock = None, True

    def _day(self, piece: DayPiece, word: Placed) -> None:
        if self._is_closed(piece):
            self.groups.append(Group())
            self._join = None
        now = self._now
        if isinstance(piece, Until) and piece.end and now.clocks and not now.days:
            raise unclear(self.text)  # `8点至活动结束`
        dash = self._join is not None and isinstance(self._join.token, Join) and self._join.token.kind == "-"
        if now.days and self._after_clock and not isinstance(piece, Since | Until) and not self._narrows(piece):
            if dash and now.repeats:
                now.days.append(Until())
            elif dash:
                self._window_end(piece, word)
                return
            elif isinstance(piece, EventMoment) and self._join is None:
                raise unclear(self.text)  # `D3 20:00（提前10分钟）`
            else:
                now = Group()
                self.groups.append(now)
        elif isinstance(piece, Until) and piece.end and now.days and not self._after_clock:
            now.days.append(Since(behind=True))  # `D5到最后一天`
        elif self._join and now.days and not self._after_clock and isinstance(self._join.token, Join):
            now.days.append(self._join.token)
        now.days.append(piece)
        self._join, self._after_clock = None, False

    def _is_closed(self, piece: DayPiece) -> bool:
        """Return whether a day behind a comma begins the next group: `… until D7 and D9 10:00`."""
        days = self._now.days
        comma = self._join is not None and isinstance(self._join.token, Join) and self._join.token.kind == ","
        bounded = Until(end=True) in days or any(isinstance(one, Since | Until) for one in days[:-1])
        return comma and bounded and bool(self._now.clocks) and not isinstance(piece, Since | Until)

    def _narrows(self, piece: DayPiece) -> bool:
        """Return whether a day behind the clocks belongs to the days before them: `每天8点（D1-D7）`."""
        if self._join is not None:
            return False
        if isinstance(piece, DayWord | DaySpan):
            return self._now.repeats
        daily = self._last_clock and all(isinstance(one, Every) for one in self._now.days)  # `每天8点（工作日）`
        return isinstance(piece, Every | Weekdays) and (daily or not self._now.repeats)

    def _window_end(self, piece: DayPiece, word: Placed) -> None:
        """Read `5月18日22:00-5月19日8:00`: the day of a window's end."""
        first = next((one.days[-1] for one in self._now.days if isinstance(one, DayWord)), None)
        last = piece.days[0] if isinstance(piece, DayWord) else None
        later = days_between(first, last) if first and last else None
        if later is None or not 0 <= later <= MAX_DAYS or self._join is None:
            raise UnknownTime(
                _("`{text}`: the window's end does not fit its start.").format(text=self.text),
                hint=_("Write for example `5月18日22:00-次日8:00`."),
            )
        self._now.clocks += [self._join, Placed(token=Near(shift=later), begin=word.begin, end=word.end)]
        self._join = None

    def _edge(self, edge: Edge) -> None:
        if self._now.edge or not (self._now.days or self._now.clocks):
            raise UnknownTime(
                _("`{text}`: before or after what?").format(text=self.text),
                hint=_("Write for example `晚8点前` or `活动前30分钟`."),
            )
        dash = self._join is not None and isinstance(self._join.token, Join) and self._join.token.kind == "-"
        if (not edge.before and not self._now.clocks) or (edge.closes and dash):
            raise unclear(self.text)  # `第3天后 20:00`
        window = any(isinstance(word.token, Join) and word.token.kind == "-" for word in self._now.clocks)
        if not (edge.closes and window):
            self._now.edge = edge
