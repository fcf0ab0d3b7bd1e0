"""A campaign's preview as a picture: day by day, when which words go to how many groups."""

from __future__ import annotations

from collections.abc import Mapping

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
    count = sum(len(day.by_time) for day in shown.days)
    sections, left = [], MOST_ROWS
    for day in shown.days:
        if left > 0:
            sections.append(_section(day, roles, letters, left))
            left -= len(day.by_time)
    return card(
        shown.title,
        sections,
        letters,
        under=_summary(shown),
        foot=_("and {n} more: see the workbook or the page").format(n=count - MOST_ROWS) if count > MOST_ROWS else "",
        row_lines=2 if count <= _ROOMY else 1,
    )


def _summary(shown: Preview) -> str:
    posts = sum(len(day.posts) for day in shown.days)
    said = [
        ngettext("{n} day", "{n} days", len(shown.days)).format(n=len(shown.days)),
        ngettext("{n} post", "{n} posts", posts).format(n=posts),
        _groups(len(shown.groups)),
        shown.timezone,
    ]
    return " · ".join(said)


def _section(day: Day, roles: Mapping[str, str], letters: Letters, most: int) -> Section:
    posts = len(day.posts)
    return Section(
        heading=f"{day.day:%m-%d} {weekday(day.day.weekday())}",
        note=ngettext("{n} post", "{n} posts", posts).format(n=posts),
        rows=tuple(_row(item, roles, letters) for item in day.by_time[:most]),
    )


def _row(item: Post | PlannedTask, roles: Mapping[str, str], letters: Letters) -> Row:
    clock = f"{item.due:%H:%M}"
    if isinstance(item, PlannedTask):
        who = item.assignee or _("a person")
        return Row(left=clock, words=_("for {who}: {text}").format(who=who, text=item.text[:_WORDS]), tone="task")
    words = " / ".join(line(part.content, roles)[:_WORDS] for part in item.versions[0])
    words = words if letters.drawable(words) else item.step  # nothing but emoji
    said = f"{item.speaker}: {words}" if item.speaker else words
    if item.left_out:
        late = _("{n} left out: too late").format(n=item.left_out)
        return Row(left=clock, words=f"{late} · {said}", right=_groups(len(item.groups)), tone="bad")
    return Row(left=clock, words=said, right=_groups(len(item.groups)))


def _groups(count: int) -> str:
    return ngettext("{n} group", "{n} groups", count).format(n=count)
