"""Staff enter what reached them by phone or mail: the partner's referral, by the same action, with its proof."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from portal.agreements.models import Agreement
from portal.agreements.queries import in_force
from portal.agreements.rules import IN_FORCE
from portal.auth.models import RoleGrant, User
from portal.auth.permissions import GRANTS, Permission
from portal.errors import Refused
from portal.events import publish
from portal.evidence import actions as evidence
from portal.evidence.actions import Proof
from portal.extensions import db
from portal.partners.models import Partner
from portal.partners.rules import MAY_REFER
from portal.referrals import actions
from portal.referrals.entered import NO_PROOF, Entered, EnteredHow, check_received
from portal.referrals.events import ReferralEntered
from portal.referrals.introduction import Introduction
from portal.referrals.models import Referral
from portal.scope import all_partners, owned_by

_WHY = "staff enter a referral for any partner that may refer"
_SENDERS = [role for role, grants in GRANTS.items() if Permission.SUBMIT_REFERRALS in grants]


def enter(
    by: User,
    sender: User,
    *,
    how: EnteredHow,
    received_at: datetime,
    answers: Introduction,
    proof: Proof,
    now: datetime,
) -> Referral:
    """Submit it as the partner's person would have, received when it reached us.

    Raises Refused without proof, for a time that cannot be, and where the partner could not submit it either."""
    if not (proof.files or proof.says):
        raise Refused(NO_PROOF, "proof_note")
    found = in_force(sender.partner_id or 0)
    check_received(received_at, now=now, in_force_at=found.in_force_at if found else None)
    entered = Entered(by.id, how, received_at)
    referral = actions.submit(sender, now=now, answers=answers, entered=entered, under=found)
    told: dict[str, Any] = {"by": by.id, "at": now, "ref": referral.ref, "partner_id": referral.partner_id}
    publish(ReferralEntered(**told, sender_user_id=sender.id))
    evidence.add(by, evidence.introduced(referral), proof, now=now)
    return referral


def partners() -> Sequence[sa.Row[str, str]]:
    """Those that may refer today, by name: ref, name."""
    return db.session.execute(all_partners(_may_refer(Partner.ref, Partner.name).order_by(Partner.name), _WHY)).all()


def partner(ref: str) -> Partner:
    """404 for one that may not refer."""
    found: Partner = db.one_or_404(all_partners(_may_refer(Partner).where(Partner.ref == ref), _WHY))
    return found


def people(partner_id: int) -> Sequence[User]:
    """The partner's people who refer companies, by name."""
    holders = sa.select(RoleGrant.user_id).where(RoleGrant.partner_id == partner_id, RoleGrant.role.in_(_SENDERS))
    active = sa.select(User).where(User.partner_id == partner_id, User.disabled_at.is_(None), User.id.in_(holders))
    return db.session.scalars(owned_by(active.order_by(User.name, User.id), partner_id)).all()


def _may_refer(*columns: Any) -> sa.Select[Any]:
    agreed = sa.exists().where(Agreement.partner_id == Partner.id, Agreement.state == IN_FORCE)
    return sa.select(*columns).where(Partner.state.in_(MAY_REFER), agreed)
