"""People who give commands, what they were asked and said, and what plugins keep."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, String, Table, Text, text

from groupbot.storage.tables.columns import ROW_ID, Instant, metadata

plugin_store = Table(  # what plugins keep, and under the plugin "" what their host keeps about them
    "plugin_store",
    metadata,
    Column("plugin", String(64), primary_key=True),
    Column("key", String(190), primary_key=True),
    Column("value", Text, nullable=False),  # JSON
)

people_ids = Table(  # which chat ids are whose, by codes; config.toml may name more
    "people_ids",
    metadata,
    Column("account", String(64), primary_key=True),
    Column("member", String(128), primary_key=True),
    Column("person", String(64), nullable=False),
    Column("bound_at", Instant, nullable=False),
)

codes = Table(  # one-time codes that bind an id to a person; only their hashes
    "codes",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("person", String(64), nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant),
)

cards = Table(  # numbered questions to operators
    "cards",
    metadata,
    Column("number", ROW_ID, primary_key=True),
    Column("kind", String(32), nullable=False),
    Column("subject", String(255), nullable=False),
    Column("place", String(255), nullable=False),  # admin.places.Place.key
    Column("text", Text, nullable=False),
    Column("options", Text, nullable=False),  # JSON: [digit, label, choice]
    Column("about", Text, nullable=False, server_default="[]"),  # JSON: what an answer concerns
    Column("role", Integer, nullable=False),  # core.roles.Role
    Column("squad", String(64), nullable=False, server_default=""),
    Column("opened_at", Instant, nullable=False),
    Column("expires_at", Instant),
    Column("state", String(10), nullable=False, server_default="open"),  # admin.cards.CardState
    Column("answering_since", Instant),  # when the answer began that is under way, or was the last
    Column("answered_by", String(128), nullable=False, server_default=""),
    Column("choice", String(255), nullable=False, server_default=""),
    Index(
        "ix_cards_open",
        "kind",
        "subject",
        "place",
        unique=True,
        sqlite_where=text("state IN ('open','answering')"),
        postgresql_where=text("state IN ('open','answering')"),
    ),
    Index(
        "ix_cards_place",
        "place",
        sqlite_where=text("state = 'open'"),
        postgresql_where=text("state = 'open'"),
    ),
)

approvals = Table(  # what people said about steps before they were posted, and that they signed a checklist off
    "approvals",
    metadata,
    Column("campaign", String(80), primary_key=True),
    Column("step", String(80), primary_key=True),
    Column("occurrence", String(255), primary_key=True),
    Column("digest", String(32), primary_key=True),  # campaign.approvals.digest_of what was looked at
    Column("decision", String(10), nullable=False),  # campaign.approvals.Decision
    Column("by", String(128), nullable=False, server_default=""),
    Column("at", Instant, nullable=False),
)

audit = Table(  # append-only: what was asked of the bot, and what it did by itself
    "audit",
    metadata,
    Column("id", ROW_ID, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("actor", String(128), nullable=False),
    Column("role", String(16), nullable=False, server_default=""),
    Column("account", String(64), nullable=False, server_default=""),
    Column("place", String(255), nullable=False, server_default=""),
    Column("action", String(128), nullable=False),
    Column("result", String(10), nullable=False),  # admin.audit.Result
    Column("detail", Text, nullable=False, server_default=""),
    Index("ix_audit_at", "at"),
)

waiting_alerts = Table(  # what people hear later: small things at night, and the news of the day
    "waiting_alerts",
    metadata,
    Column("id", ROW_ID, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("due", Instant, nullable=False),
    Column("severity", String(10), nullable=False),  # chat.alerts.Severity
    Column("code", String(64), nullable=False),
    Column("text", Text, nullable=False),
    Column("fields", Text, nullable=False, server_default="{}"),  # JSON
)
