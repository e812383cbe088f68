"""Two claims to one company: what becomes of the one that does not stand."""

from enum import StrEnum

from portal import moves
from portal.engagement.rules import Format, Rule, Ruling
from portal.errors import Refused
from portal.moves import Tone
from portal.prechecks.rules import Answer
from portal.referrals.decline_reasons import DeclineReason

SURE = 90
"""Look-alikes from this score on are the same company in another spelling, and need nobody to say so."""


class ConflictState(StrEnum):
    OPEN = "open"
    UPHELD = "upheld"
    SET_ASIDE = "set_aside"
    SPLIT = "split"
    """Both partners have a share of the deal."""
    LAPSED = "lapsed"
    """What stood against it has ended."""
    CLOSED = "closed"
    """The referral ended for another reason."""


NEXT: dict[ConflictState, frozenset[ConflictState]] = {
    state: frozenset(ConflictState) - {ConflictState.OPEN} if state is ConflictState.OPEN else frozenset()
    for state in ConflictState
}
LABEL: dict[ConflictState, str] = {
    ConflictState.OPEN: "To decide",
    ConflictState.UPHELD: "Ruling upheld",
    ConflictState.SET_ASIDE: "Set aside",
    ConflictState.SPLIT: "Split agreed",
    ConflictState.LAPSED: "Ended by itself",
    ConflictState.CLOSED: "Closed",
}
TONE: dict[ConflictState, Tone] = {ConflictState.OPEN: "due"}

REASON_OF: dict[Rule, DeclineReason] = {
    Rule.CUSTOMER: DeclineReason.CONFLICT_CUSTOMER,
    Rule.OPPORTUNITY: DeclineReason.CONFLICT_OPPORTUNITY,
    Rule.PROTECTION: DeclineReason.CONFLICT_PROTECTION,
    Rule.FIRST: DeclineReason.CONFLICT_FIRST,
}
ANSWER_OF: dict[Rule, Answer] = {
    **dict.fromkeys(Rule, Answer.TAKEN),
    Rule.CUSTOMER: Answer.CUSTOMER,
}
"""What “is this company free?” would have said: a ruling says no more than that before a person has looked."""
NO_REASON = "Say in a sentence why the ruling does not hold here."


def check_move(now: ConflictState, then: ConflictState) -> None:
    """Raise `Refused` unless a conflict may go from `now` to `then`."""
    moves.check("conflict", NEXT, LABEL, now, then)


def check_against(ruling: Ruling | None, ref: str) -> None:
    """Raise `Refused` where what was named does not stand before the claim."""
    if ruling is None:
        raise Refused(f"Nothing of {ref} stands against this referral by the rules of engagement.")


def note(ruling: Ruling, day: Format) -> str:
    """What goes with the decline: the number of the rule, and until when it holds where that is known."""
    until = f" That holds until {day(ruling.until)}." if ruling.until else ""
    return f"Rule {ruling.number} of the rules of engagement.{until}"
