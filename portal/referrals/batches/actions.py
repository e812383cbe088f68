"""One decision on several referrals: begun once, then each has its turn in a transaction of its own."""

from collections.abc import Sequence
from datetime import datetime

from portal.auth.models import User
from portal.auth.permissions import Permission
from portal.criteria.rules import Outcome
from portal.errors import Refused
from portal.extensions import db
from portal.referrals import actions as referrals
from portal.referrals import queries
from portal.referrals.batches.models import ReferralBatch
from portal.referrals.batches.rules import MOST, Decision, Result
from portal.referrals.decline_reasons import DeclineReason
from portal.referrals.models import Referral
from portal.refs import new_ref


def begin(
    by: User,
    picks: Sequence[tuple[str, int]],
    *,
    decision: Decision,
    now: datetime,
    reason: DeclineReason | None = None,
    said: str = "",
) -> ReferralBatch:
    """Nothing is decided yet: what is to be decided is kept, so that it can go on after whatever happens.

    `picks` are references with the versions that the person saw."""
    if not picks:
        raise Refused("None of them can be decided this way.")
    if len(picks) > MOST:
        raise Refused(f"At most {MOST} at once.")
    batch = ReferralBatch(
        ref=new_ref("RB", ReferralBatch.ref),
        by_id=by.id,
        at=now,
        decision=decision,
        reason=reason,
        said=said,
        rows=[[ref, version, "", ""] for ref, version in picks],
    )
    db.session.add(batch)
    db.session.flush()
    return batch


def decide_next(by: User, batch: ReferralBatch, *, now: datetime) -> bool:
    """The turn of the first that has had none; False where there is none left. The batch is locked.

    Raises Refused where it cannot be decided: `leave` says so in the report, once that is taken back."""
    place = _next(batch)
    if place is None:
        return False
    ref, version, *_ = batch.rows[place]
    _decide(by, queries.to_change(by, ref, Permission.DECIDE_REFERRALS), version, batch, now)
    _note(batch, place, Result.DONE, "", now)
    return True


def leave(batch: ReferralBatch, sentence: str, *, now: datetime) -> None:
    """The next one stays as it is, for this reason."""
    place = _next(batch)
    if place is not None:
        _note(batch, place, Result.LEFT, sentence, now)


def _decide(by: User, referral: Referral, version: int, batch: ReferralBatch, now: datetime) -> None:
    if batch.decision is Decision.ASK:
        referrals.ask(by, referral, seen_version=version, now=now, question=batch.said)
    elif batch.decision is Decision.DECLINE:
        reason = batch.reason or DeclineReason.OTHER
        referrals.decline(by, referral, seen_version=version, now=now, reason=reason, note=batch.said)
    else:
        if referral.reading["outcome"] != Outcome.QUALIFIES:
            raise Refused("Its reading does not qualify by itself. Decide it by itself.")
        referrals.qualify(by, referral, seen_version=version, now=now)


def _next(batch: ReferralBatch) -> int | None:
    return next((place for place, row in enumerate(batch.rows) if not row[2]), None)


def _note(batch: ReferralBatch, place: int, result: Result, sentence: str, now: datetime) -> None:
    ref, version, *_ = batch.rows[place]
    batch.rows = [*batch.rows[:place], [ref, version, str(result), sentence], *batch.rows[place + 1 :]]
    if _next(batch) is None:
        batch.done_at, batch.said = now, ""
    db.session.flush()
