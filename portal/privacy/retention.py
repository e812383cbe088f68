"""What is past its time, class by class, and what lies ahead; each row is emptied in a transaction of its own."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from portal.agreements.models import Agreement
from portal.auth.models import AccountLink, AddressChange, KnownDevice, LoginSession, User
from portal.conversation.models import RefusedMail
from portal.deals.models import Deal
from portal.deals.shares import is_deal_of
from portal.documents.models import Document
from portal.documents.rules import DocumentKind, DocumentState
from portal.drafts.models import ReferralDraft
from portal.extensions import UTCDateTime, db
from portal.months import months_after
from portal.notifications.models import Delivery
from portal.notifications.rules import DeliveryState
from portal.partners.models import PayoutDetails
from portal.partners.rules import PayoutDetailsState
from portal.payouts.models import PayoutLine, PayoutRun, Statement
from portal.privacy import emptying
from portal.privacy.emptying import PAPERS_OF_AGREEMENTS, Left
from portal.privacy.rules import Keep, months_before
from portal.referrals.models import Protection, Referral
from portal.referrals.rules import Status
from portal.scope import all_partners

_WHY = "personal data of everybody that is past its time"
AHEAD = timedelta(days=30)
"""How far the page looks ahead."""
_CLOSED = (Status.DECLINED, Status.WITHDRAWN, Status.EXPIRED)
_USED_BEFORE = (PayoutDetailsState.REPLACED, PayoutDetailsState.REFUSED)


@dataclass(frozen=True)
class Class:
    """Rows of one class: `since` is from when on their time runs."""

    name: str
    """By which the nightly run counts them."""
    model: Any
    since: sa.ColumnElement[datetime]
    which: sa.ColumnElement[bool]
    empty: Callable[[Any, Left, datetime], None]

    def older_than(self, cutoff: datetime, *columns: Any) -> sa.Select[Any]:
        wanted = sa.select(*columns).where(self.which, self.since < cutoff)
        return all_partners(wanted, _WHY)


def _latest(one: Any, other: Any) -> sa.ColumnElement[datetime]:
    return sa.type_coerce(sa.case((one >= other, one), else_=other), UTCDateTime())


def _empty_referral(referral: Referral, left: Left, now: datetime) -> None:
    emptying.empty_referral(referral, left, now=now)


def _empty_account(user: User, left: Left, now: datetime) -> None:
    emptying.empty_account(user, left, now=now)


def _empty_mail(delivery: Delivery, left: Left, _: datetime) -> None:
    emptying.empty_mails(Delivery.id == delivery.id, left)


def _delete_refused(mail: RefusedMail, left: Left, _: datetime) -> None:
    db.session.delete(mail)
    left.counts["mails"] += 1


def _delete_trace(trace: LoginSession | KnownDevice | AddressChange, left: Left, _: datetime) -> None:
    db.session.delete(trace)
    left.counts["sessions"] += 1


def _delete_draft(draft: ReferralDraft, left: Left, _: datetime) -> None:
    db.session.delete(draft)
    left.counts["drafts"] += 1


def _delete_link(link: AccountLink, left: Left, _: datetime) -> None:
    unlinked = sa.update(Delivery).where(Delivery.link_id == link.id).values(link_id=None)
    db.session.execute(all_partners(unlinked, _WHY))
    db.session.delete(link)
    left.counts["sessions"] += 1


def _empty_agreement(agreement: Agreement, left: Left, _: datetime) -> None:
    emptying.empty_signatures(agreement, left)


def _empty_statement(statement: Statement, left: Left, _: datetime) -> None:
    emptying.empty_papers([DocumentKind.STATEMENT], statement.ref, left)
    left.counts["payments"] += 1


def _empty_details(details: PayoutDetails, left: Left, _: datetime) -> None:
    emptying.empty_payout_details(details, left)


def _has_paper(ref: Any, *kinds: DocumentKind) -> sa.ColumnElement[bool]:
    return sa.exists().where(Document.ref == ref, Document.kind.in_(kinds), Document.state != DocumentState.ERASED)


def _of_deal(column: Any) -> Any:
    return sa.select(column).where(is_deal_of(Referral.id)).scalar_subquery()


_is_free = ~sa.exists().where(
    (AddressChange.old_link_id == AccountLink.id) | (AddressChange.new_link_id == AccountLink.id)
)
_claim_ends_at = sa.select(Protection.tail_ends_at).where(Protection.referral_id == Referral.id).scalar_subquery()
_last_paid_at = (
    sa.select(sa.func.max(PayoutRun.built_at))
    .join(PayoutLine, PayoutLine.run_id == PayoutRun.id)
    .where(PayoutLine.payout_details_id == PayoutDetails.id)
    .scalar_subquery()
)
CLASSES: dict[Keep, tuple[Class, ...]] = {
    Keep.PROSPECT_CLOSED: (
        Class(
            "prospects",
            Referral,
            sa.func.coalesce(Referral.decided_at, Referral.received_at, type_=UTCDateTime()),
            Referral.status.in_(_CLOSED) & Referral.erased_at.is_(None),
            _empty_referral,
        ),
        Class("drafts", ReferralDraft, ReferralDraft.__table__.c.saved_at, sa.true(), _delete_draft),
    ),
    Keep.PROSPECT_QUALIFIED: (
        Class(
            "prospects",
            Referral,
            _latest(_of_deal(Deal.closed_at), _claim_ends_at),
            (Referral.status == Status.QUALIFIED)
            & Referral.erased_at.is_(None)
            & _of_deal(Deal.closed_at).is_not(None),
            _empty_referral,
        ),
    ),
    Keep.PARTNER_ACCOUNT: (
        Class(
            "accounts",
            User,
            User.__table__.c.disabled_at,
            User.partner_id.is_not(None) & User.erased_at.is_(None),
            _empty_account,
        ),
    ),
    Keep.STAFF_ACCOUNT: (
        Class(
            "accounts",
            User,
            User.__table__.c.disabled_at,
            User.partner_id.is_(None) & User.erased_at.is_(None),
            _empty_account,
        ),
    ),
    Keep.SIGN_IN: (
        Class("sessions", LoginSession, LoginSession.__table__.c.last_used_at, sa.true(), _delete_trace),
        Class("sessions", KnownDevice, KnownDevice.__table__.c.last_used_at, sa.true(), _delete_trace),
        Class("sessions", AddressChange, AddressChange.__table__.c.until, sa.true(), _delete_trace),
        Class("sessions", AccountLink, AccountLink.__table__.c.expires_at, _is_free, _delete_link),
    ),
    Keep.MAIL: (
        Class(
            "mails",
            Delivery,
            Delivery.__table__.c.created_at,
            (Delivery.state != DeliveryState.PENDING) & (Delivery.to_address != ""),
            _empty_mail,
        ),
        Class("mails", RefusedMail, RefusedMail.__table__.c.at, sa.true(), _delete_refused),
    ),
    Keep.AGREEMENT: (
        Class(
            "agreements",
            Agreement,
            Agreement.__table__.c.ended_at,
            _has_paper(Agreement.ref, *PAPERS_OF_AGREEMENTS),
            _empty_agreement,
        ),
    ),
    Keep.MONEY: (
        Class(
            "payments",
            Statement,
            Statement.__table__.c.issued_at,
            _has_paper(Statement.ref, DocumentKind.STATEMENT),
            _empty_statement,
        ),
        Class(
            "payments",
            PayoutDetails,
            sa.func.coalesce(_last_paid_at, PayoutDetails.confirmed_at, PayoutDetails.proposed_at, type_=UTCDateTime()),
            PayoutDetails.state.in_(_USED_BEFORE) & (PayoutDetails.account_sealed != ""),
            _empty_details,
        ),
    ),
}


def empty_some(months: Mapping[Keep, int], now: datetime, left: Left, limit: int) -> int:
    """Empty up to so many rows that are past their time, and say how many that were. The caller commits."""
    done = 0
    for keep, classes in CLASSES.items():
        cutoff = months_before(now, months[keep])
        for each in classes:
            done += _empty(each, cutoff, now, left, limit - done)
    return done


def ahead(months: Mapping[Keep, int], now: datetime) -> dict[str, dict[str, Any]]:
    """How many rows of each class come to their end within the next days, and when the first does."""
    return {str(keep): _ahead(classes, months[keep], now) for keep, classes in CLASSES.items()}


def _empty(which: Class, cutoff: datetime, now: datetime, left: Left, limit: int) -> int:
    key = which.model.id
    rows = which.older_than(cutoff, which.model).order_by(key).limit(limit).with_for_update(of=which.model)
    found = db.session.scalars(rows.execution_options(populate_existing=True)).all() if limit > 0 else []
    for row in found:
        which.empty(row, left, now)
    db.session.flush()
    return len(found)


def _ahead(classes: tuple[Class, ...], months: int, now: datetime) -> dict[str, Any]:
    count, first = 0, None
    for each in classes:
        soon = each.older_than(months_before(now + AHEAD, months), sa.func.count(), sa.func.min(each.since))
        number, oldest = db.session.execute(soon).one()
        count += number
        if oldest is not None:
            ends = max(now, months_after(oldest, months))
            first = ends if first is None else min(first, ends)
    return {"count": count, "on": first.date().isoformat() if first else None}
