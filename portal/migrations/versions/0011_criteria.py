"""criteria"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "referral_batches",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sa.String(length=12), nullable=False),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "decision",
            sa.Enum("qualify", "ask", "decline", name="decision", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column(
            "reason",
            sa.Enum(
                "outside_territory",
                "public_tender",
                "no_consent",
                "consent_withdrawn",
                "not_the_decider",
                "no_fit",
                "no_need",
                "already_claimed",
                "not_reachable",
                "other",
                name="declinereason",
                native_enum=False,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_referral_batches_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral_batches")),
        sa.UniqueConstraint("ref", name=op.f("uq_referral_batches_ref")),
    )
    with op.batch_alter_table("referral_batches", schema=None) as batch_op:
        batch_op.create_index("ix_referral_batches_by_id_at", ["by_id", "at"], unique=False)

    op.add_column("users", sa.Column("letter_keys", sa.Boolean(), server_default=sa.true(), nullable=False))


def downgrade() -> None:
    op.drop_column("users", "letter_keys")

    with op.batch_alter_table("referral_batches", schema=None) as batch_op:
        batch_op.drop_index("ix_referral_batches_by_id_at")

    op.drop_table("referral_batches")
