"""Candidates with sensible defaults, for what judges them one at a time."""

from __future__ import annotations

from datetime import datetime, timedelta

from groupbot.core.content import Part, Text
from groupbot.core.policies import Policies
from groupbot.delivery.values import Candidate
from tests.contract.ledger.conftest import T0


def candidate(
    *,
    due: datetime = T0,
    until: datetime | None = None,
    not_before: datetime | None = None,
    next_part: int = 0,
    policies: Policies | None = None,
    approved: bool = False,
) -> Candidate:
    chosen = policies or Policies(grace=timedelta(minutes=10))
    expected = due if next_part == 0 else not_before or due
    return Candidate(
        id=1,
        campaign="camp",
        key="s1/2026-05-18.0/g1",
        step="s1",
        group="g1",
        member=None,
        lane="g:g1",
        account="main",
        due=due,
        until=until,
        not_before=not_before or due,
        priority=0,
        parts=tuple(Part(content=Text(text=word)) for word in ("one", "two")),
        next_part=next_part,
        attempt=0,
        plan_version=1,
        policies=chosen,
        late_at=chosen.latest(expected, until),
        approved=approved,
    )
