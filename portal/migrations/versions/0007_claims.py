"""What happens to a claim over time: it expires, is longer, ends, is appealed, and comes back"""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

from portal.migrations.guards import forbid, freeze, keep, permit, unguard

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

KEPT = ("extensions", "appeals")
FROZEN = {
    "extensions": "id ref partner_id referral_id by_id asked_at days",
    "appeals": "id ref partner_id referral_id about by_id opened_at against_id against_at decline_reason",
}
TOLD_AT_SUBMISSION = "id ref partner_id by_id received_at consent_at purpose basis notice_number"
_ENTERED = "EXISTS (SELECT 1 FROM referrals r WHERE r.id = NEW.referral_id AND r.entered_by_id = NEW.decided_by_id)"
FORBIDDEN = {
    "extension_enterer_decides": (
        "extensions",
        "UPDATE",
        f"NEW.decided_by_id IS NOT NULL AND {_ENTERED}",
        "whoever entered a referral does not decide on its extension",
    ),
    "appeal_decider_is_the_first": (
        "appeals",
        "UPDATE",
        f"NEW.decided_by_id IS NOT NULL AND (NEW.decided_by_id = NEW.against_id OR {_ENTERED})",
        "an appeal goes to another person than who decided",
    ),
    "referral_first_decider_again": (
        "referrals",
        "UPDATE",
        "NEW.decided_by_id = NEW.first_decider_id",
        "whose decision was appealed with success does not decide again",
    ),
    "referral_agreement_changes": (
        "referrals",
        "UPDATE",
        "NEW.agreement_id <> OLD.agreement_id AND NOT (OLD.status = 'expired' AND NEW.status = 'submitted')",
        "the agreement of a referral changes only where it expired and is sent again",
    ),
}


def _fill() -> None:
    """What was there before: claims whose deal is closed are over, and open questions wait from today on."""
    op.execute("UPDATE protections SET state = 'active' WHERE state = 'extension_requested'")
    for stage, ending in (("'won', 'cancelled'", "deal_won"), ("'lost'", "deal_lost")):
        closed = f"FROM deals d WHERE d.referral_id = protections.referral_id AND d.stage IN ({stage})"
        op.execute(
            f"UPDATE protections SET state = 'released', ending = '{ending}',"
            f" ended_at = (SELECT COALESCE(d.closed_at, d.stage_since) {closed})"
            f" WHERE state IN ('active', 'paused', 'released') AND EXISTS (SELECT 1 {closed})"
        )
    op.execute(
        "UPDATE protections SET ending = 'given_back', ended_at = ends_at WHERE state = 'released' AND ending IS NULL"
    )
    op.execute("UPDATE protections SET ending = 'revoked', ended_at = ends_at WHERE state = 'revoked'")
    asked = sa.table("referrals", sa.column("status"), sa.column("answer_by", sa.DateTime(timezone=True)))
    answer_by = datetime.now(UTC) + timedelta(days=30)
    op.execute(sa.update(asked).where(asked.c.status == "needs_info").values(answer_by=answer_by))


def guard() -> None:
    _fill()
    for table in KEPT:
        keep(table)
    for table, columns in FROZEN.items():
        freeze(table, columns.split())
    unguard("referrals")
    keep("referrals")
    freeze("referrals", TOLD_AT_SUBMISSION.split())
    for name, (table, change, condition, sentence) in FORBIDDEN.items():
        forbid(name, table, change, condition, sentence)


def take_guards_back() -> None:
    for name, (table, *_) in FORBIDDEN.items():
        permit(name, table)
    for table in KEPT:
        unguard(table)
    unguard("referrals")
    keep("referrals")
    freeze("referrals", [*TOLD_AT_SUBMISSION.split(), "agreement_id"])


