"""accounts"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("login_sessions", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "factor",
                sa.Enum(
                    "password", "passkey", "totp", "recovery_code", "sso", name="factor", native_enum=False, length=32
                ),
                server_default="password",
                nullable=False,
            )
        )
        batch_op.add_column(sa.Column("proved_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("awaits_factor", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(
            sa.Column("view_as_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.create_foreign_key(batch_op.f("fk_login_sessions_view_as_id_users"), "users", ["view_as_id"], ["id"])

    with op.batch_alter_table("programs", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("second_factor_for", sa.String(length=20), server_default="required_roles", nullable=False)
        )

    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.add_column(sa.Column("factor_since", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.drop_column("factor_since")

    with op.batch_alter_table("programs", schema=None) as batch_op:
        batch_op.drop_column("second_factor_for")

    with op.batch_alter_table("login_sessions", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_login_sessions_view_as_id_users"), type_="foreignkey")
        batch_op.drop_column("view_as_id")
        batch_op.drop_column("awaits_factor")
        batch_op.drop_column("proved_at")
        batch_op.drop_column("factor")
