"""Drafts of referrals, the program's own questions, and corrections after a referral was sent."""

import sqlalchemy as sa
from alembic import op

from portal.migrations.guards import freeze, keep, unguard

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "referral_fields",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sa.String(length=12), nullable=False),
        sa.Column("position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("label", sa.String(length=120), nullable=False),
        sa.Column("hint", sa.String(length=200), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("text", "number", "date", "choice", "yes_no", name="kind", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("choices", sa.JSON(), nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral_fields")),
        sa.UniqueConstraint("ref", name=op.f("uq_referral_fields_ref")),
    )
    op.create_table(
        "referral_drafts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sa.String(length=12), nullable=False),
        sa.Column("partner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("form_key", sa.String(length=43), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("typed", sa.JSON(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["partner_id", "by_id"],
            ["users.partner_id", "users.id"],
            name=op.f("fk_referral_drafts_partner_id_by_id_users"),
        ),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_referral_drafts_partner_id_partners")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral_drafts")),
        sa.UniqueConstraint("by_id", "form_key", name=op.f("uq_referral_drafts_by_id_form_key")),
        sa.UniqueConstraint("ref", name=op.f("uq_referral_drafts_ref")),
    )
    with op.batch_alter_table("referral_drafts", schema=None) as batch_op:
        batch_op.create_index(
            "ix_referral_drafts_partner_id_by_id_saved_at", ["partner_id", "by_id", "saved_at"], unique=False
        )
        batch_op.create_index("ix_referral_drafts_saved_at", ["saved_at"], unique=False)

    op.create_table(
        "referral_corrections",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("partner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("referral_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("reading_before", sa.JSON(), nullable=False),
        sa.Column(
            "outcome_before",
            sa.Enum("qualifies", "validate", "ask", "decline", name="outcome", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column(
            "outcome_after",
            sa.Enum("qualifies", "validate", "ask", "decline", name="outcome", native_enum=False, length=32),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_referral_corrections_by_id_users")),
        sa.ForeignKeyConstraint(
            ["partner_id", "referral_id"],
            ["referrals.partner_id", "referrals.id"],
            name=op.f("fk_referral_corrections_partner_id_referral_id_referrals"),
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partners.id"], name=op.f("fk_referral_corrections_partner_id_partners")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral_corrections")),
    )
    with op.batch_alter_table("referral_corrections", schema=None) as batch_op:
        batch_op.create_index(
            "ix_referral_corrections_partner_id_referral_id_at", ["partner_id", "referral_id", "at"], unique=False
        )

    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.add_column("referrals", sa.Column("expected_minor", number, nullable=True))
    op.add_column("referrals", sa.Column("more_answers", sa.JSON(), nullable=True))
    keep("referral_corrections")
    freeze("referral_corrections", ["id", "partner_id", "referral_id", "by_id", "at"])


def downgrade() -> None:
    unguard("referral_corrections")
    op.drop_column("referrals", "more_answers")
    op.drop_column("referrals", "expected_minor")

    with op.batch_alter_table("referral_corrections", schema=None) as batch_op:
        batch_op.drop_index("ix_referral_corrections_partner_id_referral_id_at")

    op.drop_table("referral_corrections")
    with op.batch_alter_table("referral_drafts", schema=None) as batch_op:
        batch_op.drop_index("ix_referral_drafts_saved_at")
        batch_op.drop_index("ix_referral_drafts_partner_id_by_id_saved_at")

    op.drop_table("referral_drafts")
    op.drop_table("referral_fields")
