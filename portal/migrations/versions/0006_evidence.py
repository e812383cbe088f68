"""Proof of how an introduction was made, referrals entered by staff, and many from a file"""

import sqlalchemy as sa
from alembic import op

from portal.migrations.guards import forbid, freeze, keep, permit, unguard

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

FROZEN = "id ref partner_id referral_id kind size media_type happened_on added_at added_by_id"
SWAPPED = "NEW.sha256 IS NOT NULL AND (OLD.sha256 IS NULL OR NEW.sha256 <> OLD.sha256)"


def upgrade() -> None:
    op.create_table(
        "held_files",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("token", sa.String(length=43), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("size", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_held_files_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_held_files")),
    )
    with op.batch_alter_table("held_files", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_held_files_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_held_files_sha256"), ["sha256"], unique=False)
        batch_op.create_index("ix_held_files_user_id_token", ["user_id", "token"], unique=False)

    op.create_table(
        "referral_imports",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sa.String(length=12), nullable=False),
        sa.Column("partner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("file_name", sa.String(length=120), nullable=False),
        sa.Column("file_sha256", sa.String(length=64), nullable=True),
        sa.Column("rows", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ready", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("known", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("refused", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_referral_imports_by_id_users")),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_referral_imports_partner_id_partners")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral_imports")),
        sa.UniqueConstraint("partner_id", "id", name=op.f("uq_referral_imports_partner_id_id")),
        sa.UniqueConstraint("ref", name=op.f("uq_referral_imports_ref")),
    )
    with op.batch_alter_table("referral_imports", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_referral_imports_at"), ["at"], unique=False)
        batch_op.create_index("ix_referral_imports_partner_id_at_id", ["partner_id", "at", "id"], unique=False)

    op.create_table(
        "referral_import_rows",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("partner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("import_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("company", sa.String(length=120), nullable=False),
        sa.Column(
            "result",
            sa.Enum("sent", "known", "refused", name="rowresult", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("referral_ref", sa.String(length=12), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("notes", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["partner_id", "import_id"],
            ["referral_imports.partner_id", "referral_imports.id"],
            name="fk_referral_import_rows_import",
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partners.id"], name=op.f("fk_referral_import_rows_partner_id_partners")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral_import_rows")),
        sa.UniqueConstraint("import_id", "number", name=op.f("uq_referral_import_rows_import_id_number")),
    )
    with op.batch_alter_table("referral_import_rows", schema=None) as batch_op:
        batch_op.create_index("uq_referral_import_rows_digest", ["partner_id", "digest"], unique=True)

    op.create_table(
        "evidence_pieces",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sa.String(length=12), nullable=False),
        sa.Column("partner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("referral_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("mail", "screenshot", "pdf", "note", name="piecekind", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column(
            "finding",
            sa.Enum(
                "prospect_wrote",
                "introduced_by_mail",
                "shown",
                "noted",
                "prospect_without_us",
                "mail_without_prospect",
                "mail_without_us",
                "strangers_mail",
                "undated",
                name="finding",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("size", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("media_type", sa.String(length=40), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("says", sa.Text(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=True),
        sa.Column("people", sa.String(length=200), nullable=False),
        sa.Column("sender", sa.String(length=320), nullable=False),
        sa.Column("recipients", sa.JSON(), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("message_id", sa.String(length=255), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("names_us", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["added_by_id"], ["users.id"], name=op.f("fk_evidence_pieces_added_by_id_users")),
        sa.ForeignKeyConstraint(
            ["partner_id", "referral_id"],
            ["referrals.partner_id", "referrals.id"],
            name=op.f("fk_evidence_pieces_partner_id_referral_id_referrals"),
        ),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_evidence_pieces_partner_id_partners")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_pieces")),
        sa.UniqueConstraint("ref", name=op.f("uq_evidence_pieces_ref")),
    )
    with op.batch_alter_table("evidence_pieces", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_evidence_pieces_partner_id"), ["partner_id"], unique=False)
        batch_op.create_index("ix_evidence_pieces_referral_id", ["referral_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_evidence_pieces_sha256"), ["sha256"], unique=False)

    how = sa.Enum("phone", "mail", "in_person", name="enteredhow", native_enum=False, length=32)
    op.add_column("referrals", sa.Column("entered_how", how, nullable=True))
    keep("evidence_pieces")
    freeze("evidence_pieces", FROZEN.split())
    forbid("evidence_file_swap", "evidence_pieces", "UPDATE", SWAPPED, "a file of proof is never another one")


def downgrade() -> None:
    permit("evidence_file_swap", "evidence_pieces")
    unguard("evidence_pieces")
    op.drop_column("referrals", "entered_how")

    with op.batch_alter_table("evidence_pieces", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_evidence_pieces_sha256"))
        batch_op.drop_index("ix_evidence_pieces_referral_id")
        batch_op.drop_index(batch_op.f("ix_evidence_pieces_partner_id"))

    op.drop_table("evidence_pieces")
    with op.batch_alter_table("referral_import_rows", schema=None) as batch_op:
        batch_op.drop_index("uq_referral_import_rows_digest")

    op.drop_table("referral_import_rows")
    with op.batch_alter_table("referral_imports", schema=None) as batch_op:
        batch_op.drop_index("ix_referral_imports_partner_id_at_id")
        batch_op.drop_index(batch_op.f("ix_referral_imports_at"))

    op.drop_table("referral_imports")
    with op.batch_alter_table("held_files", schema=None) as batch_op:
        batch_op.drop_index("ix_held_files_user_id_token")
        batch_op.drop_index(batch_op.f("ix_held_files_sha256"))
        batch_op.drop_index(batch_op.f("ix_held_files_at"))

    op.drop_table("held_files")
