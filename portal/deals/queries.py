from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal import clock
from portal.auth.models import RoleGrant, User
from portal.auth.permissions import Permission, Reach
from portal.auth.readers import for_readers, values_of
from portal.auth.rules import Role
from portal.choices import Condition, Predicate
from portal.deals import heard
from portal.deals.lists import Wanted
from portal.deals.models import CustomerPayment, Deal, DealImport, DealProduct, DealTotal, Product
from portal.deals.rules import OPEN
from portal.deals.shares import IN_WORDS, OTHERS, is_deal_of
from portal.extensions import Kept, db
from portal.narrowing import page_of_choice
from portal.paging import SIZE, Page
from portal.partners.models import Partner
from portal.referrals.models import Referral
from portal.routing.models import Absence
from portal.routing.queries import covered
from portal.scope import all_partners, owned_by
from portal.several import among
from portal.sla.models import SlaClock
from portal.sla.rules import ClockKind

_Owner, _Into, _Duplicate = aliased(User), aliased(Deal), aliased(Deal)


def visible_to(user: User, *columns: Any) -> sa.Select[Any]:
    """Staff see all deals, a partner's people those of the referrals that they see."""
    return seen_by(user, sa.select(*(columns or (Deal,))))


def seen_by(user: User, wanted: sa.Select[Any]) -> sa.Select[Any]:
    """The same of a statement about deals that is there already: to build a long one takes a while."""
    if user.partner_id is None:
        return all_partners(wanted, "staff see all deals")
    own = wanted.where(Deal.partner_id == user.partner_id)
    reach = user.reach(Permission.VIEW_REFERRALS)
    if reach is None:
        own = own.where(sa.false())
    elif reach is Reach.OWN:
        own = own.where(Deal.referral_id.in_(sa.select(Referral.id).where(Referral.by_id == user.id)))
    return owned_by(own, user.partner_id)


def to_change(user: User, ref: str) -> Deal:
    """The deal, locked for whoever moves it; 404 for one that is not in their hands."""
    wanted = visible_to(user).where(Deal.ref == ref)
    if not user.may(Permission.MOVE_DEALS, Reach.ANY):
        wanted = wanted.where(Deal.owner_id.in_([user.id, *covered(user.id)]))
    found: Deal = db.one_or_404(wanted.with_for_update())
    return found


def may_move(user: User, deal: Deal, *, may_be_away: bool = True) -> bool:
    """Whether the person's reach with MOVE_DEALS includes this one: their own, or that of whom they stand in for.

    Nobody stands in where it is known that the owner is not away: then nothing is looked up."""
    if deal.owner_id == user.id or user.may(Permission.MOVE_DEALS, Reach.ANY):
        return user.may(Permission.MOVE_DEALS, Reach.ASSIGNED)
    may_at_all = user.may(Permission.MOVE_DEALS, Reach.ASSIGNED) and may_be_away
    return may_at_all and deal.owner_id in covered(user.id)


def moved_by(user: User) -> Callable[[Any], bool]:
    """The same for many deals: for whom the person stands in is looked up once."""
    if not user.may(Permission.MOVE_DEALS, Reach.ASSIGNED):
        return lambda _: False
    if user.may(Permission.MOVE_DEALS, Reach.ANY):
        return lambda _: True
    whose = {user.id, *covered(user.id)}
    return lambda deal: deal.owner_id in whose


def may_record(user: User, deal: Deal) -> bool:
    """Whether the person records what the customer of this deal paid."""
    return user.may(Permission.RECORD_PAYMENTS, Reach.ASSIGNED if deal.owner_id == user.id else Reach.ANY)


def to_record(user: User, ref: str) -> Deal:
    """The deal, locked for whoever records what its customer paid; 404 for one that their permission does not reach."""
    wanted = visible_to(user).where(Deal.ref == ref)
    if not user.may(Permission.RECORD_PAYMENTS, Reach.ANY):
        wanted = wanted.where(Deal.owner_id == user.id)
    found: Deal = db.one_or_404(wanted.with_for_update())
    return found


def pair_to_change(user: User, ref: str, other: str) -> tuple[Deal | None, Deal | None]:
    """The deal and another of the person's, both locked in one order for everyone; None for what is not theirs."""
    wanted = visible_to(user).where(Deal.ref.in_((ref, other)))
    if not user.may(Permission.MOVE_DEALS, Reach.ANY):
        wanted = wanted.where(Deal.owner_id == user.id)
    found: dict[str, Deal] = {each.ref: each for each in db.session.scalars(wanted.order_by(Deal.id).with_for_update())}
    return found.get(ref), found.get(other)


def ref_of(deal_id: int) -> str:
    wanted = sa.select(Deal.ref).where(Deal.id == deal_id)
    return db.session.scalars(all_partners(wanted, "what a deal was merged into")).one()


def of_referral(user: User, referral_id: int) -> sa.Row[Any] | None:
    """The deal that a referral led to: id, ref, stage, value_minor, currency, won_on, owner."""
    columns = (Deal.id, Deal.ref, Deal.stage, Deal.value_minor, Deal.currency, Deal.won_on)
    wanted = visible_to(user, *columns, _Owner.name.label("owner")).join(_Owner, _Owner.id == Deal.owner_id)
    return db.session.execute(wanted.where(Deal.referral_id == referral_id)).one_or_none()


def qualified(referral_id: int) -> Referral:
    wanted = sa.select(Referral).where(Referral.id == referral_id)
    return db.session.scalars(all_partners(wanted, "the referral that was just qualified")).one()


