"""What was booked, signed, published or recorded stays as it was, whatever code runs"""

from alembic import op

from portal.migrations.guards import append_only, freeze, keep, unguard

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

APPEND_ONLY = ("events", "transfers", "signatures", "resource_editions")
KEPT = ("event_head", "accounts", "fee_lines", "statements", "agreements", "referrals", "deals", "payout_lines")
FROZEN = {
    "fee_lines": (
        "id ref partner_id deal_id agreement_id fee_plan_id rule cause corrects_id amount_minor currency inputs trace"
        " booked_at",
        None,
    ),
    "statements": ("id ref partner_id total_minor currency line_count chain_seq chain_head issued_at", None),
    "payout_lines": ("id run_id partner_id fee_line_id amount_minor currency payout_details_id", None),
    "accounts": ("id partner_id kind currency", None),
    "agreements": ("id ref partner_id template_id fee_plan_id terms body body_sha256", "OLD.sent_at IS NOT NULL"),
    "referrals": ("id ref partner_id by_id agreement_id received_at consent_at", None),
    "criteria_versions": ("id number data", "OLD.published_at IS NOT NULL"),
    "fee_plans": ("id slug number currency rules", "OLD.published_at IS NOT NULL"),
    "agreement_templates": ("id number title body", "OLD.published_at IS NOT NULL"),
}


def upgrade() -> None:
    for table in APPEND_ONLY:
        append_only(table)
    for table in KEPT:
        keep(table)
    for table, (columns, when) in FROZEN.items():
        freeze(table, columns.split(), when)
    op.execute(
        "INSERT INTO event_head (id, seq, hash) SELECT 1, COALESCE(MAX(seq), 0), COALESCE("
        f"(SELECT hash FROM events ORDER BY seq DESC LIMIT 1), '{'0' * 64}') FROM events"
    )


def downgrade() -> None:
    for table in {*APPEND_ONLY, *KEPT, *FROZEN}:
        unguard(table)
    op.execute("DELETE FROM event_head")
