"""The states of a partner company, and what each of them allows."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from portal import moves
from portal.errors import Refused
from portal.later import later
from portal.moves import Tone

if TYPE_CHECKING:
    from stdnum import exceptions, iban
else:
    exceptions, iban = later("stdnum.exceptions"), later("stdnum.iban")


class PartnerState(StrEnum):
    APPLIED = "applied"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    ONBOARDING = "onboarding"
    ACTIVE = "active"
    DORMANT = "dormant"
    PAUSED = "paused"
    TERMINATED = "terminated"
    CLOSED = "closed"
    DECLINED = "declined"


_WORKING = frozenset({PartnerState.ACTIVE, PartnerState.DORMANT, PartnerState.PAUSED})

NEXT: dict[PartnerState, frozenset[PartnerState]] = {
    PartnerState.APPLIED: frozenset({PartnerState.IN_REVIEW, PartnerState.DECLINED}),
    PartnerState.IN_REVIEW: frozenset({PartnerState.APPROVED, PartnerState.DECLINED}),
    PartnerState.APPROVED: frozenset({PartnerState.ONBOARDING, PartnerState.CLOSED}),
    PartnerState.ONBOARDING: frozenset({PartnerState.ACTIVE, PartnerState.CLOSED}),
    **{state: (_WORKING - {state}) | {PartnerState.TERMINATED} for state in _WORKING},
    PartnerState.TERMINATED: frozenset({PartnerState.CLOSED}),
    PartnerState.CLOSED: frozenset(),
    PartnerState.DECLINED: frozenset({PartnerState.APPLIED}),
}
OPEN = frozenset(PartnerState) - {PartnerState.TERMINATED, PartnerState.CLOSED, PartnerState.DECLINED}
# A dormant partner wakes by referring. A paused or terminated one may read and be paid, no more.
MAY_REFER = frozenset({PartnerState.ACTIVE, PartnerState.DORMANT})
MAY_SIGN_IN = frozenset(PartnerState) - {PartnerState.APPLIED, PartnerState.DECLINED, PartnerState.CLOSED}
RESTING = frozenset({PartnerState.DORMANT, PartnerState.PAUSED})

LABEL: dict[PartnerState, str] = {
    PartnerState.APPLIED: "Applied",
    PartnerState.IN_REVIEW: "In review",
    PartnerState.APPROVED: "Approved",
    PartnerState.ONBOARDING: "Onboarding",
    PartnerState.ACTIVE: "Active",
    PartnerState.DORMANT: "Dormant",
    PartnerState.PAUSED: "Paused",
    PartnerState.TERMINATED: "Terminated",
    PartnerState.CLOSED: "Closed",
    PartnerState.DECLINED: "Declined",
}
TONE: dict[PartnerState, Tone] = {
    PartnerState.APPLIED: "due",
    PartnerState.IN_REVIEW: "due",
    PartnerState.APPROVED: "note",
    PartnerState.ONBOARDING: "note",
    PartnerState.ACTIVE: "good",
    PartnerState.DORMANT: "",
    PartnerState.PAUSED: "note",
    PartnerState.TERMINATED: "",
    PartnerState.CLOSED: "",
    PartnerState.DECLINED: "",
}


def check_resumption(now: PartnerState) -> None:
    """Raise `Refused` unless the partner rests: one that never was active becomes so by its agreement."""
    if now not in RESTING:
        raise Refused("Only a partner that is paused or dormant can be taken up again.")


def check_move(now: PartnerState, then: PartnerState) -> None:
    """Raise `Refused` unless a partner may go from `now` to `then`."""
    moves.check("partner", NEXT, LABEL, now, then)


class PayoutDetailsState(StrEnum):
    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    REPLACED = "replaced"
    REFUSED = "refused"


PAYOUT_DETAILS_NEXT: dict[PayoutDetailsState, frozenset[PayoutDetailsState]] = {
    PayoutDetailsState.PROPOSED: frozenset({PayoutDetailsState.CONFIRMED, PayoutDetailsState.REFUSED}),
    PayoutDetailsState.CONFIRMED: frozenset({PayoutDetailsState.REPLACED}),
    PayoutDetailsState.REPLACED: frozenset(),
    PayoutDetailsState.REFUSED: frozenset(),
}
PAYOUT_DETAILS_LABEL: dict[PayoutDetailsState, str] = {
    PayoutDetailsState.PROPOSED: "Waiting for a second person",
    PayoutDetailsState.CONFIRMED: "In use",
    PayoutDetailsState.REPLACED: "Replaced",
    PayoutDetailsState.REFUSED: "Refused",
}
CHANGE_HOLD = timedelta(hours=72)


def check_payout_details_move(now: PayoutDetailsState, then: PayoutDetailsState) -> None:
    """Raise `Refused` unless payout details may go from `now` to `then`."""
    moves.check("change of payout details", PAYOUT_DETAILS_NEXT, PAYOUT_DETAILS_LABEL, now, then)


def plain_iban(typed: str) -> str:
    """The account number as it is stored. Raises Refused unless country, length and check digits fit (ISO 13616)."""
    try:
        return iban.validate(typed)
    except exceptions.ValidationError as failure:
        raise Refused("This is not an IBAN. Look for a missing or swapped digit.", "account") from failure


def effective_from(proposed_at: datetime, *, is_change: bool) -> datetime:
    """The first details may be confirmed at once; a change waits, so that whoever knew the old ones can object."""
    return proposed_at + CHANGE_HOLD if is_change else proposed_at


def check_confirmation(*, by_id: int, proposed_by_id: int, effective_at: datetime, now: datetime) -> None:
    """Raise `Refused` for whoever proposed the details, and before a change has waited its time."""
    if by_id == proposed_by_id:
        raise Refused("Whoever proposed payout details cannot confirm them. A second person has to look.")
    if now < effective_at:
        raise Refused("A change of payout details waits for 72 hours, so that someone can object. Confirm it then.")


def payout_block(*, has_details: bool, change_waits: bool, tax_form_on: date | None) -> str:
    """Why a partner cannot be paid now, in a sentence; empty where nothing stands in the way."""
    if change_waits:
        return "Payouts wait until a second person has confirmed the new payout details."
    if not has_details:
        return "Payouts wait for the payout details."
    return "" if tax_form_on is not None else "Payouts wait for the tax form."


class TaxFormKind(StrEnum):
    VAT_ID = "vat_id"
    SELF_BILLING = "self-billing"
    RESIDENCE = "residence"
    W_9 = "w-9"
    W_8BEN_E = "w-8ben-e"


TAX_FORM_LABEL: dict[TaxFormKind, str] = {
    TaxFormKind.VAT_ID: "VAT ID stated",
    TaxFormKind.SELF_BILLING: "Self-billing agreed",
    TaxFormKind.RESIDENCE: "Certificate of residence",
    TaxFormKind.W_9: "W-9",
    TaxFormKind.W_8BEN_E: "W-8BEN-E",
}
TAX_FORM_HINT: dict[TaxFormKind, str] = {
    TaxFormKind.VAT_ID: "For companies in the EU and the UK that are registered for VAT.",
    TaxFormKind.SELF_BILLING: "You have agreed that we write the invoice for your fees.",
    TaxFormKind.RESIDENCE: "From your tax office, where a treaty lowers the tax that is withheld.",
    TaxFormKind.W_9: "For companies in the United States.",
    TaxFormKind.W_8BEN_E: "For companies elsewhere that are paid from the United States.",
}
