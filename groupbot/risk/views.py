"""The same text seen four ways: norm, skeleton, sound (pinyin) and counts of what hides (meta)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from groupbot.risk.folds import Folds, folds

LIMIT = 2_000
"""Characters of a message that are looked at; an advertisement says it sooner."""
_TYPED = re.compile(r"[a-z]{2,}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Views:
    """`raw` is the text itself, `norm` its plain form, `skeleton` its letters only, `sound` how it is read."""

    raw: str
    norm: str
    skeleton: str
    sound: str


def views(text: str) -> Views:
    """Return the views of `text`, cut at LIMIT."""
    tables = folds()
    raw = text[:LIMIT]
    norm = raw.translate(tables.norm)
    skeleton = joined(norm.translate(tables.skeleton), tables)
    return Views(raw=raw, norm=norm, skeleton=skeleton, sound=_sound(skeleton, tables))


def joined(skeleton: str, tables: Folds) -> str:
    """Return `skeleton` with characters that were written in parts put together."""
    found = tables.parts.find_matches_as_indexes(skeleton)
    if not found:
        return skeleton
    pieces, at = [], 0
    for pattern, start, end in found:
        pieces += skeleton[at:start], tables.joined[pattern]
        at = end
    return "".join((*pieces, skeleton[at:]))


def _sound(skeleton: str, tables: Folds) -> str:
    heard = _TYPED.sub(lambda run: _syllables(run[0], tables), skeleton) if _TYPED.search(skeleton) else skeleton
    return heard.translate(tables.sound)


def _syllables(letters: str, tables: Folds) -> str:
    """Return Latin letters as the syllables that they spell, or as they are."""
    heard, at = [], 0
    while at < len(letters):
        for end in range(min(len(letters), at + 6), at + 1, -1):
            if code := tables.typed.get(letters[at:end]):
                heard.append(code)
                at = end
                break
        else:
            return letters
    return "".join(heard)
