"""The next step that a deal is given when it moves, until its owner sets another."""

from dataclasses import dataclass
from datetime import date, timedelta

from portal.deals.rules import OPEN_STAGES, Stage

FIRST_CONTACT = "First contact"
AGAIN = "Get in touch again"
_WITHIN = timedelta(days=7)
_STEPS = {
    Stage.NEW: FIRST_CONTACT,
    Stage.CONTACTED: "Arrange a meeting",
    Stage.MEETING: "Work out a proposal",
    Stage.PROPOSAL: "Hear what they decide",
}


@dataclass(frozen=True)
class NextStep:
    text: str
    on: date | None


def step_after(then: Stage, today: date, parked_until: date | None) -> NextStep:
    """What comes next at this stage: within a week while it is open, on the day of return when parked."""
    if then is Stage.PARKED:
        return NextStep(AGAIN, parked_until)
    if then in OPEN_STAGES:
        return NextStep(_STEPS[then], today + _WITHIN)
    return NextStep("", None)
