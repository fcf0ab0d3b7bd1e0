"""Steps that get in each other's way: due together, before the one above is through, or too many at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import groupby

from groupbot.i18n import _, joined
from groupbot.sop.document import AnnouncementPart, RenamePart, Step
from groupbot.sop.lint.findings import Findings
from groupbot.sop.lint.scene import Post, Scene
from groupbot.sop.timenode import AfterStep

BURST_MESSAGES = 12
"""More than so many messages within `BURST_MINUTES` scroll a screen away faster than members read it."""
BURST_MINUTES = 10
_NEXT = 50
"""Steps that are compared with one before them; more at one time are told by `bursts`."""


def clashes(scene: Scene, found: Findings) -> None:
    """Warn of steps that are due at the same instant for the same groups, once for each set of steps."""
    told = set()
    for _utc, together in groupby(scene.posts, key=lambda post: post.utc):
        posts = [post for post in together if post.is_at_an_instant and "same-time" not in post.step.lint_off]
        meeting = _meeting(posts, scene) if len(posts) > 1 else []
        ids = tuple(step.id for step in meeting)
        if ids and ids not in told:
            told.add(ids)
            message = _("{count} steps are due at {clock} in the same groups: {steps}.").format(
                count=len(ids), clock=f"{posts[0].due:%H:%M}", steps=joined(ids)
            )
            hint = _("They go out one after the other as they stand in the file; make them one step, or spread them.")
            found.warn("same-time", message, meeting[1], hint=hint)


def _meeting(posts: Sequence[Post], scene: Scene) -> list[Step]:
    """Return the steps that share a group with the first that shares one with any; none when nobody does."""
    for number, first in enumerate(posts[:_NEXT]):
        others = [post.step for post in posts[number + 1 :] if _meet(first.step, post.step, scene)]
        if others:
            return [first.step, *others]
    return []


def overlaps(scene: Scene, found: Findings) -> None:
    """Warn of a step that is due while the parts of an earlier one still go out, once for each pair."""
    told = set()
    for number, post in enumerate(scene.posts):
        through = post.utc + timedelta(seconds=sum(part.gap_s for part in post.step.parts))
        for later in scene.posts[number + 1 : number + 1 + _NEXT]:
            if later.utc >= through:
                break
            pair = (post.step.id, later.step.id)
            if later.utc > post.utc and pair not in told and _meet(post.step, later.step, scene):
                told.add(pair)
                message = _("`{later}` is due at {clock}, while the parts of `{first}` go out until {end}.").format(
                    later=later.step.id,
                    clock=f"{later.due:%H:%M}",
                    first=post.step.id,
                    end=f"{through.astimezone(post.due.tzinfo):%H:%M:%S}",
                )
                found.warn("steps-overlap", message, later.step, hint=_("Move it, or shorten the gaps of the first."))


def bursts(scene: Scene, found: Findings) -> None:
    """Warn where a group gets more messages in a few minutes than its members read; once for each first step."""
    told = set()
    for posts in _by_group(scene):
        for first, count in _heaps(posts):
            if first.step.id not in told:
                told.add(first.step.id)
                message = _("From {clock} on, a group gets {count} messages within {minutes} minutes.").format(
                    clock=f"{first.due:%H:%M}", count=count, minutes=BURST_MINUTES
                )
                hint = _("Say it in fewer messages, or spread them: at most {limit} are read.").format(
                    limit=BURST_MESSAGES
                )
                found.warn("burst", message, first.step, hint=hint)


def _by_group(scene: Scene) -> Iterator[list[Post]]:
    """Yield the posts of each group, once for groups that get the same steps."""
    steps: dict[object, list[str]] = defaultdict(list)
    for step, audience in scene.audiences.items():
        for group in audience:
            steps[group].append(step)
    for chosen in {frozenset(ids) for ids in steps.values()}:
        yield [post for post in scene.posts if post.step.id in chosen]


def _heaps(posts: Sequence[Post]) -> Iterator[tuple[Post, int]]:
    """Yield the first post and the number of messages of each window with too many of them."""
    number = 0
    while number < len(posts):
        first = posts[number]
        until = first.utc + timedelta(minutes=BURST_MINUTES)
        count, end = 0, number
        while end < len(posts) and posts[end].utc < until:
            count, end = count + _messages(posts[end].step), end + 1
        if count > BURST_MESSAGES:
            yield first, count
            number = end
        else:
            number += 1


def _messages(step: Step) -> int:
    return sum(not isinstance(part, AnnouncementPart | RenamePart) for part in step.parts)


def _meet(one: Step, other: Step, scene: Scene) -> bool:
    """Return whether some group gets both steps, and neither is meant to follow the other."""
    follows = any(isinstance(a.at, AfterStep) and a.at.step == b.id for a, b in ((one, other), (other, one)))
    return one is not other and not follows and not scene.audiences[one.id].isdisjoint(scene.audiences[other.id])
