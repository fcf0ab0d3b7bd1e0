"""Pausing, resuming and ending campaigns by chat: whole ones, or in some groups alone."""

from __future__ import annotations

from groupbot.admin.declare import Answer, Call, Option, Plan
from groupbot.admin.families.phone import waiting
from groupbot.admin.families.targets import groups_meant
from groupbot.admin.operator_desk import OperatorDesk
from groupbot.admin.services import Services
from groupbot.campaign.one_off import ONE_OFF
from groupbot.campaign.values import CampaignState
from groupbot.campaign.views import WAITING, CampaignRow
from groupbot.errors import CampaignError
from groupbot.i18n import _, joined


class Pauses:
    """/活动 暂停, 恢复, 取消."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def pause(self, call: Call) -> Answer:
        """Pause at once: nobody should have to ask twice to stop something."""
        desk, campaign = await self._services.desk(), call.get("campaign", str)
        groups = await self._groups(desk, call)
        if campaign == ONE_OFF:
            raise CampaignError(
                _("{campaign} holds the bot's own answers: nobody could resume it from here.").format(
                    campaign=campaign
                ),
                hint=_("At the machine: `groupbot campaign pause {campaign}`.").format(campaign=campaign),
            )
        row = await desk.pause(campaign, groups)
        line = f"/活动 恢复 {campaign}" + _again(call)
        return Answer(text=_standing(row, groups), options=(Option(label=_("Resume"), line=line),))

    async def plan_resume(self, call: Call) -> Plan:
        """Return how much would go on."""
        desk, campaign = await self._services.desk(), call.get("campaign", str)
        row = await desk.campaign(campaign)
        groups = await self._groups(desk, call)
        paused = set(row.paused_in)
        if groups and not paused & set(groups):
            raise CampaignError(_("{campaign} is not paused there.").format(campaign=campaign))
        if not groups and row.campaign.state is not CampaignState.PAUSED:
            hint = _("It is paused in {groups}; name them to resume there.").format(groups=joined(sorted(paused)))
            raise CampaignError(_("{campaign} is not paused.").format(campaign=campaign), hint=hint if paused else "")
        where = groups or tuple(name for name in await desk.groups(campaign) if name not in paused)
        left = [one for one in await desk.deliveries(campaign, WAITING) if one.group in where]
        text = _("Goes on with {campaign}: {groups} groups, {deliveries} deliveries. What is too late is judged anew.")
        said = text.format(campaign=campaign, groups=len(where), deliveries=len(left))
        return Plan(text=said, reach=frozenset(where))

    async def resume(self, call: Call) -> Answer:
        """Go on."""
        desk, campaign = await self._services.desk(), call.get("campaign", str)
        groups = await self._groups(desk, call)
        row = await desk.resume(campaign, groups)
        options = (Option(label=_("What is next"), line=f"/活动 接下来 10 {campaign}"),)
        return Answer(text=_standing(row, groups), options=options)

    async def plan_cancel(self, call: Call) -> Plan:
        """Return how much would never be posted."""
        desk, campaign = await self._services.desk(), call.get("campaign", str)
        row, groups = await desk.campaign(campaign), await desk.groups(campaign)
        text = _("Ends {campaign} for good: {groups} groups, {deliveries} deliveries will never be posted.")
        said = text.format(campaign=campaign, groups=len(groups), deliveries=waiting(row.counts))
        return Plan(text=said, reach=frozenset({*groups, campaign}))

    async def cancel(self, call: Call) -> Answer:
        """End it."""
        row = await (await self._services.desk()).cancel(call.get("campaign", str))
        return Answer(text=_standing(row, ()))

    async def _groups(self, desk: OperatorDesk, call: Call) -> tuple[str, ...]:
        """Return the groups that are named and that the campaign runs in, () = it is meant as a whole.

        Raises CampaignError where it runs in none of them, Forbidden for another squad's.
        """
        campaign = call.get("campaign", str)
        running = await desk.groups(campaign)
        words = call.find("targets", tuple)
        if not words:
            call.require(running or [campaign])  # single orders are in no group of their own, and nobody's squad's
            return ()
        meant = groups_meant(words, self._services)
        call.require(meant)
        groups = tuple(name for name in meant if name in running)
        if not groups:
            text = _("{campaign} runs in none of these: {groups}.")
            raise CampaignError(text.format(campaign=campaign, groups=joined(meant)))
        return groups


def _again(call: Call) -> str:
    """Return the targets of a call as they are typed."""
    words = call.find("targets", tuple) or ()
    return "".join(f' "{word}"' if " " in word else f" {word}" for word in words)


def _standing(row: CampaignRow, groups: tuple[str, ...]) -> str:
    state, campaign = row.campaign.state, row.campaign.id
    if groups:
        paused = [name for name in groups if name in row.paused_in]
        if state is CampaignState.PAUSED:
            text = _("{campaign} is paused as a whole, and by itself in: {groups}.")
            return text.format(campaign=campaign, groups=joined(sorted(row.paused_in)) or "—")
        if paused:
            text = _("{campaign} is paused in {count} groups: {groups}. The others go on.")
            return text.format(campaign=campaign, count=len(paused), groups=joined(paused))
        return _("{campaign} goes on in {groups}.").format(campaign=campaign, groups=joined(groups))
    return {
        CampaignState.PAUSED: _("{campaign} is paused: no further post begins."),
        CampaignState.RUNNING: _("{campaign} goes on."),
        CampaignState.CANCELLED: _("{campaign} is ended for good."),
    }.get(state, "{campaign}").format(campaign=campaign)
