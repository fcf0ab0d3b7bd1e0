"""Posts that ask a group for many short answers: 打卡, 接龙, 扣1, a poll. Such answers are no flood."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from groupbot.core.content import Content, Text

_ASKS = re.compile(
    r"打卡|接龙|签到|投票|点赞|刷屏|[扣回打敲](?:复|个)?\s*[\"'“‘「【]?\s*(?:[1-9一]|[a-z]|到|收到|好|是|学习|报名)"
    r"|回复(?:数字|关键词|关键字)|评论区|举手|报数|(?:选|回)\s*[a-d](?![a-z])",
    re.IGNORECASE,
)
"""How Chinese community scripts ask for an answer of a word or two."""


def asks_for_answers(contents: Iterable[Content]) -> bool:
    """Return whether a post asks all who read it for a short answer."""
    return any(isinstance(content, Text) and _ASKS.search(content.text) is not None for content in contents)


class ExpectedAnswers:
    """The groups that are asked now, each until `lasts()` after the post that asked.

    Kept in memory: after a start whoever asks hands in what was `posted` within `lasts()`.
    """

    def __init__(self, lasts: Callable[[], timedelta]) -> None:
        self.lasts = lasts
        self._until: dict[str, datetime] = {}

    def posted(self, group: str, contents: Iterable[Content], at: datetime) -> None:
        """Note what an SOP's step posted to a group."""
        if (lasts := self.lasts()) and asks_for_answers(contents):
            self._until[group] = max(at + lasts, self._until.get(group, at))

    def is_open(self, group: str, at: datetime) -> bool:
        """Return whether answers are expected in that group."""
        until = self._until.get(group)
        return until is not None and at <= until
