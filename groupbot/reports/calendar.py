"""A campaign's preview as a picture: day by day, when which words go to how many groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from groupbot.i18n import _, ngettext
from groupbot.reports.letters import Letters
from groupbot.reports.pictures import Row, Section, card
from groupbot.sop.planned import PlannedTask
from groupbot.sop.preview.calendar import Day, Post, Preview
from groupbot.sop.preview.said import line, weekday

MOST_ROWS = 160
"""More make a picture of over 12,000 pixels, which chats show as a thread; the others are counted in its last line."""
_ROOMY = 60
"""Up to so many rows each may have two lines."""
_WORDS = 120
"""Characters of a message that are looked at: more than two lines hold."""


def calendar(shown: Preview, roles: Mapping[str, str], letters: Letters) -> bytes:
    """Return `shown` as a PNG; `roles`: role -> what operators call it. Takes up to 3 s: run it in a thread."""
    rows = [[_row(item, count, roles, letters) for item, count in _together(day)] for day in shown.days]
    total = sum(map(len, rows))
    sections, left = [], MOST_ROWS
    for day, found in zip(shown.days, rows, strict=True):
        if left > 0:
            sections.append(_section(day, found[:left]))
            left -= len(found)
    return card(
        shown.title,
        sections,
        letters,
        under=_summary(shown),
        foot=_("and {n} more: see the workbook or the page").format(n=total - MOST_ROWS) if total > MOST_ROWS else "",
        row_lines=2 if total <= _ROOMY else 1,
    )


def _summary(shown: Preview) -> str:
    said = [
        ngettext("{n} day", "{n} days", len(shown.days)).format(n=len(shown.days)),
        _posts(sum(len(day.posts) for day in shown.days)),
        _groups(len(shown.groups)),
        shown.timezone,
    ]
    return " · ".join(said)


def _section(day: Day, rows: Sequence[Row]) -> Section:
    heading = f"{day.day:%m-%d} {weekday(day.day.weekday())}"
    return Section(heading=heading, note=_posts(len(day.posts)), rows=tuple(rows))


def _together(day: Day) -> list[tuple[Post | PlannedTask, int]]:
    """Return posts and tasks as they come, each with its number of groups; one task in many groups stands once."""
    found: dict[object, tuple[Post | PlannedTask, int]] = {}
    for item in day.by_time:
        if isinstance(item, Post):
            found[id(item)] = item, len(item.groups)
        else:
            same = (item.step, item.due, item.text, item.assignee)
            _first, count = found.get(same, (item, 0))
            found[same] = _first, count + (item.group is not None)
    return list(found.values())


def _row(item: Post | PlannedTask, groups: int, roles: Mapping[str, str], letters: Letters) -> Row:
    clock, right = f"{item.due:%H:%M}", _groups(groups) if groups else ""
    if isinstance(item, PlannedTask):
        who = item.assignee or _("a person")
        words = _("for {who}: {text}").format(who=who, text=item.text[:_WORDS])
        return Row(left=clock, words=words, right=right, tone="task")
    words = " / ".join(line(part.content, roles)[:_WORDS] for part in item.versions[0])
    words = words if letters.drawable(words) else item.step  # nothing but emoji
    said = f"{item.speaker}: {words}" if item.speaker else words
    if item.left_out:
        late = _("{n} left out: too late").format(n=item.left_out)
        return Row(left=clock, words=f"{late} · {said}", right=right, tone="bad")
    return Row(left=clock, words=said, right=right)


def _groups(count: int) -> str:
    return ngettext("{n} group", "{n} groups", count).format(n=count)


def _posts(count: int) -> str:
    return ngettext("{n} post", "{n} posts", count).format(n=count)
