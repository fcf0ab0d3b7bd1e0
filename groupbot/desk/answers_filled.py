"""The replies of an SOP with their blanks filled in, for one group of a campaign. Imports the reader of SOPs."""

from __future__ import annotations

from collections.abc import Iterator

from loguru import logger

from groupbot.campaign.recalling import event_of, recall
from groupbot.campaign.starts import start_of
from groupbot.campaign.values import Campaign
from groupbot.chat.directory import Group
from groupbot.plugin_host.ports import Faq
from groupbot.sop.document import Sop
from groupbot.sop.notes import Notes
from groupbot.sop.planned import PlanGroup
from groupbot.sop.planner import calendar_of
from groupbot.sop.script_values import ScriptValues
from groupbot.sop.template import ScriptError

__all__ = ["filled", "recall"]


def filled(campaign: Campaign, sop: Sop, group: Group) -> Iterator[Faq]:
    """Yield the replies for `group`; one whose blanks have no value there is left out."""
    known = PlanGroup(name=group.name, tags=group.tags, squad=group.squad, variables=dict(group.variables))
    begun = start_of(campaign, known, event_of(campaign))
    calendar = calendar_of(sop, begun.start, begun.event, Notes())
    given = campaign.params.get("set")
    values = ScriptValues(sop=sop, calendar=calendar, given=given if isinstance(given, dict) else {})
    for number, reply in enumerate(sop.replies, start=1):
        try:
            text = reply.text.render(values.of_group(reply.text.names, begun.group))
        except ScriptError as error:
            logger.bind(action="faq", campaign=campaign.id, reply=number).warning("not answered: {}", error)
            continue
        yield Faq(campaign=campaign.id, number=number, keywords=reply.keywords, text=text)
