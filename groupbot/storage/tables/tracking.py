"""Where members came from, what they did, what it cost, and the daily sums that reports read."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, String, Table, Text, false, text

from groupbot.storage.tables.columns import ROW_ID, Instant, metadata

live_codes = Table(  # printed once: /c/CODE shows the QR image of the group that is open now
    "live_codes",
    metadata,
    Column("code", String(32), primary_key=True),
    Column("campaign", String(80), nullable=False, server_default=""),
    Column("channel", String(80), nullable=False),
    Column("variant", String(80), nullable=False, server_default=""),
    Column("pool", String(128), nullable=False, server_default=""),  # of [[pools]]; or
    Column("group", String(128), nullable=False, server_default=""),  # one group alone
    Column("fallback", Text, nullable=False, server_default=""),  # path of the friend-first image in the project
    Column("title", Text, nullable=False, server_default=""),
    Column("closed", Boolean, nullable=False, server_default=false()),
    Column("by", String(128), nullable=False, server_default=""),
    Column("created_at", Instant, nullable=False),
)

code_visits = Table(  # counted by the minute: nothing tells who it was
    "code_visits",
    metadata,
    Column("code", String(32), primary_key=True),
    Column("minute", Instant, primary_key=True),
    Column("group", String(128), primary_key=True, server_default=""),  # whose image was shown, "" = none
    Column("visits", Integer, nullable=False),
    Index("ix_code_visits_group_minute", "group", "minute"),
)

channel_marks = Table(  # append-only: what tells where a member came from, besides visits and inviters
    "channel_marks",
    metadata,
    Column("id", ROW_ID, primary_key=True),
    Column("member", String(128), nullable=False),
    Column("campaign", String(80), nullable=False, server_default=""),  # "" = whichever they join next
    Column("channel", String(80), nullable=False),
    Column("source", String(16), nullable=False),  # tracking.channels.Source
    Column("at", Instant, nullable=False),
    Column("key", String(190), nullable=False),
    Column("by", String(128), nullable=False, server_default=""),
    Column("undone_at", Instant),
    Column("undone_by", String(128), nullable=False, server_default=""),
    Index("uq_channel_marks_key", "key", unique=True),
    Index("ix_channel_marks_member", "member"),
)

member_aliases = Table(  # several accounts of one person
    "member_aliases",
    metadata,
    Column("member", String(128), primary_key=True),
    Column("person", String(128), nullable=False),  # the member id that stands for all
    Column("by", String(128), nullable=False, server_default=""),
    Column("at", Instant, nullable=False),
    Index("ix_member_aliases_person", "person"),
)

contact_tails = Table(  # the last digits of a phone number, as collected at sign-up: orders are matched by them
    "contact_tails",
    metadata,
    Column("member", String(128), primary_key=True),
    Column("tail", String(16), primary_key=True),
    Column("at", Instant, nullable=False),
    Column("by", String(128), nullable=False, server_default=""),
    Index("ix_contact_tails_tail", "tail"),
)

conversions = Table(  # append-only: stages that members reached, and money; taken back, never deleted
    "conversions",
    metadata,
    Column("id", ROW_ID, primary_key=True),
    Column("campaign", String(80), nullable=False),
    Column("member", String(128), nullable=False),
    Column("group", String(128), nullable=False, server_default=""),
    Column("stage", String(40), nullable=False),
    Column("at", Instant, nullable=False),
    Column("amount", BigInteger),  # ten-thousandths of a unit of `currency`; NULL = no money in it
    Column("currency", String(8), nullable=False, server_default=""),
    Column("source", String(16), nullable=False),  # tracking.stages.Source
    Column("key", String(190), nullable=False),  # an order's number, a rule and its message: counted once
    Column("detail", Text, nullable=False, server_default=""),
    Column("by", String(128), nullable=False, server_default=""),
    Column("recorded_at", Instant, nullable=False),
    Column("undone_at", Instant),
    Column("undone_by", String(128), nullable=False, server_default=""),
    Index(
        "uq_conversions_key",
        "campaign",
        "key",
        unique=True,
        sqlite_where=text("undone_at IS NULL"),
        postgresql_where=text("undone_at IS NULL"),
    ),
    Index("ix_conversions_member", "campaign", "member"),
    Index("ix_conversions_at", "campaign", "at"),
)

costs = Table(  # what a channel cost on a day
    "costs",
    metadata,
    Column("id", ROW_ID, primary_key=True),
    Column("campaign", String(80), nullable=False),
    Column("channel", String(80), nullable=False, server_default=""),  # "" = of the campaign as a whole
    Column("day", String(10), nullable=False),
    Column("amount", BigInteger, nullable=False),  # ten-thousandths, see conversions
    Column("currency", String(8), nullable=False),
    Column("note", Text, nullable=False, server_default=""),
    Column("key", String(190), nullable=False),
    Column("by", String(128), nullable=False, server_default=""),
    Column("at", Instant, nullable=False),
    Column("undone_at", Instant),
    Column("undone_by", String(128), nullable=False, server_default=""),
    Index(
        "uq_costs_key",
        "campaign",
        "key",
        unique=True,
        sqlite_where=text("undone_at IS NULL"),
        postgresql_where=text("undone_at IS NULL"),
    ),
)

proposals = Table(  # rows of an import that could be several members', or nobody's: a person decides
    "proposals",
    metadata,
    Column("id", ROW_ID, primary_key=True),
    Column("campaign", String(80), nullable=False),
    Column("batch", String(16), nullable=False),
    Column("row", Integer, nullable=False),
    Column("key", String(190), nullable=False),
    Column("values", Text, nullable=False),  # JSON: the row as read
    Column("candidates", Text, nullable=False),  # JSON: member ids
    Column("state", String(10), nullable=False, server_default="open"),  # open | taken | dropped
    Column("member", String(128), nullable=False, server_default=""),
    Column("by", String(128), nullable=False, server_default=""),
    Column("at", Instant, nullable=False),
    Index("ix_proposals_campaign_state", "campaign", "state"),
    Index("uq_proposals_key", "campaign", "key", unique=True),
)

experiments = Table(
    "experiments",
    metadata,
    Column("id", String(80), primary_key=True),
    Column("campaign", String(80), nullable=False),
    Column("unit", String(8), nullable=False),  # code | group | member
    Column("design", Text, nullable=False),  # JSON: variants, stages, alpha, power, sizes, horizon, seed
    Column("state", String(10), nullable=False, server_default="planned"),  # planned | running | ended
    Column("started_at", Instant),
    Column("ended_at", Instant),
    Column("verdict", Text, nullable=False, server_default=""),  # JSON: as it was when it ended
    Column("by", String(128), nullable=False, server_default=""),
    Column("at", Instant, nullable=False),
    Index("ix_experiments_campaign", "campaign"),
)

assignments = Table(  # which variant a unit got; never changed
    "assignments",
    metadata,
    Column("experiment", String(80), primary_key=True),
    Column("unit", String(128), primary_key=True),
    Column("variant", String(80), nullable=False),
    Column("block", Integer, nullable=False, server_default=text("0")),
    Column("at", Instant, nullable=False),
)

trails = Table(  # all that is known of one person in one campaign; what the roll-ups are sums of
    "trails",
    metadata,
    Column("campaign", String(80), primary_key=True),
    Column("person", String(128), primary_key=True),
    Column("group", String(128), nullable=False, server_default=""),  # the first that they were in
    Column("channel", String(80), nullable=False, server_default=""),
    Column("variant", String(80), nullable=False, server_default=""),
    Column("inviter", String(128), nullable=False, server_default=""),
    Column("joined_at", Instant),
    Column("state", Text, nullable=False),  # JSON: tracking.trail
    Index("ix_trails_campaign_group", "campaign", "group"),
    Index("ix_trails_inviter", "campaign", "inviter"),
)

trail_posts = Table(  # steps as they were posted in groups, by the delivery: which of them trails were read against
    "trail_posts",
    metadata,
    Column("campaign", String(80), primary_key=True),
    Column("delivery", ROW_ID, primary_key=True, autoincrement=False),
    Column("step", String(80), nullable=False),
    Column("group", String(128), nullable=False),
    Column("at", Instant, nullable=False),  # of its first part
    Column("parts", Integer, nullable=False),  # how many were posted by then
    Column("ids", Text, nullable=False, server_default="[]"),  # JSON: message ids of its parts
    Column("expects", Text, nullable=False, server_default="[]"),  # JSON: words that it asks for
    Index("ix_trail_posts_campaign_group", "campaign", "group"),
)

rollups = Table(  # daily sums over trails; every dimension in every row, so that all views add up to the same
    "rollups",
    metadata,
    Column("campaign", String(80), primary_key=True),
    Column("day", String(10), primary_key=True),  # in the campaign's zone
    Column("metric", String(120), primary_key=True),  # tracking.metrics
    Column("group", String(128), primary_key=True, server_default=""),
    Column("channel", String(80), primary_key=True, server_default=""),
    Column("variant", String(80), primary_key=True, server_default=""),
    Column("n", BigInteger, nullable=False),  # a count, or ten-thousandths of a currency
)

rollup_marks = Table(  # how far the roll-ups have read, and what was deleted behind them
    "rollup_marks",
    metadata,
    Column("name", String(120), primary_key=True),
    Column("value", Text, nullable=False),
)

trail_changes = Table(  # whose trail is to be made anew: something besides a fact changed
    "trail_changes",
    metadata,
    Column("id", ROW_ID, primary_key=True),
    Column("campaign", String(80), nullable=False, server_default=""),  # "" = every campaign they are in
    Column("member", String(128), nullable=False, server_default=""),  # "" = everybody in it
)
