"""What somebody found in a member's message, and how sure they are."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One sign in a message. `rule` is stable and says which rule found it; `kind` what of: `ad`, `complaint`, ….

    `score` is 0 (nothing) to 1 (certain). `start` and `end` bound the evidence in the message's text, as Python slices
    do; equal where no single place shows it. Raises ValueError for what lies outside of these bounds.
    """

    rule: str
    score: float
    kind: str
    start: int = 0
    end: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.score <= 1:
            raise ValueError(f"score {self.score} is not within 0..1")
        if not 0 <= self.start <= self.end:
            raise ValueError(f"{self.start}:{self.end} is no span")

    def evidence(self, text: str) -> str:
        """Return the piece of `text` that shows it."""
        return text[self.start : self.end]
