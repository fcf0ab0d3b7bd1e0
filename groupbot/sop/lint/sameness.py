"""The same words in many groups, which platforms take for advertising."""

from __future__ import annotations

from groupbot.i18n import _, joined
from groupbot.sop.document import Step, TextPart
from groupbot.sop.lint.findings import Findings
from groupbot.sop.lint.scene import Scene

MANY_GROUPS = 10
"""In more groups than that the same long text is what platforms look for; they publish no number."""
_LONG = 20
"""Characters; shorter texts are alike everywhere."""


def sameness(scene: Scene, found: Findings) -> None:
    """Warn once of all steps that post a text to many groups without a word that differs between them."""
    differing = {"group"} | {name for group in scene.groups for name in group.variables}
    alike = [
        step
        for step in scene.sop.steps
        if "same-text" not in step.lint_off and scene.reach.get(step.id, 0) > MANY_GROUPS and _is_alike(step, differing)
    ]
    if not alike:
        return
    message = _("The same words go to {groups} groups in {count} steps: {steps}.").format(
        groups=max(scene.reach[step.id] for step in alike), count=len(alike), steps=_some(alike)
    )
    hint = _("Let them differ, by {blank} or by a variable that each group gives.").format(blank="`{{ group }}`")
    found.warn("same-text", message, alike[0], hint=hint)


def _is_alike(step: Step, differing: set[str]) -> bool:
    texts = [part.text for part in step.parts if isinstance(part, TextPart) and len(part.text.text) >= _LONG]
    return bool(texts) and not any(text.names & differing for text in texts)


def _some(steps: list[Step]) -> str:
    named = joined(step.id for step in steps[:3])
    return named if len(steps) <= 3 else f"{named}, …"  # noqa: PLR2004  # as many as are named
