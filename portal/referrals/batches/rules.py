"""Several referrals decided in one go: what is decided, and what happens to each of them."""

from dataclasses import dataclass
from enum import StrEnum

from portal.criteria.rules import Outcome
from portal.referrals.rules import LABEL, NEXT, Status

MOST = 50


class Decision(StrEnum):
    QUALIFY = "qualify"
    ASK = "ask"
    DECLINE = "decline"


LEADS_TO: dict[Decision, Status] = {
    Decision.QUALIFY: Status.QUALIFIED,
    Decision.ASK: Status.NEEDS_INFO,
    Decision.DECLINE: Status.DECLINED,
}
VERB: dict[Decision, str] = {
    Decision.QUALIFY: "Qualify if criteria are met",
    Decision.ASK: "Ask one question",
    Decision.DECLINE: "Decline with one reason",
}
WILL: dict[Decision, str] = {
    Decision.QUALIFY: "is qualified: its deal opens, its protection begins, the partner is told",
    Decision.ASK: "waits for the partner's answer; our clock stands still",
    Decision.DECLINE: "is declined; the partner reads the reason and the way back",
}


class Result(StrEnum):
    DONE = "done"
    LEFT = "left"


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A referral that was ticked, as it stands now."""

    status: Status
    outcome: Outcome
    is_newer: bool
    """Somebody changed it since the list was shown."""
    not_by_reader: str
    """Why the reader does not decide on it; empty where they may."""
    is_contested: bool


def why_not(decision: Decision, each: Candidate) -> str:
    """The sentence that says why this one is left out; empty where the decision can be taken."""
    if each.is_newer:
        return "Somebody changed it since you ticked it. Look at it by itself."
    if LEADS_TO[decision] not in NEXT[each.status]:
        return f"It is {LABEL[each.status].lower()}, so this cannot be decided now."
    if each.not_by_reader:
        return each.not_by_reader
    if decision is Decision.QUALIFY:
        return _why_not_qualified(each)
    if decision is Decision.DECLINE and each.outcome is Outcome.QUALIFIES:
        return "Its reading qualifies, so a decline needs a reason of its own. Decide it by itself."
    return ""


def _why_not_qualified(each: Candidate) -> str:
    if each.is_contested:
        return "Another partner has introduced this company. Decide it by itself."
    if each.outcome is not Outcome.QUALIFIES:
        return "Its reading does not qualify by itself. Decide it by itself."
    return ""
