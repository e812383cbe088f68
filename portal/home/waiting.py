"""What waits for somebody of ours outside of referrals and deals: one question to the database, over all kinds of it.

Each part looks at most at a hundred rows, by an index, and only where the person may do something about them."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from portal.agreements.models import Agreement, FeePlan
from portal.agreements.rules import AWAITS_SIGNATURE, AgreementState
from portal.auth.models import User
from portal.auth.permissions import Permission
from portal.criteria.models import CriteriaVersion
from portal.deals.models import Deal
from portal.documents.models import Document
from portal.documents.rules import DocumentState
from portal.extensions import db
from portal.fees.models import FeeLine
from portal.fees.rules import TO_APPROVE, LineState
from portal.notifications.models import Delivery
from portal.notifications.rules import DeliveryState
from portal.partners.models import Partner, PayoutDetails
from portal.partners.rules import PartnerState, PayoutDetailsState
from portal.payouts.models import PayoutRun
from portal.payouts.rules import RunState
from portal.scope import all_partners

MOST = 100
Part = Callable[[User, datetime], sa.Select[Any]]


def waiting(user: User, now: datetime) -> Sequence[Any]:
    """Rows of kind, ref, subject, partner, number, minor, currency, since, due_on."""
    parts = [part(user, now).limit(MOST).subquery() for permission, part in PARTS if user.may(permission)]
    if not parts:
        return []
    together = sa.union_all(*(sa.select(part) for part in parts))
    return db.session.execute(all_partners(together, "the work queue: what this person may act on")).all()


def _part(kind: Any, **given: Any) -> sa.Select[Any]:
    """The columns of every part, in one order and of one type; what is not given is null."""
    columns = [_typed(given.get(name), of_type).label(name) for name, of_type in _COLUMNS.items()]
    return sa.select(sa.cast(kind, sa.String).label("kind"), *columns)


def _typed(value: Any, of_type: Any) -> Any:
    """A null says its type, else PostgreSQL takes it for a text; a time is not cast, else SQLite makes it a number."""
    return sa.cast(sa.null(), of_type) if value is None else sa.type_coerce(value, of_type)


_COLUMNS: dict[str, Any] = {
    "ref": sa.String,
    "subject": sa.String,
    "partner": sa.String,
    "number": sa.BigInteger,
    "minor": sa.BigInteger,
    "currency": sa.String,
    "since": Agreement.sent_at.type,
    "due_on": sa.Date,
}


def _fees_to_approve(user: User, now: datetime) -> sa.Select[Any]:
    line = FeeLine
    part = _part(
        "approve",
        ref=line.ref,
        subject=Deal.company,
        partner=Partner.name,
        minor=line.amount_minor,
        currency=line.currency,
        since=line.booked_at,
    )
    joined = part.select_from(line).join(Deal, Deal.id == line.deal_id).join(Partner, Partner.id == line.partner_id)
    return joined.where(line.state.in_(TO_APPROVE)).order_by(line.booked_at, line.id)


def _fees_to_pay(user: User, now: datetime) -> sa.Select[Any]:
    """What a payout run would hold, in each currency: only of partners that can be paid."""
    line, details = FeeLine, PayoutDetails
    of_partner = sa.exists().where(details.partner_id == line.partner_id)
    payable = (
        (line.state == LineState.PAYABLE)
        & of_partner.where(details.state == PayoutDetailsState.CONFIRMED)
        & ~of_partner.where(details.state == PayoutDetailsState.PROPOSED)
        & sa.exists().where(Partner.id == line.partner_id, Partner.tax_form_on.is_not(None))
    )
    part = _part(
        "pay",
        number=sa.func.count(sa.distinct(line.partner_id)),
        minor=sa.func.sum(line.amount_minor),
        currency=line.currency,
        due_on=sa.func.min(line.pay_on),
    )
    return part.where(payable).group_by(line.currency)


def _runs(user: User, now: datetime) -> sa.Select[Any]:
    run = PayoutRun
    part = _part(
        sa.case((run.state == RunState.DRAFT, "release"), else_="record"),
        ref=run.ref,
        number=run.line_count,
        minor=run.total_minor,
        currency=run.currency,
        since=sa.func.coalesce(run.released_at, run.built_at),
    )
    open_runs = run.state.in_((RunState.DRAFT, RunState.RELEASED)) & (run.built_by_id != user.id)
    return part.where(open_runs).order_by(run.built_at, run.id)


def _payout_details(user: User, now: datetime) -> sa.Select[Any]:
    """Those that can be decided now: a change waits its time first."""
    details = PayoutDetails
    part = _part("details", ref=Partner.ref, subject=details.holder, partner=Partner.name, since=details.proposed_at)
    mine = (details.state == PayoutDetailsState.PROPOSED) & (details.proposed_by_id != user.id)
    joined = part.select_from(details).join(Partner, Partner.id == details.partner_id)
    return joined.where(mine, details.effective_at <= now).order_by(details.proposed_at, details.id)


def _unsigned(user: User, now: datetime) -> sa.Select[Any]:
    made = Agreement
    part = _part(
        sa.case(
            (made.state == AgreementState.DRAFT, "send"), (made.state == AgreementState.VIEWED, "opened"), else_="sent"
        ),
        ref=made.ref,
        subject=Partner.name,
        partner=Partner.name,
        since=sa.func.coalesce(made.sent_at, made.created_at),
        due_on=sa.case((made.state.in_(AWAITS_SIGNATURE), made.sign_by)),
    )
    joined = part.select_from(made).join(Partner, Partner.id == made.partner_id)
    return joined.where(made.state.in_({AgreementState.DRAFT, *AWAITS_SIGNATURE})).order_by(made.created_at, made.id)


def _without_agreement(user: User, now: datetime) -> sa.Select[Any]:
    part = _part("prepare", ref=Partner.ref, subject=Partner.name, partner=Partner.name, since=Partner.state_since)
    none = ~sa.exists().where(Agreement.partner_id == Partner.id)
    return part.where(Partner.state == PartnerState.ONBOARDING, none).order_by(Partner.state_since, Partner.id)


def _fee_plans(user: User, now: datetime) -> sa.Select[Any]:
    part = _part("plan", ref=FeePlan.ref, subject=FeePlan.name, number=FeePlan.number, since=FeePlan.created_at)
    return part.where(FeePlan.published_at.is_(None), _by_another(FeePlan.created_by_id, user)).order_by(FeePlan.id)


def _criteria(user: User, now: datetime) -> sa.Select[Any]:
    """The newest version, where it is a draft of somebody else's: older drafts have lost their turn."""
    newest = sa.select(sa.func.max(CriteriaVersion.number)).scalar_subquery()
    part = _part("criteria", number=CriteriaVersion.number, since=CriteriaVersion.created_at)
    return part.where(
        CriteriaVersion.number == newest,
        CriteriaVersion.published_at.is_(None),
        _by_another(CriteriaVersion.created_by_id, user),
    )


