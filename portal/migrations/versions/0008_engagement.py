"""Rules of engagement, in versions that never change once they are published"""

import sqlalchemy as sa
from alembic import op

from portal.migrations.guards import freeze, keep, unguard

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


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
    keep("engagement_versions")
    freeze("engagement_versions", ("id", "number", "data", "created_by_id"), "OLD.published_at IS NOT NULL")


def downgrade() -> None:
    unguard("engagement_versions")
    op.drop_table("engagement_versions")
