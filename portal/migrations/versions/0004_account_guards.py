"""Whoever has a password has accepted their invitation; and nobody decides on what is their own, whatever code runs"""

from alembic import op

from portal.migrations.guards import append_only, forbid, freeze, keep, permit, unguard

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

KEPT = ("emergency_grants", "viewings")
FROZEN = {
    "emergency_grants": "id ref user_id role hours asked_by_id asked_at",
    "viewings": "id partner_id user_id by_id started_at",
}
_ANOTHER_ADMIN = (
    "EXISTS (SELECT 1 FROM role_grants g JOIN users u ON u.id = g.user_id WHERE g.role = 'program_admin'"
    " AND g.ends_at IS NULL AND u.disabled_at IS NULL AND g.user_id <> {user})"
)
_LAST_GRANT = (
    "OLD.role = 'program_admin' AND OLD.ends_at IS NULL"
    " AND EXISTS (SELECT 1 FROM users WHERE id = OLD.user_id AND disabled_at IS NULL)"
    f" AND NOT {_ANOTHER_ADMIN.format(user='OLD.user_id')}"
)
_NO_STAFF = (
    "NEW.entered_by_id IS NOT NULL"
    " AND NOT EXISTS (SELECT 1 FROM users WHERE id = NEW.entered_by_id AND partner_id IS NULL)"
)
_LENT = (
    "(NEW.ends_at IS NOT NULL OR NEW.emergency_ref IS NOT NULL)"
    " AND NOT EXISTS (SELECT 1 FROM emergency_grants e WHERE e.ref = NEW.emergency_ref"
    " AND e.user_id = NEW.user_id AND e.role = NEW.role AND e.ends_at = NEW.ends_at"
    " AND e.confirmed_by_id = NEW.granted_by_id)"
)
_RELEASES_OWN = (
    "EXISTS (SELECT 1 FROM payout_lines l JOIN fee_lines f ON f.id = l.fee_line_id"
    " WHERE l.run_id = NEW.id AND l.is_live AND f.approved_by_id = NEW.released_by_id)"
)
_PINS_OWN = (
    "EXISTS (SELECT 1 FROM payout_runs r JOIN fee_lines f ON f.approved_by_id = r.released_by_id"
    " WHERE r.id = NEW.run_id AND f.id = NEW.fee_line_id)"
)
_APPROVES_RELEASED = (
    "COALESCE(NEW.approved_by_id, 0) <> COALESCE(OLD.approved_by_id, 0) AND EXISTS (SELECT 1 FROM payout_lines l"
    " JOIN payout_runs r ON r.id = l.run_id WHERE l.fee_line_id = NEW.id AND l.is_live"
    " AND r.released_by_id = NEW.approved_by_id)"
)
_OPEN = "NEW.stage IN ('new', 'contacted', 'meeting', 'proposal', 'parked')"
_NO_NEXT_STEP = f"{_OPEN} AND (NEW.next_step_on IS NULL OR NEW.next_step = '')"
_NO_PROBABILITY = "NEW.probability < 0 OR NEW.probability > 100"
_NOT_MERGED = (
    "(NEW.stage = 'merged') <> (NEW.merged_into_id IS NOT NULL) OR NEW.merged_into_id = NEW.id"
    " OR (NEW.merged_into_id IS NOT NULL AND NEW.partner_id IS NOT NULL)"
)
_REFUNDS_MORE = (
    "NEW.amount_minor + COALESCE((SELECT SUM(amount_minor) FROM customer_payments WHERE deal_id = NEW.deal_id), 0) < 0"
)
_TAKES_BACK_OTHER = (
    "NEW.corrects_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM customer_payments p WHERE p.id = NEW.corrects_id"
    " AND p.deal_id = NEW.deal_id AND p.amount_minor = -NEW.amount_minor AND p.corrects_id IS NULL)"
)
DEALS_FORBIDDEN = {
    f"deal_{name}_{change.lower()}": ("deals", change, condition, sentence)
    for name, condition, sentence in (
        ("without_next_step", _NO_NEXT_STEP, "an open deal has a next step and its day"),
        ("probability", _NO_PROBABILITY, "a probability lies between 0 and 100"),
        ("merged_nowhere", _NOT_MERGED, "a merged deal says into which other, and is no partner''s"),
    )
    for change in ("INSERT", "UPDATE")
} | {
    "payment_refunds_more": (
        "customer_payments",
        "INSERT",
        _REFUNDS_MORE,
        "a customer gets back no more than they paid",
    ),
    "payment_takes_back_other": (
        "customer_payments",
        "INSERT",
        _TAKES_BACK_OTHER,
        "a row takes back one other of its deal, whole",
    ),
}
FORBIDDEN = {
    "referral_entered_by_partner": ("referrals", "INSERT", _NO_STAFF, "only staff enter a referral for a partner"),
    "referral_enterer_changes": (
        "referrals",
        "UPDATE",
        "COALESCE(NEW.entered_by_id, 0) <> COALESCE(OLD.entered_by_id, 0)",
        "who entered a referral is frozen",
    ),
    "referral_enterer_decides": (
        "referrals",
        "UPDATE",
        "NEW.decided_by_id = NEW.entered_by_id",
        "whoever entered a referral does not decide on it",
    ),
    "fee_approver_releases": (
        "payout_runs",
        "UPDATE",
        f"COALESCE(NEW.released_by_id, 0) <> COALESCE(OLD.released_by_id, 0) AND {_RELEASES_OWN}",
        "whoever approved a fee does not release the run that pays it",
    ),
    "fee_approver_released": ("payout_lines", "INSERT", _PINS_OWN, "this run was released by who approved the fee"),
    "run_releaser_approves": (
        "fee_lines",
        "UPDATE",
        _APPROVES_RELEASED,
        "whoever released the run does not approve a fee in it",
    ),
    "last_admin_loses_role": ("role_grants", "DELETE", _LAST_GRANT, "the last program admin stays"),
    "last_admin_changes_role": (
        "role_grants",
        "UPDATE",
        f"(NEW.role <> OLD.role OR NEW.user_id <> OLD.user_id OR NEW.ends_at IS NOT NULL) AND {_LAST_GRANT}",
        "the last program admin stays",
    ),
    "last_admin_is_closed": (
        "users",
        "UPDATE",
        "OLD.disabled_at IS NULL AND NEW.disabled_at IS NOT NULL AND EXISTS (SELECT 1 FROM role_grants"
        " WHERE user_id = OLD.id AND role = 'program_admin' AND ends_at IS NULL)"
        f" AND NOT {_ANOTHER_ADMIN.format(user='OLD.id')}",
        "the last program admin stays",
    ),
    "role_lent_by_nobody": ("role_grants", "INSERT", _LENT, "a role is lent by two people only"),
    "role_lent_for_longer": ("role_grants", "UPDATE", _LENT, "a role is lent by two people only"),
}


