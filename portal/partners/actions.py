"""What happens to a partner company. Every change of state goes through `move`."""

from datetime import date, datetime

from portal.auth import actions as auth
from portal.auth import invitations
from portal.auth.models import User
from portal.auth.rules import Role
from portal.errors import Overtaken, Refused
from portal.events import publish
from portal.extensions import db
from portal.partners import queries, rules
from portal.partners.bank import account_of, seal_account
from portal.partners.events import (
    PartnerCreated,
    PartnerMoved,
    PayoutDetailsConfirmed,
    PayoutDetailsProposed,
    PayoutDetailsRefused,
    TaxFormFiled,
)
from portal.partners.models import Partner, PayoutDetails
from portal.partners.rules import MAY_SIGN_IN, PartnerState, PayoutDetailsState, TaxFormKind
from portal.refs import new_ref
from portal.vault import mask_iban


def create(by: User | None, *, name: str, legal_name: str, country: str, address: str, now: datetime) -> Partner:
    """A company that is being taken on. It may refer once an agreement is in force."""
    partner = Partner(
        ref=new_ref("P", Partner.ref),
        name=name,
        legal_name=legal_name,
        country=country,
        address=address,
        state=PartnerState.ONBOARDING,
        state_since=now,
        created_at=now,
    )
    db.session.add(partner)
    db.session.flush()
    publish(PartnerCreated(by=by.id if by else None, at=now, ref=partner.ref, partner_id=partner.id))
    return partner


def take_on(
    by: User,
    *,
    name: str,
    legal_name: str,
    country: str,
    address: str,
    contact_name: str,
    email: str,
    roles: frozenset[Role],
    now: datetime,
) -> Partner:
    """A new partner and the invitation of its first person, in one go."""
    partner = create(by, name=name, legal_name=legal_name, country=country, address=address, now=now)
    invitations.invite(by, email=email, name=contact_name, roles=roles, partner_id=partner.id, now=now)
    return partner


def move(
    by: User | None, partner: Partner, then: PartnerState, *, now: datetime, seen_version: int | None = None
) -> None:
    """The one way from a state to another; `by` is None where a rule moves it.

    Raises Overtaken where the actor saw an older version than there is."""
    if seen_version is not None and partner.version != seen_version:
        raise Overtaken
    before = partner.state
    rules.check_move(before, then)
    partner.state, partner.state_since = then, now
    db.session.flush()
    by_id = by.id if by else None
    publish(PartnerMoved(by=by_id, at=now, ref=partner.ref, partner_id=partner.id, now=before, then=then))
    if then not in MAY_SIGN_IN:
        auth.disable_people_of(by, partner.id, now=now)


def activate(partner: Partner, *, now: datetime) -> None:
    """An agreement came into force: from now on the company may refer."""
    if partner.state is PartnerState.ONBOARDING:
        move(None, partner, PartnerState.ACTIVE, now=now)


def resume(by: User, partner: Partner, *, now: datetime, seen_version: int | None = None) -> None:
    """Take up again a partner that is paused or dormant."""
    rules.check_resumption(partner.state)
    move(by, partner, PartnerState.ACTIVE, now=now, seen_version=seen_version)


def propose_payout_details(by: User, partner: Partner, *, holder: str, account: str, now: datetime) -> PayoutDetails:
    """Where the company wants to be paid. A second person, of staff, confirms it; until then nothing is paid."""
    if queries.details_proposed(partner.id) is not None:
        raise Refused("Payout details wait for a second person already. They are decided on first.")
    iban = rules.plain_iban(account)
    in_use = queries.details_in_use(partner.id)
    if in_use is not None and account_of(in_use) == iban:
        raise Refused("You are paid to this account already.", "account")
    ref = new_ref("B", PayoutDetails.ref)
    details = PayoutDetails(
        ref=ref,
        partner_id=partner.id,
        holder=holder,
        account_sealed=seal_account(iban, ref=ref, partner_id=partner.id),
        account_masked=mask_iban(iban),
        state=PayoutDetailsState.PROPOSED,
        proposed_by_id=by.id,
        proposed_at=now,
        effective_at=rules.effective_from(now, is_change=in_use is not None),
    )
    db.session.add(details)
    db.session.flush()
    publish(PayoutDetailsProposed(by=by.id, at=now, ref=ref, partner_id=partner.id))
    return details


def confirm_payout_details(by: User, details: PayoutDetails, *, now: datetime) -> None:
    """From now on the company is paid there, and no longer where it was before."""
    rules.check_payout_details_move(details.state, PayoutDetailsState.CONFIRMED)
    rules.check_confirmation(
        by_id=by.id, proposed_by_id=details.proposed_by_id, effective_at=details.effective_at, now=now
    )
    before = queries.details_in_use(details.partner_id)
    if before is not None:
        rules.check_payout_details_move(before.state, PayoutDetailsState.REPLACED)
        before.state = PayoutDetailsState.REPLACED
        db.session.flush()
    details.state, details.confirmed_by_id, details.confirmed_at = PayoutDetailsState.CONFIRMED, by.id, now
    db.session.flush()
    publish(PayoutDetailsConfirmed(by=by.id, at=now, ref=details.ref, partner_id=details.partner_id))


def refuse_payout_details(by: User, details: PayoutDetails, *, now: datetime) -> None:
    """What is in use stays in use."""
    rules.check_payout_details_move(details.state, PayoutDetailsState.REFUSED)
    details.state = PayoutDetailsState.REFUSED
    db.session.flush()
    publish(PayoutDetailsRefused(by=by.id, at=now, ref=details.ref, partner_id=details.partner_id))


def file_tax_form(by: User, partner: Partner, kind: TaxFormKind, *, today: date, now: datetime) -> None:
    """`today` is the civil date of the program."""
    partner.tax_form_kind, partner.tax_form_on = kind, today
    db.session.flush()
    publish(TaxFormFiled(by=by.id, at=now, ref=partner.ref, partner_id=partner.id))
