"""What a person's facts add to their trail in one campaign. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from groupbot.tracking.days import day_of
from groupbot.tracking.facts import FactKind
from groupbot.tracking.replies import Posts
from groupbot.tracking.rules import StageRule, rule_key
from groupbot.tracking.scope import Scope
from groupbot.tracking.trail import Answer, Join, Move, Trail


class Seen(NamedTuple):
    """A fact as the roller reads it; `at` in milliseconds."""

    id: int
    at: int
    kind: str
    account: str
    event_id: str
    group: str | None
    member: str
    text: str | None = None
    actor: str = ""
    found_late: bool = False
    quoted: str = ""
    mentions: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """A stage that a message reached by a rule."""

    stage: str
    at: int
    group: str
    key: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Lens:
    """What facts are read with. `posts`: of the campaign, by group; `channel_of`: what a first message tells."""

    scope: Scope
    posts: Mapping[str, Posts]
    rules: tuple[StageRule, ...] = ()
    window_ms: int = 0
    channel_of: Callable[[str], str] = field(default=lambda _text: "")


_NO_POSTS = Posts()


class _Making:
    def __init__(self, lens: Lens) -> None:
        self.lens = lens
        self.joins: dict[Move, Join] = {}
        self.leaves: set[Move] = set()
        self.messages: dict[tuple[str, str], dict[str, int]] = {}
        self.spoke: dict[str, int] = {}
        self.words: tuple[int, str] | None = None
        self.answers: dict[int, Answer] = {}
        self.found: dict[str, Found] = {}

    def wrote(self, fact: Seen, group: str) -> None:
        lens = self.lens
        days = self.messages.setdefault((group, fact.account), {})
        day = day_of(fact.at, lens.scope.zone)
        days[day] = days.get(day, 0) + 1
        self.spoke[group] = min(fact.at, self.spoke.get(group, fact.at))
        if self.words is None or fact.at <= self.words[0]:
            words = fact.at, lens.channel_of(fact.text) if fact.text else ""
            self.words = min(words, self.words or words)
        posts = lens.posts.get(group, _NO_POSTS)
        if (post := posts.answered(fact.at, fact.text, fact.quoted or None, lens.window_ms)) is not None:
            known = self.answers.get(post.number)
            if known is None or fact.at < known.at:
                self.answers[post.number] = Answer(post.step, group, post.at, fact.at)
        if fact.text:
            self._ruled(fact, fact.text, group, posts)

    def _ruled(self, fact: Seen, text: str, group: str, posts: Posts) -> None:
        for rule in self.lens.rules:
            known = self.found.get(rule.stage)
            if (known is None or fact.at < known.at) and rule.fits(fact.at, text, posts):
                key = rule_key(rule.stage, fact.account, fact.event_id)
                self.found[rule.stage] = Found(stage=rule.stage, at=fact.at, group=group, key=key)

    def trail(self, member: str) -> Trail:
        return Trail(
            members=frozenset({member}),
            joins=self.joins,
            leaves=frozenset(self.leaves),
            messages=self.messages,
            spoke=self.spoke,
            words=self.words,
            answers=self.answers,
        )


def observed(member: str, facts: Iterable[Seen], lens: Lens) -> tuple[Trail, Mapping[str, Found]]:
    """Return what `facts` of one member tell, and the stages that their messages reached.

    Facts outside the campaign's scope, and those that tell nothing of a member, are passed over.
    """
    making = _Making(lens)
    for fact in facts:
        group = fact.group
        if group is None or group not in lens.scope.groups or not lens.scope.holds(fact.at):
            continue
        if fact.kind == FactKind.MESSAGE:
            making.wrote(fact, group)
        elif fact.kind == FactKind.JOIN:
            making.joins[group, fact.at] = Join(fact.found_late, fact.actor)
        elif fact.kind == FactKind.LEAVE:
            making.leaves.add((group, fact.at))
    return making.trail(member), making.found
