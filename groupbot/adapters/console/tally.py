"""What a playback came to, by group: arithmetic, and the two forms in which it is shown. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from rich import box
from rich.table import Table

from groupbot.i18n import _

ON_TIME = timedelta(seconds=60)
"""A post that starts within the minute that the operator wrote is on time: pacing spreads groups inside it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """How one delivery ended. `started_at`: first send of its first part; `fingerprints`: its parts' contents."""

    group: str
    state: str
    due: datetime
    started_at: datetime | None = None
    fingerprints: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class GroupTally:
    """Counts of one group. `planned`, `sent`, `on_time`, `late`, `skipped` are deliveries; `doubled` is posts."""

    group: str
    planned: int = 0
    sent: int = 0
    on_time: int = 0
    late: int = 0
    skipped: int = 0
    doubled: int = 0
    joins: int = 0
    replies: int = 0

    @property
    def unfinished(self) -> int:
        """Deliveries that were neither sent nor skipped."""
        return self.planned - self.sent - self.skipped


_COUNTS = tuple(field.name for field in fields(GroupTally) if field.name != "group")


def tally(
    groups: Sequence[str],
    outcomes: Iterable[Outcome],
    *,
    shown: Counter[tuple[str, str]],
    joins: Mapping[str, int],
    replies: Mapping[str, int],
) -> tuple[GroupTally, ...]:
    """Return one row per group, in the order of `groups`.

    `shown` counts the posts that appeared, by (group, fingerprint); what appeared more often than it was planned is
    doubled.
    """
    by_group: dict[str, list[Outcome]] = {group: [] for group in groups}
    for outcome in outcomes:
        by_group[outcome.group].append(outcome)
    return tuple(_row(group, by_group[group], shown, joins.get(group, 0), replies.get(group, 0)) for group in groups)


def total(rows: Iterable[GroupTally]) -> GroupTally:
    """Return the sum of `rows`; its `group` is empty."""
    kept = tuple(rows)
    return GroupTally(group="", **{name: sum(getattr(row, name) for row in kept) for name in _COUNTS})


def document(rows: Sequence[GroupTally]) -> dict[str, Any]:
    """Return the JSON document of `groupbot demo --json`."""
    return _counts(total(rows)) | {"groups": [{"group": row.group} | _counts(row) for row in rows]}


def table(rows: Sequence[GroupTally], titles: Mapping[str, str]) -> Table:
    """Return the closing table, one row per group and one of totals."""
    made = Table(box=box.SIMPLE_HEAD, show_footer=len(rows) > 1, pad_edge=False)
    sums = total(rows)
    made.add_column(_("Group"), footer=_("Total"))
    columns = (
        (_("Planned"), "planned"),
        (_("On time"), "on_time"),
        (_("Late"), "late"),
        (_("Skipped"), "skipped"),
        (_("Joins"), "joins"),
        (_("Replies"), "replies"),
    )
    for name, attribute in columns:
        made.add_column(name, justify="right", footer=str(getattr(sums, attribute)))
    for row in rows:
        made.add_row(titles.get(row.group, row.group), *(str(getattr(row, attribute)) for _name, attribute in columns))
    return made


def _counts(row: GroupTally) -> dict[str, int]:
    return {name: getattr(row, name) for name in _COUNTS}


def _row(
    group: str, outcomes: Sequence[Outcome], shown: Counter[tuple[str, str]], joins: int, replies: int
) -> GroupTally:
    sent = [outcome for outcome in outcomes if outcome.state == "sent"]
    on_time = sum(_is_on_time(outcome) for outcome in sent)
    planned_posts = Counter(mark for outcome in outcomes for mark in outcome.fingerprints)
    appeared = {mark: count for (where, mark), count in shown.items() if where == group}
    return GroupTally(
        group=group,
        planned=len(outcomes),
        sent=len(sent),
        on_time=on_time,
        late=len(sent) - on_time,
        skipped=sum(outcome.state == "skipped" for outcome in outcomes),
        doubled=sum(max(0, count - planned_posts[mark]) for mark, count in appeared.items()),
        joins=joins,
        replies=replies,
    )


def _is_on_time(outcome: Outcome) -> bool:
    return outcome.started_at is not None and outcome.started_at - outcome.due <= ON_TIME
