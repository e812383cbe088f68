"""The states of a message, and which steps of a deal are told."""

from enum import StrEnum

from portal.deals.rules import OPEN_STAGES, Stage


class Channel(StrEnum):
    MAIL = "mail"


class DeliveryState(StrEnum):
    PENDING = "pending"
    SENT = "sent"
    DEAD = "dead"
    """Given up; visible, with a button to send it again."""
    KEPT = "kept"
    """Waits for the day's mail of its reader."""
    GATHERED = "gathered"
    """Told in the day's mail."""
    UNWANTED = "unwanted"
    """Not sent: its reader wants none of its kind."""
    ERASED = "erased"
    """Emptied before it was sent, with the person that it was to or about."""


def is_ahead(now: Stage, then: Stage) -> bool:
    """A step ahead, or the way back from parked or lost; a step back is not told."""
    return now not in OPEN_STAGES or OPEN_STAGES.index(then) > OPEN_STAGES.index(now)


# Kinds of events that have at least one reader for certain: the person they are about.
ALWAYS_TOLD = frozenset(
    {
        "AddressChangeAsked",
        "AddressChanged",
        "EmergencyAsked",
        "EmergencyEnded",
        "EmergencyGranted",
        "EmergencyLapsed",
        "EmergencyRefused",
        "NewDeviceUsed",
        "PasswordChanged",
        "PasswordResetAsked",
        "ProtectionEnded",
        "ClaimContested",
        "ConflictEntered",
        "ConflictLapsed",
        "ConflictSetAside",
        "ReferralAsked",
        "ReferralDeclined",
        "ReferralExpired",
        "ReferralSubmitted",
        "UserInvited",
    }
)
