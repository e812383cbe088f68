"""Why a referral may be declined, each with what the partner reads and the way back."""

from dataclasses import dataclass
from enum import StrEnum

from portal.criteria.rules import Criterion


class DeclineReason(StrEnum):
    OUTSIDE_TERRITORY = "outside_territory"
    PUBLIC_TENDER = "public_tender"
    NO_CONSENT = "no_consent"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    NOT_THE_DECIDER = "not_the_decider"
    NO_FIT = "no_fit"
    OWN_CRITERION = "own_criterion"
    NO_NEED = "no_need"
    ALREADY_CLAIMED = "already_claimed"
    CONFLICT_CUSTOMER = "conflict_customer"
    CONFLICT_OPPORTUNITY = "conflict_opportunity"
    CONFLICT_PROTECTION = "conflict_protection"
    CONFLICT_FIRST = "conflict_first"
    NOT_REACHABLE = "not_reachable"
    OTHER = "other"


@dataclass(frozen=True)
class Decline:
    """What the partner is told: the sentence, and the way back."""

    label: str
    sentence: str
    way_back: str


DECLINE_REASONS: dict[DeclineReason, Decline] = {
    DeclineReason.OUTSIDE_TERRITORY: Decline(
        "Outside the territory",
        "The company is in a country that we do not serve yet.",
        "If it buys through an office in a country that we do serve, tell us which one and who decides there.",
    ),
    DeclineReason.PUBLIC_TENDER: Decline(
        "Public tender already out",
        "A public tender for this is already out, and from then on an introduction may not count.",
        "Introduce them again before their next tender is published, or for a need outside of this one.",
    ),
    DeclineReason.NO_CONSENT: Decline(
        "No consent",
        "The contact has not agreed to hear from us.",
        "Ask them; one line by mail is enough. Then send the referral again.",
    ),
    DeclineReason.CONSENT_WITHDRAWN: Decline(
        "Consent taken back",
        "The contact does not want to hear from us any more.",
        "Introduce us to somebody else at the company who agrees to it.",
    ),
    DeclineReason.NOT_THE_DECIDER: Decline(
        "Too far from the decision",
        "The contact is too far from the decision for a first talk to lead anywhere.",
        "Introduce us to whoever leads the area, or tell us that they have named a budget or a decider.",
    ),
    DeclineReason.NO_FIT: Decline(
        "Does not fit",
        "The company is not one that we can help well today.",
        "Look at the customer profiles under Resources; if one of them fits after all, tell us which.",
    ),
    DeclineReason.OWN_CRITERION: Decline(
        "Misses one of our own criteria",
        "It misses something that we ask of every introduction.",
        "Once that is different, or if it was answered wrongly, send the referral again.",
    ),
    DeclineReason.NO_NEED: Decline(
        "No need at present",
        "We spoke to them, and they have no need for it at present.",
        "Tell us as soon as something changes there: a new lead, a contract that ends, a move.",
    ),
    DeclineReason.ALREADY_CLAIMED: Decline(
        "Registered before",
        "The company was registered before you sent it; the first valid registration keeps the claim.",
        "If you can show an earlier introduction, write to us with its date and proof.",
    ),
    DeclineReason.CONFLICT_CUSTOMER: Decline(
        "Conflict: a customer of ours",
        "They are a customer of ours, and an introduction of a customer does not count.",
        "Is it another part of the same group that you know? Introduce that part, by its own name.",
    ),
    DeclineReason.CONFLICT_OPPORTUNITY: Decline(
        "Conflict: our own opportunity",
        "We were in talks with them ourselves before your claim came.",
        "If you know somebody there whom we do not, write to us and say who.",
    ),
    DeclineReason.CONFLICT_PROTECTION: Decline(
        "Conflict: a protected claim",
        "Another claim to this company is protected.",
        "Introduce them again once it has ended, if nothing came of it.",
    ),
    DeclineReason.CONFLICT_FIRST: Decline(
        "Conflict: the first valid registration",
        "Another claim to this company came before yours.",
        "If you can show an earlier introduction, appeal with its date and proof.",
    ),
    DeclineReason.NOT_REACHABLE: Decline(
        "Contact not reachable",
        "We tried several times and could not reach the contact.",
        "Ask them for a better time or another address, and send it to us.",
    ),
    DeclineReason.OTHER: Decline(
        "Another reason",
        "We cannot take this referral forward.",
        "The note says why. If you see it differently, write to us.",
    ),
}

BY_CONFLICT = frozenset(reason for reason in DeclineReason if reason.startswith("conflict_"))
"""Those follow from a ruling, and are chosen by nobody."""
# What a reading that declines proposes to the qualifier.
REASON_OF: dict[Criterion, DeclineReason] = {
    Criterion.TERRITORY: DeclineReason.OUTSIDE_TERRITORY,
    Criterion.PUBLIC_TENDER: DeclineReason.PUBLIC_TENDER,
    Criterion.CONSENT: DeclineReason.NO_CONSENT,
    Criterion.TITLE: DeclineReason.NOT_THE_DECIDER,
    Criterion.OWN: DeclineReason.OWN_CRITERION,
    Criterion.FIT: DeclineReason.NO_FIT,
}
