"""An appeal is opened by the partner, and answered by somebody else than who decided."""

from datetime import datetime
from typing import Any

from portal.appeals import queries, rules
from portal.appeals.events import AppealEvent, AppealOpened, AppealRejected, AppealUpheld, AppealWithdrawn
from portal.appeals.models import Appeal
from portal.appeals.rules import AppealState
from portal.auth.models import User
from portal.errors import Overtaken, Refused
from portal.events import publish
from portal.extensions import db
from portal.protections import actions as protections
from portal.protections.extending import late_by
from portal.protections.queries import protection_or_none
from portal.referrals import renewal
from portal.referrals.claim_words import weekday
from portal.referrals.claims import About, why_not_appealed
from portal.referrals.expiry import appeal_until
from portal.referrals.models import Referral
from portal.refs import new_ref
from portal.sla import actions as sla
from portal.sla.rules import ClockKind

_KIND = ClockKind.DECISION


def appeal(by: User, referral: Referral, *, now: datetime, text: str) -> Appeal:
    """The partner says why it sees a decision differently; a promise to answer begins.

    Raises Refused where there is nothing to appeal, where it was appealed before, and after its time."""
    decision = queries.decision_on(referral, protection_or_none(referral))
    if decision is None:
        raise Refused(why_not_appealed(None, None, now, had_at=None, day=weekday))
    had_at = queries.had_at(referral, decision.about)
    if why := why_not_appealed(decision.about, appeal_until(decision.at), now, had_at=had_at, day=weekday):
        raise Refused(why)
    renewal.check_kept(referral)
    made = Appeal(
        ref=new_ref("AP", Appeal.ref),
        partner_id=referral.partner_id,
        referral_id=referral.id,
        about=decision.about,
        state=AppealState.OPEN,
        by_id=by.id,
        opened_at=now,
        text=text,
        against_id=decision.by_id,
        against_at=decision.at,
        decline_reason=decision.reason,
        decision_note=decision.note,
    )
    db.session.add(made)
    db.session.flush()
    sla.start(_KIND, made.ref, referral.partner_id, now)
    publish(AppealOpened(**_told(by, made, referral, now)))
    return made


def withdraw(by: User, referral: Referral, *, seen_version: int, now: datetime) -> None:
    """The partner takes it back, and the decision stands."""
    made = queries.open_of(referral)
    if made is None:
        raise Refused("There is no open appeal any more. Nothing was changed.")
    _check_seen(made, seen_version)
    sla.release(made.ref, _KIND, now)
    _settle(made, AppealState.WITHDRAWN, None, now, "", AppealWithdrawn(**_told(by, made, referral, now)))


def uphold(by: User, made: Appeal, referral: Referral, *, seen_version: int, now: datetime, reason: str) -> None:
    """The partner is right: the referral is decided anew by somebody else, or the protection holds again. How late we
    answered is added to it."""
    _check_turn(by, made, referral, seen_version)
    late = late_by(sla.meet(made.ref, _KIND, now), now)
    _settle(made, AppealState.UPHELD, by.id, now, reason, AppealUpheld(**_told(by, made, referral, now)))
    if made.about is About.DECLINE:
        renewal.reopen(by, referral, now=now)
    else:
        protections.restore(by, referral, now=now, late=late)


def reject(by: User, made: Appeal, referral: Referral, *, seen_version: int, now: datetime, reason: str) -> None:
    """The decision stands, for good. Raises Refused without a reason."""
    if not reason.strip():
        raise Refused("Say why; the partner reads it.", "reason")
    _check_turn(by, made, referral, seen_version)
    sla.meet(made.ref, _KIND, now)
    _settle(made, AppealState.REJECTED, by.id, now, reason, AppealRejected(**_told(by, made, referral, now)))


def _check_turn(by: User, made: Appeal, referral: Referral, seen_version: int) -> None:
    why = rules.why_not_decider(by.id, against_id=made.against_id, entered_by_id=referral.entered_by_id)
    if why:
        raise Refused(queries.who_decides(by.id, made.against_id, why))
    _check_seen(made, seen_version)


def _check_seen(made: Appeal, seen_version: int) -> None:
    if made.version != seen_version:
        raise Overtaken


def _settle(made: Appeal, then: AppealState, by_id: int | None, now: datetime, reason: str, event: AppealEvent) -> None:
    """The one way out of an open appeal."""
    rules.check_move(made.state, then)
    made.state, made.settled_at, made.decided_by_id, made.reason = then, now, by_id, reason.strip()
    db.session.flush()
    publish(event)


def _told(by: User, made: Appeal, referral: Referral, now: datetime) -> dict[str, Any]:
    return {
        "by": by.id,
        "at": now,
        "ref": referral.ref,
        "partner_id": made.partner_id,
        "appeal_id": made.id,
        "about": made.about,
    }
