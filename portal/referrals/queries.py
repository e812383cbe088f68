from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.agreements.models import TERMS, Agreement
from portal.agreements.terms import Terms, terms_of_text
from portal.auth.holders import holders, who_else
from portal.auth.models import User
from portal.auth.permissions import Permission, Reach
from portal.auth.readers import asked, for_readers, values_of
from portal.extensions import Kept, db
from portal.lookalikes.likeness import LIKELY, Company
from portal.lookalikes.queries import Asked, find_each
from portal.lookalikes.rules import Kind
from portal.narrowing import page_of_choice
from portal.paging import SIZE, Page
from portal.partners.models import Partner
from portal.referrals import rules
from portal.referrals.lists import MOST_ALIKE, Wanted, choice_of
from portal.referrals.models import Protection, Referral
from portal.referrals.rules import OPEN, PROTECTION_LIVE
from portal.scope import READER, all_partners, owned_by
from portal.several import each_of

_STAFF_READ = "staff see all referrals"


def visible_to(user: User, *columns: Any) -> sa.Select[Any]:
    """Staff see all referrals, a partner's lead all of the company's, a member its own."""
    return seen_by(user, sa.select(*(columns or (Referral,))))


def seen_by(user: User, wanted: sa.Select[Any]) -> sa.Select[Any]:
    """The same of a statement about referrals that is there already: to build a long one takes a while."""
    return _within(user, wanted, Permission.VIEW_REFERRALS)


def _within(user: User, wanted: sa.Select[Any], permission: Permission) -> sa.Select[Any]:
    if user.partner_id is None:
        return all_partners(wanted, _STAFF_READ)
    own = wanted.where(Referral.partner_id == user.partner_id)
    reach = user.reach(permission)
    if reach is None:
        own = own.where(sa.false())
    elif reach is Reach.OWN:
        own = own.where(Referral.by_id == user.id)
    return owned_by(own, user.partner_id)


def one(user: User, ref: str) -> Referral:
    """404 where the person sees none of this name."""
    found: Referral = db.one_or_404(visible_to(user).where(Referral.ref == ref))
    return found


def to_change(user: User, ref: str, permission: Permission) -> Referral:
    """The referral, locked for whoever is about to change it; 404 where their permission reaches none of this name."""
    wanted = _within(user, sa.select(Referral).where(Referral.ref == ref), permission)
    found: Referral = db.one_or_404(wanted.with_for_update())
    return found


def may_change(user: User, referral: Referral, permission: Permission) -> bool:
    """Whether the permission reaches this one, which the person sees."""
    return user.may(permission, Reach.OWN if referral.by_id == user.id else Reach.COMPANY)


def why_not_decider(user_id: int, why: str = rules.ENTERED_IT) -> str:
    """What somebody is told who would decide on a referral in which they have a hand already."""
    who = who_else(Permission.DECIDE_REFERRALS, holders(Permission.DECIDE_REFERRALS, but=user_id))
    return f"{why} {who}"


def terms_of(partner_id: int, agreement_id: int) -> Terms:
    """The terms that held when it was submitted, and hold for it for good."""
    frozen = sa.select(Agreement.terms).where(Agreement.partner_id == partner_id, Agreement.id == agreement_id)
    return Terms.from_data(db.session.execute(owned_by(frozen, partner_id)).scalar_one())


def terms_by_agreement(user: User, agreement_ids: set[int]) -> dict[int, Terms]:
    """The terms of a few agreements of the reader's own company."""
    if not agreement_ids or user.partner_id is None:
        return {}
    return {row.id: terms_of_text(row.terms) for row in _terms(user, ids=list(agreement_ids))}


@asked
def _terms(reader: User) -> sa.Select[Any]:
    some = Agreement.id.in_(sa.bindparam("ids", expanding=True))
    own: Any = sa.select(Agreement.id, TERMS).where(Agreement.partner_id == reader.partner_id, some)
    return owned_by(own, READER)


def open_or_protected(partner_id: int, domain: str) -> str | None:
    """The reference under which this partner has introduced the company already."""
    ref: str | None = _INTRODUCED.read({"whose": partner_id, "domain": domain}).scalar()
    return ref


def standing(partner_id: Any, domain: Any) -> sa.ScalarSelect[str]:
    """The same, of a company that another statement names."""
    other, kept = aliased(Referral), aliased(Protection)
    named = sa.select(other.ref).outerjoin(kept, kept.referral_id == other.id)
    named = named.where(other.partner_id == partner_id, other.domain == domain)
    stands = other.status.in_(OPEN) | kept.state.in_(PROTECTION_LIVE)
    return named.where(stands).order_by(other.id).limit(1).scalar_subquery()


