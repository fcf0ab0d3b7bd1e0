"""What came of a campaign so far, counted from its deliveries and the facts of its groups. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from groupbot.delivery.values import DeliveryView, State
from groupbot.sop.document import Sop
from groupbot.sop.results import GoalResult, GroupResult, Results

ON_TIME = timedelta(minutes=1)
"""What begins later than this after its time counts as late."""
_OPEN = frozenset({State.PLANNED, State.SENDING, State.HELD, State.UNKNOWN})


def results_of(
    sop: Sop,
    campaign: str,
    views: Iterable[DeliveryView],
    *,
    groups: Sequence[str],
    joins: Mapping[str, int],
    replies: Mapping[str, int],
    reached: Mapping[int, str],
) -> Results:
    """Return the results of `campaign`, which runs `sop` in `groups`.

    `joins` and `replies`: group -> members who joined, messages of members. `reached`: number of a goal (from 1) ->
    what came of it, before what the SOP itself tells of it.
    """
    by_group: defaultdict[str, list[DeliveryView]] = defaultdict(list)
    for view in views:
        by_group[view.group].append(view)
    told = {goal.text: goal.result for goal in sop.results.goals} if sop.results else {}
    return Results(
        campaign=campaign,
        finished=sum(_is_finished(by_group[group]) for group in groups),
        goals=tuple(
            GoalResult(text=goal.text, target=goal.target, result=reached.get(number, told.get(goal.text, "")))
            for number, goal in enumerate(sop.goals, start=1)
        ),
        groups={group: _of_group(by_group[group], joins.get(group, 0), replies.get(group, 0)) for group in groups},
    )


def _is_finished(views: Sequence[DeliveryView]) -> bool:
    """Return whether something was sent and nothing is left to send or decide."""
    states = {view.state for view in views}
    return State.SENT in states and not states & _OPEN


def _of_group(views: Sequence[DeliveryView], joins: int, replies: int) -> GroupResult:
    states = Counter(view.state for view in views)
    late = sum(view.started_at is not None and view.started_at > view.due + ON_TIME for view in views)
    return GroupResult(sent=states[State.SENT], late=late, skipped=states[State.SKIPPED], joins=joins, replies=replies)
