"""How people settle whose a company is: a deal that two partners share, a decline that was appealed and undone."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from portal.appeals import actions as appeals
from portal.auth.models import User
from portal.conflicts import actions as conflicts
from portal.conflicts import queries
from portal.criteria.rules import Outcome, Reading
from portal.extensions import db
from portal.referrals import actions as referrals
from portal.referrals.decline_reasons import DeclineReason
from portal.referrals.models import Referral
from portal.referrals.told import missed_in_words
from portal.scope import all_partners

WHY = "a split names the referrals of all who share the deal"
FIRST_BP = 6000
BOTH = "One knows the managing director, the other opened the door to their operations. Both were in the first meeting."
OVERRULED = "I spoke to the contact; what the title says is not the whole story."
APPEAL = "Carol has asked me for a date twice since. I add her mail of this morning; she has the budget herself."
UPHELD = "Her mail says it plainly. We decide anew, and call her this week."


def split(people: dict[str, User], referral: Referral) -> Callable[[datetime], None]:
    """Maya finds that both claims count."""

    def settle(at: datetime) -> None:
        stands = sa.select(Referral.id).where(Referral.ref == queries.open_of(referral).against_ref)
        first = db.session.execute(all_partners(stands, WHY)).scalar_one()
        divided = {first: FIRST_BP, referral.id: 10_000 - FIRST_BP}
        given: dict[str, Any] = {"divided": divided, "because": BOTH}
        conflicts.split(people["maya"], referral, seen_version=referral.version, now=at, **given)

    return settle


def decline(people: dict[str, User], referral: Referral, reason: DeclineReason) -> Callable[[datetime], None]:
    def settle(at: datetime) -> None:
        reading = Reading.from_data(referral.reading)
        note = missed_in_words(reading) if reason is DeclineReason.OWN_CRITERION else ""
        because = "" if reading.outcome is Outcome.DECLINE else OVERRULED
        given: dict[str, Any] = {"reason": reason, "note": note, "because": because}
        referrals.decline(people["maya"], referral, seen_version=referral.version, now=at, **given)

    return settle


def appeal(people: dict[str, User], by: User, referral: Referral) -> Callable[[datetime], None]:
    """The partner appeals, and Noor, who did not decline it, sees it as the partner does."""

    def settle(at: datetime) -> None:
        made = appeals.appeal(by, referral, now=at, text=APPEAL)
        upheld = {"seen_version": made.version, "now": at + timedelta(hours=2), "reason": UPHELD}
        appeals.uphold(people["noor"], made, referral, **upheld)  # type: ignore[arg-type]

    return settle
