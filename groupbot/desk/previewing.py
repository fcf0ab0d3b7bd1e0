"""A campaign before it is launched, day by day: what the preview's commands, pages and chat answers are made of."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace

from groupbot.campaign.views import DayText, PreviewText
from groupbot.delivery.pacing import Pace
from groupbot.desk.linting import Crew, plan_problems
from groupbot.i18n import _
from groupbot.settings.accounts import PacingSettings
from groupbot.sop.document import Sop
from groupbot.sop.preview.calendar import Day, Post, Preview, preview
from groupbot.sop.preview.said import line, weekday
from groupbot.sop.starts import GroupStart, plan_starts

SHORT = 60
"""Characters of a message where many stand below each other."""


@contextmanager
def collector_paused() -> Iterator[None]:
    """Keep Python from looking for cycles while a large plan is built: it has none, and the search doubles the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def previewed(
    sop: Sop, starts: Sequence[GroupStart], given: Mapping[str, str], crew: Crew, *, named: bool = True
) -> Preview:
    """Return the preview with everything that lint says of it; without `named` groups it looks at the SOP alone."""
    groups = [one.group for one in starts]
    first = min(starts, key=lambda one: one.start)
    crew = _whole(crew, [group.name for group in groups])
    made = plan_starts(sop, starts, start=first.start, variables=given)
    expected = crew.expected(made)
    found = plan_problems(
        sop,
        made,
        groups=groups if named else [],
        start=first.start,
        event=first.event,
        crew=crew if named else None,
        expected=expected,
    )
    slow = () if named else crew.problems(made, sop, expected)
    return preview(replace(made, problems=(*made.problems, *found, *slow)), expected)


def in_words(shown: Preview, roles: Mapping[str, str]) -> PreviewText:
    """Return `shown` as text; `roles`: role -> what operators call it."""
    return PreviewText(
        headline=headline(shown),
        days=tuple(_day(day, roles) for day in shown.days),
        undated=tuple(f"{task.step}: {task.text}" for task in shown.undated),
        problems=shown.problems,
    )


def headline(shown: Preview) -> str:
    """Return what a preview amounts to."""
    posts = sum(len(post.groups) for day in shown.days for post in day.posts)
    return _("{title} · {posts} posts to {groups} groups in {days} days · {zone}").format(
        title=shown.title, posts=posts, groups=len(shown.groups), days=len(shown.days), zone=shown.timezone
    )


def short(text: str) -> str:
    """Return `text` in one line of at most `SHORT` characters."""
    words = " ".join(text.split())
    return words if len(words) <= SHORT else words[: SHORT - 1] + "…"


def _day(day: Day, roles: Mapping[str, str]) -> DayText:
    lines = [f"{day.day:%m-%d} {weekday(day.day.weekday())}"]
    for item in day.by_time:
        if isinstance(item, Post):
            words = " / ".join(short(line(part.content, roles)) for part in item.versions[0])
            reach = _("{count} groups").format(count=len(item.groups))
            late = _("{n} left out: too late").format(n=item.left_out) if item.left_out else ""
            lines.append(" · ".join(filter(None, (f"{item.due:%H:%M} {item.step}", reach, late, words))))
        else:
            said = _("for {who}: {text}").format(who=item.assignee or _("a person"), text=item.text)
            lines.append(f"{item.due:%H:%M} {item.step} · {short(said)}")
    return DayText(day=day.day, text="\n".join(lines), posts=sum(len(post.groups) for post in day.posts))


def _whole(crew: Crew, groups: Sequence[str]) -> Crew:
    """Return a crew for all `groups`; those that no config knows share one account with the usual [pacing]."""
    usual = PacingSettings()
    one = Pace(
        account_interval_s=usual.account_interval_s,
        group_interval_s=usual.group_interval_s,
        jitter=usual.jitter,
        account_daily_cap=usual.account_daily_cap,
    )
    return replace(
        crew,
        paces={_("one account"): one} | dict(crew.paces),
        accounts=dict.fromkeys(groups, _("one account")) | dict(crew.accounts),
    )
