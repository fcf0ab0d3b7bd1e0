"""Words as members write them, so that they are found however they are written. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from groupbot.chat.hanzi import simplified


def folded(text: str) -> str:
    """Return `text` without differences of width, case, script and outer space."""
    if text.isascii():
        return text.casefold().strip()
    return simplified(unicodedata.normalize("NFKC", text).casefold().strip())


def begins(said: str, words: Iterable[str]) -> bool:
    """Tell whether `said` is one of `words` or begins with one; both folded. A number must end there: 1 is not 15."""
    return any(said.startswith(word) and not _goes_on(said, word) for word in words)


def _goes_on(said: str, word: str) -> bool:
    rest = said[len(word) : len(word) + 1]
    return word[-1:].isascii() and word[-1:].isalnum() and rest.isascii() and rest.isalnum()
