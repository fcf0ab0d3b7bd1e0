"""How many goals a campaign has."""

from __future__ import annotations

from groupbot.i18n import _
from groupbot.sop.lint.findings import Findings
from groupbot.sop.lint.scene import Scene
from groupbot.sop.schema import MAX_GOALS


def goals(scene: Scene, found: Findings) -> None:
    """Refuse more goals than members can follow; a YAML file with more is refused when it is read."""
    wanted = scene.sop.goals
    if len(wanted) <= MAX_GOALS or any(problem.code == "too-many-goals" for problem in scene.sop.warnings):
        return
    message = _("The SOP has {count} goals: {goals}.").format(
        count=len(wanted), goals="; ".join(goal.text for goal in wanted)
    )
    hint = _("Keep the {limit} that matter most; the others are steps on the way.").format(limit=MAX_GOALS)
    found.notes.error("too-many-goals", message, scene.sop.source, hint=hint)
