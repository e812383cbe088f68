from collections.abc import Callable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.appeals.models import Appeal
from portal.appeals.rules import AppealState, Decision
from portal.auth.holders import holders, who_else
from portal.auth.models import User
from portal.auth.permissions import Permission
from portal.extensions import db
from portal.paging import Page, page_of
from portal.partners.models import Partner
from portal.referrals.claims import About, can_appeal
from portal.referrals.models import Protection, Referral
from portal.scope import all_partners, owned_by
from portal.sla.models import SlaClock
from portal.sla.rules import ClockKind

_STAFF_READ = "staff see all appeals"
_Against = aliased(User)


def decision_on(referral: Referral, protection: Protection | None) -> Decision | None:
    """The decision that there is to appeal: the decline, or that the protection was revoked."""
    ending = protection.ending if protection else None
    about = can_appeal(referral.status, referral.decline_reason, ending)
    if about is About.DECLINE and referral.decided_at is not None:
        told: dict[str, Any] = {"reason": referral.decline_reason, "note": referral.decision_note}
        return Decision(about=about, by_id=referral.decided_by_id, at=referral.decided_at, **told)
    if about is About.REVOCATION and protection is not None and protection.ended_at is not None:
        return Decision(about=about, by_id=protection.ended_by_id, at=protection.ended_at, note=protection.end_reason)
    return None


def had_at(referral: Referral, about: About) -> datetime | None:
    """When this was appealed before, whatever came of it."""
    own = sa.select(Appeal.opened_at).where(
        Appeal.partner_id == referral.partner_id, Appeal.referral_id == referral.id, Appeal.about == about
    )
    return db.session.scalar(owned_by(own.limit(1), referral.partner_id))


def is_open_on(referral_id: Any) -> sa.Exists:
    """Whether an appeal waits for its answer, of a referral that another statement names."""
    return sa.exists().where(Appeal.referral_id == referral_id, Appeal.state == AppealState.OPEN)


def open_of(referral: Referral) -> Appeal | None:
    """The appeal of a referral that waits for its answer, locked."""
    own = sa.select(Appeal).where(
        Appeal.partner_id == referral.partner_id,
        Appeal.referral_id == referral.id,
        Appeal.state == AppealState.OPEN,
    )
    return db.session.scalar(owned_by(own.with_for_update(), referral.partner_id))


def to_decide(ref: str) -> tuple[Appeal, Referral]:
    """The appeal with its referral, both locked, the referral first, as everyone does; 404 where there is none."""
    of_it = sa.select(Appeal.referral_id).where(Appeal.ref == ref).scalar_subquery()
    referral: Referral = db.one_or_404(
        all_partners(sa.select(Referral).where(Referral.id == of_it).with_for_update(), _STAFF_READ)
    )
    wanted = sa.select(Appeal).where(Appeal.ref == ref).with_for_update()
    appeal: Appeal = db.one_or_404(all_partners(wanted, _STAFF_READ))
    return appeal, referral


def one(ref: str) -> Any:
    """`Appeal`, `Referral`, the partner, who appealed, whose decision it is against, and by when we answer."""
    wanted = (
        sa.select(
            *(Appeal, Referral, Partner.name.label("partner"), User.name.label("sender")),
            *(_Against.name.label("against"), SlaClock.due_at),
        )
        .join(Referral, Referral.id == Appeal.referral_id)
        .join(Partner, Partner.id == Appeal.partner_id)
        .join(User, User.id == Appeal.by_id)
        .outerjoin(_Against, _Against.id == Appeal.against_id)
        .join(SlaClock, (SlaClock.ref == Appeal.ref) & (SlaClock.kind == ClockKind.DECISION))
        .where(Appeal.ref == ref)
    )
    return db.session.execute(all_partners(wanted, _STAFF_READ)).one_or_none()


def page(*, is_open: bool, token: str | None, url: Callable[[str | None], str]) -> Page:
    """Appeals, the open ones the oldest first, all of them the latest first."""
    columns: tuple[Any, ...] = (Appeal.id, Appeal.ref, Appeal.about, Appeal.state, Appeal.opened_at)
    listed = (
        sa.select(*columns, Referral.company, Partner.name.label("partner"), SlaClock.due_at)
        .join(Referral, Referral.id == Appeal.referral_id)
        .join(Partner, Partner.id == Appeal.partner_id)
        .join(SlaClock, (SlaClock.ref == Appeal.ref) & (SlaClock.kind == ClockKind.DECISION))
    )
    if is_open:
        listed = listed.where(Appeal.state == AppealState.OPEN)
    keys = [Appeal.opened_at, Appeal.id]
    scoped = all_partners(listed, _STAFF_READ)
    return page_of(db.session, scoped, keys, token=token, url=url, descending=not is_open)


def who_decides(by_id: int, against_id: int | None, why: str) -> str:
    """The refusal, with the names of those who can."""
    nor = sa.select(User.id).where(User.id == against_id)
    who = who_else(Permission.DECIDE_CLAIMS, holders(Permission.DECIDE_CLAIMS, but=by_id, nor=nor))
    return f"{why} {who}"
