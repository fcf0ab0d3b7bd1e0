"""/发送: something said once to groups, outside any SOP."""

from __future__ import annotations

import re

from groupbot.admin.declare import Answer, Call, Command, Kind, Parameter, Plan
from groupbot.admin.families.targets import groups_meant
from groupbot.admin.services import Services
from groupbot.core.roles import Role
from groupbot.errors import CampaignError
from groupbot.i18n import _, joined, ngettext

_BETWEEN = re.compile(r"[,，、;；]+")
_SHOWN = 5


def commands(services: Services) -> tuple[Command, ...]:
    """Return the commands of this family."""
    sending = _Sending(services)
    return (
        Command(
            path=("发送",),
            aliases=(("send",),),
            parameters=(
                Parameter(name="to", label=_("groups")),
                Parameter(name="text", label=_("text"), kind=Kind.REST),
            ),
            role=Role.LEADER,
            plan=sending.plan,
            help=_("Posts a text once, now: to groups (with commas between), 分组=NAME, 标签=NAME or 全部."),
            example="/发送 camp-1 今晚8点直播，别迟到",
            handler=sending.send,
        ),
    )


class _Sending:
    def __init__(self, services: Services) -> None:
        self._services = services

    async def plan(self, call: Call) -> Plan:
        groups = self._groups(call)
        shown = joined(groups[:_SHOWN]) + ("…" if len(groups) > _SHOWN else "")
        head = ngettext("Will post to {n} group: {groups}", "Will post to {n} groups: {groups}", len(groups))
        text = f"{head.format(n=len(groups), groups=shown)}\n{call.get('text', str)}"
        return Plan(text=text, reach=frozenset(groups), posts_to=len(groups))

    async def send(self, call: Call) -> Answer:
        groups = self._groups(call)
        name = f"{call.event.account}/{call.event.message_id or call.event.event_id}"
        count = await self._services.notices.post(call.get("text", str), groups, name)
        text = ngettext(
            "It goes to {n} group now, as fast as its account may.",
            "It goes to {n} groups now, as fast as their accounts may.",
            count,
        )
        return Answer(text=text.format(n=count))

    def _groups(self, call: Call) -> tuple[str, ...]:
        words = [word for word in _BETWEEN.split(call.get("to", str)) if word]
        groups = groups_meant(words, self._services)
        if not groups:
            raise CampaignError(_("No group is meant."))
        call.require(groups)
        return groups
