"""The same text seen four ways: norm, skeleton, sound (pinyin) and counts of what hides (meta)."""

from __future__ import annotations

import re
from collections.abc import Sequence
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


@dataclass(frozen=True, kw_only=True, slots=True)
class Places:
    """Where each character of a view comes from in the raw text: `norm[i]` and `skeleton[i]` are the index there."""

    norm: tuple[int, ...]
    skeleton: tuple[int, ...]


def places(seen: Views) -> Places:
    """Return where the characters of `seen` come from; slower than `views`, and for what was found."""
    tables = folds()
    norm = tuple(at for at, one in enumerate(seen.raw) for _part in tables.norm.get(ord(one), one))
    bare = [(kept, at) for one, at in zip(seen.norm, norm, strict=True) for kept in tables.skeleton[ord(one)] or ""]
    origin = [at for _kept, at in bare]
    line, at = [], 0
    for _pattern, start, end in tables.parts.find_matches_as_indexes("".join(kept for kept, _at in bare)):
        line += [*origin[at:start], origin[start]]
        at = end
    return Places(norm=norm, skeleton=(*line, *origin[at:]))


def span(origin: Sequence[int], start: int, end: int) -> tuple[int, int]:
    """Return the slice of the raw text that `start:end` of a view shows, `origin` being the view's places."""
    return origin[start], (origin[end] if end < len(origin) else origin[end - 1] + 1)


def joined(skeleton: str, tables: Folds) -> str:
    """Return `skeleton` with characters that were written in parts put together."""
    found = tables.parts.find_matches_as_indexes(skeleton)
    if not found:
        return skeleton
    pieces: list[str] = []
    at = 0
    for pattern, start, end in found:
        pieces += skeleton[at:start], tables.joined[pattern]
        at = end
    return "".join((*pieces, skeleton[at:]))


def _sound(skeleton: str, tables: Folds) -> str:
    heard = _TYPED.sub(lambda run: _syllables(run[0], tables), skeleton) if _TYPED.search(skeleton) else skeleton
    return heard.translate(tables.sound)


def _syllables(letters: str, tables: Folds) -> str:
    """Return Latin letters as the syllables that they spell, the first as long as may be, or as they are."""
    heard: list[str | None] = [None] * len(letters) + [""]
    for at in reversed(range(len(letters))):
        for end in range(min(len(letters), at + 6), at + 1, -1):
            code, rest = tables.typed.get(letters[at:end]), heard[end]
            if code and rest is not None:
                heard[at] = code + rest
                break
    return heard[0] or letters
