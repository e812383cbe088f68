"""Is this company free? Four answers, none of which says who has it; how often somebody may ask; what is kept of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from portal.lookalikes.likeness import LIKELY, POSSIBLE
from portal.moves import Tone


class Answer(StrEnum):
    FREE = "free"
    TAKEN = "taken"
    CUSTOMER = "customer"
    ASK_US = "ask_us"
    YOURS = "yours"
    REFUSED = "refused"
    """Asked past the quota: nobody looked."""


class Standing(StrEnum):
    """What a record means for whoever comes after it."""

    CLAIM = "claim"
    """An open referral, an open deal, a live protection or a hold: nobody is told which."""
    CUSTOMER = "customer"
    PAST = "past"


LABEL: dict[Answer, str] = {
    Answer.FREE: "Free",
    Answer.TAKEN: "Probably taken",
    Answer.CUSTOMER: "A customer",
    Answer.ASK_US: "Ask us",
    Answer.YOURS: "Yours already",
    Answer.REFUSED: "Over the quota",
}
TONE: dict[Answer, Tone] = {
    Answer.FREE: "good",
    Answer.TAKEN: "due",
    Answer.CUSTOMER: "",
    Answer.ASK_US: "note",
    Answer.YOURS: "note",
    Answer.REFUSED: "due",
}
SAYS: dict[Answer, str] = {
    Answer.FREE: "Nobody has introduced them, and we are not talking to them.",
    Answer.TAKEN: "Somebody was probably there before you.",
    Answer.CUSTOMER: "They are a customer of ours.",
    Answer.ASK_US: "There is a company of a similar name. Whether it is the same one, a person has to look.",
    Answer.YOURS: "Your own company has introduced or held them.",
    Answer.REFUSED: "Nobody looked: as much had been asked in 24 hours as is answered.",
}
NEXT: dict[Answer, str] = {
    Answer.FREE: "Hold them for 24 hours while you ask them, or refer them now. Until then nobody else can hold them.",
    Answer.TAKEN: "You may refer them all the same: a person then says, by the printed rules, whether it counts.",
    Answer.CUSTOMER: "Is it another part of the same group that you know? Refer that part, by its own name.",
    Answer.ASK_US: "Refer them if you know them: a person compares.",
    Answer.YOURS: "You find them in your list. Nothing is left to do.",
    Answer.REFUSED: "Refer them, if you know them: that is never limited.",
}
PER_PERSON, PER_COMPANY = 20, 50
"""Checks in 24 hours. Who has prospects to introduce asks for a few; who wants our list of customers, for many."""
MOST_REFUSED = 50
"""Asks past the quota that are kept of a company in 24 hours: enough to see it, too few to fill a disk with."""
OF_PERSON = f"You have asked {PER_PERSON} times in 24 hours. To refer a company is never limited."
OF_COMPANY = f"Your company has asked {PER_COMPANY} times in 24 hours. To refer a company is never limited."
DAY = timedelta(hours=24)
KEEP = timedelta(days=180)
"""How long it is known who asked for which company."""
FISHING_FROM = 15
"""Checks in 30 days from which on it is said when almost none became a referral."""
FISHING_DAYS = 30
FISHING_SHARE = 10
"""One referral in so many checks is the least that is not worth a word."""


@dataclass(frozen=True)
class Likely:
    """A record that looks like what was asked for."""

    score: int
    standing: Standing
    is_own: bool


def answer(found: Iterable[Likely]) -> Answer:
    """What the partner is told. A claim is a claim: neither whose it is nor what it is changes the answer."""
    found = [each for each in found if each.standing is not Standing.PAST]
    likely = [each for each in found if each.score >= LIKELY]
    if any(each.is_own and each.standing is Standing.CLAIM for each in likely):
        return Answer.YOURS
    if any(each.standing is Standing.CUSTOMER for each in likely):
        return Answer.CUSTOMER
    if likely:
        return Answer.TAKEN
    return Answer.ASK_US if any(each.score >= POSSIBLE for each in found) else Answer.FREE


def next_possible(times: Iterable[datetime], most: int) -> datetime | None:
    """When the next check is possible, by the times of those in the last 24 hours; None: at once."""
    ordered = sorted(times, reverse=True)
    return ordered[most - 1] + DAY if len(ordered) >= most else None


def looks_like_fishing(checks: int, referrals: int) -> bool:
    """Many checks and hardly a referral, within `FISHING_DAYS`."""
    return checks >= FISHING_FROM and referrals * FISHING_SHARE < checks


def may_hold(answer: Answer, at: datetime, now: datetime) -> bool:
    """What was free when it was asked for, within the day that the quota counts."""
    return answer is Answer.FREE and now - at < DAY
