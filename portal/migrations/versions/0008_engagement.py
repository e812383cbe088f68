"""Rules of engagement in versions, and the conflicts that are ruled by them: what was ruled stays as it was"""

import sqlalchemy as sa
from alembic import op

from portal.migrations.guards import freeze, keep, unguard

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

RULING = (
    "id partner_id referral_id entered_at entered_by_id holder_id rules_version rule rule_number stands_with claim_at"
    " standing_at until by_hold"
)


def upgrade() -> None:
    op.create_table(
        "engagement_versions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("created_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint(
            "(published_at IS NULL) = (published_by_id IS NULL)",
            name=op.f("ck_engagement_versions_published_by_someone"),
        ),
        sa.CheckConstraint("number > 1", name=op.f("ck_engagement_versions_after_the_first")),
        sa.CheckConstraint("published_by_id <> created_by_id", name=op.f("ck_engagement_versions_four_eyes")),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["users.id"], name=op.f("fk_engagement_versions_created_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["published_by_id"], ["users.id"], name=op.f("fk_engagement_versions_published_by_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_engagement_versions")),
        sa.UniqueConstraint("number", name=op.f("uq_engagement_versions_number")),
    )
    op.create_table(
        "conflicts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("partner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("referral_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open", "upheld", "set_aside", "lapsed", "closed", name="conflictstate", native_enum=False, length=32
            ),
            nullable=False,
        ),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("against_ref", sa.String(length=12), nullable=False),
        sa.Column("holder_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("rules_version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "rule",
            sa.Enum("customer", "opportunity", "protection", "first", name="rule", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("rule_number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "stands_with",
            sa.Enum("claimant", "holder", "ours", name="side", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("claim_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("standing_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("by_hold", sa.Boolean(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("set_aside_because", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("(stands_with = 'ours') = (holder_id IS NULL)", name=op.f("ck_conflicts_holder_or_ours")),
        sa.CheckConstraint("(state = 'open') = (ended_at IS NULL)", name=op.f("ck_conflicts_ended_at_a_time")),
        sa.CheckConstraint(
            "state <> 'set_aside' OR set_aside_because <> ''", name=op.f("ck_conflicts_set_aside_because")
        ),
        sa.CheckConstraint(
            "state NOT IN ('upheld', 'set_aside') OR decided_by_id IS NOT NULL",
            name=op.f("ck_conflicts_decided_by_someone"),
        ),
        sa.CheckConstraint("partner_id <> holder_id", name=op.f("ck_conflicts_two_partners")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["users.id"], name=op.f("fk_conflicts_decided_by_id_users")),
        sa.ForeignKeyConstraint(["entered_by_id"], ["users.id"], name=op.f("fk_conflicts_entered_by_id_users")),
        sa.ForeignKeyConstraint(["holder_id"], ["partners.id"], name=op.f("fk_conflicts_holder_id_partners")),
        sa.ForeignKeyConstraint(
            ["partner_id", "referral_id"],
            ["referrals.partner_id", "referrals.id"],
            name=op.f("fk_conflicts_partner_id_referral_id_referrals"),
        ),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_conflicts_partner_id_partners")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conflicts")),
    )
    with op.batch_alter_table("conflicts", schema=None) as batch_op:
        batch_op.create_index("ix_conflicts_against_ref", ["against_ref"], unique=False)
        batch_op.create_index("ix_conflicts_referral_id_id", ["referral_id", "id"], unique=False)
        batch_op.create_index("ix_conflicts_state_ended_at_id", ["state", "ended_at", "id"], unique=False)
        batch_op.create_index(
            "uq_conflicts_open",
            ["referral_id"],
            unique=True,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )
    for table in ("engagement_versions", "conflicts"):
        keep(table)
    freeze("engagement_versions", ("id", "number", "data", "created_by_id"), "OLD.published_at IS NOT NULL")
    freeze("conflicts", RULING.split())


def downgrade() -> None:
    for table in ("engagement_versions", "conflicts"):
        unguard(table)
    op.execute("UPDATE referrals SET status = 'submitted' WHERE status = 'conflict'")
    with op.batch_alter_table("conflicts", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_conflicts_open", sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'")
        )
        batch_op.drop_index("ix_conflicts_state_ended_at_id")
        batch_op.drop_index("ix_conflicts_referral_id_id")
        batch_op.drop_index("ix_conflicts_against_ref")

    op.drop_table("conflicts")
    op.drop_table("engagement_versions")
