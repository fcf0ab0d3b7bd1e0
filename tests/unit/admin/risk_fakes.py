"""What risk control stands on, in memory."""

from dataclasses import dataclass, field

from groupbot.admin.risk_ports import Abilities, RiskPorts, Taught
from groupbot.chat.capabilities import Capabilities, Standing
from groupbot.risk.rules import Rules
from groupbot.testing import MemoryBlocked, MemoryIncidents

ALL = Capabilities(kinds=frozenset({"text", "remove_members", "add_members"}), stable_ids=True, mentions=True)


@dataclass
class Lessons:
    learned: list = field(default_factory=list)
    refusal: Exception | None = None
    known: Taught = field(default_factory=lambda: Taught(versions=(), lessons=()))
    undone: list = field(default_factory=list)
    used: list = field(default_factory=list)

    async def learn(self, lesson):
        if self.refusal is not None:
            raise self.refusal
        self.learned.append(lesson)
        return ""

    async def taught(self):
        return self.known

    async def take_back(self, number, *, by):
        self.undone.append((number, by))
        return next(line for line in self.known.lessons if line.number == number)

    async def roll_back(self, concern, number, *, by):
        self.used.append((concern, number, by))


class Plans:
    """One playbook, for those who want their money back."""

    async def words(self, group, text):
        return "先道歉，再问清楚订单号" if "退" in text else ""


class RiskFakes:
    """`ports` for a room; `can` is what every account can do, `standing` how it stands everywhere."""

    def __init__(self, settings):
        self.can = ALL
        self.standing = Standing()
        self.lessons = Lessons()
        self.incidents = MemoryIncidents()
        self.blocked = MemoryBlocked()
        self.heard = {}
        self.rules = Rules(settings.risk, settings.groups)
        leaders = {squad.name: squad.leader for squad in settings.squads}
        self.ports = RiskPorts(
            incidents=self.incidents,
            blocked=self.blocked,
            teaching=self.lessons,
            playbooks=Plans(),
            rules=self.rules,
            abilities=Abilities(can=lambda _account: self.can, standing=self._standing),
            leader_of=lambda squad: leaders.get(squad, ""),
            heard=self._heard,
        )

    async def _standing(self, _account, _group):
        return self.standing

    async def _heard(self, account, message_id):
        return self.heard.get((account, message_id))
