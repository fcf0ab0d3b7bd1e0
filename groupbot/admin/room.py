"""The control room put together: what hears, decides, asks back, answers and remembers. Stores are handed in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Container
from dataclasses import dataclass, field, fields
from datetime import timedelta
from zoneinfo import ZoneInfo

from loguru import logger

from groupbot.admin.answers import Answers
from groupbot.admin.audit import AuditLog
from groupbot.admin.card_desk import CardDesk
from groupbot.admin.cards import CardKinds, CardStore
from groupbot.admin.claims import Claims
from groupbot.admin.confirming import Confirming
from groupbot.admin.families import FAMILIES, register
from groupbot.admin.families.campaign_checks import register_told
from groupbot.admin.four_eyes import FourEyes
from groupbot.admin.open_questions import OpenQuestions
from groupbot.admin.people import People, PeopleStore
from groupbot.admin.places import Places
from groupbot.admin.registry import Registry
from groupbot.admin.risk_room import risk_desk
from groupbot.admin.router import Router
from groupbot.admin.running import Runner
from groupbot.admin.services import Ports, Services
from groupbot.admin.values import Names
from groupbot.chat.alerts import Alert, Alerts, Severity
from groupbot.chat.directory import Directory
from groupbot.core.clock import Clock
from groupbot.errors import GroupbotError
from groupbot.i18n import _
from groupbot.inbound.desk import Desk
from groupbot.settings import Settings


@dataclass(frozen=True, kw_only=True, slots=True)
class Around:
    """What the room stands on. `poke`: lets an account's dispatcher look at once; `ours`: ids of our own accounts."""

    settings: Settings
    directory: Directory
    clock: Clock
    alerts: Alerts
    orders: Desk
    people: PeopleStore
    cards: CardStore
    audit: AuditLog
    has_stable_ids: Callable[[str], bool]
    poke: Callable[[str], None]
    ours: Container[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class ControlRoom:
    """Everything that hears and answers operators."""

    services: Services
    router: Router
    runner: Runner
    desk: CardDesk
    answers: Answers
    people: People
    places: Places
    clock: Clock
    four_eyes: FourEyes
    alerts: Alerts
    chores: list[Callable[[], Awaitable[None]]] = field(default_factory=list)
    """What else is looked after every few seconds."""

    async def open(self) -> None:
        """Take up what an earlier process left: to be called once, before events come. Raises StoreError."""
        await self.people.refresh()
        await self.desk.recover()

    async def tend(self) -> None:
        """Ask what is to be asked and close the cards whose time is over: for every minute or so. Raises StoreError."""
        for chore in self.chores:
            try:
                await chore()
            except Exception as error:  # noqa: BLE001 - what one chore can't do keeps nothing else from being done
                logger.bind(action="chore-failed").opt(exception=error).error("A chore of the room failed")
                await self._tell(getattr(chore, "__qualname__", ""), error)
        await self.services.questions.look()
        await self.desk.expire(self.clock.now())

    async def _tell(self, chore: str, error: Exception) -> None:
        reason = str(error) if isinstance(error, GroupbotError) else type(error).__name__
        text = _("{chore} failed: {reason}. It is tried again in a moment; the log says more.")
        text = text.format(chore=chore, reason=reason)
        fields = {"chore": chore}
        await self.alerts.send(Alert(severity=Severity.WARNING, code="chore-failed", text=text, fields=fields))

    def adopt(self, settings: Settings) -> None:
        """Go by edited settings from now on."""
        self.people.adopt(settings.people, settings.squads)
        self.places.adopt(settings.admin.groups, settings.squads)
        self.four_eyes.most_groups = settings.admin.four_eyes_groups
        self.runner.limit_s = settings.admin.command_limit_s
        self.runner.confirming.within = timedelta(seconds=settings.admin.confirm_within_s)


def furnish(around: Around, ports: Ports) -> ControlRoom:
    """Put the room together, with every family's commands."""
    settings, clock = around.settings, around.clock
    people = People(
        people=settings.people,
        squads=settings.squads,
        store=around.people,
        clock=clock,
        has_stable_ids=around.has_stable_ids,
    )
    places = Places(around.directory, admin=settings.admin.groups, squads=settings.squads)
    answers = Answers(orders=around.orders, poke=around.poke)
    cards = CardDesk(store=around.cards, kinds=CardKinds(), answers=answers, audit=around.audit, clock=clock)
    questions = OpenQuestions(
        outcomes=ports.outcomes,
        cards=cards,
        places=places,
        directory=around.directory,
        clock=clock,
        kinds=cards.kinds,
    )
    cases = risk_desk(
        ports.risk,
        cards=cards,
        answers=answers,
        places=places,
        people=people,
        members=ports.members,
        directory=around.directory,
        orders=around.orders,
        poke=around.poke,
        alerts=around.alerts,
        audit=around.audit,
        clock=clock,
    )
    services = Services(
        **{item.name: getattr(ports, item.name) for item in fields(ports)},
        clock=clock,
        zone=ZoneInfo(settings.timezone),
        directory=around.directory,
        places=places,
        people=people,
        claims=Claims(people=people, alerts=around.alerts, clock=clock),
        audit=around.audit,
        cards=cards,
        questions=questions,
        cases=cases,
        registry=Registry(),
    )
    register(services, FAMILIES)
    register_told(services, cards.kinds)
    confirming = Confirming(clock, within=timedelta(seconds=settings.admin.confirm_within_s))
    runner = Runner(audit=around.audit, confirming=confirming, clock=clock, limit_s=settings.admin.command_limit_s)
    accounts = tuple(account.name for account in settings.accounts)
    router = Router(
        services=services,
        desk=cards,
        runner=runner,
        answers=answers,
        names=lambda: _names(around.directory, people, places, accounts),
        ours=around.ours,
    )
    four_eyes = FourEyes(
        services=services,
        answers=answers,
        kinds=cards.kinds,
        runner=runner,
        read=router.again,
        most_groups=settings.admin.four_eyes_groups,
    )
    return ControlRoom(
        services=services,
        router=router,
        four_eyes=four_eyes,
        runner=runner,
        desk=cards,
        answers=answers,
        people=people,
        places=places,
        clock=clock,
        alerts=around.alerts,
        chores=[cases.incidents.tend],
    )


def _names(directory: Directory, people: People, places: Places, accounts: tuple[str, ...]) -> Names:
    groups = directory.groups
    squads = dict.fromkeys((*places.squads, *(group.squad for group in groups if group.squad)))
    return Names(
        groups=tuple(group.name for group in groups), squads=tuple(squads), accounts=accounts, people=people.names
    )
