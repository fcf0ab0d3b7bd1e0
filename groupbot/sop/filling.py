"""Parts of a step with their blanks filled in, and what they need for that."""

from __future__ import annotations

from collections.abc import Mapping

from groupbot.core.actions import Announcement, Rename
from groupbot.core.content import ContactCard, Content, File, Image, Link, MiniProgram, Text, Video, Voice
from groupbot.i18n import _
from groupbot.sop.document import (
    AnnouncementPart,
    CardPart,
    LinkPart,
    Material,
    MediaKind,
    MediaPart,
    MiniProgramPart,
    PartSpec,
    RenamePart,
    Sop,
    Step,
    TextPart,
    templates_of,
)
from groupbot.sop.template import ScriptError, Template, Value


def names_of(step: Step) -> frozenset[str]:
    """Return every variable that the step's scripts mention."""
    return frozenset(name for template in templates_of(step) for name in template.names)


def needs_of(step: Step) -> frozenset[str]:
    """Return the variables without which the step's scripts can't be filled in."""
    return frozenset(name for template in templates_of(step) for name in template.needed)


def way_out(name: str) -> str:
    """Return the hint for a variable without a value."""
    if name == "event_time":
        return _("Give it with --event, or as `event: at:` in the SOP.")
    if name in {"day", "date", "weekday"}:
        return _("Give the task a time with `at:`.")
    return _("Give it with --set {name}=…, or in the group's variables.").format(name=name)


def fill(part: PartSpec, sop: Sop, values: Mapping[str, Value]) -> Content:
    """Return the message or action that `part` is with `values`; raises ScriptError."""
    match part:
        case TextPart(text=text, mentions=mentions):
            return Text(text=_words(text, values), mentions=mentions)
        case LinkPart():
            return Link(
                url=_words(part.url, values),
                title=_words(part.title, values),
                description=_maybe(part.description, values),
                thumbnail=_maybe(part.thumbnail, values),
            )
        case MiniProgramPart():
            return MiniProgram(
                app_id=part.app_id,
                title=_words(part.title, values),
                page=_maybe(part.page, values),
                username=part.username,
                description=_maybe(part.description, values),
                thumbnail=_maybe(part.thumbnail, values),
            )
        case CardPart(contact=contact):
            return ContactCard(contact=contact)
        case AnnouncementPart(text=text):
            return Announcement(text=_words(text, values))
        case RenamePart(topic=topic):
            return Rename(topic=" ".join(_words(topic, values).split()))
        case MediaPart(kind=kind, material=name):
            return _media(kind, sop.materials[name])


def _media(kind: MediaKind, material: Material) -> Content:
    match kind:
        case "image":
            return Image(path=material.path)
        case "video":
            return Video(path=material.path)
        case "voice":
            return Voice(path=material.path, seconds=material.seconds)
        case "file":
            return File(path=material.path, name=material.title)


def _maybe(template: Template | None, values: Mapping[str, Value]) -> str:
    return template.render(values) if template else ""


def _words(template: Template, values: Mapping[str, Value]) -> str:
    """Return the filled script, refusing one of which nothing is left."""
    words = template.render(values)
    if not words.strip():
        message = _("Nothing is left of the script with these values.")
        hint = _("Give the `{% if %}` an `{% else %}`, or the variable a value.")
        raise ScriptError("empty-text", message, hint=hint)
    return words
