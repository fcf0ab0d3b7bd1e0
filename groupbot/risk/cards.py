"""Messages that are no words: somebody's card (名片), a mini-program (小程序), a merged forward (合并转发)."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from groupbot.core.findings import Finding
from groupbot.risk.ladder import CARD, FORWARD, MINI_PROGRAM

CARDS: Mapping[str, tuple[str, float]] = {
    "contact_card": (CARD, 0.5),
    "mini_program": (MINI_PROGRAM, 0.5),
    "chat_history": (FORWARD, 0.35),
}
"""Rule and score by kind of message. Any of them alone may be what a member was asked for; a forward is mostly read
by what it holds, and weighs no more than a link to who knows where."""


def carried(kind: str, text: str, allowed: Collection[str] = ()) -> list[Finding]:
    """Return a finding for a message of such a kind; `text` is what people read of it, a line for each piece.

    Whose name or title is `allowed` is nothing; what a forward says about that is its writer's word, so it never is.
    """
    rule, score = CARDS.get(kind, ("", 0.0))
    if not rule or (rule != FORWARD and not set(allowed).isdisjoint(text.split("\n"))):
        return []
    return [Finding(rule=rule, kind="ads", score=score, end=len(text))]
