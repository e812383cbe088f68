"""When a claim can be longer, and which decision appealed: what a page offers, and what an action checks. Pure."""

from datetime import datetime, timedelta
from enum import StrEnum

from portal.errors import Refused
from portal.referrals.decline_reasons import DeclineReason
from portal.referrals.rules import Ending, ProtectionState, Status

ASK_WITHIN = timedelta(days=30)
"""How long before its end a protection may be asked to be longer."""


class About(StrEnum):
    """The decision that is appealed."""

    DECLINE = "decline"
    REVOCATION = "revocation"


def can_extend(state: ProtectionState, *, days: int, had: bool) -> bool:
    """Whether it can be asked for at all, now or nearer to the end."""
    return state is ProtectionState.ACTIVE and days > 0 and not had


def check_ask(state: ProtectionState, ends_at: datetime, now: datetime, *, days: int, had: bool) -> None:
    """Raise `Refused` unless the partner may ask for an extension of so many days now."""
    if state is ProtectionState.EXTENSION_REQUESTED:
        raise Refused("You have asked for it already. Nothing was changed.")
    if had:
        raise Refused("An extension is asked for once, and you had your answer.")
    if days == 0:
        raise Refused("Your agreement knows no extension.")
    if state is not ProtectionState.ACTIVE or ends_at <= now:
        raise Refused("Only a protection that still runs can be longer.")
    if ends_at - now > ASK_WITHIN:
        raise Refused(f"An extension is asked for within the last {ASK_WITHIN.days} days.")


def can_appeal(status: Status, reason: DeclineReason | None, ending: Ending | None) -> About | None:
    """Which decision there is to appeal. That a contact wants no mail is theirs to say, not ours to decide anew."""
    if status is Status.DECLINED and reason is not DeclineReason.CONSENT_WITHDRAWN:
        return About.DECLINE
    return About.REVOCATION if ending is Ending.REVOKED else None
