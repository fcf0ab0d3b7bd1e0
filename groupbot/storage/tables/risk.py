"""Incidents, blocked members, and what was taught."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Float, Index, Integer, LargeBinary, String, Table, Text, false, text

from groupbot.storage.tables.columns import ROW_ID, Instant, metadata

incidents = Table(  # negative messages that a person takes care of
    "incidents",
    metadata,
    Column("number", ROW_ID, primary_key=True),
    Column("kind", String(16), nullable=False),  # of the gravest finding
    Column("account", String(64), nullable=False),
    Column("group", String(128), nullable=False),
    Column("squad", String(64), nullable=False, server_default=""),
    Column("owner", String(64), nullable=False, server_default=""),  # a name of [[people]]
    Column("member", String(128), nullable=False),
    Column("name", String(128), nullable=False, server_default=""),
    Column("message_id", String(128), nullable=False, server_default=""),
    Column("excerpt", Text, nullable=False),
    Column("words", Text, nullable=False, server_default=""),  # what the playbook says to answer
    Column("private", Boolean, nullable=False, server_default=false()),  # said 1:1
    Column("score", Float, nullable=False, server_default=text("0")),  # as it was judged
    Column("opened_at", Instant, nullable=False),
    Column("said_at", Instant, nullable=False),
    Column("state", String(10), nullable=False, server_default="open"),  # risk.incidents.IncidentState
    Column("told", Integer, nullable=False, server_default=text("0")),
    Column("told_at", Instant, nullable=False),
    Column("escalated", Boolean, nullable=False, server_default=false()),
    Column("closed_at", Instant),
    Column("outcome", String(16)),
    Column("history", Text, nullable=False),  # JSON: [at, what, by, text]
    Column("revision", Integer, nullable=False, server_default=text("0")),
    Index(
        "ix_incidents_unresolved",
        "group",
        "member",
        unique=True,
        sqlite_where=text("state IN ('open','acked')"),
        postgresql_where=text("state IN ('open','acked')"),
    ),
    Index("ix_incidents_member", "member"),
)

blocked_members = Table(  # who is taken out of every group, and out again when they come back
    "blocked_members",
    metadata,
    Column("member", String(128), primary_key=True),
    Column("name", String(128), nullable=False, server_default=""),
    Column("by", String(64), nullable=False),
    Column("reason", Text, nullable=False, server_default=""),
    Column("at", Instant, nullable=False),
)

risk_samples = Table(  # how many honest messages of a group had which score; no words
    "risk_samples",
    metadata,
    Column("group", String(128), primary_key=True),
    Column("concern", String(16), primary_key=True),  # risk.ladder.Concern
    Column("counts", Text, nullable=False),  # JSON: by bin of risk.samples
    Column("at", Instant, nullable=False),
)

risk_lessons = Table(  # append-only: what people said of single messages; of one message the last row counts
    "risk_lessons",
    metadata,
    Column("number", ROW_ID, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("by", String(128), nullable=False),  # a name of [[people]]
    Column("kind", String(16), nullable=False),  # risk.model.Kind
    Column("message", String(255), nullable=False),
    Column("label", Integer, nullable=False),
    Column("way", String(10), nullable=False),
    Column("undone", Boolean, nullable=False, server_default=false()),
    Column("found", LargeBinary, nullable=False),  # buckets of the text; no words
    Index("ix_risk_lessons_kind", "kind", "number"),
    Index("ix_risk_lessons_by", "by", "at"),
)

risk_versions = Table(  # scorers as they were fitted at night
    "risk_versions",
    metadata,
    Column("kind", String(16), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("parent", Integer, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("upto", ROW_ID, nullable=False),  # the last of risk_lessons that it knows
    Column("trial", Text, nullable=False),  # JSON: f1 and false alarms on the guard set, before and after
    Column("data", LargeBinary, nullable=False),
)

risk_versions_used = Table(  # no row: the shipped scorer
    "risk_versions_used",
    metadata,
    Column("kind", String(16), primary_key=True),
    Column("number", Integer, nullable=False),  # of risk_versions, 0 = the shipped one
    Column("after", ROW_ID, nullable=False),  # lessons beyond it count on top
)
