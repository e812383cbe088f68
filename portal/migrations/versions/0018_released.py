"""Which files somebody looked at before they went along with a person's copy"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("person_exports", sa.Column("released", sa.JSON(), server_default="[]", nullable=False))


def downgrade() -> None:
    op.drop_column("person_exports", "released")
