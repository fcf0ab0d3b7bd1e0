"""What command families call, as ports. The composition root fills `Ports` once.

A family that needs more adds a Protocol here and a field to `Ports`; implementations are in groupbot/desk and
groupbot/storage, fakes beside the tests.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol
from zoneinfo import ZoneInfo

from groupbot.admin.audit import AuditLog
from groupbot.admin.cards import Cards
from groupbot.admin.claims import Claims
from groupbot.admin.code_book import CodeBook
from groupbot.admin.conversion_desk import ConversionDesk
from groupbot.admin.entry_book import EntryBook
from groupbot.admin.experiment_book import ExperimentBook
from groupbot.admin.members import Members
from groupbot.admin.office import Doctor, Handovers, Notices
from groupbot.admin.open_questions import OpenQuestions
from groupbot.admin.operator_desk import OpenDesk, Outcomes
from groupbot.admin.people import People
from groupbot.admin.places import Places
from groupbot.admin.registry import Registry
from groupbot.admin.report_book import ReportBook
from groupbot.admin.risk_desk import RiskDesk
from groupbot.admin.risk_ports import RiskPorts
from groupbot.admin.task_book import TaskBook
from groupbot.admin.upkeep import AccountDesk, Chats, ConfigEdits, PluginDesk
from groupbot.chat.directory import Directory
from groupbot.core.clock import Clock


@dataclass(frozen=True, kw_only=True, slots=True)
class AccountLine:
    """An account as `/状态` shows it. `state`: one of `admin.words.state_word`."""

    name: str
    state: str
    detail: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """How the bot stands. `held` and `unknown`: deliveries that wait for a person."""

    accounts: tuple[AccountLine, ...]
    held: int
    unknown: int


class SystemView(Protocol):
    """What the daemon knows of itself."""

    async def standing(self) -> Standing:
        """Return how the bot stands now. Raises StoreError."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Ports:
    """What families call beyond the room itself: what the composition root hands in."""

    system: SystemView
    desk: OpenDesk
    outcomes: Outcomes
    config: ConfigEdits
    chats: Chats
    members: Members
    account_desk: AccountDesk
    plugins: PluginDesk
    tasks: TaskBook
    handovers: Handovers
    doctor: Doctor
    notices: Notices
    entries: EntryBook
    reports: ReportBook
    conversions: ConversionDesk
    live_codes: CodeBook
    experiments: ExperimentBook
    risk: RiskPorts


@dataclass(frozen=True, kw_only=True, slots=True)
class Services(Ports):
    """Everything that handlers may call."""

    clock: Clock
    zone: ZoneInfo
    directory: Directory
    places: Places
    people: People
    claims: Claims
    audit: AuditLog
    cards: Cards
    questions: OpenQuestions
    cases: RiskDesk
    registry: Registry
    """All commands, for help; filled when every family has declared its own."""
