"""The house's own guards on the way out, over the store. They are there before the first post, the office is not."""

from __future__ import annotations

from groupbot.campaign.approvals import ApprovalGuard
from groupbot.campaign.checklist import SignOffGuard
from groupbot.campaign.one_off import ONE_OFF
from groupbot.delivery.guards import Guards
from groupbot.desk.opening import LazyDesk
from groupbot.risk.holding import IncidentGuard
from groupbot.storage.approvals import SqlApprovals
from groupbot.storage.campaigns import SqlCampaigns
from groupbot.storage.engine import Database
from groupbot.storage.incidents import SqlIncidents

FIRST = -1_000
"""Before every guard of a plugin: what nobody has looked at is not judged further."""


def guard(chain: Guards, database: Database, desk: LazyDesk) -> None:
    """Let nothing out that must be approved and is not, nor what sells while somebody complains."""
    approvals = SqlApprovals(database)
    chain.add(SignOffGuard(SqlCampaigns(database), approvals), order=FIRST, always=True)
    chain.add(ApprovalGuard(approvals), order=FIRST, always=True)
    chain.add(IncidentGuard(SqlIncidents(database), lambda: desk.settings.risk.incidents, one_off=ONE_OFF))
