"""Staged fake members and staged proofs, which groupbot does not automate."""

from __future__ import annotations

import re
from collections.abc import Iterator

from groupbot.i18n import _
from groupbot.sop.document import Sop, Step
from groupbot.sop.lint.words import posted
from groupbot.sop.notes import Notes
from groupbot.sop.planned import Source
from groupbot.sop.workbook.words import is_fake

_WARNED_OF = re.compile(
    r"[^，。；！？,.;!?\n]*(?:禁止|严禁|不要|不得|不许|不准|不用|不请|不找|没有|拒绝|杜绝|举报|清理|踢|谨防|防止|防|识别|打击|远离)"
    r"[^。；！？.;!?\n]*"
)
_SPOKEN_BY = re.compile(r"^\s*[【\[(（]?\s*(?:水军|托儿?|马甲|小号|气氛组|暖场号)\s*\d*\s*[】\])）]?\s*[:：】\])）]")


def staged(sop: Sop, notes: Notes) -> None:
    """Refuse steps that ask for fake members: as their speaker, as who does them, or in what they say."""
    for step in sop.steps:
        where = next(_places(step, sop), None)
        if where is not None:
            message = _("The step `{id}` asks for staged members or staged proofs, which groupbot does not do.")
            hint = _("Remove it, or let real members and real results speak.")
            notes.error("staged-members", message.format(id=step.id), where, hint=hint)


def _places(step: Step, sop: Sop) -> Iterator[Source]:
    """Yield where the step asks for them. Posted words may speak of them; only lines given to them are meant."""
    told = (step.assignee or "", sop.roles.get(step.speaker, ""), step.task.text if step.task else "")
    if any(is_fake(_WARNED_OF.sub("", text)) for text in told if text):
        yield step.source
    for template, where in posted(step):
        if any(_SPOKEN_BY.match(line) for line in template.text.splitlines()):
            yield where
