"""Whoever has a password has accepted their invitation"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("UPDATE users SET accepted_at = created_at WHERE password_hash IS NOT NULL AND accepted_at IS NULL")


def downgrade() -> None:
    """Nothing to take back: the column goes with 0003."""
