"""How many deals were lost by month, reason and channel: counted once from those that are there"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "loss_totals",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column(
            "reason",
            sa.Enum(
                "no_budget",
                "no_decision",
                "competitor",
                "price",
                "missing_feature",
                "no_need",
                "not_reachable",
                "other",
                name="lostreason",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "channel",
            sa.Enum(
                "referral",
                "inbound",
                "outbound",
                "paid",
                "event",
                "partner_link",
                "reseller",
                name="channel",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("month", "reason", "channel", name=op.f("pk_loss_totals")),
    )
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    month = (
        "date(closed_at, 'start of month')" if is_sqlite else "date_trunc('month', closed_at AT TIME ZONE 'UTC')::date"
    )
    op.execute(
        "INSERT INTO loss_totals (month, reason, channel, number)"
        f" SELECT {month}, lost_reason, channel, COUNT(*) FROM deals"
        " WHERE stage = 'lost' AND closed_at IS NOT NULL GROUP BY 1, 2, 3"
    )


def downgrade() -> None:
    op.drop_table("loss_totals")
