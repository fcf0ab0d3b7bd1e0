"""Every table, in one place. Instants are UTC; JSON columns hold what is only ever read whole.

The schema is changed by a migration in migrations/versions/ only; tests/migration compares the two.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.engine import Dialect

REVISION = "0001"
"""The newest migration: the one that makes these tables. tests/migration compares."""

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Instant(TypeDecorator[datetime]):
    """An aware UTC instant on every database; SQLite keeps it as text that sorts by time."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


_RowId = BigInteger().with_variant(Integer, "sqlite")

accounts = Table(
    "accounts",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("owner", String(32)),  # instance id of the daemon that holds it
    Column("epoch", Integer, nullable=False, server_default=text("0")),  # fencing: +1 at every change of owner
    Column("state", String(16), nullable=False, server_default="offline"),  # core.events.AccountState
    Column("detail", Text, nullable=False, server_default=""),
    Column("paused", Boolean, nullable=False, server_default=false()),  # by a person, or after a limit notice
    Column("paused_reason", Text, nullable=False, server_default=""),
    Column("changed_at", Instant),
    Column("held_at", Instant),  # when it was paused by itself; stays until its return is seen
    Column("resumed_at", Instant),  # when it came back from that, for its ramp-up
    Column("own_id", String(128), nullable=False, server_default=""),  # by which the platform knows the account itself
    Column("profile", Text, nullable=False, server_default="{}"),  # JSON: name, bio, avatar as last read
)

daemons = Table(
    "daemons",
    metadata,
    Column("instance", String(32), primary_key=True),
    Column("state", String(16), nullable=False),
    Column("since", Instant, nullable=False),
    Column("heartbeat", Instant, nullable=False),
    Column("pid", Integer, nullable=False),
    # +1 with each heartbeat: other daemons watch whether it moves, since no two machines' clocks agree.
    Column("beats", BigInteger, nullable=False, server_default=text("0")),
)

campaigns = Table(
    "campaigns",
    metadata,
    Column("id", String(80), primary_key=True),
    Column("sop", String(80), nullable=False),
    Column("title", Text, nullable=False, server_default=""),
    Column("version", String(16), nullable=False),  # content hash of the SOP that is live
    Column("state", String(12), nullable=False),  # campaign.state.CampaignState
    Column("timezone", String(64), nullable=False),
    Column("start_date", String(10), nullable=False),
    Column("params", Text, nullable=False, server_default="{}"),  # JSON: event, set, roles
    Column("sop_text", Text, nullable=False, server_default=""),
    Column("plan_version", Integer, nullable=False, server_default=text("0")),  # counts launches and edits
    Column("draft_complete", Boolean, nullable=False, server_default=false()),
    Column("created_at", Instant, nullable=False),
)

campaign_groups = Table(
    "campaign_groups",
    metadata,
    Column("campaign", ForeignKey("campaigns.id"), primary_key=True),
    Column("group", String(128), primary_key=True),
    # The pointer: which version is live here; -n while version n is to become live.
    Column("plan_version", Integer, nullable=False, server_default=text("0")),
    Column("paused", Boolean, nullable=False, server_default=false()),  # by a person, in this group alone
)

