"""What a home page reads: few questions, each over rows of one company or over what waits, none over all there is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from portal.activity.models import EventRow
from portal.agreements.models import Agreement
from portal.agreements.rules import AWAITS_SIGNATURE, IN_FORCE
from portal.agreements.terms import Terms
from portal.auth.models import RoleGrant, User
from portal.auth.permissions import GRANTS, Permission, Reach
from portal.conversation.queries import unread_of
from portal.deals.stories import queries as stories
from portal.extensions import db
from portal.fees.models import FeeLine
from portal.news import queries as news
from portal.partners.models import Partner, PayoutDetails
from portal.partners.rules import PartnerState, PayoutDetailsState
from portal.referrals.models import Referral
from portal.resources.models import ResourceEdition
from portal.resources.queries import visible_to as resources_for
from portal.scope import owned_by

LATEST = 5
NEWS = 8
"""Referrals with news that a home names; the list has them all."""
READING = 3
_SIGNING_ROLES = [role for role, granted in GRANTS.items() if Permission.SIGN_AGREEMENTS in granted]


@dataclass(frozen=True)
class Situation:
    """How a company stands: its state, its agreements, whether it can be paid, whether it has referred."""

    state: PartnerState
    tax_form_on: date | None
    has_details: bool
    change_waits: bool
    has_referral: bool
    signers: list[str]
    waiting: Any
    """The agreement that waits for a signature: ref, sign_by."""
    in_force: Terms | None
    terms: dict[int, Terms]
    """By the id of each agreement that was sent."""


def situation(partner_id: int) -> Situation:
    rows = db.session.execute(owned_by(_situation(partner_id), partner_id)).all()
    first, terms = rows[0], {row.id: Terms.from_data(row.terms) for row in rows if row.id is not None}
    return Situation(
        state=first.state,
        tax_form_on=first.tax_form_on,
        has_details=first.has_details,
        change_waits=first.change_waits,
        has_referral=first.has_referral,
        signers=first.signers.split("\n") if first.signers else [],
        waiting=next((row for row in rows if row.agreement_state in AWAITS_SIGNATURE), None),
        in_force=next((terms[row.id] for row in rows if row.agreement_state is IN_FORCE), None),
        terms=terms,
    )


def _situation(partner_id: int) -> sa.Select[Any]:
    columns: list[Any] = [Partner.state, Partner.tax_form_on, _signers(partner_id).label("signers")]
    columns += [_has_details(state).label(name) for name, state in _DETAILS.items()]
    columns += [sa.exists().where(Referral.partner_id == Partner.id).label("has_referral")]
    columns += [
        Agreement.id,
        Agreement.ref,
        Agreement.sign_by,
        Agreement.terms,
        Agreement.state.label("agreement_state"),
    ]
    sent = (Agreement.partner_id == Partner.id) & Agreement.sent_at.is_not(None)
    return (
        sa.select(*columns).outerjoin(Agreement, sent).where(Partner.id == partner_id).order_by(Agreement.number.desc())
    )


_DETAILS = {"has_details": PayoutDetailsState.CONFIRMED, "change_waits": PayoutDetailsState.PROPOSED}


def _has_details(state: PayoutDetailsState) -> sa.ColumnElement[bool]:
    return sa.exists().where(PayoutDetails.partner_id == Partner.id, PayoutDetails.state == state)


def _signers(partner_id: int) -> sa.ScalarSelect[Any]:
    can = sa.select(RoleGrant.user_id).where(RoleGrant.partner_id == partner_id, RoleGrant.role.in_(_SIGNING_ROLES))
    named = sa.select(sa.func.aggregate_strings(User.name, "\n"))
    return named.where(User.id.in_(can), User.disabled_at.is_(None)).scalar_subquery()


def latest(user: User, now: datetime) -> list[tuple[Any, list[Any]]]:
    """The referrals that a home shows, each with what its deal earned: the first `LATEST` stand in its list, and those
    with news (`newest`) on top of it. The rows are those of `stories.page`."""
    changed = news.changed(own_only=user.reach(Permission.VIEW_REFERRALS) is Reach.OWN)
    also = sa.select(changed.c.referral_id).order_by(changed.c.newest.desc()).limit(NEWS)
    few = stories.latest(user, LATEST, also=also, at_most=NEWS).subquery()
    earned = [FeeLine.amount_minor, FeeLine.currency.label("fee_currency"), FeeLine.state.label("fee_state")]
    wanted = (
        sa.select(few, *earned, FeeLine.pay_on, FeeLine.paid_at, FeeLine.id.label("line_id"))
        .add_columns(unread_of(user.id, few.c.id, is_staff=False).label("unread"), *_news(changed))
        .outerjoin(FeeLine, (FeeLine.deal_id == few.c.deal_id) & (FeeLine.partner_id == user.partner_id))
        .outerjoin(changed, changed.c.referral_id == few.c.id)
        .outerjoin(EventRow, EventRow.seq == changed.c.seq)
        .outerjoin(User, User.id == EventRow.by_id)
        .order_by(few.c.place, few.c.received_at.desc(), few.c.id.desc(), FeeLine.id)
    )
    found = db.session.execute(owned_by(wanted, user.partner_id or 0), news.asked_on_home(user, now))
    by_referral = (list(rows) for _, rows in groupby(found, key=lambda row: row.id))
    return [(rows[0], [row for row in rows if row.line_id is not None]) for rows in by_referral]


def _news(changed: Any) -> list[Any]:
    """Of the latest event that is new, and how many referrals have one."""
    count = sa.select(sa.func.count()).select_from(changed).scalar_subquery()
    told = {"news_at": EventRow.at, "news_kind": EventRow.kind, "news_body": EventRow.body, "news_by": User.name}
    return [changed.c.newest, count.label("changed"), *(column.label(name) for name, column in told.items())]


def worth_reading(user: User) -> Sequence[Any]:
    """What changed since this reader read it, then what was never read, then the latest."""
    wanted = resources_for(user)
    read = wanted.selected_columns.read_number
    place = sa.case((read < ResourceEdition.number, 0), (read.is_(None), 1), else_=2)
    return db.session.execute(wanted.order_by(place, ResourceEdition.published_at.desc()).limit(READING)).all()
