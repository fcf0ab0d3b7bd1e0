"""Which post of a step a message answers. Pure; instants are milliseconds.

A quote says it by itself. Else it is the post that was the newest of its campaign in the group, for a while; after that
only a post that asked for the very words that the message begins with.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from groupbot.tracking.days import DAY_MS
from groupbot.tracking.words import begins, folded

EXPECTED_FOR = DAY_MS
"""How long an answer that a post asked for by its words is still one: check-ins of the day come until midnight."""
_CHECK_INS = re.compile(r"打卡|签到|接龙|举手|报数|投票")
_TYPE_THIS = re.compile(
    r"(?:扣|回复|回|打|敲|发送?|输入)(?:数字|关键词|关键字|个)?\s*(?:[\"'“”‘’「」【】\[\]]+([^\"'“”‘’「」【】\[\]]{1,12})[\"'“”‘’「」【】\[\]]+"
    r"|([0-9]{1,3}|[a-z](?![a-z])))"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class StepPost:
    """A step as it was posted in a group. `number`: of its delivery; `at`: of its first part.

    `ids`: message ids of its parts; `expects`: words that it asks for. Its first part's instant never changes.
    """

    number: int
    step: str
    group: str
    at: int
    ids: frozenset[str] = frozenset()
    expects: frozenset[str] = frozenset()
    parts: int = 1
    """How many of its parts were posted by now."""


class Posts:
    """The posts of a campaign in one group."""

    def __init__(self, posts: Iterable[StepPost] = ()) -> None:
        self._posts = sorted(posts, key=lambda post: (post.at, post.number))
        self._times = [post.at for post in self._posts]
        self._by_id = {message_id: post for post in self._posts for message_id in post.ids}

    @property
    def all(self) -> Sequence[StepPost]:
        """Return them by time."""
        return self._posts

    def before(self, at: int) -> Sequence[StepPost]:
        """Return what was posted at `at` or before, the oldest first."""
        return self._posts[: bisect_right(self._times, at)]

    def answered(self, at: int, text: str | None, quoted: str | None, window_ms: int) -> StepPost | None:
        """Return the post that a message of `at` answers, None = none."""
        if quoted and (post := self._by_id.get(quoted)) is not None:
            return post
        newest = bisect_right(self._times, at) - 1
        if newest < 0:
            return None
        if at - self._times[newest] <= window_ms:
            return self._posts[newest]
        return self._expecting(at, newest, text)

    def _expecting(self, at: int, newest: int, text: str | None) -> StepPost | None:
        if not text:
            return None
        said = folded(text)
        for place in range(newest, -1, -1):
            if at - self._times[place] > EXPECTED_FOR:
                return None
            if begins(said, self._posts[place].expects):
                return self._posts[place]
        return None


def expected_words(text: str) -> frozenset[str]:
    """Return the words that a post asks its readers to send: 打卡, 扣1, 回复“学习”."""
    said = folded(text)
    quoted = {word for pair in _TYPE_THIS.findall(said) for word in pair if word}
    return frozenset({*_CHECK_INS.findall(said), *(word.strip() for word in quoted)}) - {""}
