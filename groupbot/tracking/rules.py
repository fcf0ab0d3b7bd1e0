"""Stages that a message or a tag reaches by itself, as [[tracking.stages]] says. Pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from groupbot.settings.tracking import StageSettings
from groupbot.tracking.replies import Posts
from groupbot.tracking.words import begins, folded

KEY_LIMIT = 190
"""Longest key that is stored as it is; the end of a longer one is a hash."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StageRule:
    """What a message must be like to reach a stage; see settings.tracking.StageSettings."""

    stage: str
    keywords: frozenset[str] = frozenset()
    pattern: re.Pattern[str] | None = None
    after: str = ""
    within_ms: int = 0

    def fits(self, at: int, text: str, posts: Posts) -> bool:
        """Tell whether a message of `at` in the group of `posts` reaches the stage."""
        return self._says(text) and (not self.after or self._is_in_time(at, posts))

    def _says(self, text: str) -> bool:
        if self.keywords and begins(folded(text), self.keywords):
            return True
        return self.pattern is not None and self.pattern.search(text) is not None

    def _is_in_time(self, at: int, posts: Posts) -> bool:
        asked = [post.at for post in posts.before(at) if post.step == self.after]
        return bool(asked) and (not self.within_ms or at - asked[-1] <= self.within_ms)


@dataclass(frozen=True, kw_only=True, slots=True)
class Rules:
    """Every rule. `tags`: the stages that a tag reaches, by the tag."""

    messages: tuple[StageRule, ...] = ()
    tags: tuple[tuple[str, str], ...] = ()


def rules_of(stages: Iterable[StageSettings]) -> Rules:
    """Return the rules that the settings hold."""
    told: Sequence[StageSettings] = tuple(stages)
    return Rules(
        messages=tuple(
            StageRule(
                stage=stage.name,
                keywords=frozenset(map(folded, stage.keywords)),
                pattern=re.compile(stage.pattern) if stage.pattern else None,
                after=stage.after,
                within_ms=int(stage.within_s * 1000),
            )
            for stage in told
            if stage.keywords or stage.pattern
        ),
        tags=tuple((stage.tag, stage.name) for stage in told if stage.tag),
    )


def rule_key(stage: str, account: str, event_id: str) -> str:
    """Name a conversion that a message made: the same message makes the same one."""
    return _short(f"rule:{stage}:{account}/{event_id}")


def tag_key(stage: str, member: str) -> str:
    """Name a conversion that a tag made; a tag that is given again makes no second one."""
    return _short(f"tag:{stage}:{member}")


def _short(key: str) -> str:
    return key if len(key) <= KEY_LIMIT else key[: KEY_LIMIT - 17] + "~" + hashlib.sha256(key.encode()).hexdigest()[:16]
