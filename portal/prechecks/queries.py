"""What the records that look like a company mean for whoever comes after them, and who has asked."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from portal.auth.models import User
from portal.auth.permissions import Permission, Reach
from portal.deals.models import Deal
from portal.deals.rules import LABEL as DEAL_LABEL
from portal.deals.rules import OPEN as OPEN_DEALS
from portal.deals.rules import Stage
from portal.extensions import db
from portal.lookalikes.models import SoftHold
from portal.lookalikes.queries import Asked, Found, find
from portal.lookalikes.rules import Kind
from portal.paging import Page, page_of
from portal.partners.models import Partner
from portal.prechecks.models import CompanyCheck
from portal.prechecks.rules import DAY, FISHING_DAYS, Standing
from portal.referrals.models import Protection, Referral
from portal.referrals.rules import LABEL as REFERRAL_LABEL
from portal.referrals.rules import OPEN, PROTECTION_LIVE, ProtectionState
from portal.scope import all_partners, owned_by

_WHY = "a company is compared with those of everybody; no partner sees which"
_STAFF_READ = "staff see who asked for which company"


@dataclass(frozen=True)
class Lookalike:
    """A record that looks like a company, with what it means."""

    found: Found
    standing: Standing
    state: str
    """In words, for staff."""
    protected_until: datetime | None
    partner: str
    contact: str


def lookalikes(asked: Asked, now: datetime, *, but: Collection[str] = ()) -> list[Lookalike]:
    """The likest first. Two statements, whatever the number of companies that there are."""
    found = find(asked, but=but)
    records = _records([each.ref for each in found]) if found else {}
    return [_lookalike(each, records.get(each.ref), now) for each in found]


def _lookalike(found: Found, record: Any, now: datetime) -> Lookalike:
    if found.kind is Kind.HOLD:
        standing = Standing.PAST if found.is_over(now) else Standing.CLAIM
        state = "Held for 24 hours" if standing is Standing.CLAIM else "Was held"
        return Lookalike(found, standing, state, None, record.partner if record else "", "")
    if record is None:
        raise LookupError(f"{found.ref} is in the index of names and nowhere else")
    live = _is_live(record.protection, record.ends_at, now)
    return Lookalike(
        found,
        _standing(record.status, record.stage, is_protected=live),
        _state(record),
        record.ends_at if live else None,
        record.partner or "",
        record.contact or "",
    )


def _standing(status: Any, stage: Any, *, is_protected: bool) -> Standing:
    if stage is Stage.WON:
        return Standing.CUSTOMER
    return Standing.CLAIM if status in OPEN or stage in OPEN_DEALS or is_protected else Standing.PAST


def _is_live(state: ProtectionState | None, ends_at: datetime | None, now: datetime) -> bool:
    if state is ProtectionState.PAUSED:
        return True
    return state in PROTECTION_LIVE and ends_at is not None and ends_at > now


def _state(record: Any) -> str:
    return DEAL_LABEL[record.stage] if record.stage else REFERRAL_LABEL[record.status]


def _records(refs: Sequence[str]) -> dict[str, Any]:
    return {row.ref: row for row in db.session.execute(all_partners(_RECORDS, _WHY), {"refs": refs})}


def check(user: User, ref: str) -> CompanyCheck:
    """One's own check, or the company's; 404 where there is none of this name."""
    wanted = _own_checks(user).where(CompanyCheck.ref == ref)
    found: CompanyCheck = db.one_or_404(wanted)
    return found


def latest(user: User, limit: int) -> Sequence[CompanyCheck]:
    ordered = _own_checks(user).order_by(CompanyCheck.at.desc(), CompanyCheck.id.desc()).limit(limit)
    return db.session.scalars(ordered).all()


def of_a_day(partner_id: int, now: datetime) -> list[tuple[int, datetime]]:
    """Who of a company asked within 24 hours, and when, the latest first."""
    asked = sa.select(CompanyCheck.by_id, CompanyCheck.at).where(
        CompanyCheck.partner_id == partner_id, CompanyCheck.at > now - DAY
    )
    ordered = asked.order_by(CompanyCheck.at.desc(), CompanyCheck.id.desc())
    return [(by_id, at) for by_id, at in db.session.execute(owned_by(ordered, partner_id))]


def page(*, partner_id: int | None, token: str | None, url: Callable[[str | None], str]) -> Page:
    """Who asked for what, for staff, the latest first."""
    columns = (CompanyCheck.id, CompanyCheck.at, CompanyCheck.company, CompanyCheck.domain, CompanyCheck.answer)
    listed = (
        sa.select(*columns, CompanyCheck.partner_id, Partner.name.label("partner"), Partner.ref.label("partner_ref"))
        .add_columns(User.name.label("person"))
        .join(Partner, Partner.id == CompanyCheck.partner_id)
        .join(User, User.id == CompanyCheck.by_id)
    )
    if partner_id is not None:
        listed = listed.where(CompanyCheck.partner_id == partner_id)
    keys = [CompanyCheck.at, CompanyCheck.id]
    return page_of(db.session, all_partners(listed, _STAFF_READ), keys, token=token, url=url, descending=True)


def askers(now: datetime, limit: int = 10) -> Sequence[Any]:
    """Whose people asked most in the last weeks, with what they introduced meanwhile: partner, ref, checks, people,
    referrals."""
    since = now - timedelta(days=FISHING_DAYS)
    asked = (
        sa.select(
            CompanyCheck.partner_id,
            sa.func.count().label("checks"),
            sa.func.count(CompanyCheck.by_id.distinct()).label("people"),
        )
        .where(CompanyCheck.at > since)
        .group_by(CompanyCheck.partner_id)
        .order_by(sa.desc("checks"), CompanyCheck.partner_id)
        .limit(limit)
        .subquery()
    )
    introduced = (
        sa.select(sa.func.count())
        .where(Referral.partner_id == asked.c.partner_id, Referral.received_at > since)
        .correlate(asked)
        .scalar_subquery()
    )
    listed = (
        sa.select(Partner.id, Partner.name, Partner.ref, asked.c.checks, asked.c.people, introduced.label("referrals"))
        .join(asked, asked.c.partner_id == Partner.id)
        .order_by(asked.c.checks.desc(), Partner.id)
    )
    return db.session.execute(all_partners(listed, _STAFF_READ)).all()


def partner_of(ref: str) -> Any:
    """id, ref and name of the partner that a list is narrowed to; 404 where there is none."""
    wanted: Any = sa.select(Partner.id, Partner.ref, Partner.name).where(Partner.ref == ref)
    return db.first_or_404(all_partners(wanted, _STAFF_READ))


def _own_checks(user: User) -> sa.Select[Any]:
    own = sa.select(CompanyCheck).where(CompanyCheck.partner_id == user.partner_id)
    if user.reach(Permission.SUBMIT_REFERRALS) is not Reach.COMPANY:
        own = own.where(CompanyCheck.by_id == user.id)
    return owned_by(own, user.partner_id or 0)


_REFS: sa.BindParameter[Any] = sa.bindparam("refs", expanding=True)
_OF_REFERRALS = (
    sa.select(
        Referral.ref,
        Referral.status,
        Deal.stage,
        Protection.state.label("protection"),
        Protection.ends_at,
        Partner.name.label("partner"),
        Referral.contact_name.label("contact"),
    )
    .join(Partner, Partner.id == Referral.partner_id)
    .outerjoin(Protection, Protection.referral_id == Referral.id)
    .outerjoin(Deal, Deal.referral_id == Referral.id)
    .where(Referral.ref.in_(_REFS))
)
_OF_DEALS = (
    sa.select(Deal.ref, sa.null(), Deal.stage, sa.null(), sa.null(), Partner.name, sa.null())
    .outerjoin(Partner, Partner.id == Deal.partner_id)
    .where(Deal.ref.in_(_REFS))
)
_OF_HOLDS = (
    sa.select(SoftHold.ref, sa.null(), sa.null(), sa.null(), SoftHold.ends_at, Partner.name, sa.null())
    .join(Partner, Partner.id == SoftHold.partner_id)
    .where(SoftHold.ref.in_(_REFS))
)
_RECORDS: sa.CompoundSelect[Any] = sa.union_all(_OF_REFERRALS, _OF_DEALS, _OF_HOLDS)
