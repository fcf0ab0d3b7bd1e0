"""What risk control stands on, in memory."""

from dataclasses import dataclass, field

from groupbot.admin.risk_ports import WRONG, Abilities, RiskPorts, Taught, case_subjects
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


class History:
    """Read from the audit and the cards of a room; `warned` before it was opened, by group."""

    def __init__(self):
        self.audit = self.cards = self.said = None
        self.warned = {}

    async def repeats(self, member, concern, since):
        wrong = {
            f"card/{card.number}"
            for card in self.cards.cards.values()
            if card.choice == WRONG and card.subject in case_subjects(member, concern)
        }
        count = 0
        for entry in self.audit.entries:
            if entry.action in wrong:
                count = 0
            elif entry.action in {f"risk/{concern}/{deed}" for deed in ("alert", "warn", "remove", "block")}:
                count += entry.at >= since and entry.detail.startswith(f"{member} ") and entry.result == "done"
        return count

    async def removed_from(self, member, since):
        orders = [order for order in self.said.orders if order.key.startswith("risk/")]
        removals = [one for one in orders if one.parts[0].content.kind == "remove_members"]
        return [one.group for one in removals if one.parts[0].content.members == (member,)]

    async def warned_at(self, group):
        return self.warned.get(group)


class RiskFakes:
    """`ports` for a room; `can` is what every account can do, `standing` how it stands everywhere."""

    def __init__(self, settings):
        self.can = ALL
        self.standing = Standing()
        self.lessons = Lessons()
        self.incidents = MemoryIncidents()
        self.blocked = MemoryBlocked()
        self.heard = {}
        self.history = History()
        self.rules = Rules(settings.risk, settings.groups)
        leaders = {squad.name: squad.leader for squad in settings.squads}
        self.ports = RiskPorts(
            incidents=self.incidents,
            blocked=self.blocked,
            teaching=self.lessons,
            playbooks=Plans(),
            rules=self.rules,
            abilities=Abilities(can=lambda _account: self.can, standing=self._standing),
            history=self.history,
            leader_of=lambda squad: leaders.get(squad, ""),
            heard=self._heard,
        )

    async def _standing(self, _account, _group):
        return self.standing

    async def _heard(self, account, message_id):
        return self.heard.get((account, message_id))