def open_by_owner() -> dict[int, int]:
    """How many open deals each has in hand, from the sums that are kept of them."""
    in_hand = sa.select(DealTotal.owner_id, sa.func.sum(DealTotal.number)).where(DealTotal.stage.in_(OPEN))
    return {owner_id: int(number) for owner_id, number in db.session.execute(in_hand.group_by(DealTotal.owner_id))}


def led_to(referral_id: int) -> Deal:
    """The deal of a qualified referral, or the one that it shares."""
    wanted = sa.select(Deal).where(is_deal_of(referral_id))
    return db.session.scalars(all_partners(wanted, "the deal whose protection changed")).one()


def owners(user: User) -> Sequence[Any]:
    """Everybody who owns deals or could, by name: id, ref, name, email."""
    return _OWNERS.read().all()


def all_owners() -> Any:
    can = sa.select(RoleGrant.user_id).where(RoleGrant.role == Role.SALES_OWNER)
    return sa.select(User.id, User.ref, User.name, User.email).where(User.id.in_(can))


_OWNERS = Kept(all_partners(all_owners().order_by(User.name), "names of our own people"))
_ROW: tuple[Any, ...] = (
    *(Deal.id, Deal.ref, Deal.company, Deal.channel, Deal.stage, Deal.stage_since, Deal.next_step),
    *(Deal.next_step_on, Deal.parked_until, Deal.value_minor, Deal.expected_minor, Deal.currency, Deal.stalls_on),
    Deal.closed_at,
)
_IN_A_LIST: sa.Select[Any] = (
    sa.select(*_ROW, Partner.name.label("partner"), User.name.label("owner"), OTHERS)
    .outerjoin(Partner, Partner.id == Deal.partner_id)
    .join(User, User.id == Deal.owner_id)
)
_listed = for_readers(lambda reader: seen_by(reader, _IN_A_LIST))


def page(user: User, wanted: Wanted, *, token: str | None, url: Callable[[str | None], str], size: int = SIZE) -> Page:
    """Deals for the list of staff, the latest moved first."""
    return page_of_choice(_listed(user), wanted.choice, token=token, url=url, size=size, given=values_of(user))


def imported(ref: str, *, to_change: bool = False) -> DealImport:
    """A file that somebody sent up; 404 where there is none of this name."""
    wanted = sa.select(DealImport).where(DealImport.ref == ref)
    found: DealImport = db.one_or_404(wanted.with_for_update() if to_change else wanted)
    return found


def imports() -> Sequence[Any]:
    """The latest files: ref, file_name, at, done_at, rows, added, name of who sent it."""
    columns = (
        DealImport.ref,
        DealImport.file_name,
        DealImport.at,
        DealImport.done_at,
        DealImport.rows,
        DealImport.added,
    )
    wanted = sa.select(*columns, User.name.label("by")).join(User, User.id == DealImport.by_id)
    latest = wanted.order_by(DealImport.id.desc()).limit(20)
    return db.session.execute(all_partners(latest, "names of our own people")).all()


def of_owners(owner_ids: Sequence[int]) -> Condition:
    """Of referrals: those whose deal, or the deal that they share, is in the hands of one of these."""
    return Condition(_OF_OWNERS, {"owner_ids": owner_ids})


_OF_OWNERS = Predicate(
    "owners",
    lambda referral: (
        sa.exists().where(is_deal_of(referral.id), among(Deal.owner_id, "owner_ids")).correlate_except(Deal)
    ),
)
_BESIDE = (
    sa.select(sa.func.sum(CustomerPayment.amount_minor))
    .where(CustomerPayment.deal_id == Deal.id)
    .scalar_subquery()
    .label("paid_minor"),
    sa.select(sa.func.aggregate_strings(_Duplicate.ref, " "))
    .where(_Duplicate.merged_into_id == Deal.id)
    .scalar_subquery()
    .label("merged"),
    sa.select(sa.func.aggregate_strings(Product.name, ", "))
    .join(DealProduct, DealProduct.product_id == Product.id)
    .where(DealProduct.deal_id == Deal.id)
    .scalar_subquery()
    .label("products"),
    heard.beside().label("heard"),
    sa.exists()
    .where(
        Absence.user_id == Deal.owner_id,
        Absence.from_on <= sa.bindparam("tomorrow"),
        Absence.until_on >= sa.bindparam("yesterday"),
    )
    .label("may_be_away"),
    IN_WORDS,
)


def deal(user: User, ref: str) -> sa.Row[Any] | None:
    """`Deal` with its owner, the partner and the referral where it has them; which deal it was merged into, and which
    into it; what its customer paid, and which products it is about."""
    wanted = (
        visible_to(
            user, Deal, User.name.label("owner"), Partner.name.label("partner"), Partner.ref.label("partner_ref")
        )
        .add_columns(Referral.ref.label("referral_ref"), Referral.contact_name, Referral.contact_title)
        .add_columns(Referral.contact_email, Referral.contact_phone, Referral.need, Referral.status)
        .add_columns(SlaClock.due_at.label("contact_due_at"), _Into.ref.label("merged_into"), *_BESIDE)
        .outerjoin(_Into, _Into.id == Deal.merged_into_id)
        .join(User, User.id == Deal.owner_id)
        .outerjoin(Partner, Partner.id == Deal.partner_id)
        .outerjoin(Referral, Referral.id == Deal.referral_id)
        .outerjoin(SlaClock, first_contact())
        .where(Deal.ref == ref)
    )
    now, day = clock.now(), timedelta(days=1)
    days = {"yesterday": (now - day).date(), "tomorrow": (now + day).date()}
    return db.session.execute(wanted, days).one_or_none()


def first_contact() -> sa.ColumnElement[bool]:
    """Joins a deal to the clock of its first contact."""
    return (SlaClock.ref == Deal.ref) & (SlaClock.kind == ClockKind.FIRST_CONTACT)
