"""What a message in a staffed chat is to the bot: a command, a numbered reply, four digits, or nothing. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from groupbot.admin.folding import AFTER_MENTION, fold, tokens
from groupbot.admin.parsing import is_command

_QUOTE = re.compile(r"\A「(.*)」\s*\n(?:[-—–] ?){5,}\s*\n", re.DOTALL)
"""How platforms without quotes of their own write one: the words in 「」, a line of strokes, then the reply. Greedy:
what a quoted message says about a further quote is quoted, too."""
_NAMED = re.compile(r"#(\d{1,7})[ :,.]+(\d)|(\d{1,7}) +(\d)")
"""Without # a blank alone parts the two: 3.5 is a price, and 9:1 a clock."""
_DIGITS = re.compile(r"(?:/?(?:确认|confirm))? *(\d{4})", re.IGNORECASE)
_LONGEST = 4_000
"""Signs of the longest command."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """A command as typed, stroke included."""

    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    """A digit for a card or a menu. `number`: the card that it names, None = the one quoted, or the only one."""

    digit: int
    number: int | None = None
    is_explicit: bool = False
    """Whether it can't be anything else, as #12 1."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Digits:
    """Four digits that may confirm a command."""

    digits: str
    is_explicit: bool = False
    """Whether the word for confirming stands before them."""


def own_words(text: str) -> str:
    """Return what the sender says, without the message that it quotes."""
    return _trimmed(_QUOTE.sub("", text, count=1))


def quoted_words(text: str) -> str | None:
    """Return the words that `text` quotes, with who said them; None when it quotes none in words."""
    found = _QUOTE.match(text)
    return found[1] if found else None


def sort_out(text: str) -> Line | Reply | Digits | None:
    """Return what `text`, without a quote, is; None = nothing for us."""
    if len(text) > _LONGEST:
        return None
    folded = fold(text).strip()
    if found := _DIGITS.fullmatch(folded):
        return Digits(digits=found[1], is_explicit=len(folded) > len(found[1]))
    if is_command(folded):
        return Line(text=_trimmed(text))
    if found := _NAMED.fullmatch(folded):
        number, digit = found[1] or found[3], found[2] or found[4]
        return Reply(number=int(number), digit=int(digit), is_explicit=folded.startswith("#"))
    return Reply(digit=int(folded)) if len(folded) == 1 and folded in "0123456789" else None


def _trimmed(text: str) -> str:
    """Return `text` without the blanks around it; the sign that ends a mention is needed, last though it be."""
    bare = text.strip()
    return bare + AFTER_MENTION if AFTER_MENTION in text[text.rfind(bare) + len(bare) :] and "@" in bare else bare


def mentioned(text: str, mentions: Sequence[str]) -> Mapping[str, str]:
    """Return the member's id behind each @word of `text`; empty when it can't be told whose is whose."""
    words = [token.raw for token in tokens(text) if token.text.startswith("@")]
    return dict(zip(words, mentions, strict=True)) if len(words) == len(mentions) else {}
