"""A campaign's checklist by chat: shown, the squads told, signed off."""

from __future__ import annotations

from collections.abc import Iterator

from groupbot.admin.cards import Card, CardKind, CardKinds, CardOption, NewCard, Onward
from groupbot.admin.declare import Answer, Call, Command, Option, Plan
from groupbot.admin.families.phone import moment, page
from groupbot.admin.families.steps import campaign_parameter
from groupbot.admin.operator_desk import OperatorDesk
from groupbot.admin.places import Place, PlaceKind
from groupbot.admin.rights import Actor
from groupbot.admin.services import Services
from groupbot.campaign.checklist import Checklist, Point
from groupbot.core.roles import Role
from groupbot.errors import CampaignError
from groupbot.i18n import _, joined

TOLD = "campaign-told"
_SHOWN = 4


def check_commands(services: Services) -> tuple[Command, ...]:
    """Return /活动 清单, 通知, 签字."""
    checks = _Checks(services)
    campaign = campaign_parameter()
    return (
        Command(
            path=("活动", "清单"),
            aliases=(("campaign", "checklist"),),
            parameters=(campaign,),
            role=Role.OPERATOR,
            changes=False,
            help=_("Shows what is not yet in order before a campaign's posts."),
            example="/活动 清单 camp-20260518",
            handler=checks.show,
        ),
        Command(
            path=("活动", "通知"),
            aliases=(("campaign", "tell"),),
            parameters=(campaign,),
            role=Role.OPERATOR,
            help=_("Tells the leaders of a campaign's squads; each answers that it was read."),
            example="/活动 通知 camp-20260518",
            handler=checks.tell,
        ),
        Command(
            path=("活动", "签字"),
            aliases=(("campaign", "sign"),),
            parameters=(campaign,),
            role=Role.OPERATOR,
            plan=checks.plan_sign,
            help=_("Signs a campaign's checklist off, once; one that waits for it begins."),
            example="/活动 签字 camp-20260518",
            handler=checks.sign,
        ),
    )


def register_told(services: Services, kinds: CardKinds) -> None:
    """Let leaders answer that they have read it."""

    async def answer(card: Card, _choice: str, actor: Actor) -> str | Onward:
        campaign, squad = card.about
        await (await services.desk()).checks.told(campaign, squad, actor.name)
        return _("Noted: {squad} knows of {campaign}.").format(squad=squad, campaign=campaign)

    kinds.register(TOLD, CardKind(answer=answer))


def check_lines(found: Checklist, zone: str) -> Iterator[str]:
    """Yield a line for each point, then who signed."""
    words = {
        Point.MATERIALS: _("materials"),
        Point.STANDBY: _("a second account in each group"),
        Point.RIGHTS: _("accounts and their rights"),
        Point.LEADERS: _("leaders told"),
        Point.APPROVALS: _("approvals"),
        Point.TASKS: _("tasks have somebody"),
    }
    for item in found.items:
        more = "…" if len(item.lacking) > _SHOWN else ""
        lack = f": {joined(item.lacking[:_SHOWN])}{more} ({len(item.lacking)})" if item.lacking else ""
        yield f"{'✓' if item.ok else '✗'} {words[item.point]}{lack}"
    if found.signed is not None:
        yield _("Signed off by {name}, {at}").format(name=found.signed.by, at=moment(found.signed.at, zone))
    elif found.required:
        yield _("It waits to be signed off.")


def next_options(found: Checklist) -> tuple[Option, ...]:
    """Return what may be done about a checklist."""
    untold = any(item.point is Point.LEADERS and not item.ok for item in found.items)
    tell = Option(label=_("Tell the leaders"), line=f"/活动 通知 {found.campaign}")
    sign = Option(label=_("Sign it off"), line=f"/活动 签字 {found.campaign}")
    return ((tell,) if untold else ()) + ((sign,) if found.signed is None else ())


class _Checks:
    def __init__(self, services: Services) -> None:
        self._services = services

    async def show(self, call: Call) -> Answer:
        desk = await self._services.desk()
        found = await desk.checks.checklist(call.get("campaign", str))
        return Answer(text=page(check_lines(found, str(self._services.zone))), options=next_options(found))

    async def tell(self, call: Call) -> Answer:
        desk, campaign = await self._services.desk(), call.get("campaign", str)
        found = await desk.checks.checklist(campaign)
        told, unreached = [], []
        for squad in found.squads:
            place = self._place(squad)
            if place is None:
                unreached.append(squad)
                continue
            await self._services.cards.open(await self._card(desk, campaign, squad, place))
            told.append(squad)
        lines = [_("Told: {squads}").format(squads=joined(told) or "—")]
        if unreached:
            text = _("Nobody to tell in: {squads}. See [[squads]] group and leader.")
            lines.append(text.format(squads=joined(unreached)))
        return Answer(text="\n".join(lines))

    async def plan_sign(self, call: Call) -> Plan:
        desk = await self._services.desk()
        found = await desk.checks.checklist(call.get("campaign", str))
        if found.signed is not None:
            raise CampaignError(_("{name} has signed it off already.").format(name=found.signed.by))
        lacking = frozenset(f"{item.point}: {name}" for item in found.items for name in item.lacking)
        return Plan(
            text=page((*check_lines(found, str(self._services.zone)), _("You sign this off as it stands."))),
            reach=lacking | {found.campaign},
        )

    async def sign(self, call: Call) -> Answer:
        desk = await self._services.desk()
        found = await desk.checks.sign_off(call.get("campaign", str), call.actor.name)
        text = _("Signed off; {campaign} begins.") if found.required else _("Signed off.")
        return Answer(text=text.format(campaign=found.campaign))

    def _place(self, squad: str) -> Place | None:
        """Return the squad's chat, else a 1:1 chat with its leader."""
        if (place := self._services.places.squad_group(squad)) is not None:
            return place
        people = self._services.people
        leaders = [known.name for known in people.of_role(Role.LEADER) if squad in known.squads]
        ids = [(account, member) for name in leaders for account, member in sorted(people.ids_of(name).items())]
        return Place(account=ids[0][0], member=ids[0][1], kind=PlaceKind.PRIVATE) if ids else None

    async def _card(self, desk: OperatorDesk, campaign: str, squad: str, place: Place) -> NewCard:
        mine = [group.name for group in self._services.directory.groups if group.squad == squad]
        groups = [name for name in await desk.groups(campaign) if name in mine]
        ahead = await desk.upcoming(3, campaign, groups)
        row = await desk.campaign(campaign)
        lines = [
            _("{campaign} {title} runs in {groups}.").format(
                campaign=campaign, title=row.campaign.title, groups=joined(groups)
            ),
            *(f"{moment(due.due, due.timezone)} {due.step}" for due in ahead),
            f"/活动 接下来 10 {campaign}",
        ]
        return NewCard(
            kind=TOLD,
            subject=f"{campaign}@{squad}",
            place=place,
            text="\n".join(lines),
            options=(CardOption(digit=1, label=_("Read"), choice="read"),),
            role=Role.LEADER,
            squad=squad,
            about=(campaign, squad),
        )
