"""Collect what the rules find, leaving out what a step's `lint_off` silences."""

from __future__ import annotations

from dataclasses import dataclass, field

from groupbot.sop.document import Step
from groupbot.sop.notes import Notes
from groupbot.sop.planned import Source


@dataclass(frozen=True, kw_only=True, slots=True)
class Findings:
    """Warnings and errors so far."""

    notes: Notes = field(default_factory=Notes)

    def warn(self, code: str, message: str, step: Step, *, hint: str = "", where: Source | None = None) -> None:
        """Note what a person should look at in `step`, at `where` when that is known better."""
        if code not in step.lint_off:
            self.notes.warn(code, message, where or step.source, hint=hint)
