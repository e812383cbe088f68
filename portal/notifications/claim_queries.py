"""What a message about a claim is about, read in the transaction of the event that it tells of."""

from typing import Any

import sqlalchemy as sa

from portal.agreements.models import Agreement
from portal.agreements.terms import Terms
from portal.appeals.models import Appeal
from portal.appeals.rules import AppealState
from portal.deals.models import Deal
from portal.deals.shares import is_deal_of
from portal.extensions import db
from portal.partners.models import Partner
from portal.protections.models import Extension
from portal.protections.rules import ExtensionState
from portal.referrals.models import Protection, Referral
from portal.scope import all_partners
from portal.sla.models import SlaClock
from portal.sla.rules import ClockKind

_WHY = "what a message about a claim is about: told to staff and to the people of its own company"


def claim(ref: str) -> Any:
    """The referral with its protection and deal, where it has them."""
    r, p = Referral, Protection
    told = (
        r.ref,
        r.id,
        r.version,
        r.by_id,
        r.entered_by_id,
        r.first_decider_id,
        r.company,
        r.question,
        r.due_at,
        Agreement.terms,
    )
    kept = (p.ends_at, p.tail_ends_at, p.end_reason, Deal.owner_id, Deal.ref.label("deal_ref"))
    wanted = (
        sa.select(*told, *kept, Partner.name.label("partner"))
        .join(Partner, Partner.id == r.partner_id)
        .join(Agreement, Agreement.id == r.agreement_id)
        .outerjoin(p, p.referral_id == r.id)
        .outerjoin(Deal, is_deal_of(r.id))
    )
    return db.session.execute(all_partners(wanted.where(r.ref == ref), _WHY)).one()


def days_to_ask_for(found: Any) -> int:
    """By how much its protection can still be longer; 0 where it was asked for already, or the terms know none."""
    had = sa.select(Extension.id).where(Extension.referral_id == found.id, Extension.state != ExtensionState.LAPSED)
    if db.session.scalar(all_partners(had, _WHY)) is not None:
        return 0
    return Terms.from_data(found.terms).extension_days


def extension(extension_id: int) -> Any:
    """What was asked, and by when we answer."""
    wanted = _promised(Extension, Extension.reason).where(Extension.id == extension_id)
    return db.session.execute(all_partners(wanted, _WHY)).one()


def appeal(appeal_id: int) -> Any:
    wanted = _promised(Appeal, Appeal.ref, Appeal.reason, Appeal.against_id).where(Appeal.id == appeal_id)
    return db.session.execute(all_partners(wanted, _WHY)).one()


def upheld(ref: str) -> str:
    """Why the last appeal of a referral was upheld, in the words of who did."""
    reason = (
        sa.select(Appeal.reason)
        .join(Referral, Referral.id == Appeal.referral_id)
        .where(Referral.ref == ref, Appeal.state == AppealState.UPHELD)
        .order_by(Appeal.settled_at.desc(), Appeal.id.desc())
        .limit(1)
    )
    return db.session.scalar(all_partners(reason, _WHY)) or ""


def _promised(of: Any, *columns: Any) -> sa.Select[Any]:
    promise = (SlaClock.ref == of.ref) & (SlaClock.kind == ClockKind.DECISION)
    return sa.select(*columns, SlaClock.due_at).join(SlaClock, promise)
