"""What the criteria decide without a person: since when they may"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_IS_CLEAR = sa.text("rule_at IS NOT NULL")


def upgrade() -> None:
    op.add_column("referrals", sa.Column("rule_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_referrals_rule_at", "referrals", ["rule_at"], sqlite_where=_IS_CLEAR, postgresql_where=_IS_CLEAR
    )


def downgrade() -> None:
    op.drop_index("ix_referrals_rule_at", "referrals")
    op.drop_column("referrals", "rule_at")
