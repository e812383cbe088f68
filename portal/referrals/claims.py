"""When a claim can be longer, and which decision appealed: what a page offers, and what an action checks. Pure."""

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum

from portal.referrals.decline_reasons import DeclineReason
from portal.referrals.rules import LABEL, Ending, ProtectionState, Status

Says = Callable[[datetime], str]
"""A time in the words of whoever reads it."""
ASK_WITHIN = timedelta(days=30)
"""How long before its end a protection may be asked to be longer."""


class About(StrEnum):
    """The decision that is appealed."""

    DECLINE = "decline"
    REVOCATION = "revocation"


def can_extend(state: ProtectionState, *, days: int, had: bool) -> bool:
    """Whether it can be asked for at all, now or nearer to the end."""
    return state is ProtectionState.ACTIVE and days > 0 and not had


def why_not_extended(
    state: ProtectionState, ends_at: datetime, now: datetime, *, days: int, had_at: datetime | None, when: Says
) -> str:
    """Why the partner cannot ask for an extension of so many days now, with the day or time; empty where it can.

    `had_at` is when the answer to an earlier request came."""
    if state is ProtectionState.EXTENSION_REQUESTED:
        return "You have asked for it already. Until it is answered, the protection does not end."
    if had_at is not None:
        return f"An extension is asked for once, and you had your answer {when(had_at)}."
    if days == 0:
        return "Your agreement knows no extension."
    if state is ProtectionState.PAUSED:
        return "The protection rests while the deal is parked. You can ask once it runs again."
    if state is not ProtectionState.ACTIVE or ends_at <= now:
        return f"Only a protection that still runs can be longer; this one ended {when(ends_at)}."
    if ends_at - now > ASK_WITHIN:
        from_then = when(ends_at - ASK_WITHIN)
        return f"You can ask from {from_then} on: an extension is asked for within the last {ASK_WITHIN.days} days."
    return ""


def why_not_appealed(
    about: About | None, until: datetime | None, now: datetime, *, had_at: datetime | None, day: Says
) -> str:
    """Why the partner cannot appeal now, with the day; empty where it can. `had_at` is when it was appealed before."""
    if about is None or until is None:
        return "There is no decision here that can be appealed."
    if had_at is not None:
        return f"A decision is appealed once, and this one was on {day(had_at)}."
    return f"The time to appeal ended on {day(until)}." if now > until else ""


def why_not_renewed(status: Status, decided_at: datetime | None, day: Says) -> str:
    """Why this referral is not sent again; empty where it is."""
    if status is Status.EXPIRED:
        return ""
    label = LABEL[status].lower()
    how = f"was {label} on {day(decided_at)}" if decided_at else f"is {label}"
    return f"This referral {how}; only one that expired is sent again."


def why_not_made_from(status: Status, *, is_appealed: bool) -> str:
    """Why no new referral is made from this one; empty where one is."""
    if is_appealed:
        return "You appealed this decision, and that is answered first. Withdraw the appeal to send it again instead."
    if status is Status.DECLINED:
        return ""
    return f"This referral is {LABEL[status].lower()}; a new one is made from one that was declined."


def can_appeal(status: Status, reason: DeclineReason | None, ending: Ending | None) -> About | None:
    """Which decision there is to appeal. That a contact wants no mail is theirs to say, not ours to decide anew."""
    if status is Status.DECLINED and reason is not DeclineReason.CONSENT_WITHDRAWN:
        return About.DECLINE
    return About.REVOCATION if ending is Ending.REVOKED else None
