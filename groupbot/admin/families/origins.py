"""/转化: what channels cost and bring, and who is whose: channels, phone tails, several accounts of one person."""

from __future__ import annotations

from groupbot.admin.conversion_desk import CostAsked, Meant
from groupbot.admin.declare import Answer, Call, Command, Kind, Parameter
from groupbot.admin.families.conversion_words import counted_answer, name_of, plan_lines
from groupbot.admin.families.phone import page
from groupbot.admin.services import Services
from groupbot.core.roles import Role
from groupbot.i18n import _


def commands(services: Services) -> tuple[Command, ...]:
    """Return the commands of this family."""
    family = _Origins(services)
    member = Parameter(name="member", label=_("@member, name or id"), kind=Kind.MEMBER)
    campaign = Parameter(
        name="campaign", label=_("campaign"), kind=Kind.CAMPAIGN, words=("活动", "campaign"), optional=True
    )
    return (
        Command(
            path=("转化", "花费"),
            aliases=(("convert", "cost"),),
            parameters=(
                Parameter(name="channel", label=_("channel, or - for all of it")),
                Parameter(name="amount", label=_("amount")),
                Parameter(name="day", label=_("day"), words=("日期", "day"), optional=True),
                Parameter(name="note", label=_("note"), words=("备注", "note"), optional=True),
                campaign,
            ),
            role=Role.OPERATOR,
            help=_("Writes what a channel cost on a day."),
            example="/转化 花费 海报 3000 日期=5-18",
            handler=family.cost,
        ),
        Command(
            path=("转化", "测算"),
            aliases=(("convert", "plan"),),
            parameters=(Parameter(name="campaign", label=_("campaign"), kind=Kind.CAMPAIGN, optional=True),),
            role=Role.OPERATOR,
            changes=False,
            help=_("Shows the channels' plan, the groups needed and the costs, beside what came of it."),
            example="/转化 测算",
            handler=family.show_plan,
        ),
        Command(
            path=("转化", "渠道"),
            aliases=(("convert", "channel"),),
            parameters=(member, Parameter(name="channel", label=_("channel")), campaign),
            role=Role.LEADER,
            help=_("Says which channel a member came by; - takes it back."),
            example="/转化 渠道 Ann 海报",
            handler=family.channel,
        ),
        Command(
            path=("转化", "尾号"),
            aliases=(("convert", "tail"),),
            parameters=(member, Parameter(name="tail", label=_("last four digits"), secret=True), campaign),
            role=Role.LEADER,
            help=_("Keeps the last four digits of a member's phone number, to match orders by."),
            example="/转化 尾号 Ann 1234",
            handler=family.tail,
        ),
        Command(
            path=("转化", "同人"),
            aliases=(("convert", "same"),),
            parameters=(member, Parameter(name="other", label=_("their other account"), kind=Kind.MEMBER), campaign),
            role=Role.OPERATOR,
            help=_("Lets two members be one person, who counts once."),
            example="/转化 同人 Ann wxid_7",
            handler=family.same,
        ),
        Command(
            path=("转化", "分开"),
            aliases=(("convert", "apart"),),
            parameters=(member, campaign),
            role=Role.OPERATOR,
            help=_("Lets a member be a person of their own again."),
            example="/转化 分开 wxid_7",
            handler=family.apart,
        ),
    )


class _Origins:
    def __init__(self, services: Services) -> None:
        self._services = services

    async def cost(self, call: Call) -> Answer:
        channel = call.get("channel", str)
        asked = CostAsked(
            campaign=call.find("campaign", str) or "",
            channel="" if channel == "-" else channel,
            amount=call.get("amount", str),
            day=call.find("day", str) or "",
            note=call.find("note", str) or "",
            by=call.actor.name,
        )
        return counted_answer(await self._services.conversions.spend(asked))

    async def show_plan(self, call: Call) -> Answer:
        return Answer(text=page(plan_lines(await self._services.conversions.plan(call.find("campaign", str) or ""))))

    async def channel(self, call: Call) -> Answer:
        meant, channel = await self._member(call), call.get("channel", str)
        chosen = "" if channel == "-" else channel
        await self._services.conversions.come_from(meant.campaign, meant.member, chosen, by=call.actor.name)
        return Answer(text=_("{member}: {channel}").format(member=name_of(meant), channel=chosen or "—"))

    async def tail(self, call: Call) -> Answer:
        meant = await self._member(call)
        await self._services.conversions.keep_tail(
            meant.campaign, meant.member, call.get("tail", str), by=call.actor.name
        )
        return Answer(text=_("Kept for {member}: the last four digits alone.").format(member=name_of(meant)))

    async def same(self, call: Call) -> Answer:
        campaign, by = call.find("campaign", str) or "", call.actor.name
        meant = await self._services.conversions.same(campaign, call.get("member", str), call.get("other", str), by=by)
        return Answer(text=_("One person now, counted once: {member}.").format(member=name_of(meant)))

    async def apart(self, call: Call) -> Answer:
        campaign = call.find("campaign", str) or ""
        meant = await self._services.conversions.apart(campaign, call.get("member", str), by=call.actor.name)
        return Answer(text=_("{member} is a person of their own again.").format(member=name_of(meant)))

    async def _member(self, call: Call) -> Meant:
        """Return the member that is meant; refuse one of other people's groups."""
        meant = await self._services.conversions.find(call.find("campaign", str) or "", call.get("member", str))
        call.require([meant.group])
        return meant
