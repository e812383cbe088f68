"""A referral and what became of it, in one row: for lists, for homes and for its own page."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.agreements.models import TERMS, Agreement
from portal.appeals.models import Appeal
from portal.auth.models import User
from portal.auth.permissions import Permission, Reach
from portal.auth.readers import asked, for_readers, values_of
from portal.corrections import queries as corrections
from portal.deals import heard, parking
from portal.deals.models import Deal, DealUpdate
from portal.deals.queries import first_contact
from portal.deals.rules import OPEN_STAGES
from portal.deals.shares import SHARE, agreed_with, is_deal_of
from portal.deals.stories.rules import story_of
from portal.evidence import queries as evidence
from portal.narrowing import page_of_choice
from portal.paging import SIZE, Page
from portal.partners.models import Partner
from portal.protections.models import Extension
from portal.records import as_columns, maker_of
from portal.referrals import queries as referrals
from portal.referrals.lists import Wanted, choice_of
from portal.referrals.models import Protection, Referral
from portal.referrals.rules import Status
from portal.referrals.story import Side, Story
from portal.sla.models import SlaClock
from portal.sla.rules import ClockKind

_Sender, _Owner, _Enterer = aliased(User), aliased(User), aliased(User)
_Answer, _Decision, _Appealed = aliased(SlaClock), aliased(SlaClock), aliased(SlaClock)


_INTRODUCTION = (
    Referral.id,
    Referral.ref,
    Referral.partner_id,
    Referral.company,
    Referral.contact_name,
    Referral.status,
    Referral.received_at,
    Referral.due_at,
    Referral.decided_at,
    Referral.question,
    Referral.decline_reason,
    Referral.decision_note,
    Referral.agreement_id,
)
_SALE = (
    Deal.id.label("deal_id"),
    Deal.ref.label("deal_ref"),
    Deal.stage,
    Deal.stage_since,
    Deal.contacted_at,
    Deal.proposal_at,
    Deal.closed_at,
    Deal.won_on,
    Deal.next_step,
    Deal.next_step_on,
    Deal.parked_until,
    Deal.lost_reason,
    Deal.close_note,
    Deal.value_minor,
    Deal.expected_minor,
    Deal.currency,
    Deal.update_due_at,
    SHARE,
)
_PROMISE = (
    _Answer.state.label("answer_state"),
    _Answer.promised_minutes,
    _Answer.due_at.label("answer_due_at"),
    _Answer.took_minutes,
    _Decision.promised_minutes.label("decision_minutes"),
    _Decision.took_minutes.label("decision_took"),
    SlaClock.promised_minutes.label("contact_minutes"),
    SlaClock.took_minutes.label("contact_took"),
)


def page(user: User, wanted: Wanted, *, token: str | None, url: Callable[[str | None], str], size: int = SIZE) -> Page:
    """Referrals and what became of them, the latest first, or the most urgent first."""
    choice = choice_of(user, wanted)
    return page_of_choice(_listed(user), choice, token=token, url=url, size=size, given=values_of(user))


def latest(user: User, limit: int, *, also: sa.Select[Any], at_most: int) -> sa.Select[Any]:
    """The first few of the same, for a home page: those that wait for the partner's answer, then the latest; `also` are
    the ids of some that are wanted whatever their place, `at_most` so many.

    Picked by two looks into an index each, so that a long history costs nothing."""
    latest = (Referral.received_at.desc(), Referral.id.desc())
    mine = referrals.visible_to(user, Referral.id).order_by(*latest).limit(limit)
    asked = mine.where(Referral.status == Status.NEEDS_INFO)
    few = sa.union(*(sa.select(each.subquery()) for each in (asked, mine, also)))
    answers_first = sa.case((Referral.status == Status.NEEDS_INFO, 0), else_=1)
    picked = _told_of(*_INTRODUCTION, *_SALE, answers_first.label("place")).where(Referral.id.in_(few))
    return referrals.seen_by(user, picked).order_by(answers_first, *latest).limit(2 * limit + at_most)


def story(user: User, ref: str) -> Any:
    """All of one referral in one go: `Referral`, `Protection`, the terms, the promise, the deal and the people."""
    row = _whole(user, wanted=ref).one_or_none()
    return row and _put_together(row)


def told(row: Any, *, side: Side, now: datetime, fee: Any = None) -> Story:
    """A row of these as the story that its track and its next sentence are made from."""
    return story_of(row, side=side, now=now, fee=fee)


def to_park(user: User, row: Any) -> tuple[Any, ...] | None:
    """From a row of `story`: ref, version and company of its deal and the usual return date, where one click of this
    person parks it. Whoever stands in for its owner does it on the page of the deal."""
    reach = Reach.ASSIGNED if row.deal_owner_id == user.id else Reach.ANY
    if row.stage not in OPEN_STAGES or not user.may(Permission.MOVE_DEALS, reach):
        return None
    return row.deal_ref, row.deal_version, row.company, parking.usual()


def heard_of(row: Any) -> list[heard.Heard]:
    """What the owner told of the deal, the latest first."""
    return heard.latest_first(row.heard)


def _told_of(*columns: Any) -> sa.Select[Any]:
    people = (_Sender.name.label("sender"), _Owner.name.label("owner"), SlaClock.due_at.label("contact_due_at"))
    return (
        sa.select(*columns, *people)
        .join(_Sender, _Sender.id == Referral.by_id)
        .outerjoin(Deal, is_deal_of(Referral.id))
        .outerjoin(_Owner, _Owner.id == Deal.owner_id)
        .outerjoin(SlaClock, first_contact())
    )


# What was told before a deal was shared was said to the other partner.
_HEARD = heard.beside((DealUpdate.partner_id == Referral.partner_id) | (DealUpdate.at >= agreed_with(Referral.id)))
_LISTED = _told_of(*_INTRODUCTION, *_SALE)
WHOLE = (
    _told_of(
        *(Referral, Protection, Extension, Appeal, TERMS, Agreement.number.label("agreement_number")),
        *(*_INTRODUCTION, *_SALE, *_PROMISE, Partner.name.label("partner")),
        evidence.beside(Referral.id).label("evidence"),
        sa.select(_Enterer.name).where(_Enterer.id == Referral.entered_by_id).scalar_subquery().label("entered_by"),
        corrections.beside(Referral.id).label("corrections"),
        _Appealed.due_at.label("appeal_due_at"),
        *(_HEARD.label("heard"), Deal.version.label("deal_version"), Deal.owner_id.label("deal_owner_id")),
    )
    .join(Partner, Partner.id == Referral.partner_id)
    .join(Agreement, (Agreement.partner_id == Referral.partner_id) & (Agreement.id == Referral.agreement_id))
    .outerjoin(Protection, Protection.referral_id == Referral.id)
    .outerjoin(Extension, Extension.referral_id == Referral.id)
    .outerjoin(Appeal, Appeal.referral_id == Referral.id)
    .outerjoin(_Appealed, (_Appealed.ref == Appeal.ref) & (_Appealed.kind == ClockKind.DECISION))
    .outerjoin(_Answer, (_Answer.ref == Referral.ref) & (_Answer.kind == ClockKind.FIRST_ANSWER))
    .outerjoin(_Decision, (_Decision.ref == Referral.ref) & (_Decision.kind == ClockKind.DECISION))
    .where(Referral.ref == sa.bindparam("wanted"))
    .order_by(_Answer.started_at.desc(), _Decision.started_at.desc(), Extension.id.desc(), Appeal.id.desc())
    .limit(1)
)
_listed = for_readers(lambda reader: referrals.seen_by(reader, _LISTED))
_whole = asked(lambda reader: referrals.seen_by(reader, as_columns(WHOLE)))
_put_together = maker_of(WHOLE)
