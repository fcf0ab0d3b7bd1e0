"""What of a playback is shown: the first day as members see it, then a digest per day; or everything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, tzinfo

from groupbot.adapters.console import render
from groupbot.adapters.console.render import Line
from groupbot.adapters.console.scene import Happening, Joined, Left, Post, Said, Scene, TakenBack
from groupbot.adapters.console.wrap import clip
from groupbot.core.content import fingerprint
from groupbot.i18n import _

_LINES_AFTER_POST = 4  # of one group's members: enough to see that they answer


@dataclass(slots=True)
class _Day:
    """Counts of the day that is being played. The one mutable value here."""

    date: date
    posts: int = 0
    joined: int = 0
    left: int = 0
    messages: int = 0
    quote: Said | None = None


class Showing:
    """Turn what happens into the lines to print.

    `first_day` is day 1; what is before it counts as day 0. Members' lines are shown for the first of `titles` only,
    and a post that goes to several groups is drawn once. With `everything` nothing is left out.
    """

    def __init__(
        self, *, titles: Mapping[str, str], zone: tzinfo, first_day: date, width: int, everything: bool = False
    ) -> None:
        self._titles = titles
        self._lead = next(iter(titles))
        self._zone = zone
        self._first_day = first_day
        self._width = width
        self._everything = everything
        self._day: _Day | None = None
        self._drawn: set[str] = set()
        self._room = 0
        self._also = ""
        self._quoted: set[str] = set()

    def see(self, scene: Scene) -> list[Line]:
        """Return the lines that `scene` adds, those of a day that ended before it first."""
        day = scene.at.astimezone(self._zone).date()
        lines: list[Line] = []
        if self._day is None or self._day.date != day:
            lines += self.finish()
            self._day = _Day(date=day)
            self._drawn.clear()
            self._room = _LINES_AFTER_POST
            if self._in_full(day):
                lines.append(render.heading(self._name(day), self._width))
        self._count(self._day, scene)
        if self._in_full(day):
            lines += self._lines(scene)
        return lines

    def finish(self) -> list[Line]:
        """Return the digest of the day that is over; nothing before the first."""
        return list(self._digest(self._day)) if self._day else []

    def _in_full(self, day: date) -> bool:
        return self._everything or day <= self._first_day

    def _name(self, day: date) -> str:
        if day < self._first_day:
            return _("Before the first day · {date}").format(date=day.isoformat())
        return _("Day {number} · {date}").format(number=(day - self._first_day).days + 1, date=day.isoformat())

    def _lines(self, scene: Scene) -> list[Line]:
        match scene:
            case Post():
                return self._post(scene)
            case TakenBack():
                return render.scene(scene, titles=self._titles, zone=self._zone, width=self._width)
            case _:
                return self._member(scene)

    def _post(self, post: Post) -> list[Line]:
        title = self._titles.get(post.to, post.to)
        mark = fingerprint(post.content)
        self._room = _LINES_AFTER_POST
        if mark in self._drawn and not self._everything:
            told, self._also = self._also == title, title
            return [] if told else [render.also_line(post, title=title, zone=self._zone, width=self._width)]
        self._drawn.add(mark)
        self._also = ""
        return render.post_card(post, title=title, zone=self._zone, width=self._width)

    def _member(self, happening: Happening) -> list[Line]:
        if not self._everything:
            if happening.group != self._lead or self._room == 0:
                return []
            self._room -= 1
        return render.scene(happening, titles=self._titles, zone=self._zone, width=self._width)

    def _digest(self, day: _Day) -> Iterator[Line]:
        counts = _("{posts} posts · {joined} joined · {left} left · {messages} messages").format(
            posts=day.posts, joined=day.joined, left=day.left, messages=day.messages
        )
        lead = "  = " if self._in_full(day.date) else f"{self._name(day.date)}  "
        yield render.line((lead, "bold"), (counts, ""))
        if day.quote and not self._in_full(day.date):
            self._quoted.add(day.quote.text)
            words = f"{day.quote.member.name}: {day.quote.text}"
            yield render.line(("    " + clip(words, self._width - 4), "green"))

    def _count(self, day: _Day, scene: Scene) -> None:
        match scene:
            case Post():
                day.posts += 1
            case Joined():
                day.joined += 1
            case Left():
                day.left += 1
            case Said():
                day.messages += 1
                if scene.text not in self._quoted and (day.quote is None or len(scene.text) > len(day.quote.text)):
                    day.quote = scene
