"""What risk control stands on, over the store and the settings in force."""

from __future__ import annotations

from collections.abc import Callable

from groupbot.admin.risk_ports import Abilities, Lesson, Playbooks, RiskPorts
from groupbot.chat.capabilities import UNSEEN, Capabilities, Standing
from groupbot.risk.rules import Rules
from groupbot.settings import Settings
from groupbot.storage.engine import Database
from groupbot.storage.incidents import SqlBlocked, SqlIncidents
from groupbot.storage.roster import SqlRoster


class NoTeaching:
    """Learn nothing: decisions are carried out, and that is all."""

    async def learn(self, lesson: Lesson) -> str:  # noqa: ARG002 - of the port
        return ""


def risk_parts(
    database: Database,
    settings: Callable[[], Settings],
    capabilities: Callable[[str], Capabilities],
    playbooks: Playbooks,
) -> RiskPorts:
    """Return the parts over a `database`; nothing is read yet."""
    roster = SqlRoster(database)

    async def standing(account: str, group: str) -> Standing:
        return (await roster.standings([group])).get((account, group), UNSEEN)

    def leader_of(squad: str) -> str:
        return next((one.leader for one in settings().squads if one.name == squad), "")

    held = settings()
    return RiskPorts(
        incidents=SqlIncidents(database),
        blocked=SqlBlocked(database),
        teaching=NoTeaching(),
        playbooks=playbooks,
        rules=Rules(held.risk, held.groups),
        abilities=Abilities(can=capabilities, standing=standing),
        leader_of=leader_of,
    )