sop_versions = Table(  # every text that a campaign ever ran, oldest first
    "sop_versions",
    metadata,
    Column("campaign", ForeignKey("campaigns.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("version", String(16), nullable=False),  # content hash, as in campaigns
    Column("text", Text, nullable=False),  # YAML, see sop.writing
    Column("materials", Text, nullable=False, server_default="{}"),  # JSON: path as written -> SHA-256 of its content
    Column("source", Text, nullable=False, server_default=""),  # the file that it came from, "" = a command
    Column("at", Instant, nullable=False),
    Column("by", String(128), nullable=False, server_default=""),
    Column("note", Text, nullable=False, server_default=""),
    Column("restores", Integer),  # the number of the version that an undo brought back
)

contents = Table(  # rendered parts, shared by the deliveries that say the same
    "contents",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("parts", Text, nullable=False),
)


def _delivery_columns() -> list[Column[object]]:
    """Return what a planned row is in the ledger and in a draft alike."""
    return [
        Column("campaign", ForeignKey("campaigns.id"), nullable=False),
        Column("key", String(255), nullable=False),  # step/occurrence/target
        Column("step", String(80), nullable=False),
        Column("phase", String(80), nullable=False, server_default=""),
        Column("group", String(128), nullable=False),
        Column("place", String(8), nullable=False, server_default="group"),
        Column("member", String(128)),
        Column("lane", String(140), nullable=False),  # what keeps order: g:<group> or m:<member>
        Column("account", String(64), nullable=False),
        Column("due", Instant, nullable=False),
        Column("until", Instant),
        Column("late_at", Instant),  # of the next part; NULL = it is never late
        Column("ordinal", Integer, nullable=False),
        Column("priority", Integer, nullable=False, server_default=text("0")),
        Column("content", ForeignKey("contents.id"), nullable=False),
        Column("parts", Integer, nullable=False),
        Column("policies", Text, nullable=False),  # JSON: seconds and names, see delivery.values
        Column("ask_at", Instant),  # when people are asked to approve it; NULL = nobody has to
        Column("plan_version", Integer, nullable=False),
    ]


deliveries = Table(
    "deliveries",
    metadata,
    Column("id", _RowId, primary_key=True),
    *_delivery_columns(),
    Column("state", String(10), nullable=False, server_default="planned"),
    Column("next_part", Integer, nullable=False, server_default=text("0")),
    Column("not_before", Instant, nullable=False),
    Column("attempt", Integer, nullable=False, server_default=text("0")),  # temporary failures of the present part
    Column("blocks_until", Instant),  # held and unknown: later steps of the lane wait until then
    Column("token", String(16)),  # of the last claim
    Column("epoch", Integer),  # account epoch of the last claim
    Column("claimed_at", Instant),
    Column("reason", Text, nullable=False, server_default=""),
    Column("approved", Boolean, nullable=False, server_default=false()),  # a person let it pass its guards
    Column("sent_at", Instant),
    Column("moved_from", String(64)),  # the account that was to post it, while another stands in
    UniqueConstraint("campaign", "key"),
    Index(
        "ix_deliveries_waiting",
        "account",
        "not_before",
        sqlite_where=text("state = 'planned'"),
        postgresql_where=text("state = 'planned'"),
    ),
    Index(
        "ix_deliveries_lane",
        "campaign",
        "lane",
        "due",
        "ordinal",
        sqlite_where=text("state IN ('planned','sending','held','unknown')"),
        postgresql_where=text("state IN ('planned','sending','held','unknown')"),
    ),
    Index(
        "ix_deliveries_open",
        "account",
        "state",
        sqlite_where=text("state IN ('sending','held','unknown')"),
        postgresql_where=text("state IN ('sending','held','unknown')"),
    ),
    Index(
        "ix_deliveries_moved",
        "moved_from",
        sqlite_where=text("moved_from IS NOT NULL"),
        postgresql_where=text("moved_from IS NOT NULL"),
    ),
    Index("ix_deliveries_campaign_group", "campaign", "group"),
    Index(
        "ix_deliveries_asked",
        "ask_at",
        sqlite_where=text("ask_at IS NOT NULL"),
        postgresql_where=text("ask_at IS NOT NULL"),
    ),
)

drafts = Table(  # planned rows of a launch or edit that is not live yet; emptied group by group
    "drafts",
    metadata,
    Column("id", _RowId, primary_key=True),
    *_delivery_columns(),
    Index("ix_drafts_campaign_group", "campaign", "group"),
)

lane_locks = Table(  # one delivery at a time in a lane while its parts are near together, across campaigns
    "lane_locks",
    metadata,
    Column("lane", String(140), primary_key=True),
    Column("delivery", _RowId, nullable=False),
    Column("until", Instant, nullable=False),
)

posts = Table(  # every part that was ever attempted; never updated after its outcome but by an echo or a person
    "posts",
    metadata,
    Column("token", String(16), primary_key=True),
    Column("delivery", _RowId, ForeignKey("deliveries.id"), primary_key=True),
    Column("part", Integer, nullable=False),
    Column("account", String(64), nullable=False),
    Column("group", String(128), nullable=False),
    Column("member", String(128)),
    Column("kind", String(20), nullable=False, server_default="text"),  # delivery.budgets.Cost, like the next
    Column("amount", Integer, nullable=False, server_default=text("1")),
    Column("fingerprint", String(32), nullable=False),
    Column("outcome", String(10), nullable=False),  # sending | sent | unknown | failed | retry
    Column("started_at", Instant, nullable=False),
    Column("finished_at", Instant),
    Column("message_id", String(128)),
    Column("error", Text, nullable=False, server_default=""),
    Index("ix_posts_account_started", "account", "started_at"),
    Index("ix_posts_delivery", "delivery"),
    Index(
        "ix_posts_unsettled",
        "account",
        "group",
        sqlite_where=text("outcome IN ('sending','unknown')"),
        postgresql_where=text("outcome IN ('sending','unknown')"),
    ),
)

tasks = Table(
    "tasks",
    metadata,
    Column("id", _RowId, primary_key=True),
    Column("campaign", ForeignKey("campaigns.id"), nullable=False),
    Column("key", String(255), nullable=False),
    Column("step", String(80), nullable=False),
    Column("text", Text, nullable=False),
    Column("parts", Text, nullable=False, server_default="[]"),  # core.content: what to post, ready to copy
    Column("group", String(128)),
    Column("assignee", String(128)),
    Column("due", Instant),
    Column("state", String(10), nullable=False, server_default="open"),  # open | done | cancelled
    Column("reminded_at", Instant),
    Column("reminders", Integer, nullable=False, server_default=text("0")),  # how often it was told since it is due
    Column("done_by", String(128), nullable=False, server_default=""),
    Column("done_at", Instant),
    UniqueConstraint("campaign", "key"),
)

facts = Table(  # append-only: what happened in chat
    "facts",
    metadata,
    Column("id", _RowId, primary_key=True),
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
    Column("id", _RowId, primary_key=True),
    Column("member", String(128), nullable=False),
    Column("kind", String(8), nullable=False),  # admin.members.NoteKind
    Column("value", Text, nullable=False),
    Column("by", String(64), nullable=False),
    Column("at", Instant, nullable=False),
    Index("ix_member_notes_member", "member"),
)

signals = Table(  # a counter that other processes raise to wake the daemon
    "signals",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("revision", BigInteger, nullable=False, server_default=text("0")),
)

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
    Column("number", _RowId, primary_key=True),
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
    Column("id", _RowId, primary_key=True),
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
    Column("id", _RowId, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("due", Instant, nullable=False),
    Column("severity", String(10), nullable=False),  # chat.alerts.Severity
    Column("code", String(64), nullable=False),
    Column("text", Text, nullable=False),
    Column("fields", Text, nullable=False, server_default="{}"),  # JSON
)

incidents = Table(  # negative messages that a person takes care of
    "incidents",
    metadata,
    Column("number", _RowId, primary_key=True),
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

risk_lessons = Table(  # append-only: what people said of single messages; of one message the last row counts
    "risk_lessons",
    metadata,
    Column("number", _RowId, primary_key=True),
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
    Column("upto", _RowId, nullable=False),  # the last of risk_lessons that it knows
    Column("trial", Text, nullable=False),  # JSON: f1 and false alarms on the guard set, before and after
    Column("data", LargeBinary, nullable=False),
)

risk_versions_used = Table(  # no row: the shipped scorer
    "risk_versions_used",
    metadata,
    Column("kind", String(16), primary_key=True),
    Column("number", Integer, nullable=False),  # of risk_versions, 0 = the shipped one
    Column("after", _RowId, nullable=False),  # lessons beyond it count on top
)
