"""Lists that are narrowed, sorted and searched by indexes"""

import sqlalchemy as sa
from alembic import op

from portal.migrations.words import searchable, unsearchable

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_deals_closed_at_id", "deals", ["closed_at", "id"], unique=False)
    op.create_index("ix_deals_next_step_on_id", "deals", ["next_step_on", "id"], unique=False)

    op.create_index("ix_referrals_country_received_at_id", "referrals", ["country", "received_at", "id"], unique=False)
    op.create_index(
        "ix_referrals_decided_at_id",
        "referrals",
        ["decided_at", "id"],
        unique=False,
        sqlite_where=sa.text("decided_at IS NOT NULL"),
        postgresql_where=sa.text("decided_at IS NOT NULL"),
    )
    op.create_index(
        "ix_referrals_partner_id_decided_at_id",
        "referrals",
        ["partner_id", "decided_at", "id"],
        unique=False,
        sqlite_where=sa.text("decided_at IS NOT NULL"),
        postgresql_where=sa.text("decided_at IS NOT NULL"),
    )

    op.add_column("users", sa.Column("mails", sa.JSON(none_as_null=True), nullable=True))
    searchable("referrals", ("company", "domain", "contact_name", "contact_email", "ref"))
    searchable("deals", ("company", "domain", "ref", "external_ref"))


def downgrade() -> None:
    unsearchable("deals")
    unsearchable("referrals")
    op.drop_column("users", "mails")

    op.drop_index(
        "ix_referrals_partner_id_decided_at_id",
        "referrals",
        sqlite_where=sa.text("decided_at IS NOT NULL"),
        postgresql_where=sa.text("decided_at IS NOT NULL"),
    )
    op.drop_index(
        "ix_referrals_decided_at_id",
        "referrals",
        sqlite_where=sa.text("decided_at IS NOT NULL"),
        postgresql_where=sa.text("decided_at IS NOT NULL"),
    )
    op.drop_index("ix_referrals_country_received_at_id", "referrals")

    op.drop_index("ix_deals_next_step_on_id", "deals")
    op.drop_index("ix_deals_closed_at_id", "deals")
