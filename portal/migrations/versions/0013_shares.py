"""Several partners on one deal, each with a share; a fee line is of a partner who has the deal or a share of it"""

from typing import NamedTuple

import sqlalchemy as sa
from alembic import op

from portal.migrations.guards import forbid, freeze, keep, permit, redefine, unguard

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

FROZEN = "id deal_id partner_id referral_id share_bp decided_by_id decided_at"


class Reference(NamedTuple):
    name: str
    columns: list[str]
    of_deals: list[str]

    @property
    def clause(self) -> str:
        columns, of_deals = ", ".join(self.columns), ", ".join(self.of_deals)
        return f"CONSTRAINT {self.name} FOREIGN KEY({columns}) REFERENCES deals ({of_deals})"


OWN_DEAL = Reference("fk_fee_lines_partner_id_deal_id_deals", ["partner_id", "deal_id"], ["partner_id", "id"])
ANY_DEAL = Reference("fk_fee_lines_deal_id_deals", ["deal_id"], ["id"])
FORBIDDEN = {
    "fee_line_of_no_partner": (
        "fee_lines",
        "INSERT",
        "NOT EXISTS (SELECT 1 FROM deals WHERE id = NEW.deal_id AND partner_id = NEW.partner_id) AND NOT EXISTS"
        " (SELECT 1 FROM deal_shares WHERE deal_id = NEW.deal_id AND partner_id = NEW.partner_id AND ended_at IS NULL)",
        "a fee is of the partner who brought the deal, or has a share of it",
    ),
    "deal_with_fee_changes_partner": (
        "deals",
        "UPDATE",
        "COALESCE(NEW.partner_id, 0) <> COALESCE(OLD.partner_id, 0)"
        " AND EXISTS (SELECT 1 FROM fee_lines WHERE deal_id = OLD.id)",
        "a deal that earned a fee stays with its partner",
    ),
    "share_ends_again": (
        "deal_shares",
        "UPDATE",
        "OLD.ended_at IS NOT NULL AND (NEW.ended_at IS NULL OR NEW.ended_at <> OLD.ended_at)",
        "a share that has ended stays so",
    ),
}


def upgrade() -> None:
    op.create_table(
        "deal_shares",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("deal_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("partner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("referral_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("share_bp", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_deal_shares_for_a_reason")),
        sa.CheckConstraint("share_bp BETWEEN 1 AND 9999", name=op.f("ck_deal_shares_share_is_a_part")),
        sa.ForeignKeyConstraint(["deal_id"], ["deals.id"], name=op.f("fk_deal_shares_deal_id_deals")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["users.id"], name=op.f("fk_deal_shares_decided_by_id_users")),
        sa.ForeignKeyConstraint(
            ["partner_id", "referral_id"],
            ["referrals.partner_id", "referrals.id"],
            name=op.f("fk_deal_shares_partner_id_referral_id_referrals"),
        ),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_deal_shares_partner_id_partners")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deal_shares")),
    )
    with op.batch_alter_table("deal_shares", schema=None) as batch_op:
        batch_op.create_index("ix_deal_shares_deal_id_id", ["deal_id", "id"], unique=False)
        batch_op.create_index(
            "uq_deal_shares_live_partner",
            ["partner_id", "deal_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.create_index(
            "uq_deal_shares_live_referral",
            ["referral_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
    keep("deal_shares")
    freeze("deal_shares", FROZEN.split())
    _refer(OWN_DEAL, ANY_DEAL)
    for name, (table, change, condition, sentence) in FORBIDDEN.items():
        forbid(name, table, change, condition, sentence)


def downgrade() -> None:
    """Refuses while deals are shared: an older version would pay the whole fee to one partner, and has no row that the
    fees of the others could point at. Going back from there is restoring a backup."""
    if op.get_bind().exec_driver_sql("SELECT 1 FROM deal_shares LIMIT 1").first():
        raise RuntimeError(
            "Deals are shared by several partners, which an older version cannot keep. Restore a backup."
        )
    for name, (table, *_) in FORBIDDEN.items():
        permit(name, table)
    _refer(ANY_DEAL, OWN_DEAL)
    unguard("deal_shares")
    with op.batch_alter_table("deal_shares", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_deal_shares_live_referral",
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.drop_index(
            "uq_deal_shares_live_partner",
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.drop_index("ix_deal_shares_deal_id_id")

    op.drop_table("deal_shares")


def _refer(was: Reference, becomes: Reference) -> None:
    """What a fee line says about the deal that it is for."""
    if op.get_bind().dialect.name == "sqlite":
        redefine("fee_lines", was.clause, becomes.clause)
        return
    op.drop_constraint(was.name, "fee_lines", type_="foreignkey")
    op.create_foreign_key(becomes.name, "fee_lines", "deals", becomes.columns, becomes.of_deals)
