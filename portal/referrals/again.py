"""A company that was declined is introduced once more: a new referral, made from what was told then."""

from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from portal.agreements.models import Agreement
from portal.auth.models import User
from portal.auth.permissions import Permission
from portal.errors import Refused
from portal.events import publish
from portal.extensions import db
from portal.fields.rules import Question
from portal.referrals import queries
from portal.referrals.claim_events import ReferralMadeFrom, ReferralSentAgain
from portal.referrals.claims import why_not_made_from
from portal.referrals.decline_reasons import DeclineReason
from portal.referrals.models import Referral
from portal.referrals.renewal import ERASED
from portal.referrals.retyped import retyped
from portal.referrals.rules import Status
from portal.scope import owned_by

_CONTACT = ("contact_name", "contact_title", "contact_email", "contact_phone")


class Again(NamedTuple):
    """What the page of a referral says of it: empty where there is nothing to say."""

    may: bool
    made_from: str
    sent_as: str


def beside(referral: Referral, *, may_act: bool, is_appealed: bool) -> Again:
    may = may_act and not referral.sent_as and not _why_not(referral, is_appealed=is_appealed)
    return Again(may, referral.made_from or "", referral.sent_as or "")


def source(user: User, ref: str, is_appealed: Any) -> Any:
    """The referral, its terms, whether it is appealed (a condition of whoever knows of appeals), and under which
    reference its company stands by now, in one statement; None where the person cannot send it again."""
    stands = queries.standing(Referral.partner_id, Referral.domain)
    columns = (Referral, Agreement.terms, stands.label("stands"), is_appealed.label("is_appealed"))
    its_agreement = (Agreement.partner_id == Referral.partner_id) & (Agreement.id == Referral.agreement_id)
    wanted = queries.visible_to(user, *columns).join(Agreement, its_agreement).where(Referral.ref == ref)
    row = db.session.execute(wanted).one_or_none()
    may = row is not None and queries.may_change(user, row.Referral, Permission.SUBMIT_REFERRALS)
    return row if may else None


def begun(referral: Referral, currency: str, asked: tuple[Question, ...], *, is_appealed: bool) -> dict[str, Any]:
    """The form of the new one: all but the consent, which is stated anew, and the contact where that was taken back.

    Raises Refused where this one is not sent again."""
    if why := _why_not(referral, is_appealed=is_appealed):
        raise Refused(why)
    left_out = _CONTACT if referral.decline_reason is DeclineReason.CONSENT_WITHDRAWN else ()
    told = {"introduced_how": referral.introduced_how, "introduction": referral.introduction}
    shown = {**retyped(referral, currency, asked), **told, "made_from": referral.ref}
    return {name: value for name, value in shown.items() if name not in left_out}


def note(by: User, sent: Referral, made_from: str, *, now: datetime) -> None:
    """Each of the two tells of the other. What is no declined referral of one's own is not said to be one."""
    if not made_from:
        return
    wanted = queries.visible_to(by).where(Referral.ref == made_from, Referral.status == Status.DECLINED)
    earlier = db.session.scalars(wanted).first()
    if earlier is None or not queries.may_change(by, earlier, Permission.SUBMIT_REFERRALS):
        return
    _link(sent, made_from=earlier.ref)
    _link(earlier, sent_as=sent.ref)
    told: dict[str, Any] = {"by": by.id, "at": now, "partner_id": sent.partner_id}
    publish(ReferralMadeFrom(**told, ref=sent.ref, other_ref=earlier.ref))
    publish(ReferralSentAgain(**told, ref=earlier.ref, other_ref=sent.ref))


def _link(referral: Referral, **of_it: str) -> None:
    """It decides nothing, so that whoever has the page open goes on with it."""
    linked = sa.update(Referral).where(Referral.id == referral.id).values(of_it)
    db.session.execute(owned_by(linked.where(Referral.partner_id == referral.partner_id), referral.partner_id))


def _why_not(referral: Referral, *, is_appealed: bool) -> str:
    if referral.erased_at is not None:
        return ERASED
    return why_not_made_from(referral.status, is_appealed=is_appealed)
