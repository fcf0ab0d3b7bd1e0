"""A control room over stores in memory, and people who type into its chats."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest

from groupbot.admin.room import Around, furnish
from groupbot.admin.services import AccountLine, Ports, Standing
from groupbot.chat.directory import Directory
from groupbot.core.events import MessageReceived, Person
from groupbot.inbound.commands import at_once
from groupbot.settings import Settings
from groupbot.testing import FakeClock, MemoryAudit, MemoryCards, MemoryPeople
from groupbot.testing.events import NOON
from tests.unit.admin.risk_fakes import RiskFakes
from tests.unit.admin.task_fakes import Book

SETTINGS = Settings.model_validate(
    {
        "accounts": [{"name": "main", "adapter": "console"}, {"name": "spare", "adapter": "console"}],
        "groups": [
            {"name": "ops", "account": "main", "id": "g-ops", "also": {"spare": "s-ops"}},
            {"name": "east-ops", "account": "main", "id": "g-east"},
            {"name": "camp-1", "account": "main", "id": "g-camp", "squad": "east"},
            {"name": "camp-2", "account": "main", "id": "g-camp-2", "squad": "west"},
            {"name": "west-ops", "account": "main", "id": "g-west"},
        ],
        "admin": {"groups": ["ops"]},
        "people": [
            {"name": "Olga", "role": "owner", "ids": {"main": "u-owner"}},
            {"name": "Adam", "role": "admin", "ids": {"main": "u-admin"}},
            {"name": "Opal", "role": "operator", "ids": {"main": "u-operator"}},
            {"name": "Lena", "role": "member", "ids": {"main": "u-leader"}},
            {"name": "Stan", "role": "staff", "ids": {"main": "u-staff"}, "squads": ["east"]},
            {"name": "Mona", "role": "member", "ids": {"main": "u-member"}},
            {"name": "Nina", "role": "operator"},
        ],
        "squads": [
            {"name": "east", "leader": "Lena", "group": "east-ops"},
            {"name": "west", "group": "west-ops"},
        ],
    }
)


class Said:
    """What the bot posted: `submit` is the desk of orders."""

    def __init__(self):
        self.orders = []

    async def submit(self, order):
        if any(known.key == order.key for known in self.orders):
            return False
        self.orders.append(order)
        return True

    @property
    def texts(self):
        return [part.content.text for order in self.orders for part in order.parts if part.content.kind == "text"]


class System:
    async def standing(self):
        return Standing(accounts=(AccountLine(name="main", state="online"),), held=1, unknown=2)


class Outcomes:
    """Nothing waits, unless a test says so."""

    def __init__(self):
        self.rows = ()
        self.settled = []

    async def pending(self, states):
        return tuple(row for row in self.rows if row.state in states)

    async def settle(self, rows, how):
        self.settled += [(row.key, how) for row in rows]
        self.rows = tuple(row for row in self.rows if row not in rows)
        return len(rows)


class Unexpected:
    """A service of other families: whatever is asked of it fails the test."""

    def __init__(self, name):
        self._name = name

    def __getattr__(self, asked):
        raise AssertionError(f"{self._name}.{asked}")

    def __call__(self, *_words, **_more):
        raise AssertionError(self._name)


class Told:
    def __init__(self):
        self.alerts = []

    async def send(self, alert):
        self.alerts.append(alert)


class Chat:
    """The room with everything around it in sight."""

    def __init__(self):
        self.clock = FakeClock(NOON)
        self.said = Said()
        self.audit = MemoryAudit()
        self.cards = MemoryCards()
        self.people = MemoryPeople()
        self.alerts = Told()
        self.poked = []
        self.outcomes = Outcomes()
        self.tasks = Book()
        self.desk = None
        self.stable = True
        self.risk = RiskFakes(SETTINGS)
        self.risk.history.audit, self.risk.history.cards, self.risk.history.said = self.audit, self.cards, self.said
        unexpected = {item.name: Unexpected(item.name) for item in fields(Ports)}
        self.room = furnish(
            Around(
                settings=SETTINGS,
                directory=Directory.from_settings(SETTINGS.groups),
                clock=self.clock,
                alerts=self.alerts,
                orders=self.said,
                people=self.people,
                cards=self.cards,
                audit=self.audit,
                has_stable_ids=lambda _account: self.stable,
                poke=self.poked.append,
                ours={"u-bot", "u-spare-bot"},
            ),
            Ports(
                **unexpected
                | {"system": System(), "desk": self.open_desk, "outcomes": self.outcomes, "tasks": self.tasks}
                | {"risk": self.risk.ports}
            ),
        )
        self._count = 0

    async def open_desk(self):
        return self.desk

    def event(self, text, *, by="u-operator", group="g-ops", **more):
        self._count += 1
        usual = MessageReceived(
            account="main",
            event_id=f"e{self._count}",
            at=self.clock.now(),
            group=group,
            sender=Person(id=by, name=more.pop("name", by)),
            message_id=f"m{self._count}",
            text=text,
        )
        return replace(usual, **more)

    async def type(self, text, **more):
        """Type `text`; return what the bot says to it, None when it does not take it."""
        before = len(self.said.texts)
        taken = await at_once(self.room.router, self.event(text, **more))
        return "\n".join(self.said.texts[before:]) if taken else None

    def add(self, command):
        return self.room.services.registry.add(command)

    @property
    def audited(self):
        """Every entry as (actor, action, result)."""
        return [(entry.actor, entry.action, entry.result.value) for entry in self.audit.entries]


@pytest.fixture
def chat():
    return Chat()
