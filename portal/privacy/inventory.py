"""Every text column of the program, and what it holds. A test finds each that stands in no class."""

from portal.privacy.rules import Kind

K = Kind
COLUMNS: dict[str, dict[Kind, str]] = {
    "account_links": {K.SIGN_IN: "nonce"},
    "accounts": {K.NOTHING: "currency"},
    "address_changes": {K.SIGN_IN: "old_address new_address"},
    "agreement_templates": {K.TEXT: "title body"},
    "agreements": {K.NOTHING: "ref body_sha256", K.COMPANY: "terms body", K.AGREEMENT: "reason"},
    "appeals": {K.NOTHING: "ref", K.PROSPECT: "text decision_note reason"},
    "business_calendars": {K.TEXT: "time_zone week holidays holiday_names region"},
    "calendar_feeds": {K.SIGN_IN: "token_hash"},
    "company_checks": {K.NOTHING: "ref", K.COMPANY: "company domain asked"},
    "company_names": {K.NOTHING: "ref", K.COMPANY: "name domain words label"},
    "conflicts": {K.NOTHING: "against_ref", K.PROSPECT: "set_aside_because"},
    "criteria_versions": {K.TEXT: "data"},
    "customer_payments": {K.NOTHING: "ref currency", K.MONEY: "reference"},
    "deal_imports": {K.NOTHING: "ref file_sha256 report_sha256", K.COMPANY: "file_name notes"},
    "deal_shares": {K.PROSPECT: "reason"},
    "deal_totals": {K.NOTHING: "currency"},
    "deal_updates": {K.PROSPECT: "text"},
    "deals": {
        K.NOTHING: "ref owner_rule currency external_ref",
        K.COMPANY: "company domain",
        K.PROSPECT: "next_step close_note before",
    },
    "deliveries": {
        K.NOTHING: "message_id action_label action_path event_kind ref offers",
        K.MAIL: "to_address subject lines error",
    },
    "documents": {K.NOTHING: "ref sha256 error", K.AGREEMENT: "title html data"},
    "emergency_grants": {K.NOTHING: "ref", K.ACCOUNT: "reason"},
    "engagement_versions": {K.TEXT: "data"},
    "erasures": {K.NOTHING: "ref subject_ref refs salt digest counts leftovers error"},
    "event_head": {K.NOTHING: "hash"},
    "events": {K.NOTHING: "kind ref body prev hash"},
    "evidence_pieces": {
        K.NOTHING: "ref media_type sha256",
        K.PROSPECT: "name says people sender recipients subject message_id",
    },
    "extensions": {K.NOTHING: "ref", K.PROSPECT: "happened reason"},
    "fee_lines": {K.NOTHING: "ref rule cause currency inputs trace"},
    "fee_plans": {K.NOTHING: "ref", K.TEXT: "slug name currency rules"},
    "fee_years": {K.NOTHING: "currency"},
    "handovers": {K.PROSPECT: "reason"},
    "held_files": {K.NOTHING: "token sha256", K.PROSPECT: "name"},
    "idempotency_keys": {K.NOTHING: "key owner body result"},
    "known_devices": {K.SIGN_IN: "digest user_agent address"},
    "link_requests": {K.SIGN_IN: "email state error"},
    "login_sessions": {K.SIGN_IN: "token_hash user_agent address"},
    "lookalike_findings": {K.NOTHING: "ref other_ref", K.COMPANY: "reason"},
    "partners": {K.NOTHING: "ref tax_form_kind chain_head", K.COMPANY: "name legal_name country address"},
    "mailboxes": {K.NOTHING: "error"},
    "message_files": {K.NOTHING: "ref media_type sha256", K.PROSPECT: "name"},
    "messages": {K.PROSPECT: "text mentions"},
    "passkeys": {K.SIGN_IN: "ref name credential_id public_key transports"},
    "payout_details": {K.NOTHING: "ref", K.MONEY: "holder account_sealed account_masked"},
    "payout_lines": {K.NOTHING: "currency"},
    "payout_runs": {K.NOTHING: "ref currency"},
    "person_exports": {K.NOTHING: "ref subject_ref sha256 error"},
    "absences": {K.NOTHING: "ref"},
    "routing_rules": {K.NOTHING: "ref", K.TEXT: "countries words languages"},
    "products": {K.NOTHING: "ref", K.TEXT: "name"},
    "programs": {
        K.TEXT: "name company_name legal_name contact_email currency time_zone governing_law second_factor_for"
        " retention"
    },
    "protections": {K.COMPANY: "domain", K.PROSPECT: "end_reason"},
    "received_mails": {K.NOTHING: "digest"},
    "recovery_codes": {K.SIGN_IN: "digest"},
    "referral_batches": {K.NOTHING: "ref rows", K.PROSPECT: "said"},
    "referral_corrections": {K.PROSPECT: "changes reading_before"},
    "referral_drafts": {K.NOTHING: "ref form_key", K.COMPANY: "title", K.PROSPECT: "typed"},
    "referral_fields": {K.NOTHING: "ref", K.TEXT: "label hint choices"},
    "referral_import_rows": {K.NOTHING: "referral_ref digest", K.COMPANY: "company notes"},
    "referral_imports": {K.NOTHING: "ref file_sha256", K.COMPANY: "file_name"},
    "referrals": {
        K.NOTHING: "ref made_from sent_as",
        K.COMPANY: "company website domain country industry",
        K.PROSPECT: "contact_name contact_title contact_email contact_phone need budget decider introduction reading"
        " question answer asked_before decision_note overruled_because"
        " more_answers",
    },
    "refused_mails": {K.NOTHING: "referral_ref", K.MAIL: "sender subject"},
    "resource_editions": {K.TEXT: "title summary body"},
    "resources": {K.TEXT: "slug title summary draft"},
    "retention_runs": {K.NOTHING: "counts leftovers error"},
    "role_grants": {K.NOTHING: "emergency_ref"},
    "saved_views": {K.NOTHING: "ref", K.ACCOUNT: "name choice"},
    "signatures": {
        K.AGREEMENT: "typed_name email address user_agent",
        K.NOTHING: "side consent_text authority_text intent_text document_sha256 factor",
    },
    "sla_clocks": {K.NOTHING: "ref"},
    "soft_holds": {K.NOTHING: "ref referral_ref", K.COMPANY: "company domain"},
    "spent_links": {K.NOTHING: "digest"},
    "spent_challenges": {K.NOTHING: "digest"},
    "sso_connections": {
        K.NOTHING: "ref",
        K.TEXT: "owner issuer client_id client_secret_sealed group_claim groups_by_role default_roles",
    },
    "sso_domains": {K.TEXT: "name"},
    "sso_identities": {K.SIGN_IN: "issuer subject"},
    "statements": {K.NOTHING: "ref currency chain_head"},
    "tasks": {K.NOTHING: "ref", K.PROSPECT: "title"},
    "throttles": {K.NOTHING: "key"},
    "totp_secrets": {K.SIGN_IN: "ref sealed"},
    "transfers": {K.NOTHING: "key ref currency prev hash"},
    "unsent_forms": {K.NOTHING: "ref", K.SIGN_IN: "browser", K.PROSPECT: "typed_sealed"},
    "users": {
        K.NOTHING: "ref mails first_views",
        K.ACCOUNT: "email name password_hash time_zone theme invited_as phone",
    },
    "viewings": {K.ACCOUNT: "reason"},
}

