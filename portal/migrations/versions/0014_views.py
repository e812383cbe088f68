"""Views of lists that people save by name, and when each was here last"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "saved_views",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sa.String(length=12), nullable=False),
        sa.Column("partner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("owner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "of_list",
            sa.Enum("referrals", "staff_referrals", "staff_deals", name="listname", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("choice", sa.JSON(), nullable=False),
        sa.Column("is_shared", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_saved_views_owner_id_users")),
        sa.ForeignKeyConstraint(
            ["partner_id", "owner_id"],
            ["users.partner_id", "users.id"],
            name=op.f("fk_saved_views_partner_id_owner_id_users"),
        ),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_saved_views_partner_id_partners")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_views")),
        sa.UniqueConstraint("ref", name=op.f("uq_saved_views_ref")),
    )
    with op.batch_alter_table("saved_views", schema=None) as batch_op:
        batch_op.create_index("ix_saved_views_owner_id_of_list", ["owner_id", "of_list"], unique=False)
        batch_op.create_index(
            "ix_saved_views_partner_id_of_list_is_shared", ["partner_id", "of_list", "is_shared"], unique=False
        )

    # One by one: to build the table anew would drop its triggers.
    op.add_column("users", sa.Column("first_views", sa.JSON(none_as_null=True), nullable=True))
    op.add_column("users", sa.Column("visited_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("users", sa.Column("visited_before_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    for name in ("visited_before_at", "visited_at", "first_views"):
        op.drop_column("users", name)

    with op.batch_alter_table("saved_views", schema=None) as batch_op:
        batch_op.drop_index("ix_saved_views_partner_id_of_list_is_shared")
        batch_op.drop_index("ix_saved_views_owner_id_of_list")

    op.drop_table("saved_views")
