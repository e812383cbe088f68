"""The agreement with a partner: its states, and the sentences that a signatory agrees to."""

from datetime import timedelta
from enum import StrEnum

from portal import moves
from portal.errors import Refused
from portal.moves import Tone


class AgreementState(StrEnum):
    DRAFT = "draft"
    SENT = "sent"
    VIEWED = "viewed"
    SIGNED = "signed"
    COUNTERSIGNED = "countersigned"
    SUPERSEDED = "superseded"
    TERMINATED = "terminated"
    EXPIRED = "expired"
    DECLINED = "declined"
    VOID = "void"
    EXPIRED_UNSIGNED = "expired_unsigned"


_UNSIGNED = frozenset({AgreementState.DECLINED, AgreementState.VOID, AgreementState.EXPIRED_UNSIGNED})

NEXT: dict[AgreementState, frozenset[AgreementState]] = {
    AgreementState.DRAFT: frozenset({AgreementState.SENT, AgreementState.VOID}),
    # Signing without opening first happens: the signing page shows the whole text.
    AgreementState.SENT: _UNSIGNED | {AgreementState.VIEWED, AgreementState.SIGNED},
    AgreementState.VIEWED: _UNSIGNED | {AgreementState.SIGNED},
    AgreementState.SIGNED: frozenset({AgreementState.COUNTERSIGNED, AgreementState.VOID}),
    AgreementState.COUNTERSIGNED: frozenset(
        {AgreementState.SUPERSEDED, AgreementState.TERMINATED, AgreementState.EXPIRED}
    ),
    AgreementState.SUPERSEDED: frozenset(),
    AgreementState.TERMINATED: frozenset(),
    AgreementState.EXPIRED: frozenset(),
    AgreementState.DECLINED: frozenset(),
    AgreementState.VOID: frozenset(),
    AgreementState.EXPIRED_UNSIGNED: frozenset(),
}
IN_FORCE = AgreementState.COUNTERSIGNED
AWAITS_SIGNATURE = frozenset({AgreementState.SENT, AgreementState.VIEWED})

LABEL: dict[AgreementState, str] = {
    AgreementState.DRAFT: "Draft",
    AgreementState.SENT: "Sent",
    AgreementState.VIEWED: "Opened",
    AgreementState.SIGNED: "Signed by the partner",
    AgreementState.COUNTERSIGNED: "In force",
    AgreementState.SUPERSEDED: "Replaced by a newer version",
    AgreementState.TERMINATED: "Terminated",
    AgreementState.EXPIRED: "Ended",
    AgreementState.DECLINED: "Declined",
    AgreementState.VOID: "Void",
    AgreementState.EXPIRED_UNSIGNED: "Not signed in time",
}
PARTNER_LABEL = LABEL | dict.fromkeys(AWAITS_SIGNATURE, "To be signed")
"""The same, told to the partner."""
TONE: dict[AgreementState, Tone] = {
    AgreementState.DRAFT: "",
    AgreementState.SENT: "due",
    AgreementState.VIEWED: "due",
    AgreementState.SIGNED: "note",
    AgreementState.COUNTERSIGNED: "good",
    AgreementState.SUPERSEDED: "",
    AgreementState.TERMINATED: "",
    AgreementState.EXPIRED: "",
    AgreementState.DECLINED: "",
    AgreementState.VOID: "",
    AgreementState.EXPIRED_UNSIGNED: "",
}

# Shown beside the boxes that are ticked, stored word for word with the evidence. A changed wording is a new version.
CONSENT_VERSION = 1
INTENT_TEXT = "By pressing “Sign the agreement” I sign it, and I mean to be bound by it."
CONSENT_TEXT = (
    "I agree to sign electronically and to receive this agreement as an electronic file. "
    "I have read it and can keep a copy."
)
AUTHORITY_TEXT = "I have the authority to sign for {company}."
COUNTERSIGNED_TEXT = (
    "Countersigned by rule: {company} sent these terms to be signed, "
    "and accepts the partner's signature on them at once."
)
SIGN_WITHIN = timedelta(days=14)
MISSING_TICK = "Please tick this: without it the signature does not hold."


def authority_text(company: str) -> str:
    """What is declared of this company; one that ends in `B.V.` ends the sentence, too."""
    return AUTHORITY_TEXT.format(company=company.removesuffix("."))


def check_signing(*, typed_name: str, consent: bool, authority: bool) -> None:
    """Raises `Refused`, naming the field, for a signature that would not hold."""
    if not authority:
        raise Refused(MISSING_TICK, "authority")
    if not consent:
        raise Refused(MISSING_TICK, "consent")
    if sum(letter.isalpha() for letter in typed_name) < 2 or len(typed_name) > 120:
        raise Refused("Type your full name, as you would sign.", "typed_name")


def check_move(now: AgreementState, then: AgreementState) -> None:
    """Raise `Refused` unless an agreement may go from `now` to `then`."""
    moves.check("agreement", NEXT, LABEL, now, then)
