"""/投递: what waits for a person's word, what failed, and what became of a single delivery."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from groupbot.admin.cards import Card
from groupbot.admin.declare import Answer, Call, Command, Kind, Option, Parameter, Plan
from groupbot.admin.families.phone import moment, page
from groupbot.admin.families.steps import campaign_parameter, step_lines
from groupbot.admin.families.targets import visible
from groupbot.admin.folding import alike
from groupbot.admin.open_questions import Audience
from groupbot.admin.operator_desk import OperatorDesk
from groupbot.admin.places import PlaceKind
from groupbot.admin.services import Services
from groupbot.campaign.one_off import ONE_OFF
from groupbot.core.roles import Role
from groupbot.delivery.values import DeliveryView, Settlement, State
from groupbot.delivery.words import state_word
from groupbot.errors import CampaignError
from groupbot.i18n import _

_SENT, _RESEND, _SKIP, _RECALL = "已发", "重发", "跳过", "撤回"
_HOW = {_SENT: Settlement.SENT, _RESEND: Settlement.RESEND, _SKIP: Settlement.SKIP}
_STATES = (
    ("待发", State.PLANNED),
    ("发送中", State.SENDING),
    ("待审", State.HELD),
    ("未知", State.UNKNOWN),
    ("已发", State.SENT),
    ("跳过", State.SKIPPED),
    ("失败", State.FAILED),
    ("取消", State.CANCELLED),
)
_OFFERED = 4
"""Failed deliveries that are offered to be posted again: two lines each on a phone."""


def commands(services: Services) -> tuple[Command, ...]:
    """Return the commands of this family."""
    family = _Deliveries(services)
    states = Parameter(
        name="state",
        label=_("state"),
        kind=Kind.CHOICE,
        optional=True,
        choices=tuple((word, state.value) for word, state in _STATES),
    )
    how = Parameter(
        name="how",
        label=_("what became of it"),
        kind=Kind.CHOICE,
        choices=((_SENT, "sent"), (_RESEND, "resend", "通过"), (_SKIP, "skip", "驳回"), (_RECALL, "recall")),
    )
    return (
        Command(
            path=("投递", "待审"),
            aliases=(("delivery", "held"),),
            role=Role.LEADER,
            help=_("Asks here about what is held: post it or leave it out."),
            example="/投递 待审",
            handler=family.ask(State.HELD),
        ),
        Command(
            path=("投递", "未知结果"),
            aliases=(("delivery", "unknown"), ("投递", "未知")),
            role=Role.LEADER,
            help=_("Asks here about posts of which nobody knows whether they went out."),
            example="/投递 未知结果",
            handler=family.ask(State.UNKNOWN),
        ),
        Command(
            path=("投递", "失败"),
            aliases=(("delivery", "failed"),),
            role=Role.STAFF,
            changes=False,
            help=_("Lists what the platform refused, and why."),
            example="/投递 失败",
            handler=family.failed,
        ),
        Command(
            path=("投递", "列表"),
            aliases=(("delivery", "list"),),
            parameters=(campaign_parameter(), states),
            role=Role.STAFF,
            changes=False,
            help=_("Lists a campaign's deliveries by step, or those in one state with their keys."),
            example="/投递 列表 camp-20260518 失败",
            handler=family.list,
        ),
        Command(
            path=("投递", "结案"),
            aliases=(("delivery", "settle"),),
            parameters=(Parameter(name="key", label=_("campaign/key")), how),
            role=Role.LEADER,
            plan=family.plan_settle,
            help=_("Says what became of one delivery, or takes back what it posted."),
            example="/投递 结案 camp-20260518/quiz/2026-05-20.0/camp-1 已发",
            handler=family.settle,
        ),
    )


class _Deliveries:
    def __init__(self, services: Services) -> None:
        self._services = services

    def ask(self, state: State) -> Callable[[Call], Awaitable[Answer]]:
        """Return the handler that asks about everything in `state`."""

        async def handler(call: Call) -> Answer:
            cards = [
                card
                for audience in self._audiences(call)
                for card in await self._services.questions.ask(state, audience)
            ]
            if not cards:
                return Answer(text=_("Nothing waits for your word."))
            lines = [f"#{card.number} {_first_line(card)}" for card in cards]
            return Answer(text=page((*lines, _("Reply like #{number} 1.").format(number=cards[0].number))))

        return handler

    async def failed(self, call: Call) -> Answer:
        desk = await self._services.desk()
        found = await desk.open_deliveries((State.FAILED,))
        rows = self._mine(call, tuple(row for row in found if row.campaign != ONE_OFF))  # answers of ours are in there
        if not rows:
            return Answer(text=_("Nothing failed."))
        lines = [f"{_address(row)}\n{row.reason}".strip() for row in rows]
        options = tuple(
            Option(
                label=_("Post again: {group}").format(group=row.group), line=f'/投递 结案 "{_address(row)}" {_RESEND}'
            )
            for row in rows[:_OFFERED]
        )
        return Answer(text=page(lines, 10), options=options if call.actor.role >= Role.LEADER else ())

    async def list(self, call: Call) -> Answer:
        desk, campaign = await self._services.desk(), call.get("campaign", str)
        word = call.find("state", str)
        rows = self._mine(call, await desk.deliveries(campaign, [dict(_STATES)[word]] if word else ()))
        if word is None:
            return Answer(text=page(step_lines(rows)) or _("There is nothing."))
        lines = (f"{moment(row.due, row.timezone)} {row.key} {row.reason}".strip() for row in rows)
        return Answer(text=page(lines) or _("There is nothing."))

    async def plan_settle(self, call: Call) -> Plan | None:
        """Ask back before anything is taken back from a group: members see that."""
        if call.get("how", str) != _RECALL:
            return None
        row = await self._found(await self._services.desk(), call)
        text = _("Takes back what {key} posted to {group}.").format(key=_address(row), group=row.group)
        return Plan(text=text, reach=frozenset({_address(row)}))

    async def settle(self, call: Call) -> Answer:
        desk, how = await self._services.desk(), call.get("how", str)
        row = await self._found(desk, call)
        if how == _RECALL:
            await desk.recall(row.campaign, row.key)
            return Answer(text=_("{key} is being taken back.").format(key=_address(row)))
        now = await desk.settle(row.campaign, row.key, _HOW[how])
        return Answer(text=f"{_address(now)}: {state_word(now.state)}")

    async def _found(self, desk: OperatorDesk, call: Call) -> DeliveryView:
        campaign, _slash, key = call.get("key", str).partition("/")
        alike_ones = [row for row in await desk.deliveries(campaign) if alike(row.key) == alike(key)]
        row = next((row for row in alike_ones if row.key == key), alike_ones[0] if len(alike_ones) == 1 else None)
        if row is None:
            raise CampaignError(
                _("There is no delivery {key}.").format(key=f"{campaign}/{key}"),
                hint=_("/投递 列表 shows the keys of a state."),
            )
        call.require([row.group])
        return row

    def _audiences(self, call: Call) -> tuple[Audience, ...]:
        """Return about what this person is asked here; in a squad's group about its own groups only."""
        place, actor = call.place, call.actor
        if place.kind is PlaceKind.SQUAD_GROUP:
            return (Audience(place=place, role=Role.LEADER, squad=place.squad, mark=place.squad),)
        if actor.role >= Role.OPERATOR:
            mark = "" if place.kind is PlaceKind.ADMIN_GROUP else actor.name
            return (Audience(place=place, mark=mark),)
        return tuple(
            Audience(place=place, role=Role.LEADER, squad=squad, mark=f"{actor.name}/{squad}")
            for squad in sorted(actor.squads)
        )

    def _mine(self, call: Call, rows: tuple[DeliveryView, ...]) -> tuple[DeliveryView, ...]:
        seen = visible(call, self._services)
        return tuple(row for row in rows if seen is None or row.group in seen)


def _address(row: DeliveryView) -> str:
    return f"{row.campaign}/{row.key}"


def _first_line(card: Card) -> str:
    return card.text.partition("\n")[0]
