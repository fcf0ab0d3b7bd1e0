"""Campaigns, their deliveries and tasks, and the accounts that post."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

from groupbot.storage.tables.columns import ROW_ID, Instant, metadata

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
    Column("id", ROW_ID, primary_key=True),
    *_delivery_columns(),
    Column("state", String(10), nullable=False, server_default="planned"),
    Column("next_part", Integer, nullable=False, server_default=text("0")),
    Column("not_before", Instant, nullable=False),
    Column("attempt", Integer, nullable=False, server_default=text("0")),  # temporary failures of the present part
    Column("blocks_until", Instant),  # held, unknown: later steps of the lane wait until then; planned: they don't wait
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
    Column("id", ROW_ID, primary_key=True),
    *_delivery_columns(),
    Index("ix_drafts_campaign_group", "campaign", "group"),
)

lane_locks = Table(  # one delivery at a time in a lane while its parts are near together, across campaigns
    "lane_locks",
    metadata,
    Column("lane", String(140), primary_key=True),
    Column("delivery", ROW_ID, nullable=False),
    Column("until", Instant, nullable=False),
)

posts = Table(  # every part that was ever attempted; never updated after its outcome but by an echo or a person
    "posts",
    metadata,
    Column("token", String(16), primary_key=True),
    Column("delivery", ROW_ID, ForeignKey("deliveries.id"), primary_key=True),
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
        "ix_posts_finished",  # what was posted lately, or found out lately to have been
        "finished_at",
        sqlite_where=text("outcome = 'sent'"),
        postgresql_where=text("outcome = 'sent'"),
    ),
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
    Column("id", ROW_ID, primary_key=True),
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

signals = Table(  # a counter that other processes raise to wake the daemon
    "signals",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("revision", BigInteger, nullable=False, server_default=text("0")),
)