# A signature stays as it was given, but for who gave it once the law no longer asks: then a pseudonym stands there.
_EVIDENCE = (
    *("id", "partner_id", "agreement_id", "side", "user_id", "consent_version", "consent_text", "authority_text"),
    *("intent_text", "document_sha256", "factor", "at"),
)
_IS_ERASED = (
    "NEW.typed_name = 'Erased person ' || (SELECT ref FROM users WHERE id = OLD.user_id)"
    " AND NEW.email = '' AND NEW.address = '' AND NEW.user_agent = ''"
    " AND NOT EXISTS (SELECT 1 FROM agreements WHERE id = OLD.agreement_id AND state = 'countersigned') AND "
    + " AND ".join(f"NEW.{name} = OLD.{name}" for name in _EVIDENCE)
)
_CHANGES_SIGNATURE = f"NOT COALESCE(({_IS_ERASED}), FALSE)"
TOLD_AT_SUBMISSION = "id ref partner_id by_id agreement_id received_at consent_at purpose basis notice_number"
TOLD_BEFORE = "id ref partner_id by_id agreement_id received_at consent_at"
FORBIDDEN["signature_changes"] = ("signatures", "UPDATE", _CHANGES_SIGNATURE, "signatures are append-only")


def _fill_deals() -> None:
    """Deals that were there before: from when they stall, where they return to, and what they come to."""
    stalls = "date(next_step_on, '+3 days')" if op.get_bind().dialect.name == "sqlite" else "next_step_on + 3"
    op.execute(
        f"UPDATE deals SET stalls_on = {stalls} WHERE stage IN ('new', 'contacted', 'meeting', 'proposal') AND stalls_on IS NULL"
    )
    chance = "CASE stage WHEN 'new' THEN 10 WHEN 'contacted' THEN 20 WHEN 'meeting' THEN 40 WHEN 'proposal' THEN 60 ELSE 5 END"
    op.execute(
        "INSERT INTO deal_totals (owner_id, stage, currency, number, expected_minor, weighted)"
        f" SELECT owner_id, stage, currency, COUNT(*), COALESCE(SUM(expected_minor), 0), COALESCE(SUM(expected_minor * {chance}), 0)"
        " FROM deals WHERE stage IN ('new', 'contacted', 'meeting', 'proposal', 'parked')"
        " AND NOT EXISTS (SELECT 1 FROM deal_totals)"
        " GROUP BY owner_id, stage, currency"
    )


def upgrade() -> None:
    _fill_deals()
    append_only("customer_payments")
    for name, (table, change, condition, sentence) in DEALS_FORBIDDEN.items():
        forbid(name, table, change, condition, sentence)
    unguard("signatures")
    keep("signatures")
    unguard("referrals")
    keep("referrals")
    freeze("referrals", TOLD_AT_SUBMISSION.split())
    op.execute("UPDATE referrals SET contact_email = lower(contact_email) WHERE contact_email <> lower(contact_email)")
    op.execute("UPDATE users SET accepted_at = created_at WHERE password_hash IS NOT NULL AND accepted_at IS NULL")
    for table in KEPT:
        keep(table)
    for table, columns in FROZEN.items():
        freeze(table, columns.split())
    for name, (table, change, condition, sentence) in FORBIDDEN.items():
        forbid(name, table, change, condition, sentence)


def downgrade() -> None:
    for name, (table, *_) in DEALS_FORBIDDEN.items():
        permit(name, table)
    unguard("customer_payments")
    unguard("signatures")
    append_only("signatures")
    unguard("referrals")
    keep("referrals")
    freeze("referrals", TOLD_BEFORE.split())
    for name, (table, *_) in FORBIDDEN.items():
        permit(name, table)
    for table in {*KEPT, *FROZEN}:
        unguard(table)
