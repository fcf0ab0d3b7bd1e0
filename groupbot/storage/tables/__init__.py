"""Every table. Instants are UTC; JSON columns hold what is only ever read whole.

The schema is changed by a migration in migrations/versions/ only; tests/migration compares the two.
"""

from groupbot.storage.tables.chat import facts, group_entries, groups, member_notes, members
from groupbot.storage.tables.columns import Instant, metadata
from groupbot.storage.tables.ledger import (
    accounts,
    campaign_groups,
    campaigns,
    contents,
    daemons,
    deliveries,
    drafts,
    lane_locks,
    posts,
    signals,
    sop_versions,
    tasks,
)
from groupbot.storage.tables.risk import blocked_members, incidents, risk_lessons, risk_versions, risk_versions_used
from groupbot.storage.tables.staff import approvals, audit, cards, codes, people_ids, plugin_store, waiting_alerts

__all__ = [
    "Instant",
    "accounts",
    "approvals",
    "audit",
    "blocked_members",
    "campaign_groups",
    "campaigns",
    "cards",
    "codes",
    "contents",
    "daemons",
    "deliveries",
    "drafts",
    "facts",
    "group_entries",
    "groups",
    "incidents",
    "lane_locks",
    "member_notes",
    "members",
    "metadata",
    "people_ids",
    "plugin_store",
    "posts",
    "risk_lessons",
    "risk_versions",
    "risk_versions_used",
    "signals",
    "sop_versions",
    "tasks",
    "waiting_alerts",
]
