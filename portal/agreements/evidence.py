"""What is kept of a signature: who, when, how, and what was on the page, word for word."""

from datetime import datetime

from portal.agreements.models import Agreement, Signature
from portal.agreements.rules import CONSENT_TEXT, CONSENT_VERSION, COUNTERSIGNED_TEXT, INTENT_TEXT, authority_text
from portal.auth.models import User
from portal.program import Program


def signature_of(
    by: User,
    agreement: Agreement,
    *,
    company: str,
    typed_name: str,
    address: str,
    user_agent: str,
    factor: str,
    now: datetime,
) -> Signature:
    """The partner's signature. `factor` says how the person was identified."""
    return Signature(
        partner_id=agreement.partner_id,
        agreement_id=agreement.id,
        side="partner",
        user_id=by.id,
        typed_name=typed_name,
        email=by.email,
        consent_version=CONSENT_VERSION,
        consent_text=CONSENT_TEXT,
        authority_text=authority_text(company),
        intent_text=INTENT_TEXT,
        document_sha256=agreement.body_sha256,
        factor=factor,
        address=address[:45],
        user_agent=user_agent[:300],
        at=now,
    )


def countersignature(agreement: Agreement, program: Program, now: datetime) -> Signature:
    """Ours, given by rule: nobody presses anything."""
    return Signature(
        partner_id=agreement.partner_id,
        agreement_id=agreement.id,
        side="program",
        user_id=None,
        typed_name=program.legal_name[:120],
        email=program.contact_email,
        consent_version=CONSENT_VERSION,
        consent_text="",
        authority_text="",
        intent_text=COUNTERSIGNED_TEXT.format(company=program.legal_name),
        document_sha256=agreement.body_sha256,
        factor="rule",
        address="",
        user_agent="",
        at=now,
    )