FREE_TEXT: dict[str, str] = {
    "agreements": "reason",
    "appeals": "text decision_note reason",
    "company_checks": "company asked",
    "conflicts": "set_aside_because",
    "deal_imports": "file_name notes",
    "deal_shares": "reason",
    "deal_updates": "text",
    "deals": "company next_step close_note",
    "deliveries": "subject lines error",
    "emergency_grants": "reason",
    "extensions": "happened reason",
    "handovers": "reason",
    "evidence_pieces": "name says people sender recipients subject message_id",
    "held_files": "name",
    "lookalike_findings": "reason",
    "protections": "end_reason",
    "referral_batches": "said",
    "referral_corrections": "changes",
    "referral_drafts": "title typed",
    "message_files": "name",
    "messages": "text mentions",
    "refused_mails": "sender subject",
    "referral_import_rows": "company notes",
    "referral_imports": "file_name",
    "saved_views": "name choice",
    "referrals": "company website industry need budget decider introduction question answer asked_before decision_note"
    " overruled_because more_answers",
    "soft_holds": "company",
    "tasks": "title",
    "viewings": "reason",
}
"""Where somebody else may have written a person's name: it is looked for there, and taken out.

Where `company` changes by it, what the company is found by is written anew, too."""
FILES: dict[str, str] = {
    "deal_imports": "file_sha256 report_sha256",
    "documents": "sha256",
    "evidence_pieces": "sha256",
    "held_files": "sha256",
    "message_files": "sha256",
    "person_exports": "sha256",
    "referral_imports": "file_sha256",
}
"""Columns that lead to stored files, by their hash."""
TEXT_FILES = ("deal_imports", "message_files", "referral_imports")
"""Those whose files are plain text, or can be, where a name can be taken out, too."""


def kind_of(table: str, column: str) -> Kind | None:
    """None for a column that nobody has thought about yet."""
    return next((kind for kind, columns in COLUMNS.get(table, {}).items() if column in columns.split()), None)
