"""A referral that staff enter for a partner: how it came to us, and from when our promise counts. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from portal.errors import Refused
from portal.referrals.rules import IntroducedHow

MOST_DAYS = 7
"""What came earlier is agreed upon with the partner first: too much may have happened meanwhile."""


class EnteredHow(StrEnum):
    PHONE = "phone"
    MAIL = "mail"
    IN_PERSON = "in_person"


HOW_LABEL: dict[EnteredHow, str] = {
    EnteredHow.PHONE: "By phone",
    EnteredHow.MAIL: "By mail",
    EnteredHow.IN_PERSON: "In person",
}
FROM_WHAT: dict[EnteredHow, str] = {
    EnteredHow.PHONE: "from your call",
    EnteredHow.MAIL: "from your mail",
    EnteredHow.IN_PERSON: "from what you told us",
}
THEIR_WAY: dict[IntroducedHow, str] = {
    IntroducedHow.INTRO_MAIL: "They wrote a mail that introduces us",
    IntroducedHow.INTRO_CALL: "They had a call together with us",
    IntroducedHow.MET_IN_PERSON: "They met in person",
    IntroducedHow.MENTIONED_US: "They spoke of us, and the contact expects us to get in touch",
    IntroducedHow.OTHER: "Another way",
}
"""How the introduction was made, as staff say it of the partner."""
NO_PROOF = "Attach what it came by: the mail, or a note of what was said."


@dataclass(frozen=True)
class Entered:
    """By whom of staff, and how and when it reached us."""

    by_id: int
    how: EnteredHow
    received_at: datetime


def check_received(at: datetime, *, now: datetime, in_force_at: datetime | None) -> None:
    """Raises Refused for a time that lies ahead, before the agreement, or too long ago."""
    if at > now:
        raise Refused("That lies ahead. Say when it reached us.", "received_on")
    if in_force_at is None or at < in_force_at:
        raise Refused("Their agreement was not in force yet at that time.", "received_on")
    if at < now - timedelta(days=MOST_DAYS):
        raise Refused(
            f"That is more than {MOST_DAYS} days ago. Agree with the partner from when it counts.", "received_on"
        )


def told(who: str, how: EnteredHow, day: str) -> str:
    """To the partner: `Maya Lindqvist entered this for you from your call of 3 Nov.`"""
    of = "on" if how is EnteredHow.IN_PERSON else "of"
    return f"{who} entered this for you {FROM_WHAT[how]} {of} {day}."
