"""What the records that look like a company mean for whoever comes after them, and who has asked."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from portal.auth.models import User
from portal.auth.permissions import Permission, Reach
from portal.auth.readers import asked
from portal.deals.models import Deal
from portal.deals.rules import LABEL as DEAL_LABEL
from portal.deals.rules import OPEN as OPEN_DEALS
from portal.deals.rules import Stage
from portal.deals.shares import is_deal_of
from portal.extensions import db
from portal.lookalikes.likeness import LIKELY, Company
from portal.lookalikes.marks import person_mark, phone_mark
from portal.lookalikes.models import SoftHold
from portal.lookalikes.queries import Asked, Found, find
from portal.lookalikes.rules import Kind
from portal.paging import Page, page_of
from portal.partners.models import Partner
from portal.prechecks.models import CompanyCheck
from portal.prechecks.rules import DAY, FISHING_DAYS, Answer, Standing
from portal.referrals.models import Protection, Referral
from portal.referrals.rules import LABEL as REFERRAL_LABEL
from portal.referrals.rules import keeps_others_out
from portal.scope import READER, all_partners, owned_by

LATEST = 10
"""So many checks stand on the page where one asks."""
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
    is_introduced: bool = False
    """An open referral or a live protection: whoever qualifies another one of the same company says why."""

    @property
    def is_past(self) -> bool:
        return self.standing is Standing.PAST

    def contests(self, partner_id: int) -> bool:
        """Whether it speaks against a referral of this partner."""
        is_others = self.found.partner_id != partner_id
        return self.is_introduced and is_others and self.found.score >= LIKELY


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
    is_introduced = keeps_others_out(record.status, record.protection, record.ends_at, now)
    return Lookalike(
        found,
        _standing(record.stage, is_introduced=is_introduced),
        _state(record),
        record.ends_at if is_introduced else None,
        record.partner or "",
        record.contact or "",
        is_introduced,
    )


def _standing(stage: Stage | None, *, is_introduced: bool) -> Standing:
    if stage is Stage.WON:
        return Standing.CUSTOMER
    return Standing.CLAIM if is_introduced or stage in OPEN_DEALS else Standing.PAST


def _state(record: Any) -> str:
    return DEAL_LABEL[record.stage] if record.stage else REFERRAL_LABEL[record.status]


def _records(refs: Sequence[str]) -> dict[str, Any]:
    return {row.ref: row for row in db.session.execute(all_partners(_RECORDS, _WHY), {"refs": refs})}


def of_referral(referral: Referral, now: datetime) -> list[Lookalike]:
    """What looks like a referral that waits for a decision: its company, its contact."""
    person = person_mark(referral.contact_email)
    phone = phone_mark(referral.contact_phone, referral.country)
    return lookalikes(Asked(Company(referral.company, referral.domain), person, phone), now, but=[referral.ref])


def check(user: User, ref: str) -> CompanyCheck:
    """One's own check, or the company's; 404 where there is none of this name."""
    wanted = _own_checks(user).where(CompanyCheck.ref == ref)
    found: CompanyCheck = db.one_or_404(wanted)
    return found


def latest(user: User) -> Sequence[Any]:
    """The last few that the person made, or the company: ref, company, domain, answer, at."""
    return _latest(user).all()


@asked
def _latest(reader: User) -> sa.Select[Any]:
    shown = CompanyCheck.ref, CompanyCheck.company, CompanyCheck.domain, CompanyCheck.answer, CompanyCheck.at
    last_on_top = _own_checks(reader, *shown).order_by(CompanyCheck.at.desc(), CompanyCheck.id.desc())
    return last_on_top.limit(LATEST)


def of_a_day(partner_id: int, now: datetime) -> list[tuple[int, datetime]]:
    """Who of a company was answered within 24 hours, and when, the latest first."""
    asked = sa.select(CompanyCheck.by_id, CompanyCheck.at).where(
        CompanyCheck.partner_id == partner_id, CompanyCheck.at > now - DAY, CompanyCheck.answer != Answer.REFUSED
    )
    ordered = asked.order_by(CompanyCheck.at.desc(), CompanyCheck.id.desc())
    return [(by_id, at) for by_id, at in db.session.execute(owned_by(ordered, partner_id))]


def refused_of_a_day(partner_id: int, now: datetime) -> int:
    """How often the people of a company asked past the quota within 24 hours."""
    refused = sa.select(sa.func.count()).where(
        CompanyCheck.partner_id == partner_id, CompanyCheck.at > now - DAY, CompanyCheck.answer == Answer.REFUSED
    )
    return db.session.scalar(owned_by(refused, partner_id)) or 0


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
    refused, referrals."""
    since = now - timedelta(days=FISHING_DAYS)
    asked = (
        sa.select(
            CompanyCheck.partner_id,
            sa.func.count().label("checks"),
            sa.func.count(CompanyCheck.by_id.distinct()).label("people"),
            sa.func.count().filter(CompanyCheck.answer == Answer.REFUSED).label("refused"),
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
        sa.select(Partner.id, Partner.name, Partner.ref, asked.c.checks, asked.c.people, asked.c.refused)
        .add_columns(introduced.label("referrals"))
        .join(asked, asked.c.partner_id == Partner.id)
        .order_by(asked.c.checks.desc(), Partner.id)
    )
    return db.session.execute(all_partners(listed, _STAFF_READ)).all()


def partner_of(ref: str) -> Any:
    """id, ref and name of the partner that a list is narrowed to; None where there is none."""
    wanted = sa.select(Partner.id, Partner.ref, Partner.name).where(Partner.ref == ref)
    return db.session.execute(all_partners(wanted, _STAFF_READ)).one_or_none()


def _own_checks(user: User, *columns: Any) -> sa.Select[Any]:
    own = sa.select(*(columns or (CompanyCheck,))).where(CompanyCheck.partner_id == user.partner_id)
    if user.reach(Permission.SUBMIT_REFERRALS) is not Reach.COMPANY:
        own = own.where(CompanyCheck.by_id == user.id)
    return owned_by(own, READER)


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
    .outerjoin(Deal, is_deal_of(Referral.id))
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
