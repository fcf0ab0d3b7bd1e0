"""What happened in chat, and who is in which group."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, Integer, String, Table, Text, UniqueConstraint, false, text

from groupbot.storage.tables.columns import ROW_ID, Instant, metadata

facts = Table(  # append-only: what happened in chat
    "facts",
    metadata,
    Column("id", ROW_ID, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("kind", String(16), nullable=False),  # tracking.facts.FactKind
    Column("account", String(64), nullable=False),
    Column("event_id", String(190), nullable=False),
    Column("group", String(128)),
    Column("member", String(128), nullable=False, server_default=""),  # "" where nobody is meant
    Column("name", String(128), nullable=False, server_default=""),
    Column("text", Text),
    Column("message_id", String(128)),
    Column("campaign", String(80)),
    Column("step", String(80)),
    Column("channel", String(80)),
    Column("actor", String(128)),  # inviter of a join, who removed on a leave
    Column("found_late", Boolean, nullable=False, server_default=false()),
    Column("fingerprint", String(32)),  # of own posts
    Column("post", String(40)),  # the post (token/delivery) that this echo settled: it is used once
    Column("extra", Text),  # JSON: message kind, quoted id, mentions
    UniqueConstraint("account", "event_id", "member"),
    Index("ix_facts_group_at", "group", "at"),
    Index("ix_facts_kind_at", "kind", "at"),
    Index("ix_facts_member", "member"),
    Index(
        "ix_facts_echo",
        "account",
        "group",
        "fingerprint",
        sqlite_where=text("kind = 'own_post'"),
        postgresql_where=text("kind = 'own_post'"),
    ),
)

groups = Table(  # what accounts saw; the configuration stays in config.toml
    "groups",
    metadata,
    Column("account", String(64), primary_key=True),
    Column("group", String(128), primary_key=True),
    Column("topic", Text, nullable=False, server_default=""),
    Column("members", Integer, nullable=False, server_default=text("0")),
    Column("rank", String(8), nullable=False, server_default="unknown"),  # core.events.Rank of the account there
    Column("read_at", Instant),
    Index("ix_groups_group", "group"),
)

group_entries = Table(  # how people come into a group: its QR image, and whether new members still do
    "group_entries",
    metadata,
    Column("group", String(128), primary_key=True),
    Column("image", Text, nullable=False, server_default=""),  # path in the project's folder, "" = none was sent yet
    Column("by", String(128), nullable=False, server_default=""),
    Column("taken_at", Instant),
    Column("expires_at", Instant),  # NULL = it lasts
    Column("closed", Boolean, nullable=False, server_default=false()),  # a person ended it as an entry
    Column("entered_at", Instant),  # when it became the entry of its pool, NULL = it never was
)

members = Table(  # who is in which group, as seen by any account
    "members",
    metadata,
    Column("group", String(128), primary_key=True),
    Column("member", String(128), primary_key=True),
    Column("name", String(128), nullable=False, server_default=""),
    Column("joined_at", Instant, nullable=False),
    Column("left_at", Instant),
    Column("inviter", String(128)),
    Column("found_late", Boolean, nullable=False, server_default=false()),
    Index("ix_members_member", "member"),
)

member_notes = Table(  # what people noted about members: tags, trust, sentences
    "member_notes",
    metadata,
    Column("id", ROW_ID, primary_key=True),
    Column("member", String(128), nullable=False),
    Column("kind", String(8), nullable=False),  # admin.members.NoteKind
    Column("value", Text, nullable=False),
    Column("by", String(64), nullable=False),
    Column("at", Instant, nullable=False),
    Index("ix_member_notes_member", "member"),
)
