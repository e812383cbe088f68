"""What a message is about, read in the transaction of the event that it tells of."""

from collections.abc import Sequence
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.agreements.models import Agreement
from portal.auth.models import AccountLink, AddressChange, KnownDevice, User
from portal.deals import shares
from portal.deals.models import Deal, DealUpdate
from portal.emergency.models import EmergencyGrant
from portal.emergency.queries import who_confirms
from portal.events import Event
from portal.extensions import Kept, db
from portal.fees.models import FeeLine
from portal.partners.models import Partner, PayoutDetails
from portal.payouts.models import PayoutLine, PayoutRun
from portal.referrals.models import Protection, Referral
from portal.scope import all_partners
from portal.sla.models import SlaClock
from portal.sla.rules import ClockKind, ClockState
from portal.sso.models import Connection
from portal.tasks.models import Task

_WHY = "what a message is about: told to staff and to the people of its own company"


def name_of(user_id: int | None) -> str:
    """The person's name; nobody's where a rule did it."""
    if user_id is None:
        return ""
    named = sa.select(User.name).where(User.id == user_id)
    return db.session.scalar(all_partners(named, "the name of whoever caused an event")) or ""


def sign_on(ref: str) -> Any:
    """The identity provider of a connection, and the company whose it is; None for staff."""
    wanted = sa.select(Connection.issuer, Partner.name.label("company"))
    wanted = wanted.join(Partner, Partner.id == Connection.partner_id, isouter=True).where(Connection.ref == ref)
    return db.session.execute(all_partners(wanted, "the connection that an event is about")).one()


def link(link_id: int) -> Any:
    """Until when it can be used, and the company of the person it was sent to. `invited_as`: see the account."""
    wanted = (
        sa.select(AccountLink.expires_at, User.invited_as, Partner.name.label("company"))
        .join(User, User.id == AccountLink.user_id)
        .join(Partner, Partner.id == User.partner_id, isouter=True)
        .where(AccountLink.id == link_id)
    )
    return db.session.execute(all_partners(wanted, _WHY)).one()


def address_change(change_id: int) -> Any:
    """What is to become of which address, and whether another account has it already."""
    other = aliased(User)
    taken = sa.exists().where(other.email == AddressChange.new_address, other.id != AddressChange.user_id)
    c = AddressChange
    columns = (c.user_id, c.old_address, c.new_address, c.old_link_id, c.new_link_id, c.until, taken.label("is_taken"))
    return db.session.execute(all_partners(sa.select(*columns).where(c.id == change_id), _WHY)).one()


def device(device_id: int) -> Any:
    wanted = sa.select(KnownDevice.user_agent, KnownDevice.address).where(KnownDevice.id == device_id)
    return db.session.execute(wanted).one()


def emergency(grant_id: int) -> Any:
    """Its reason, when it ends, who asked, and `who`: the people who can confirm it, as a sentence."""
    wanted = sa.select(EmergencyGrant).where(EmergencyGrant.id == grant_id)
    grant = db.session.scalars(wanted).one()
    who = who_confirms(grant.asked_by_id, grant.user_id)
    return SimpleNamespace(reason=grant.reason, ends_at=grant.ends_at, asked_by_id=grant.asked_by_id, who=who)


def partner(partner_id: int) -> Any:
    wanted = sa.select(Partner.name, Partner.ref).where(Partner.id == partner_id)
    return db.session.execute(all_partners(wanted, _WHY)).one()


def agreement(agreement_id: int) -> Any:
    columns = (Agreement.ref, Agreement.sign_by, Agreement.reason, Partner.name.label("company"))
    wanted = sa.select(*columns, Partner.ref.label("partner_ref")).join(Partner, Partner.id == Agreement.partner_id)
    return db.session.execute(all_partners(wanted.where(Agreement.id == agreement_id), _WHY)).one()


def referral(ref: str) -> Any:
    return referrals([ref])[ref]


def referrals(refs: Sequence[str]) -> dict[str, Any]:
    """The same of several, by their references."""
    return {row.ref: row for row in _REFERRALS.read({"refs": refs})}


_ABOUT: tuple[Any, ...] = (
    *(Referral.ref, Referral.by_id, Referral.company, Referral.due_at, Referral.question, Referral.answer),
    *(Referral.decline_reason, Referral.decision_note, Referral.received_at, Referral.entered_how),
    *(Referral.entered_by_id, Referral.id, Referral.version, Referral.rule_at, Partner.name.label("partner")),
)
_referrals: Any = sa.select(*_ABOUT).join(Partner, Partner.id == Referral.partner_id)
_REFERRALS = Kept(all_partners(_referrals.where(Referral.ref.in_(sa.bindparam("refs", expanding=True))), _WHY))


def sides(event: Event, deal_id: int) -> list[tuple[int, Any]]:
    """Who is told of a deal that partners brought: each with the deal as it is theirs; nobody of other channels."""
    if event.partner_id is None:
        return []
    told = [event.partner_id, *(each.partner_id for each in shares.joined(deal_id))]
    return [(partner_id, deal(deal_id, partner_id)) for partner_id in told]


