"""What an SOP does without a clock, as a plan shows it: steps that wait for an event, answers, playbooks."""

from __future__ import annotations

from collections.abc import Iterator

from groupbot.sop.document import (
    AnnouncementPart,
    CardPart,
    LinkPart,
    MediaPart,
    MiniProgramPart,
    PartSpec,
    RenamePart,
    Sop,
    TextPart,
)
from groupbot.sop.planned import PlannedTrigger


def triggers_of(sop: Sop) -> Iterator[PlannedTrigger]:
    """Yield the steps that wait for something; those that a person does are tasks."""
    for step in sop.steps:
        if step.at is None and step.task is None and step.trigger is not None:
            yield PlannedTrigger(
                step=step.id,
                kind=step.trigger.kind,
                condition=step.trigger.condition,
                text="\n".join(words_of(part) for part in step.parts),
                source=step.source,
            )


def answers_of(sop: Sop) -> Iterator[PlannedTrigger]:
    """Yield the replies to keywords (kind keyword) and the playbooks (kind playbook), numbered in their order."""
    for number, reply in enumerate(sop.replies, start=1):
        yield PlannedTrigger(
            step=f"reply-{number}",
            kind="keyword",
            condition="、".join(reply.keywords),
            text=reply.text.text,
            source=reply.source,
        )
    for number, playbook in enumerate(sop.playbooks, start=1):
        yield PlannedTrigger(
            step=f"playbook-{number}",
            kind="playbook",
            condition=playbook.symptom,
            text=playbook.words,
            source=playbook.source,
        )


def words_of(part: PartSpec) -> str:
    """Return a part in one line of words, its blanks not filled in; what is no text stands in brackets."""
    match part:
        case TextPart(text=text) | AnnouncementPart(text=text) | RenamePart(topic=text):
            return text.text
        case MediaPart(material=material):
            return f"[{material}]"
        case LinkPart(title=title, url=url) if title.text != url.text:
            return f"{title.text} {url.text}"
        case LinkPart(url=url):
            return url.text
        case MiniProgramPart(title=title):
            return f"[{title.text}]"
        case CardPart(contact=contact):
            return f"[{contact}]"