_introduced: Any = (
    sa.select(Referral.ref)
    .outerjoin(Protection, Protection.referral_id == Referral.id)
    .where(Referral.partner_id == sa.bindparam("whose"), Referral.domain == sa.bindparam("domain"))
    .where(Referral.status.in_(OPEN) | Protection.state.in_(PROTECTION_LIVE))
    .order_by(Referral.id)
    .limit(1)
)
_INTRODUCED = Kept(owned_by(_introduced, READER))


def introduced(partner_id: int, domains: Collection[str]) -> dict[str, str]:
    """The same for many companies at once: by domain, the reference under which the partner introduced it."""
    found = _INTRODUCED_OF_MANY.read({"whose": partner_id, "domains": list(domains)})
    return {row.domain: row.ref for row in found if row.ref is not None}


_asked_for = each_of(Referral.domain, "domains")
_of_each: Any = sa.select(
    _asked_for.c.value.label("domain"), standing(sa.bindparam("whose"), _asked_for.c.value).label("ref")
)
_INTRODUCED_OF_MANY = Kept(owned_by(_of_each, READER))


def is_contested(referral: Referral, now: datetime) -> bool:
    """Whether another partner has an open referral or a live protection of what looks like the same company."""
    return bool(contested([referral], now))


def contested(referrals: Sequence[Any], now: datetime) -> set[str]:
    """The references of those that are, of rows with ref, company, domain, partner_id: two statements, however many."""
    alike = find_each([Asked(Company(each.company, each.domain)) for each in referrals], least=LIKELY)
    rivals = {
        each.ref: {other.ref for other in found if other.kind is Kind.REFERRAL and other.partner_id != each.partner_id}
        for each, found in zip(referrals, alike, strict=True)
    }
    live = _keeping_others_out(set().union(*rivals.values()), now)
    return {ref for ref, others in rivals.items() if others & live}


def _keeping_others_out(refs: set[str], now: datetime) -> set[str]:
    if not refs:
        return set()
    others = (
        sa.select(Referral.ref, Referral.status, Protection.state, Protection.ends_at)
        .outerjoin(Protection, Protection.referral_id == Referral.id)
        .where(Referral.ref.in_(refs))
    )
    found = db.session.execute(all_partners(others, "whether others introduced the same company"))
    return {ref for ref, status, state, ends_at in found if rules.keeps_others_out(status, state, ends_at, now)}


def protection_of(partner_id: int, referral_id: int) -> Protection:
    wanted = sa.select(Protection).where(Protection.partner_id == partner_id, Protection.referral_id == referral_id)
    return db.session.scalars(owned_by(wanted.with_for_update(), partner_id)).one()


def page(user: User, wanted: Wanted, *, token: str | None, url: Callable[[str | None], str], size: int = SIZE) -> Page:
    """Referrals of all partners for the list of staff, the latest first, or the most urgent first."""
    choice = choice_of(user, wanted)
    return page_of_choice(_listed(user), choice, token=token, url=url, size=size, given=values_of(user))


def colleagues_called(user: User, typed: str) -> Sequence[Any]:
    """People of the reader's company of this reference or beginning of a name: id, ref, name."""
    wanted: Any = sa.select(User.id, User.ref, User.name).where(User.partner_id == user.partner_id)
    return _called(owned_by(wanted, user.partner_id or 0), User, typed)


def partners_called(user: User, typed: str) -> Sequence[Any]:
    """Partners of this reference or beginning of a name: id, ref, name."""
    wanted: Any = sa.select(Partner.id, Partner.ref, Partner.name)
    return _called(all_partners(wanted, _STAFF_READ), Partner, typed)


def _called(wanted: sa.Select[Any], of: Any, typed: str) -> Sequence[Any]:
    begins = sa.func.lower(of.name).startswith(typed.lower(), autoescape=True)
    few = wanted.where((of.ref == typed.upper()) | begins).order_by(of.name).limit(MOST_ALIKE)
    found = db.session.execute(few).all()
    same = [each for each in found if typed.casefold() in (each.name.casefold(), each.ref.casefold())]
    return same if len(same) == 1 else found


_IN_A_LIST: Any = sa.select(
    *(Referral.id, Referral.ref, Referral.version, Referral.company, Referral.contact_title, Referral.status),
    *(Referral.received_at, Referral.due_at, Referral.decided_at),
    Partner.name.label("partner"),
    Referral.reading["outcome"].as_string().label("outcome"),
).join(Partner, Partner.id == Referral.partner_id)
_listed = for_readers(lambda reader: seen_by(reader, _IN_A_LIST))
