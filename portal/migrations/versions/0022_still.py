"""Deals that stall before their next step are read apart from those whose step is overdue"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

STILL = sa.text("next_step_on > stalls_on")
NAME = "ix_deals_still_owner_id_stalls_on_id"


def upgrade() -> None:
    op.create_index(NAME, "deals", ["owner_id", "stalls_on", "id"], sqlite_where=STILL, postgresql_where=STILL)


def downgrade() -> None:
    op.drop_index(NAME, "deals")
