"""The replies of an SOP with their blanks filled in, for one group of a campaign. Imports the reader of SOPs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from loguru import logger

from groupbot.campaign.recalling import event_of, recall
from groupbot.campaign.starts import start_of
from groupbot.campaign.values import Campaign
from groupbot.chat.directory import Group
from groupbot.plugin_host.ports import Faq
from groupbot.sop.choosing import choose
from groupbot.sop.document import Sop, TextPart
from groupbot.sop.group_tags import values_of
from groupbot.sop.notes import Notes
from groupbot.sop.planned import PlanGroup
from groupbot.sop.planner import calendar_of
from groupbot.sop.script_values import ScriptValues
from groupbot.sop.template import ScriptError, Template

__all__ = ["FirstTalk", "filled", "first_talks", "recall"]


@dataclass(frozen=True, kw_only=True, slots=True)
class FirstTalk:
    """A step that waits for a join and is said to each newcomer in private. `words`: its blanks filled in."""

    step: str
    words: str
    task: str
    assignee: str | None
    after: timedelta


def filled(campaign: Campaign, sop: Sop, group: Group) -> Iterator[Faq]:
    """Yield the replies for `group`; one whose blanks have no value there is left out."""
    values, known = _values(campaign, sop, group)
    for number, reply in enumerate(sop.replies, start=1):
        try:
            text = reply.text.render(values.of_group(reply.text.names, known))
        except ScriptError as error:
            logger.bind(action="faq", campaign=campaign.id, reply=number).warning("not answered: {}", error)
            continue
        yield Faq(campaign=campaign.id, number=number, keywords=reply.keywords, text=text)


def first_talks(campaign: Campaign, sop: Sop, group: Group) -> Iterator[FirstTalk]:
    """Yield what `sop` asks a person to say to who joins `group`; words whose blanks have no value stay as written."""
    values, known = _values(campaign, sop, group)
    for step in sop.steps:
        trigger = step.trigger
        is_private = step.place == "member" or step.task is not None
        if step.at is not None or trigger is None or trigger.kind != "join" or not is_private:
            continue
        if not choose([known], step.groups if step.groups is not None else sop.groups):
            continue
        said = [part.text for part in step.parts if isinstance(part, TextPart)]
        yield FirstTalk(
            step=step.id,
            words="\n".join(_rendered(text, values, known) for text in said),
            task=_rendered(step.task, values, known) if step.task else "",
            assignee=step.assignee,
            after=timedelta(minutes=trigger.minutes),
        )


def _values(campaign: Campaign, sop: Sop, group: Group) -> tuple[ScriptValues, PlanGroup]:
    variables = {**values_of(group.tags), **group.variables}
    known = PlanGroup(name=group.name, tags=group.tags, squad=group.squad, variables=variables)
    begun = start_of(campaign, known, event_of(campaign))
    calendar = calendar_of(sop, begun.start, begun.event, Notes())
    given = campaign.params.get("set")
    return ScriptValues(sop=sop, calendar=calendar, given=given if isinstance(given, dict) else {}), begun.group


def _rendered(text: Template, values: ScriptValues, group: PlanGroup) -> str:
    try:
        return text.render(values.of_group(text.names, group))
    except ScriptError:
        return text.text
