"""routing"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "routing_rules",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sa.String(length=12), nullable=False),
        sa.Column("position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("countries", sa.JSON(), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("employees_from", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("employees_to", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("for_partner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("off_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["for_partner_id"], ["partners.id"], name=op.f("fk_routing_rules_for_partner_id_partners")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_routing_rules")),
        sa.UniqueConstraint("ref", name=op.f("uq_routing_rules_ref")),
    )
    op.create_table(
        "absences",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sa.String(length=12), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("stand_in_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("made_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("stand_in_id IS NULL OR stand_in_id <> user_id", name=op.f("ck_absences_by_another")),
        sa.CheckConstraint("until_on >= from_on", name=op.f("ck_absences_ends_after_it_begins")),
        sa.ForeignKeyConstraint(["made_by_id"], ["users.id"], name=op.f("fk_absences_made_by_id_users")),
        sa.ForeignKeyConstraint(["stand_in_id"], ["users.id"], name=op.f("fk_absences_stand_in_id_users")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_absences_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absences")),
        sa.UniqueConstraint("ref", name=op.f("uq_absences_ref")),
    )
    op.create_index("ix_absences_until_on", "absences", ["until_on"], unique=False)
    op.create_index("ix_absences_user_id_until_on", "absences", ["user_id", "until_on"], unique=False)

    op.create_table(
        "routing_members",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("rule_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("weight", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("credit", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("weight BETWEEN 1 AND 100", name=op.f("ck_routing_members_weight_counts")),
        sa.ForeignKeyConstraint(
            ["rule_id"], ["routing_rules.id"], name=op.f("fk_routing_members_rule_id_routing_rules")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_routing_members_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_routing_members")),
        sa.UniqueConstraint("rule_id", "user_id", name=op.f("uq_routing_members_rule_id_user_id")),
    )
    op.create_table(
        "work_limits",
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("most_open", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("most_open > 0", name=op.f("ck_work_limits_most_open_counts")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_work_limits_user_id_users")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_work_limits")),
    )
    op.create_table(
        "deal_updates",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("partner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("deal_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_deal_updates_by_id_users")),
        sa.ForeignKeyConstraint(
            ["partner_id", "deal_id"],
            ["deals.partner_id", "deals.id"],
            name=op.f("fk_deal_updates_partner_id_deal_id_deals"),
        ),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_deal_updates_partner_id_partners")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deal_updates")),
    )
    op.create_index("ix_deal_updates_deal_id_id", "deal_updates", ["deal_id", "id"], unique=False)
    op.create_index(op.f("ix_deal_updates_partner_id"), "deal_updates", ["partner_id"], unique=False)

    op.create_table(
        "handovers",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("deal_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("from_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("to_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_handovers_by_id_users")),
        sa.ForeignKeyConstraint(["deal_id"], ["deals.id"], name=op.f("fk_handovers_deal_id_deals")),
        sa.ForeignKeyConstraint(["from_id"], ["users.id"], name=op.f("fk_handovers_from_id_users")),
        sa.ForeignKeyConstraint(["to_id"], ["users.id"], name=op.f("fk_handovers_to_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handovers")),
    )
    op.create_index("ix_handovers_deal_id_id", "handovers", ["deal_id", "id"], unique=False)

    op.add_column("business_calendars", sa.Column("holiday_names", sa.JSON(none_as_null=True), nullable=True))
    op.add_column("business_calendars", sa.Column("region", sa.String(length=12), server_default="", nullable=False))
    op.add_column(
        "business_calendars",
        sa.Column("filled_to", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
    )

    op.add_column("deals", sa.Column("update_due_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_deals_owner_id_update_due_at_id", "deals", ["owner_id", "update_due_at", "id"], unique=False)

    op.add_column("sla_clocks", sa.Column("warn_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("sla_clocks", sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_sla_clocks_state_settled_at_due_at", "sla_clocks", ["state", "settled_at", "due_at"], unique=False
    )
    op.create_index("ix_sla_clocks_warn_at_id", "sla_clocks", ["warn_at", "id"], unique=False)
    op.execute("UPDATE sla_clocks SET settled_at = ended_at WHERE state = 'met'")
    waits = (
        "SELECT ref FROM referrals WHERE status IN ('submitted', 'needs_info', 'under_review', 'conflict')"
        " UNION SELECT ref FROM deals WHERE contacted_at IS NULL AND stage IN ('new', 'parked')"
    )
    op.execute(f"UPDATE sla_clocks SET settled_at = ended_at WHERE state = 'breached' AND ref NOT IN ({waits})")


def downgrade() -> None:
    op.drop_index("ix_sla_clocks_warn_at_id", table_name="sla_clocks")
    op.drop_index("ix_sla_clocks_state_settled_at_due_at", table_name="sla_clocks")
    op.drop_column("sla_clocks", "settled_at")
    op.drop_column("sla_clocks", "warn_at")

    op.drop_index("ix_deals_owner_id_update_due_at_id", table_name="deals")
    op.drop_column("deals", "update_due_at")

    op.drop_column("business_calendars", "filled_to")
    op.drop_column("business_calendars", "region")
    op.drop_column("business_calendars", "holiday_names")

    op.drop_index("ix_handovers_deal_id_id", table_name="handovers")

    op.drop_table("handovers")
    op.drop_index(op.f("ix_deal_updates_partner_id"), table_name="deal_updates")
    op.drop_index("ix_deal_updates_deal_id_id", table_name="deal_updates")

    op.drop_table("deal_updates")
    op.drop_table("work_limits")
    op.drop_table("routing_members")
    op.drop_index("ix_absences_user_id_until_on", table_name="absences")
    op.drop_index("ix_absences_until_on", table_name="absences")

    op.drop_table("absences")
    op.drop_table("routing_rules")
