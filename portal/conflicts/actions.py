"""A referral against which another claim stands: found when it comes in, or seen by a qualifier, then decided."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from portal.auth.models import User
from portal.conflicts import queries, rules
from portal.conflicts.events import (
    ClaimContested,
    ConflictClosed,
    ConflictEntered,
    ConflictLapsed,
    ConflictSetAside,
    ConflictSplit,
    ConflictUpheld,
)
from portal.conflicts.models import Conflict
from portal.conflicts.rules import ANSWER_OF, REASON_OF, ConflictState
from portal.conflicts.standing import Against, against
from portal.deals import sharing
from portal.errors import Overtaken, Refused
from portal.events import publish
from portal.extensions import db
from portal.formats import day_words
from portal.prechecks import actions as prechecks
from portal.referrals.actions import check_not_enterer, move
from portal.referrals.events import ReferralDeclined
from portal.referrals.models import Referral
from portal.referrals.rules import Status
from portal.referrals.rules import check_move as check_referral_move
from portal.sla.queries import calendar


def enter_if_taken(referral: Referral, sure: Sequence[str], *, now: datetime) -> None:
    """On arrival: where another claim stands for one of the records that are `sure` to be of the same company, the
    referral waits in conflict.

    What the partner learns by it is an answer to “is this company free?”, and counts as one: where it has asked as
    often as it may, nothing is said, and a person looks."""
    found = against(referral, sure, now)
    if found is not None and prechecks.may_be_told(referral.partner_id, referral.by_id, now):
        prechecks.note_told(
            referral.partner_id,
            referral.by_id,
            company=referral.company,
            domain=referral.domain,
            answer=ANSWER_OF[found.ruling.rule],
            now=now,
        )
        _enter(None, referral, found, now=now)


def enter(by: User, referral: Referral, *, ref: str, seen_version: int, now: datetime) -> None:
    """A qualifier says that it is the same company as `ref` is about, and the rules say whose it is.

    Raises Refused where `ref` does not look like it, or does not stand before it; Overtaken on an older version."""
    check_not_enterer(by, referral)
    if referral.version != seen_version:
        raise Overtaken
    check_referral_move(referral.status, Status.CONFLICT)  # before its row: there is one open conflict at most
    if ref not in queries.refs_alike(referral, now):
        raise Refused(f"{ref} does not look like {referral.company}.")
    found = against(referral, [ref], now)
    rules.check_against(found.ruling if found else None, ref)
    if found is not None:
        _enter(by, referral, found, seen_version=seen_version, now=now)


def uphold(by: User, referral: Referral, *, seen_version: int, now: datetime) -> None:
    """The ruling holds: the referral is declined, with the rule and until when."""
    check_not_enterer(by, referral)
    conflict = queries.open_of(referral)
    reason = REASON_OF[conflict.rule]
    zone = calendar().zone
    note = rules.note(conflict.ruling, lambda at: day_words(at.astimezone(zone).date(), now.astimezone(zone).date()))
    told = _facts(by, referral, now)
    decided: dict[str, Any] = {"decided_at": now, "decided_by_id": by.id}
    decided |= {"decline_reason": reason, "decision_note": note}
    _end(conflict, ConflictState.UPHELD, by, now)
    publish(ConflictUpheld(**told, conflict_id=conflict.id))
    move(referral, Status.DECLINED, ReferralDeclined(**told, reason=reason), seen_version=seen_version, **decided)


def set_aside(by: User, referral: Referral, *, seen_version: int, now: datetime, because: str) -> None:
    """The ruling does not hold here: the referral is reviewed like any other."""
    check_not_enterer(by, referral)
    if not because:
        raise Refused(rules.NO_REASON, "because")
    conflict = queries.open_of(referral)
    conflict.set_aside_because = because
    _end(conflict, ConflictState.SET_ASIDE, by, now)
    event = ConflictSetAside(**_facts(by, referral, now), conflict_id=conflict.id)
    move(referral, Status.UNDER_REVIEW, event, seen_version=seen_version)


def split(
    by: User, referral: Referral, *, seen_version: int, now: datetime, divided: Mapping[int, int], because: str
) -> None:
    """Both claims count: the referral is qualified, and joins the deal of the claim that stands with a share of it.
    `divided` is basis points by the ids of referrals.

    Raises Refused where that claim has no open deal, or the shares do not make the whole; Overtaken on an older
    version."""
    check_not_enterer(by, referral)
    conflict = queries.open_of(referral)
    deal = queries.deal_to_share(conflict)
    _end(conflict, ConflictState.SPLIT, by, now)
    event = ConflictSplit(**_facts(by, referral, now), conflict_id=conflict.id)
    decided: dict[str, Any] = {"decided_at": now, "decided_by_id": by.id}
    move(referral, Status.QUALIFIED, event, seen_version=seen_version, **decided)
    sharing.join(by, deal, referral, divided, now=now, because=because)


def lapse(conflict: Conflict, referral: Referral, *, now: datetime) -> None:
    """What stood against it has ended, so it is reviewed like any other."""
    _end(conflict, ConflictState.LAPSED, None, now)
    event = ConflictLapsed(**_facts(None, referral, now), conflict_id=conflict.id)
    move(referral, Status.UNDER_REVIEW, event, seen_version=referral.version)


def close(conflict: Conflict, event: Any) -> None:
    """Its referral has ended by `event`."""
    _end(conflict, ConflictState.CLOSED, None, event.at)
    told = {"by": event.by, "at": event.at, "ref": event.ref, "partner_id": event.partner_id}
    publish(ConflictClosed(**told, conflict_id=conflict.id))


def _enter(
    by: User | None, referral: Referral, found: Against, *, now: datetime, seen_version: int | None = None
) -> None:
    ruling = found.ruling
    conflict = Conflict(
        partner_id=referral.partner_id,
        referral_id=referral.id,
        state=ConflictState.OPEN,
        entered_at=now,
        entered_by_id=by.id if by else None,
        against_ref=found.ref,
        holder_id=found.holder_id,
        rules_version=ruling.version,
        rule=ruling.rule,
        rule_number=ruling.number,
        stands_with=ruling.stands_with,
        claim_at=ruling.claim_at,
        standing_at=ruling.standing_at,
        until=ruling.until,
        by_hold=ruling.by_hold,
    )
    db.session.add(conflict)
    db.session.flush()
    told: dict[str, Any] = {"conflict_id": conflict.id, "rule_number": ruling.number}
    event = ConflictEntered(**_facts(by, referral, now), **told)
    move(referral, Status.CONFLICT, event, seen_version=referral.version if seen_version is None else seen_version)
    if found.holder_id is not None:
        publish(ClaimContested(by=None, at=now, ref=found.ref, partner_id=found.holder_id, **told))


def _end(conflict: Conflict, then: ConflictState, by: User | None, now: datetime) -> None:
    rules.check_move(conflict.state, then)
    conflict.state, conflict.ended_at, conflict.decided_by_id = then, now, by.id if by else None
    db.session.flush()


def _facts(by: User | None, referral: Referral, now: datetime) -> dict[str, Any]:
    return {"by": by.id if by else None, "at": now, "ref": referral.ref, "partner_id": referral.partner_id}
