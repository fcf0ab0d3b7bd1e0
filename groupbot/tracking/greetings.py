"""What a friendship request's greeting tells: the code word of a poster, whichever way somebody typed it. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence


def folded(text: str) -> str:
    """Return `text` as it is compared: no blanks, one width, one case."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def holds(greeting: str, words: Iterable[str]) -> bool:
    """Tell whether `greeting` holds one of `words`."""
    said = folded(greeting)
    return any(folded(word) in said for word in words)


def channel_of(greeting: str, words: Mapping[str, Sequence[str]]) -> str:
    """Return the channel whose word `greeting` holds, "" = none; `words`: by channel. Of several the longest counts."""
    said = folded(greeting)
    found = [(len(folded(word)), channel) for channel, its in words.items() for word in its if folded(word) in said]
    return max(found, key=lambda one: one[0], default=(0, ""))[1]