def _mails(user: User, now: datetime) -> sa.Select[Any]:
    return _given_up("mails", Delivery, DeliveryState.DEAD)


def _documents(user: User, now: datetime) -> sa.Select[Any]:
    return _given_up("documents", Document, DocumentState.DEAD)


def _given_up(kind: str, of: type[Any], state: Any) -> sa.Select[Any]:
    some = sa.select(of.id, of.created_at).where(of.state == state).limit(MOST).subquery()
    counted = _part(kind, number=sa.func.count(), since=sa.func.min(some.c.created_at)).select_from(some)
    return counted.having(sa.func.count() > 0)


def _by_another(author_id: Any, user: User) -> Any:
    return author_id.is_(None) | (author_id != user.id)


PARTS: tuple[tuple[Permission, Part], ...] = (
    (Permission.APPROVE_FEES, _fees_to_approve),
    (Permission.BUILD_PAYOUTS, _fees_to_pay),
    (Permission.RELEASE_PAYOUTS, _runs),
    (Permission.CONFIRM_PAYOUT_DETAILS, _payout_details),
    (Permission.SEND_AGREEMENTS, _unsigned),
    (Permission.MANAGE_PARTNERS, _without_agreement),
    (Permission.PUBLISH_FEE_PLANS, _fee_plans),
    (Permission.EDIT_CRITERIA, _criteria),
    (Permission.MANAGE_JOBS, _mails),
    (Permission.MANAGE_JOBS, _documents),
)
