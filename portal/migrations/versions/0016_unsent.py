"""unsent"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "unsent_forms",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sa.String(length=12), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("browser", sa.String(length=64), nullable=False),
        sa.Column("typed_sealed", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_unsent_forms_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unsent_forms")),
        sa.UniqueConstraint("ref", name=op.f("uq_unsent_forms_ref")),
    )
    with op.batch_alter_table("unsent_forms", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_unsent_forms_at"), ["at"], unique=False)
        batch_op.create_index("ix_unsent_forms_user_id_browser_at", ["user_id", "browser", "at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("unsent_forms", schema=None) as batch_op:
        batch_op.drop_index("ix_unsent_forms_user_id_browser_at")
        batch_op.drop_index(batch_op.f("ix_unsent_forms_at"))

    op.drop_table("unsent_forms")
