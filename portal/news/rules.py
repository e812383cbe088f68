"""What is new to a person on a referral: what somebody else did there since their last visit, and messages that they
have not read. Pure."""

from collections.abc import Mapping
from typing import Any

from portal.deals.rules import LABEL as STAGE_LABEL

WORDS: dict[str, str] = {
    "ReferralSubmitted": "Sent",
    "ReferralEntered": "Entered",
    "ReferralAsked": "Question asked",
    "ReferralAnswered": "Question answered",
    "ReferralCorrected": "Corrected",
    "ReferralQualified": "Qualified",
    "ReferralDeclined": "Declined",
    "ReferralWithdrawn": "Withdrawn",
    "ReferralExpiresSoon": "Reminded of the question",
    "ReferralExpired": "Expired",
    "ReferralRenewed": "Sent again",
    "ReferralReopened": "Under review again",
    "ConflictEntered": "Another claim found",
    "ClaimContested": "Introduced by another partner too",
    "ConflictSetAside": "Under review again",
    "ConflictLapsed": "Under review again",
    "ConflictSplit": "Qualified, with a share of a deal",
    "EvidenceAdded": "Proof added",
    "DealHandedOver": "Handed over",
    "DealMoved": "Moved to {then}",
    "SharedDealMoved": "Moved to {then}",
    "DealMoveUndone": "Moved back to {then}",
    "DealParked": "Parked",
    "DealReturned": "Taken up again",
    "DealUpdateGiven": "Update given",
    "DealWon": "Won",
    "DealLost": "Closed as lost",
    "ShareAgreed": "Share noted",
    "FeeApproved": "Fee approved",
    "FeePayable": "Fee put on a statement",
    "FeePaid": "Fee paid",
    "FeeVoided": "Fee taken back",
    "ProtectionEndsSoon": "Reminded that the protection ends",
    "ProtectionEnded": "Protection ended",
    "ProtectionOver": "Protection over",
    "ProtectionReleased": "Protection given back",
    "ProtectionRevoked": "Protection revoked",
    "ProtectionRestored": "Protection restored",
    "ExtensionAsked": "Extension asked for",
    "ExtensionGranted": "Extension granted",
    "ExtensionRefused": "Extension refused",
    "AppealOpened": "Appealed",
    "AppealUpheld": "Appeal upheld",
    "AppealRejected": "Appeal rejected",
    "AppealWithdrawn": "Appeal withdrawn",
    "ClockBreached": "Our promise missed",
    "SharedPromiseMissed": "Our promise missed",
}
"""By kind of event, as it begins the sentence “Qualified on 20 Nov by Sam Okafor”."""
FROM_PARTNERS = frozenset(
    {"ReferralAnswered", "ReferralCorrected", "ReferralWithdrawn", "ReferralRenewed", "EvidenceAdded"}
    | {"ExtensionAsked", "AppealOpened", "AppealWithdrawn", "ProtectionReleased"}
)
"""What a partner does that our own people are told is new. What they write is counted by itself, and what they send
stands in the queue."""


def sentence(kind: str, body: Mapping[str, Any], *, day: str, by: str | None) -> str:
    """What happened, in a line; what the portal did by itself has nobody's name."""
    stage = STAGE_LABEL.get(body.get("then", ""), "")
    told = f"{WORDS[kind].format(then=stage)} on {day}"
    return f"{told} by {by}" if by else told
