"""A typed line as its words. Phones give full-width signs, curly quotes and blanks of many kinds; all mean the same.

Folding is sign by sign, so a place in the folded line is the same place in the line as it was typed.
"""

from __future__ import annotations

from dataclasses import dataclass

AFTER_MENTION = "\u2005"
"""What ends an @mention; names may hold blanks."""
_BLANKS = (
    "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u202f\u205f\u2060"
    "\u3000\ufeff\t\r\n\v\f"
)
_FOLDED = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {ord(blank): " " for blank in _BLANKS}
_CLOSERS = {quote: quotes for quotes in ('"“”„', "'‘’‚") for quote in quotes} | {"「": "」", "『": "』"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Token:
    """One word. `raw` as typed and `text` folded, both without quotes; `start` is its place in the line."""

    text: str
    raw: str
    start: int
    is_quoted: bool = False


def fold(text: str) -> str:
    """Return `text` with full-width signs and odd blanks as plain ones; its length stays."""
    return text.translate(_FOLDED)


def alike(text: str) -> str:
    """Return what two spellings of a name have in common: case, width and blanks do not count."""
    return "".join(fold(text).split()).casefold()


def tokens(line: str) -> tuple[Token, ...]:
    """Split `line` at blanks; a quoted piece and an @mention are one word. A quote that is not closed is a sign."""
    folded = fold(line)
    found: list[Token] = []
    at = 0
    while at < len(folded):
        if folded[at] == " ":
            at += 1
            continue
        token, at = _token(line, folded, at)
        found.append(token)
    return tuple(found)


def _token(line: str, folded: str, start: int) -> tuple[Token, int]:
    closers = _CLOSERS.get(folded[start])
    end = _first_of(folded, closers, start + 1) if closers else -1
    if end >= 0:
        raw = line[start + 1 : end]
        return Token(text=folded[start + 1 : end], raw=raw, start=start, is_quoted=True), end + 1
    end = _end_of_word(line, folded, start)
    return Token(text=folded[start:end], raw=line[start:end], start=start), end


def _end_of_word(line: str, folded: str, start: int) -> int:
    """Return where the word ends that begins at `start`; a value in quotes behind = or : belongs to it."""
    if (
        folded[start] == "@"
        and (mention := line.find(AFTER_MENTION, start)) >= 0
        and "@" not in folded[start + 1 : mention]
    ):
        return mention
    at = start
    while at < len(folded) and folded[at] != " ":
        at += 1
        closers = _CLOSERS.get(folded[at]) if at < len(folded) and folded[at - 1] in "=:" else None
        if closers and (end := _first_of(folded, closers, at + 1)) >= 0:
            at = end + 1
    return at


def _first_of(text: str, signs: str, start: int) -> int:
    return min((at for sign in signs if (at := text.find(sign, start)) >= 0), default=-1)


def unquoted(text: str) -> str:
    """Return `text` without the pair of quotes around it."""
    closers = _CLOSERS.get(text[:1])
    return text[1:-1] if closers and len(text) > 1 and text[-1] in closers else text
