"""the first schema

Revision: 0001, after
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "accounts",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("owner", sa.String(length=32), nullable=True),
        sa.Column("epoch", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("state", sa.String(length=16), server_default="offline", nullable=False),
        sa.Column("detail", sa.Text(), server_default="", nullable=False),
        sa.Column("paused", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("paused_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resumed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("own_id", sa.String(length=128), server_default="", nullable=False),
        sa.Column("profile", sa.Text(), server_default="{}", nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_accounts")),
    )
    op.create_table(
        "campaigns",
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("sop", sa.String(length=80), nullable=False),
        sa.Column("title", sa.Text(), server_default="", nullable=False),
        sa.Column("version", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("timezone", sa.String(length=64), nullable=False),
        sa.Column("start_date", sa.String(length=10), nullable=False),
        sa.Column("params", sa.Text(), server_default="{}", nullable=False),
        sa.Column("sop_text", sa.Text(), server_default="", nullable=False),
        sa.Column("plan_version", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("draft_complete", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaigns")),
    )
    op.create_table(
        "contents",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("parts", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contents")),
    )
    op.create_table(
        "daemons",
        sa.Column("instance", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("heartbeat", sa.DateTime(timezone=True), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("beats", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint("instance", name=op.f("pk_daemons")),
    )
    op.create_table(
        "facts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("event_id", sa.String(length=190), nullable=False),
        sa.Column("group", sa.String(length=128), nullable=True),
        sa.Column("member", sa.String(length=128), server_default="", nullable=False),
        sa.Column("name", sa.String(length=128), server_default="", nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("message_id", sa.String(length=128), nullable=True),
        sa.Column("campaign", sa.String(length=80), nullable=True),
        sa.Column("step", sa.String(length=80), nullable=True),
        sa.Column("channel", sa.String(length=80), nullable=True),
        sa.Column("actor", sa.String(length=128), nullable=True),
        sa.Column("found_late", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("fingerprint", sa.String(length=32), nullable=True),
        sa.Column("post", sa.String(length=40), nullable=True),
        sa.Column("extra", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_facts")),
        sa.UniqueConstraint("account", "event_id", "member", name=op.f("uq_facts_account_event_id_member")),
    )
    with op.batch_alter_table("facts", schema=None) as batch_op:
        batch_op.create_index(
            "ix_facts_echo",
            ["account", "group", "fingerprint"],
            unique=False,
            sqlite_where=sa.text("kind = 'own_post'"),
            postgresql_where=sa.text("kind = 'own_post'"),
        )
        batch_op.create_index("ix_facts_group_at", ["group", "at"], unique=False)
        batch_op.create_index("ix_facts_kind_at", ["kind", "at"], unique=False)
        batch_op.create_index("ix_facts_member", ["member"], unique=False)

    op.create_table(
        "groups",
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("group", sa.String(length=128), nullable=False),
        sa.Column("topic", sa.Text(), server_default="", nullable=False),
        sa.Column("members", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("rank", sa.String(length=8), server_default="unknown", nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("account", "group", name=op.f("pk_groups")),
    )
    with op.batch_alter_table("groups", schema=None) as batch_op:
        batch_op.create_index("ix_groups_group", ["group"], unique=False)

    op.create_table(
        "group_entries",
        sa.Column("group", sa.String(length=128), nullable=False),
        sa.Column("image", sa.Text(), server_default="", nullable=False),
        sa.Column("by", sa.String(length=128), server_default="", nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("group", name=op.f("pk_group_entries")),
    )
    op.create_table(
        "lane_locks",
        sa.Column("lane", sa.String(length=140), nullable=False),
        sa.Column("delivery", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("lane", name=op.f("pk_lane_locks")),
    )
    op.create_table(
        "members",
        sa.Column("group", sa.String(length=128), nullable=False),
        sa.Column("member", sa.String(length=128), nullable=False),
        sa.Column("name", sa.String(length=128), server_default="", nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("inviter", sa.String(length=128), nullable=True),
        sa.Column("found_late", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("group", "member", name=op.f("pk_members")),
    )
    with op.batch_alter_table("members", schema=None) as batch_op:
        batch_op.create_index("ix_members_member", ["member"], unique=False)

    op.create_table(
        "member_notes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("member", sa.String(length=128), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member_notes")),
    )
    with op.batch_alter_table("member_notes", schema=None) as batch_op:
        batch_op.create_index("ix_member_notes_member", ["member"], unique=False)

    op.create_table(
        "plugin_store",
        sa.Column("plugin", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=190), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("plugin", "key", name=op.f("pk_plugin_store")),
    )
    op.create_table(
        "signals",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("revision", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_signals")),
    )
    op.create_table(
        "sop_versions",
        sa.Column("campaign", sa.String(length=80), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("version", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("materials", sa.Text(), server_default="{}", nullable=False),
        sa.Column("source", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=128), server_default="", nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("restores", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["campaign"], ["campaigns.id"], name=op.f("fk_sop_versions_campaign_campaigns")),
        sa.PrimaryKeyConstraint("campaign", "number", name=op.f("pk_sop_versions")),
    )
    op.create_table(
        "campaign_groups",
        sa.Column("campaign", sa.String(length=80), nullable=False),
        sa.Column("group", sa.String(length=128), nullable=False),
        sa.Column("plan_version", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("paused", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(["campaign"], ["campaigns.id"], name=op.f("fk_campaign_groups_campaign_campaigns")),
        sa.PrimaryKeyConstraint("campaign", "group", name=op.f("pk_campaign_groups")),
    )
    op.create_table(
        "deliveries",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("campaign", sa.String(length=80), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("step", sa.String(length=80), nullable=False),
        sa.Column("phase", sa.String(length=80), server_default="", nullable=False),
        sa.Column("group", sa.String(length=128), nullable=False),
        sa.Column("place", sa.String(length=8), server_default="group", nullable=False),
        sa.Column("member", sa.String(length=128), nullable=True),
        sa.Column("lane", sa.String(length=140), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("due", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("late_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("priority", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("content", sa.String(length=32), nullable=False),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.Column("policies", sa.Text(), nullable=False),
        sa.Column("ask_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("plan_version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), server_default="planned", nullable=False),
        sa.Column("next_part", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempt", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("blocks_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("token", sa.String(length=16), nullable=True),
        sa.Column("epoch", sa.Integer(), nullable=True),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("approved", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("moved_from", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["campaign"], ["campaigns.id"], name=op.f("fk_deliveries_campaign_campaigns")),
        sa.ForeignKeyConstraint(["content"], ["contents.id"], name=op.f("fk_deliveries_content_contents")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("campaign", "key", name=op.f("uq_deliveries_campaign_key")),
    )
    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.create_index("ix_deliveries_campaign_group", ["campaign", "group"], unique=False)
        batch_op.create_index(
            "ix_deliveries_lane",
            ["campaign", "lane", "due", "ordinal"],
            unique=False,
            sqlite_where=sa.text("state IN ('planned','sending','held','unknown')"),
            postgresql_where=sa.text("state IN ('planned','sending','held','unknown')"),
        )
        batch_op.create_index(
            "ix_deliveries_moved",
            ["moved_from"],
            unique=False,
            sqlite_where=sa.text("moved_from IS NOT NULL"),
            postgresql_where=sa.text("moved_from IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_deliveries_asked",
            ["ask_at"],
            unique=False,
            sqlite_where=sa.text("ask_at IS NOT NULL"),
            postgresql_where=sa.text("ask_at IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_deliveries_open",
            ["account", "state"],
            unique=False,
            sqlite_where=sa.text("state IN ('sending','held','unknown')"),
            postgresql_where=sa.text("state IN ('sending','held','unknown')"),
        )
        batch_op.create_index(
            "ix_deliveries_waiting",
            ["account", "not_before"],
            unique=False,
            sqlite_where=sa.text("state = 'planned'"),
            postgresql_where=sa.text("state = 'planned'"),
        )

    op.create_table(
        "drafts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("campaign", sa.String(length=80), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("step", sa.String(length=80), nullable=False),
        sa.Column("phase", sa.String(length=80), server_default="", nullable=False),
        sa.Column("group", sa.String(length=128), nullable=False),
        sa.Column("place", sa.String(length=8), server_default="group", nullable=False),
        sa.Column("member", sa.String(length=128), nullable=True),
        sa.Column("lane", sa.String(length=140), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("due", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("late_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("priority", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("content", sa.String(length=32), nullable=False),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.Column("policies", sa.Text(), nullable=False),
        sa.Column("ask_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("plan_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["campaign"], ["campaigns.id"], name=op.f("fk_drafts_campaign_campaigns")),
        sa.ForeignKeyConstraint(["content"], ["contents.id"], name=op.f("fk_drafts_content_contents")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drafts")),
    )
    with op.batch_alter_table("drafts", schema=None) as batch_op:
        batch_op.create_index("ix_drafts_campaign_group", ["campaign", "group"], unique=False)

    op.create_table(
        "tasks",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("campaign", sa.String(length=80), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("step", sa.String(length=80), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("parts", sa.Text(), server_default="[]", nullable=False),
        sa.Column("group", sa.String(length=128), nullable=True),
        sa.Column("assignee", sa.String(length=128), nullable=True),
        sa.Column("due", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(length=10), server_default="open", nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminders", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("done_by", sa.String(length=128), server_default="", nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["campaign"], ["campaigns.id"], name=op.f("fk_tasks_campaign_campaigns")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tasks")),
        sa.UniqueConstraint("campaign", "key", name=op.f("uq_tasks_campaign_key")),
    )
    op.create_table(
        "posts",
        sa.Column("token", sa.String(length=16), nullable=False),
        sa.Column("delivery", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("group", sa.String(length=128), nullable=False),
        sa.Column("member", sa.String(length=128), nullable=True),
        sa.Column("kind", sa.String(length=20), server_default="text", nullable=False),
        sa.Column("amount", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("fingerprint", sa.String(length=32), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("message_id", sa.String(length=128), nullable=True),
        sa.Column("error", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["delivery"], ["deliveries.id"], name=op.f("fk_posts_delivery_deliveries")),
        sa.PrimaryKeyConstraint("token", "delivery", name=op.f("pk_posts")),
    )
    with op.batch_alter_table("posts", schema=None) as batch_op:
        batch_op.create_index("ix_posts_account_started", ["account", "started_at"], unique=False)
        batch_op.create_index("ix_posts_delivery", ["delivery"], unique=False)
        batch_op.create_index(
            "ix_posts_finished",
            ["finished_at"],
            unique=False,
            sqlite_where=sa.text("outcome = 'sent'"),
            postgresql_where=sa.text("outcome = 'sent'"),
        )
        batch_op.create_index(
            "ix_posts_unsettled",
            ["account", "group"],
            unique=False,
            sqlite_where=sa.text("outcome IN ('sending','unknown')"),
            postgresql_where=sa.text("outcome IN ('sending','unknown')"),
        )
    op.create_table(
        "waiting_alerts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due", sa.DateTime(timezone=True), nullable=False),
        sa.Column("severity", sa.String(length=10), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("fields", sa.Text(), server_default="{}", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting_alerts")),
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=128), nullable=False),
        sa.Column("role", sa.String(length=16), server_default="", nullable=False),
        sa.Column("account", sa.String(length=64), server_default="", nullable=False),
        sa.Column("place", sa.String(length=255), server_default="", nullable=False),
        sa.Column("action", sa.String(length=128), nullable=False),
        sa.Column("result", sa.String(length=10), nullable=False),
        sa.Column("detail", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.create_index("ix_audit_at", ["at"], unique=False)

    op.create_table(
        "approvals",
        sa.Column("campaign", sa.String(length=80), nullable=False),
        sa.Column("step", sa.String(length=80), nullable=False),
        sa.Column("occurrence", sa.String(length=255), nullable=False),
        sa.Column("digest", sa.String(length=32), nullable=False),
        sa.Column("decision", sa.String(length=10), nullable=False),
        sa.Column("by", sa.String(length=128), server_default="", nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("campaign", "step", "occurrence", "digest", name=op.f("pk_approvals")),
    )
    op.create_table(
        "cards",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("place", sa.String(length=255), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("options", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), server_default="[]", nullable=False),
        sa.Column("role", sa.Integer(), nullable=False),
        sa.Column("squad", sa.String(length=64), server_default="", nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(length=10), server_default="open", nullable=False),
        sa.Column("answering_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.String(length=128), server_default="", nullable=False),
        sa.Column("choice", sa.String(length=255), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_cards")),
    )
    with op.batch_alter_table("cards", schema=None) as batch_op:
        batch_op.create_index(
            "ix_cards_open",
            ["kind", "subject", "place"],
            unique=True,
            sqlite_where=sa.text("state IN ('open','answering')"),
            postgresql_where=sa.text("state IN ('open','answering')"),
        )
        batch_op.create_index(
            "ix_cards_place",
            ["place"],
            unique=False,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )

    op.create_table(
        "codes",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_codes")),
    )
    op.create_table(
        "people_ids",
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("member", sa.String(length=128), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("bound_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account", "member", name=op.f("pk_people_ids")),
    )
    op.create_table(
        "incidents",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("group", sa.String(length=128), nullable=False),
        sa.Column("squad", sa.String(length=64), server_default="", nullable=False),
        sa.Column("owner", sa.String(length=64), server_default="", nullable=False),
        sa.Column("member", sa.String(length=128), nullable=False),
        sa.Column("name", sa.String(length=128), server_default="", nullable=False),
        sa.Column("message_id", sa.String(length=128), server_default="", nullable=False),
        sa.Column("excerpt", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), server_default="", nullable=False),
        sa.Column("private", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("score", sa.Float(), server_default=sa.text("0"), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=10), server_default="open", nullable=False),
        sa.Column("told", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("escalated", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=True),
        sa.Column("history", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_incidents")),
    )
    with op.batch_alter_table("incidents", schema=None) as batch_op:
        batch_op.create_index("ix_incidents_member", ["member"], unique=False)
        batch_op.create_index(
            "ix_incidents_unresolved",
            ["group", "member"],
            unique=True,
            sqlite_where=sa.text("state IN ('open','acked')"),
            postgresql_where=sa.text("state IN ('open','acked')"),
        )

    op.create_table(
        "blocked_members",
        sa.Column("member", sa.String(length=128), nullable=False),
        sa.Column("name", sa.String(length=128), server_default="", nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("member", name=op.f("pk_blocked_members")),
    )
    op.create_table(
        "risk_samples",
        sa.Column("group", sa.String(length=128), nullable=False),
        sa.Column("concern", sa.String(length=16), nullable=False),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("group", "concern", name=op.f("pk_risk_samples")),
    )
    op.create_table(
        "risk_lessons",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=128), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("message", sa.String(length=255), nullable=False),
        sa.Column("label", sa.Integer(), nullable=False),
        sa.Column("way", sa.String(length=10), nullable=False),
        sa.Column("undone", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("found", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_risk_lessons")),
    )
    with op.batch_alter_table("risk_lessons", schema=None) as batch_op:
        batch_op.create_index("ix_risk_lessons_by", ["by", "at"], unique=False)
        batch_op.create_index("ix_risk_lessons_kind", ["kind", "number"], unique=False)

    op.create_table(
        "risk_versions",
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("parent", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("upto", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("trial", sa.Text(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "number", name=op.f("pk_risk_versions")),
    )
    op.create_table(
        "risk_versions_used",
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("after", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_risk_versions_used")),
    )
    op.create_table(
        "assignments",
        sa.Column("experiment", sa.String(length=80), nullable=False),
        sa.Column("unit", sa.String(length=128), nullable=False),
        sa.Column("variant", sa.String(length=80), nullable=False),
        sa.Column("block", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("experiment", "unit", name=op.f("pk_assignments")),
    )
    op.create_table(
        "channel_marks",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("member", sa.String(length=128), nullable=False),
        sa.Column("campaign", sa.String(length=80), server_default="", nullable=False),
        sa.Column("channel", sa.String(length=80), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("key", sa.String(length=190), nullable=False),
        sa.Column("by", sa.String(length=128), server_default="", nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.String(length=128), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channel_marks")),
    )
    with op.batch_alter_table("channel_marks", schema=None) as batch_op:
        batch_op.create_index("ix_channel_marks_member", ["member"], unique=False)
        batch_op.create_index("uq_channel_marks_key", ["key"], unique=True)

    op.create_table(
        "code_visits",
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("minute", sa.DateTime(timezone=True), nullable=False),
        sa.Column("group", sa.String(length=128), server_default="", nullable=False),
        sa.Column("visits", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("code", "minute", "group", name=op.f("pk_code_visits")),
    )
    with op.batch_alter_table("code_visits", schema=None) as batch_op:
        batch_op.create_index("ix_code_visits_group_minute", ["group", "minute"], unique=False)

    op.create_table(
        "contact_tails",
        sa.Column("member", sa.String(length=128), nullable=False),
        sa.Column("tail", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=128), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("member", "tail", name=op.f("pk_contact_tails")),
    )
    with op.batch_alter_table("contact_tails", schema=None) as batch_op:
        batch_op.create_index("ix_contact_tails_tail", ["tail"], unique=False)

    op.create_table(
        "conversions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("campaign", sa.String(length=80), nullable=False),
        sa.Column("member", sa.String(length=128), nullable=False),
        sa.Column("group", sa.String(length=128), server_default="", nullable=False),
        sa.Column("stage", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(length=8), server_default="", nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("key", sa.String(length=190), nullable=False),
        sa.Column("detail", sa.Text(), server_default="", nullable=False),
        sa.Column("by", sa.String(length=128), server_default="", nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.String(length=128), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversions")),
    )
    with op.batch_alter_table("conversions", schema=None) as batch_op:
        batch_op.create_index("ix_conversions_at", ["campaign", "at"], unique=False)
        batch_op.create_index("ix_conversions_member", ["campaign", "member"], unique=False)
        batch_op.create_index(
            "uq_conversions_key",
            ["campaign", "key"],
            unique=True,
            sqlite_where=sa.text("undone_at IS NULL"),
            postgresql_where=sa.text("undone_at IS NULL"),
        )

    op.create_table(
        "costs",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("campaign", sa.String(length=80), nullable=False),
        sa.Column("channel", sa.String(length=80), server_default="", nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=8), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("key", sa.String(length=190), nullable=False),
        sa.Column("by", sa.String(length=128), server_default="", nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.String(length=128), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_costs")),
    )
    with op.batch_alter_table("costs", schema=None) as batch_op:
        batch_op.create_index(
            "uq_costs_key",
            ["campaign", "key"],
            unique=True,
            sqlite_where=sa.text("undone_at IS NULL"),
            postgresql_where=sa.text("undone_at IS NULL"),
        )

    op.create_table(
        "experiments",
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("campaign", sa.String(length=80), nullable=False),
        sa.Column("unit", sa.String(length=8), nullable=False),
        sa.Column("design", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), server_default="planned", nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verdict", sa.Text(), server_default="", nullable=False),
        sa.Column("by", sa.String(length=128), server_default="", nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_experiments")),
    )
    with op.batch_alter_table("experiments", schema=None) as batch_op:
        batch_op.create_index("ix_experiments_campaign", ["campaign"], unique=False)

    op.create_table(
        "live_codes",
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("campaign", sa.String(length=80), server_default="", nullable=False),
        sa.Column("channel", sa.String(length=80), nullable=False),
        sa.Column("variant", sa.String(length=80), server_default="", nullable=False),
        sa.Column("pool", sa.String(length=128), server_default="", nullable=False),
        sa.Column("group", sa.String(length=128), server_default="", nullable=False),
        sa.Column("fallback", sa.Text(), server_default="", nullable=False),
        sa.Column("title", sa.Text(), server_default="", nullable=False),
        sa.Column("closed", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("by", sa.String(length=128), server_default="", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_live_codes")),
    )
    op.create_table(
        "member_aliases",
        sa.Column("member", sa.String(length=128), nullable=False),
        sa.Column("person", sa.String(length=128), nullable=False),
        sa.Column("by", sa.String(length=128), server_default="", nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("member", name=op.f("pk_member_aliases")),
    )
    with op.batch_alter_table("member_aliases", schema=None) as batch_op:
        batch_op.create_index("ix_member_aliases_person", ["person"], unique=False)

    op.create_table(
        "proposals",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("campaign", sa.String(length=80), nullable=False),
        sa.Column("batch", sa.String(length=16), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=190), nullable=False),
        sa.Column("values", sa.Text(), nullable=False),
        sa.Column("candidates", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), server_default="open", nullable=False),
        sa.Column("member", sa.String(length=128), server_default="", nullable=False),
        sa.Column("by", sa.String(length=128), server_default="", nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposals")),
    )
    with op.batch_alter_table("proposals", schema=None) as batch_op:
        batch_op.create_index("ix_proposals_campaign_state", ["campaign", "state"], unique=False)
        batch_op.create_index("uq_proposals_key", ["campaign", "key"], unique=True)

    op.create_table(
        "rollup_marks",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_rollup_marks")),
    )
    op.create_table(
        "rollups",
        sa.Column("campaign", sa.String(length=80), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("metric", sa.String(length=120), nullable=False),
        sa.Column("group", sa.String(length=128), server_default="", nullable=False),
        sa.Column("channel", sa.String(length=80), server_default="", nullable=False),
        sa.Column("variant", sa.String(length=80), server_default="", nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("campaign", "day", "metric", "group", "channel", "variant", name=op.f("pk_rollups")),
    )
    op.create_table(
        "trail_changes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("campaign", sa.String(length=80), server_default="", nullable=False),
        sa.Column("member", sa.String(length=128), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trail_changes")),
    )
    op.create_table(
        "trail_posts",
        sa.Column("campaign", sa.String(length=80), nullable=False),
        sa.Column(
            "delivery", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("step", sa.String(length=80), nullable=False),
        sa.Column("group", sa.String(length=128), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.Column("ids", sa.Text(), server_default="[]", nullable=False),
        sa.Column("expects", sa.Text(), server_default="[]", nullable=False),
        sa.PrimaryKeyConstraint("campaign", "delivery", name=op.f("pk_trail_posts")),
    )
    with op.batch_alter_table("trail_posts", schema=None) as batch_op:
        batch_op.create_index("ix_trail_posts_campaign_group", ["campaign", "group"], unique=False)

    op.create_table(
        "trails",
        sa.Column("campaign", sa.String(length=80), nullable=False),
        sa.Column("person", sa.String(length=128), nullable=False),
        sa.Column("group", sa.String(length=128), server_default="", nullable=False),
        sa.Column("channel", sa.String(length=80), server_default="", nullable=False),
        sa.Column("variant", sa.String(length=80), server_default="", nullable=False),
        sa.Column("inviter", sa.String(length=128), server_default="", nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("campaign", "person", name=op.f("pk_trails")),
    )
    with op.batch_alter_table("trails", schema=None) as batch_op:
        batch_op.create_index("ix_trails_campaign_group", ["campaign", "group"], unique=False)
        batch_op.create_index("ix_trails_inviter", ["campaign", "inviter"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("trails", schema=None) as batch_op:
        batch_op.drop_index("ix_trails_inviter")
        batch_op.drop_index("ix_trails_campaign_group")

    op.drop_table("trails")
    with op.batch_alter_table("trail_posts", schema=None) as batch_op:
        batch_op.drop_index("ix_trail_posts_campaign_group")

    op.drop_table("trail_posts")
    op.drop_table("trail_changes")
    op.drop_table("rollups")
    op.drop_table("rollup_marks")
    with op.batch_alter_table("proposals", schema=None) as batch_op:
        batch_op.drop_index("uq_proposals_key")
        batch_op.drop_index("ix_proposals_campaign_state")

    op.drop_table("proposals")
    with op.batch_alter_table("member_aliases", schema=None) as batch_op:
        batch_op.drop_index("ix_member_aliases_person")

    op.drop_table("member_aliases")
    op.drop_table("live_codes")
    with op.batch_alter_table("experiments", schema=None) as batch_op:
        batch_op.drop_index("ix_experiments_campaign")

    op.drop_table("experiments")
    with op.batch_alter_table("costs", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_costs_key", sqlite_where=sa.text("undone_at IS NULL"), postgresql_where=sa.text("undone_at IS NULL")
        )

    op.drop_table("costs")
    with op.batch_alter_table("conversions", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_conversions_key",
            sqlite_where=sa.text("undone_at IS NULL"),
            postgresql_where=sa.text("undone_at IS NULL"),
        )
        batch_op.drop_index("ix_conversions_member")
        batch_op.drop_index("ix_conversions_at")

    op.drop_table("conversions")
    with op.batch_alter_table("contact_tails", schema=None) as batch_op:
        batch_op.drop_index("ix_contact_tails_tail")

    op.drop_table("contact_tails")
    with op.batch_alter_table("code_visits", schema=None) as batch_op:
        batch_op.drop_index("ix_code_visits_group_minute")

    op.drop_table("code_visits")
    with op.batch_alter_table("channel_marks", schema=None) as batch_op:
        batch_op.drop_index("uq_channel_marks_key")
        batch_op.drop_index("ix_channel_marks_member")

    op.drop_table("channel_marks")
    op.drop_table("assignments")
    op.drop_table("risk_versions_used")
    op.drop_table("risk_versions")
    with op.batch_alter_table("risk_lessons", schema=None) as batch_op:
        batch_op.drop_index("ix_risk_lessons_kind")
        batch_op.drop_index("ix_risk_lessons_by")

    op.drop_table("risk_lessons")
    op.drop_table("risk_samples")
    op.drop_table("blocked_members")
    with op.batch_alter_table("incidents", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_incidents_unresolved",
            sqlite_where=sa.text("state IN ('open','acked')"),
            postgresql_where=sa.text("state IN ('open','acked')"),
        )
        batch_op.drop_index("ix_incidents_member")

    op.drop_table("incidents")
    op.drop_table("waiting_alerts")
    op.drop_table("people_ids")
    op.drop_table("codes")
    with op.batch_alter_table("cards", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_cards_place", sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'")
        )
        batch_op.drop_index(
            "ix_cards_open",
            sqlite_where=sa.text("state IN ('open','answering')"),
            postgresql_where=sa.text("state IN ('open','answering')"),
        )

    op.drop_table("cards")
    op.drop_table("approvals")
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.drop_index("ix_audit_at")

    op.drop_table("audit")
    with op.batch_alter_table("posts", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_posts_unsettled",
            sqlite_where=sa.text("outcome IN ('sending','unknown')"),
            postgresql_where=sa.text("outcome IN ('sending','unknown')"),
        )
        batch_op.drop_index(
            "ix_posts_finished",
            sqlite_where=sa.text("outcome = 'sent'"),
            postgresql_where=sa.text("outcome = 'sent'"),
        )
        batch_op.drop_index("ix_posts_delivery")
        batch_op.drop_index("ix_posts_account_started")

    op.drop_table("posts")
    op.drop_table("tasks")
    with op.batch_alter_table("drafts", schema=None) as batch_op:
        batch_op.drop_index("ix_drafts_campaign_group")

    op.drop_table("drafts")
    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_deliveries_waiting",
            sqlite_where=sa.text("state = 'planned'"),
            postgresql_where=sa.text("state = 'planned'"),
        )
        batch_op.drop_index(
            "ix_deliveries_moved",
            sqlite_where=sa.text("moved_from IS NOT NULL"),
            postgresql_where=sa.text("moved_from IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_deliveries_asked",
            sqlite_where=sa.text("ask_at IS NOT NULL"),
            postgresql_where=sa.text("ask_at IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_deliveries_open",
            sqlite_where=sa.text("state IN ('sending','held','unknown')"),
            postgresql_where=sa.text("state IN ('sending','held','unknown')"),
        )
        batch_op.drop_index(
            "ix_deliveries_lane",
            sqlite_where=sa.text("state IN ('planned','sending','held','unknown')"),
            postgresql_where=sa.text("state IN ('planned','sending','held','unknown')"),
        )
        batch_op.drop_index("ix_deliveries_campaign_group")

    op.drop_table("deliveries")
    op.drop_table("campaign_groups")
    op.drop_table("sop_versions")
    op.drop_table("signals")
    op.drop_table("plugin_store")
    with op.batch_alter_table("member_notes", schema=None) as batch_op:
        batch_op.drop_index("ix_member_notes_member")

    op.drop_table("member_notes")
    with op.batch_alter_table("members", schema=None) as batch_op:
        batch_op.drop_index("ix_members_member")

    op.drop_table("members")
    op.drop_table("lane_locks")
    op.drop_table("group_entries")
    with op.batch_alter_table("groups", schema=None) as batch_op:
        batch_op.drop_index("ix_groups_group")

    op.drop_table("groups")
    with op.batch_alter_table("facts", schema=None) as batch_op:
        batch_op.drop_index("ix_facts_member")
        batch_op.drop_index("ix_facts_kind_at")
        batch_op.drop_index("ix_facts_group_at")
        batch_op.drop_index(
            "ix_facts_echo", sqlite_where=sa.text("kind = 'own_post'"), postgresql_where=sa.text("kind = 'own_post'")
        )

    op.drop_table("facts")
    op.drop_table("daemons")
    op.drop_table("contents")
    op.drop_table("campaigns")
    op.drop_table("accounts")
