"""What members asked most. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

from groupbot.chat.hanzi import simplified
from groupbot.tracking.care import is_question

MOST = 3
LEAST = 2
"""Members who must have asked the same before it counts as often asked."""
LONGEST = 30
_PLAIN = re.compile(r"[\W_]+|[吗呢啊呀吧哦了的~]|请问|老师|你好|您好|大家")


def asked_most(said: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """Return the questions that most members asked, in the words of one; `said`: (member, words)."""
    asked: dict[str, set[str]] = {}
    words: dict[str, Counter[str]] = {}
    for member, text in said:
        if is_question(text) and (key := _key(text)):
            asked.setdefault(key, set()).add(member)
            words.setdefault(key, Counter())[" ".join(text.split())[:LONGEST]] += 1
    often = sorted((key for key in asked if len(asked[key]) >= LEAST), key=lambda key: (-len(asked[key]), key))
    return tuple(f"{words[key].most_common(1)[0][0]} ×{len(asked[key])}" for key in often[:MOST])


def _key(text: str) -> str:
    """Return what two ways of asking the same have in common: no width, script, politeness or particles."""
    return _PLAIN.sub("", simplified(unicodedata.normalize("NFKC", text).casefold()))
