"""Conversations on referrals: messages with files, who has read them, and the mails by which they are answered"""

import sqlalchemy as sa
from alembic import op

from portal.migrations.guards import forbid, freeze, keep, permit, unguard

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

FROZEN = {
    "messages": "id partner_id referral_id author_id at is_internal by_mail",
    "message_files": "id ref partner_id message_id media_type size",
}
_OF_ANOTHER_SIDE = (
    "EXISTS (SELECT 1 FROM users u WHERE u.id = NEW.author_id AND u.partner_id IS NOT NULL"
    " AND (u.partner_id <> NEW.partner_id OR NEW.is_internal))"
)


def upgrade() -> None:
    op.create_table(
        "mailboxes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("uid_validity", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("last_uid", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("error", sa.String(length=500), nullable=False),
        sa.Column("failures", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_mailboxes_only_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailboxes")),
    )
    op.create_table(
        "spent_links",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_spent_links")),
    )
    op.create_table(
        "received_mails",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("referral_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_received_mails_user_id_users")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_received_mails")),
    )
    with op.batch_alter_table("received_mails", schema=None) as batch_op:
        batch_op.create_index(
            "ix_received_mails_user_id_referral_id_at", ["user_id", "referral_id", "at"], unique=False
        )

    op.create_table(
        "refused_mails",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sender", sa.String(length=254), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column(
            "trouble",
            sa.Enum(
                "unknown_address",
                "expired",
                "nobody",
                "other_sender",
                "not_allowed",
                "automatic",
                "too_many",
                "too_large",
                "empty",
                "unreadable",
                name="trouble",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("referral_ref", sa.String(length=12), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_refused_mails_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refused_mails")),
    )
    with op.batch_alter_table("refused_mails", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_refused_mails_user_id"), ["user_id"], unique=False)

    op.create_table(
        "conversations",
        sa.Column(
            "referral_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("partner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("waits_since", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["partner_id", "referral_id"],
            ["referrals.partner_id", "referrals.id"],
            name=op.f("fk_conversations_partner_id_referral_id_referrals"),
        ),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_conversations_partner_id_partners")),
        sa.PrimaryKeyConstraint("referral_id", name=op.f("pk_conversations")),
    )
    with op.batch_alter_table("conversations", schema=None) as batch_op:
        batch_op.create_index("ix_conversations_waits_since_referral_id", ["waits_since", "referral_id"], unique=False)

    op.create_table(
        "message_reads",
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("referral_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("partner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("last_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["partner_id", "referral_id"],
            ["referrals.partner_id", "referrals.id"],
            name=op.f("fk_message_reads_partner_id_referral_id_referrals"),
        ),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_message_reads_partner_id_partners")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_message_reads_user_id_users")),
        sa.PrimaryKeyConstraint("user_id", "referral_id", name=op.f("pk_message_reads")),
    )
    op.create_table(
        "messages",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("partner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("referral_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("author_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_internal", sa.Boolean(), nullable=False),
        sa.Column("by_mail", sa.Boolean(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("mentions", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name=op.f("fk_messages_author_id_users")),
        sa.ForeignKeyConstraint(
            ["partner_id", "referral_id"],
            ["referrals.partner_id", "referrals.id"],
            name=op.f("fk_messages_partner_id_referral_id_referrals"),
        ),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_messages_partner_id_partners")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint("partner_id", "id", name=op.f("uq_messages_partner_id_id")),
    )
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_messages_author_id"), ["author_id"], unique=False)
        batch_op.create_index(
            "ix_messages_referral_id_is_internal_id", ["referral_id", "is_internal", "id"], unique=False
        )

    op.create_table(
        "message_files",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sa.String(length=12), nullable=False),
        sa.Column("partner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("message_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("media_type", sa.String(length=80), nullable=False),
        sa.Column("size", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(erased_at IS NULL) = (sha256 IS NOT NULL)", name=op.f("ck_message_files_file_until_erased")
        ),
        sa.ForeignKeyConstraint(
            ["partner_id", "message_id"],
            ["messages.partner_id", "messages.id"],
            name=op.f("fk_message_files_partner_id_message_id_messages"),
        ),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_message_files_partner_id_partners")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_files")),
        sa.UniqueConstraint("ref", name=op.f("uq_message_files_ref")),
    )
    with op.batch_alter_table("message_files", schema=None) as batch_op:
        batch_op.create_index("ix_message_files_message_id", ["message_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_message_files_sha256"), ["sha256"], unique=False)

    op.add_column("deliveries", sa.Column("offers", sa.JSON(none_as_null=True), nullable=True))
    op.add_column("users", sa.Column("phone", sa.String(length=40), server_default="", nullable=False))
    for table, columns in FROZEN.items():
        keep(table)
        freeze(table, columns.split())
    forbid("messages_of_another_side", "messages", "INSERT", _OF_ANOTHER_SIDE, "a message is written by its own sides")


def downgrade() -> None:
    permit("messages_of_another_side", "messages")
    for table in FROZEN:
        unguard(table)
    op.drop_column("users", "phone")
    op.drop_column("deliveries", "offers")

    with op.batch_alter_table("message_files", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_message_files_sha256"))
        batch_op.drop_index("ix_message_files_message_id")

    op.drop_table("message_files")
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.drop_index("ix_messages_referral_id_is_internal_id")
        batch_op.drop_index(batch_op.f("ix_messages_author_id"))

    op.drop_table("messages")
    op.drop_table("message_reads")
    with op.batch_alter_table("conversations", schema=None) as batch_op:
        batch_op.drop_index("ix_conversations_waits_since_referral_id")

    op.drop_table("conversations")
    with op.batch_alter_table("refused_mails", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_refused_mails_user_id"))

    op.drop_table("refused_mails")
    with op.batch_alter_table("received_mails", schema=None) as batch_op:
        batch_op.drop_index("ix_received_mails_user_id_referral_id_at")

    op.drop_table("received_mails")
    op.drop_table("spent_links")
    op.drop_table("mailboxes")
