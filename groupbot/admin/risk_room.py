"""Risk control put together from the room's parts."""

from __future__ import annotations

from collections.abc import Callable

from groupbot.admin.answers import Answers
from groupbot.admin.audit import AuditLog
from groupbot.admin.card_desk import CardDesk
from groupbot.admin.case_cards import CaseCards
from groupbot.admin.incident_desk import KIND as INCIDENTS
from groupbot.admin.incident_desk import IncidentDesk
from groupbot.admin.members import Members
from groupbot.admin.people import People
from groupbot.admin.places import Places
from groupbot.admin.risk_actions import RiskActions
from groupbot.admin.risk_desk import KIND as CASES
from groupbot.admin.risk_desk import RiskDesk
from groupbot.admin.risk_ports import RiskPorts
from groupbot.chat.alerts import Alerts
from groupbot.chat.directory import Directory
from groupbot.core.clock import Clock
from groupbot.inbound.desk import Desk


def risk_desk(  # noqa: PLR0913 - each is a part of the room
    ports: RiskPorts,
    *,
    cards: CardDesk,
    answers: Answers,
    places: Places,
    people: People,
    members: Members,
    directory: Directory,
    orders: Desk,
    poke: Callable[[str], None],
    alerts: Alerts,
    audit: AuditLog,
    clock: Clock,
) -> RiskDesk:
    """Return what carries out what the ladder wants, with the cards of both kinds."""
    asked = (INCIDENTS, CASES)
    questions = CaseCards(cards=cards, answers=answers, places=places, clock=clock, kinds=asked)
    incidents = IncidentDesk(
        store=ports.incidents,
        playbooks=ports.playbooks,
        teaching=ports.teaching,
        cards=cards,
        questions=questions,
        kinds=cards.kinds,
        answers=answers,
        places=places,
        people=people,
        leader_of=ports.leader_of,
        audit=audit,
        alerts=alerts,
        clock=clock,
        rules=ports.rules,
    )
    actions = RiskActions(
        orders=orders,
        poke=poke,
        directory=directory,
        clock=clock,
        members=members,
        blocked=ports.blocked,
        abilities=ports.abilities,
        rules=ports.rules,
        history=ports.history,
    )
    return RiskDesk(
        actions=actions,
        incidents=incidents,
        questions=questions,
        kinds=cards.kinds,
        places=places,
        audit=audit,
        alerts=alerts,
        teaching=ports.teaching,
        history=ports.history,
        clock=clock,
        rules=ports.rules,
    )
