"""The words that a step posts, as far as they are known before a launch."""

from __future__ import annotations

import re
from collections.abc import Iterator

from groupbot.sop.document import AnnouncementPart, Sop, Step, TextPart
from groupbot.sop.planned import Source
from groupbot.sop.template import ScriptError, Template

BLANK = "\ufffc"
"""Stands for a blank whose value only a launch knows."""
_BLANKS = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)


def said(template: Template, sop: Sop) -> str:
    """Return the text with the variables' defaults filled in, or with `BLANK` where something else is needed."""
    if template.compiled is None:
        return template.text
    values = {name: item.default for name, item in sop.variables.items() if item.default is not None}
    if template.names <= values.keys():
        try:
            return template.render(values)
        except ScriptError:
            pass
    return _BLANKS.sub(lambda blank: values.get(blank[0].strip("{} ")) or BLANK, template.text)


def posted(step: Step) -> Iterator[tuple[Template, Source]]:
    """Yield the texts and announcements of a step with their places."""
    for part in step.parts:
        if isinstance(part, TextPart):
            yield part.text, part.source or step.source
        elif isinstance(part, AnnouncementPart):
            yield part.text, step.source