def upgrade() -> None:
    op.create_table(
        "appeals",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sa.String(length=12), nullable=False),
        sa.Column("partner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("referral_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "about", sa.Enum("decline", "revocation", name="about", native_enum=False, length=32), nullable=False
        ),
        sa.Column(
            "state",
            sa.Enum("open", "upheld", "rejected", "withdrawn", name="appealstate", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("against_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("against_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "decline_reason",
            sa.Enum(
                "outside_territory",
                "public_tender",
                "no_consent",
                "consent_withdrawn",
                "not_the_decider",
                "no_fit",
                "no_need",
                "already_claimed",
                "not_reachable",
                "other",
                name="declinereason",
                native_enum=False,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("decision_note", sa.Text(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["against_id"], ["users.id"], name=op.f("fk_appeals_against_id_users")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["users.id"], name=op.f("fk_appeals_decided_by_id_users")),
        sa.ForeignKeyConstraint(
            ["partner_id", "by_id"], ["users.partner_id", "users.id"], name=op.f("fk_appeals_partner_id_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["partner_id", "referral_id"],
            ["referrals.partner_id", "referrals.id"],
            name=op.f("fk_appeals_partner_id_referral_id_referrals"),
        ),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_appeals_partner_id_partners")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeals")),
        sa.UniqueConstraint("ref", name=op.f("uq_appeals_ref")),
        sa.UniqueConstraint("referral_id", "about", name=op.f("uq_appeals_referral_id_about")),
    )
    with op.batch_alter_table("appeals", schema=None) as batch_op:
        batch_op.create_index("ix_appeals_opened_at_id", ["opened_at", "id"], unique=False)
        batch_op.create_index("ix_appeals_state_opened_at_id", ["state", "opened_at", "id"], unique=False)

    op.create_table(
        "extensions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sa.String(length=12), nullable=False),
        sa.Column("partner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("referral_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "state",
            sa.Enum("asked", "granted", "refused", "lapsed", name="extensionstate", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("happened", sa.Text(), nullable=False),
        sa.Column("meets_on", sa.Date(), nullable=True),
        sa.Column("days", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["decided_by_id"], ["users.id"], name=op.f("fk_extensions_decided_by_id_users")),
        sa.ForeignKeyConstraint(
            ["partner_id", "by_id"], ["users.partner_id", "users.id"], name=op.f("fk_extensions_partner_id_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["partner_id", "referral_id"],
            ["referrals.partner_id", "referrals.id"],
            name=op.f("fk_extensions_partner_id_referral_id_referrals"),
        ),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_extensions_partner_id_partners")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extensions")),
        sa.UniqueConstraint("ref", name=op.f("uq_extensions_ref")),
    )
    with op.batch_alter_table("extensions", schema=None) as batch_op:
        batch_op.create_index("ix_extensions_referral_id", ["referral_id"], unique=False)
        batch_op.create_index("ix_extensions_state_asked_at", ["state", "asked_at"], unique=False)
        batch_op.create_index(
            "uq_extensions_once",
            ["referral_id"],
            unique=True,
            sqlite_where=sa.text("state <> 'lapsed'"),
            postgresql_where=sa.text("state <> 'lapsed'"),
        )

    with op.batch_alter_table("programs", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "answer_days", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), server_default="30", nullable=False
            )
        )
        batch_op.add_column(
            sa.Column(
                "appeal_days", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), server_default="14", nullable=False
            )
        )

    with op.batch_alter_table("protections", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "warned", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), server_default="0", nullable=False
            )
        )
        batch_op.add_column(sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(
            sa.Column("ended_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.add_column(
            sa.Column(
                "ending",
                sa.Enum(
                    "ran_out",
                    "given_back",
                    "deal_won",
                    "deal_lost",
                    "revoked",
                    name="ending",
                    native_enum=False,
                    length=32,
                ),
                nullable=True,
            )
        )
        batch_op.add_column(sa.Column("end_reason", sa.Text(), server_default="", nullable=False))
        batch_op.create_index("ix_protections_state_tail_ends_at", ["state", "tail_ends_at"], unique=False)
        batch_op.create_index("ix_protections_state_warned_ends_at", ["state", "warned", "ends_at"], unique=False)

    with op.batch_alter_table("referrals", schema=None) as batch_op:
        batch_op.add_column(sa.Column("answer_by", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(
            sa.Column(
                "warned", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), server_default="0", nullable=False
            )
        )
        batch_op.add_column(sa.Column("renewed_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(
            sa.Column("first_decider_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.create_index(
            "ix_referrals_warned_answer_by",
            ["warned", "answer_by"],
            unique=False,
            sqlite_where=sa.text("answer_by IS NOT NULL"),
            postgresql_where=sa.text("answer_by IS NOT NULL"),
        )
    guard()


def downgrade() -> None:
    take_guards_back()
    with op.batch_alter_table("referrals", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_referrals_warned_answer_by",
            sqlite_where=sa.text("answer_by IS NOT NULL"),
            postgresql_where=sa.text("answer_by IS NOT NULL"),
        )
    op.drop_column("referrals", "first_decider_id")
    op.drop_column("referrals", "renewed_at")
    op.drop_column("referrals", "warned")
    op.drop_column("referrals", "answer_by")

    with op.batch_alter_table("protections", schema=None) as batch_op:
        batch_op.drop_index("ix_protections_state_warned_ends_at")
        batch_op.drop_index("ix_protections_state_tail_ends_at")
    op.drop_column("protections", "end_reason")
    op.drop_column("protections", "ending")
    op.drop_column("protections", "ended_by_id")
    op.drop_column("protections", "ended_at")
    op.drop_column("protections", "warned")

    op.drop_column("programs", "appeal_days")
    op.drop_column("programs", "answer_days")

    with op.batch_alter_table("extensions", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_extensions_once",
            sqlite_where=sa.text("state <> 'lapsed'"),
            postgresql_where=sa.text("state <> 'lapsed'"),
        )
        batch_op.drop_index("ix_extensions_state_asked_at")
        batch_op.drop_index("ix_extensions_referral_id")

    op.drop_table("extensions")
    with op.batch_alter_table("appeals", schema=None) as batch_op:
        batch_op.drop_index("ix_appeals_state_opened_at_id")
        batch_op.drop_index("ix_appeals_opened_at_id")

    op.drop_table("appeals")