def deal(deal_id: int, partner_id: int | None = None) -> Any:
    """The deal, its owner, and the referral and the promise that it has where a partner brought it; of several who
    share it, as this one knows it."""
    owner = aliased(User)
    called = sa.func.coalesce(Referral.company, Deal.company).label("company")
    columns = (Deal.ref, called, Deal.owner_id, Deal.lost_reason, Deal.close_note, Deal.parked_until)
    more = (Deal.value_minor, Deal.currency, Deal.won_on, Deal.next_step, Deal.next_step_on, owner.name.label("owner"))
    of_referral = (Referral.ref.label("referral_ref"), Referral.by_id, Referral.contact_name.label("contact"))
    wanted = (
        sa.select(*columns, *more, *of_referral, Partner.name.label("partner"), SlaClock.due_at, Protection.ends_at)
        .select_from(Deal)
        .join(owner, owner.id == Deal.owner_id)
        .outerjoin(Referral, Referral.id == shares.referral_by_which(partner_id))
        .outerjoin(Partner, Partner.id == Deal.partner_id)
        .outerjoin(Protection, Protection.referral_id == Referral.id)
        .outerjoin(SlaClock, (SlaClock.ref == Deal.ref) & (SlaClock.kind == ClockKind.FIRST_CONTACT))
        .where(Deal.id == deal_id)
    )
    return db.session.execute(all_partners(wanted, _WHY)).one()


def promised_to(ref: str) -> Any:
    """What a promise is about, by the reference of its referral or its deal: company, partner, by_id, referral_ref,
    owner, owner_id, deal_ref and deal_id where there is a deal, path. None where it is about neither."""
    owner = aliased(User)
    wanted = (
        sa.select(
            *(Referral.company, Referral.by_id, Referral.ref.label("referral_ref"), Partner.name.label("partner")),
            *(Deal.owner_id, owner.name.label("owner"), Deal.ref.label("deal_ref"), Deal.id.label("deal_id")),
        )
        .join(Partner, Partner.id == Referral.partner_id)
        .outerjoin(Deal, Deal.referral_id == Referral.id)
        .outerjoin(owner, owner.id == Deal.owner_id)
        .where((Deal.ref if ref.startswith("D-") else Referral.ref) == ref)
    )
    row = db.session.execute(all_partners(wanted, _WHY)).one_or_none()
    if row is None:
        return None
    path = f"/staff/deals/{row.deal_ref}" if row.deal_ref == ref else f"/staff/referrals/{row.referral_ref}"
    return SimpleNamespace(**row._mapping, path=path)


def missed_at(ref: str, kind: ClockKind) -> datetime:
    """When the promise that was missed last was due."""
    late = sa.select(sa.func.max(SlaClock.due_at)).where(
        SlaClock.ref == ref, SlaClock.kind == kind, SlaClock.state == ClockState.BREACHED
    )
    return db.session.execute(all_partners(late, _WHY)).scalar_one()


def update_text(update_id: int) -> str:
    wanted = sa.select(DealUpdate.text).where(DealUpdate.id == update_id)
    return db.session.execute(all_partners(wanted, _WHY)).scalar_one()


def task(task_id: int) -> Any:
    wanted = sa.select(Task.title, Deal.ref.label("deal_ref"), Deal.company).outerjoin(Deal, Deal.id == Task.deal_id)
    return db.session.execute(all_partners(wanted.where(Task.id == task_id), _WHY)).one()


def fee_line(ref: str) -> Any:
    called = sa.func.coalesce(Referral.company, Deal.company).label("company")
    columns = (FeeLine.ref, FeeLine.amount_minor, FeeLine.currency, called, Referral.by_id)
    wanted = (
        sa.select(*columns, Referral.ref.label("referral_ref"), Partner.name.label("partner"))
        .join(Deal, Deal.id == FeeLine.deal_id)
        .join(Partner, Partner.id == FeeLine.partner_id)
        .outerjoin(Referral, Referral.id == shares.referral_by_which(FeeLine.partner_id))
        .where(FeeLine.ref == ref)
    )
    return db.session.execute(all_partners(wanted, _WHY)).one()


def paid_by_run(ref: str) -> Sequence[Any]:
    """What each partner got from a payout run: partner_id, company, currency, minor, fees, account_masked."""
    columns = (PayoutLine.partner_id, Partner.name.label("company"), PayoutLine.currency)
    sums = (sa.func.sum(PayoutLine.amount_minor).label("minor"), sa.func.count().label("fees"))
    wanted = (
        sa.select(*columns, *sums, PayoutDetails.account_masked)
        .join(PayoutRun, PayoutRun.id == PayoutLine.run_id)
        .join(Partner, Partner.id == PayoutLine.partner_id)
        .join(PayoutDetails, PayoutDetails.id == PayoutLine.payout_details_id)
        .where(PayoutRun.ref == ref, PayoutLine.is_live)
        .group_by(*columns, PayoutDetails.account_masked)
    )
    return db.session.execute(all_partners(wanted, _WHY)).all()


def known_for_payout_details(partner_id: int) -> list[int]:
    """Those who proposed where the company is paid, now or before: they hear of a change whatever they hold today."""
    wanted = sa.select(PayoutDetails.proposed_by_id).where(PayoutDetails.partner_id == partner_id).distinct()
    return list(db.session.scalars(all_partners(wanted, _WHY)))
