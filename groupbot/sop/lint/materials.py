"""Materials that platforms may not take; missing and unused ones are told when the SOP is read."""

from __future__ import annotations

from collections.abc import Mapping

from groupbot.i18n import _
from groupbot.sop.document import MediaKind, MediaPart
from groupbot.sop.lint.findings import Findings
from groupbot.sop.lint.scene import Scene

_MB = 1024 * 1024
LARGEST: Mapping[MediaKind, int] = {"image": 10 * _MB, "voice": 2 * _MB, "video": 25 * _MB, "file": 100 * _MB}
"""Bytes. Images and voices: what WeCom's interface takes; videos and files: what WeChat's clients have long refused."""


def materials(scene: Scene, found: Findings) -> None:
    """Warn of materials that are larger than chat platforms take, once for each."""
    told = set()
    for step in scene.sop.steps:
        for part in step.parts:
            if not isinstance(part, MediaPart) or part.material in told:
                continue
            material = scene.sop.materials.get(part.material)
            if material is None or material.size <= LARGEST[part.kind]:
                continue
            told.add(part.material)
            message = _("The material `{path}` has {size} MB; more than {limit} MB may be refused.").format(
                path=material.written, size=-(-material.size // _MB), limit=LARGEST[part.kind] // _MB
            )
            hint = _("Make it smaller, or post a link to it.")
            found.warn("material-too-large", message, step, hint=hint, where=part.source)
