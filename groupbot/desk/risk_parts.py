"""What risk control stands on, over the store and the settings in force."""

from __future__ import annotations

from collections.abc import Callable

from groupbot.admin.risk_ports import Abilities, Heard, Playbooks, RiskPorts, Teaching
from groupbot.chat.capabilities import UNSEEN, Capabilities, Standing
from groupbot.risk.rules import Rules
from groupbot.settings import Settings
from groupbot.storage.engine import Database
from groupbot.storage.heard import heard
from groupbot.storage.incidents import SqlBlocked, SqlIncidents
from groupbot.storage.risk_history import SqlHistory
from groupbot.storage.roster import SqlRoster


def risk_parts(
    database: Database,
    settings: Callable[[], Settings],
    capabilities: Callable[[str], Capabilities],
    playbooks: Playbooks,
    teaching: Teaching,
) -> RiskPorts:
    """Return the parts over a `database`; nothing is read yet."""
    roster = SqlRoster(database)

    async def standing(account: str, group: str) -> Standing:
        return (await roster.standings([group])).get((account, group), UNSEEN)

    def leader_of(squad: str) -> str:
        return next((one.leader for one in settings().squads if one.name == squad), "")

    async def said(account: str, message_id: str) -> Heard | None:
        return await heard(database, account, message_id)

    held = settings()
    return RiskPorts(
        incidents=SqlIncidents(database),
        blocked=SqlBlocked(database),
        teaching=teaching,
        playbooks=playbooks,
        rules=Rules(held.risk, held.groups),
        abilities=Abilities(can=capabilities, standing=standing),
        history=SqlHistory(database),
        leader_of=leader_of,
        heard=said,
    )
