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


def next_in(batch: ReferralBatch) -> str | None:
    """The reference of the first that has had no turn; None where each has had its own."""
    return next((ref for ref, _, result, _ in batch.rows if not result), None)


def decide(by: User, batch: ReferralBatch, ref: str, *, now: datetime) -> None:
    """The turn of one of them. The batch is locked.

    Raises Refused where it cannot be decided: `leave` says so in the report, once that is taken back."""
    (version,) = (seen for each, seen, *_ in batch.rows if each == ref)
    _decide(by, queries.to_change(by, ref, Permission.DECIDE_REFERRALS), version, batch, now)
    _note(batch, ref, Result.DONE, "", now)


def leave(batch: ReferralBatch, ref: str, sentence: str, *, now: datetime) -> None:
    """This one stays as it is, for this reason; nothing where it had its turn meanwhile."""
    if any(each == ref and not result for each, _, result, _ in batch.rows):
        _note(batch, ref, Result.LEFT, sentence, now)


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


def _note(batch: ReferralBatch, ref: str, result: Result, sentence: str, now: datetime) -> None:
    batch.rows = [[ref, row[1], str(result), sentence] if row[0] == ref else row for row in batch.rows]
    if next_in(batch) is None:
        batch.done_at, batch.said = now, ""
    db.session.flush()
