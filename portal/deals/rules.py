"""The sales truth after an introduction, and of every other channel: stages, pipelines, reasons for a loss."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from portal import moves
from portal.errors import Refused
from portal.months import months_after
from portal.moves import Tone


class Stage(StrEnum):
    NEW = "new"
    CONTACTED = "contacted"
    MEETING = "meeting"
    PROPOSAL = "proposal"
    WON = "won"
    LOST = "lost"
    PARKED = "parked"
    CANCELLED = "cancelled"
    MERGED = "merged"
    """The same sale as another deal, which goes on; its history stays readable there."""


class Pipeline(StrEnum):
    CORE = "core"
    NURTURE = "nurture"


class Channel(StrEnum):
    REFERRAL = "referral"
    INBOUND = "inbound"
    OUTBOUND = "outbound"
    PAID = "paid"
    EVENT = "event"
    PARTNER_LINK = "partner_link"
    RESELLER = "reseller"


# What staff enter by hand; the others come from a partner.
ENTERED = (Channel.INBOUND, Channel.OUTBOUND, Channel.PAID, Channel.EVENT)
# In the order of a sale: a board has these columns.
OPEN_STAGES = (Stage.NEW, Stage.CONTACTED, Stage.MEETING, Stage.PROPOSAL)
_FROM_OPEN = frozenset({*OPEN_STAGES, Stage.WON, Stage.LOST, Stage.PARKED})

NEXT: dict[Stage, frozenset[Stage]] = {
    **{stage: _FROM_OPEN - {stage} for stage in OPEN_STAGES},
    Stage.WON: frozenset({Stage.CANCELLED}),
    Stage.LOST: frozenset(OPEN_STAGES),
    Stage.PARKED: frozenset({*OPEN_STAGES, Stage.LOST}),
    Stage.CANCELLED: frozenset(),
    Stage.MERGED: frozenset(),
}
OPEN = frozenset({*OPEN_STAGES, Stage.PARKED})
MERGEABLE = OPEN | {Stage.LOST}
"""Where nothing is owed or paid yet, so that a duplicate can be taken out."""
# The usual way of a sale.
ONWARD: dict[Stage, Stage] = {
    Stage.NEW: Stage.CONTACTED,
    Stage.CONTACTED: Stage.MEETING,
    Stage.MEETING: Stage.PROPOSAL,
    Stage.PROPOSAL: Stage.WON,
}
PROBABILITY: dict[Stage, int] = {
    Stage.NEW: 10,
    Stage.CONTACTED: 20,
    Stage.MEETING: 40,
    Stage.PROPOSAL: 60,
    Stage.PARKED: 5,
    Stage.WON: 100,
}
"""How likely a deal is won, in per cent, where its owner says nothing else. Everything else is none."""
UNDO_WITHIN = timedelta(hours=24)
STEP_OVERDUE = timedelta(days=3)
UNTOUCHED = timedelta(days=21)
REMIND_BEFORE_RETURN = timedelta(days=3)

LABEL: dict[Stage, str] = {
    Stage.NEW: "New",
    Stage.CONTACTED: "Contacted",
    Stage.MEETING: "Meeting",
    Stage.PROPOSAL: "Proposal",
    Stage.WON: "Won",
    Stage.LOST: "Lost",
    Stage.PARKED: "Parked",
    Stage.CANCELLED: "Cancelled",
    Stage.MERGED: "Merged",
}
TONE: dict[Stage, Tone] = {
    Stage.NEW: "",
    Stage.CONTACTED: "",
    Stage.MEETING: "",
    Stage.PROPOSAL: "",
    Stage.WON: "good",
    Stage.LOST: "",
    Stage.PARKED: "note",
    Stage.CANCELLED: "",
    Stage.MERGED: "",
}
PIPELINE_LABEL: dict[Pipeline, str] = {Pipeline.CORE: "Core", Pipeline.NURTURE: "Nurture"}
CHANNEL_LABEL: dict[Channel, str] = {
    Channel.REFERRAL: "Referral",
    Channel.INBOUND: "Inbound",
    Channel.OUTBOUND: "Outbound",
    Channel.PAID: "Paid",
    Channel.EVENT: "Event",
    Channel.PARTNER_LINK: "Partner link",
    Channel.RESELLER: "Reseller",
}


class LostReason(StrEnum):
    NO_BUDGET = "no_budget"
    NO_DECISION = "no_decision"
    COMPETITOR = "competitor"
    PRICE = "price"
    MISSING_FEATURE = "missing_feature"
    NO_NEED = "no_need"
    NOT_REACHABLE = "not_reachable"
    OTHER = "other"


LOST_LABEL: dict[LostReason, str] = {
    LostReason.NO_BUDGET: "No budget",
    LostReason.NO_DECISION: "They decided to leave it as it is",
    LostReason.COMPETITOR: "They chose someone else",
    LostReason.PRICE: "Too expensive for them",
    LostReason.MISSING_FEATURE: "Something they need is missing",
    LostReason.NO_NEED: "The need went away",
    LostReason.NOT_REACHABLE: "Not reachable any more",
    LostReason.OTHER: "Another reason",
}


class NurtureReason(StrEnum):
    NOT_YET = "not_yet"
    NO_BUDGET_YET = "no_budget_yet"
    OTHER_PROJECT = "other_project"
    CONTRACT_RUNS = "contract_runs"
    NOBODY_IN_CHARGE = "nobody_in_charge"


NURTURE_LABEL: dict[NurtureReason, str] = {
    NurtureReason.NOT_YET: "Interested, but not yet",
    NurtureReason.NO_BUDGET_YET: "The budget comes later",
    NurtureReason.OTHER_PROJECT: "Another project comes first",
    NurtureReason.CONTRACT_RUNS: "Their present contract still runs",
    NurtureReason.NOBODY_IN_CHARGE: "Nobody is in charge of it at the moment",
}
NURTURE_MONTHS = (1, 3, 6)
"""The return dates that are offered."""
USUAL_MONTHS = 3
"""The one of them that a single click means."""


class BackBecause(StrEnum):
    PLANNED = "as planned"
    THEY_CAME = "they came back by themselves"


@dataclass(frozen=True, kw_only=True)
class Details:
    """What comes with a move. Which of it is needed depends on where the deal goes."""

    value_minor: int | None = None
    won_on: date | None = None
    lost_reason: LostReason | None = None
    parked_until: date | None = None
    parked_because: NurtureReason = NurtureReason.NOT_YET
    with_steps: bool = False
    """Whether tasks remind the owner to stay in touch meanwhile."""
    cancel_reason: str = ""


def check_merge(loser: Stage, winner: Stage, *, is_of_partner: bool) -> None:
    """Raise `Refused` unless the first of two deals may be taken out as a duplicate of the other."""
    if is_of_partner:
        raise Refused("A partner brought that deal, so it stays. Merge the other one into it.", "other")
    if loser not in MERGEABLE:
        raise Refused(f"A deal that is {LABEL[loser].lower()} cannot be merged into another.", "other")
    if winner in (Stage.MERGED, Stage.CANCELLED):
        raise Refused(f"Nothing can be merged into a deal that is {LABEL[winner].lower()}.", "other")


def check_move(now: Stage, then: Stage, *, reopened: int = 0) -> None:
    """Raise `Refused` unless a deal may go from `now` to `then`; `reopened` counts how often it came back from lost.

    What is merged, came from or goes to another deal, by `check_merge`."""
    moves.check("deal", NEXT, LABEL, now, then)
    if now is Stage.LOST and reopened:
        raise Refused("A lost deal can be reopened once, and this one was. Enter a new deal instead.")


def check_undo(moved_at: datetime | None, now: datetime) -> None:
    """Raise `Refused` where there is no move that can still be taken back."""
    if moved_at is None:
        raise Refused("There is no move to undo. A move is undone once, and only the last one.")
    if now - moved_at > UNDO_WITHIN:
        raise Refused("A move can be undone within a day. Move the deal where it belongs instead.")


def check_probability(percent: int | None) -> None:
    """Raise `Refused`, naming the field, for what is no probability; None leaves it to the stage."""
    if percent is not None and not 0 <= percent <= 100:
        raise Refused("A probability lies between 0 and 100 per cent.", "probability")


def check_next_step(stage: Stage, next_step: str, next_step_on: date | None) -> None:
    """Raise `Refused` where an open deal would be left without a next step or its day."""
    if stage in OPEN and not (next_step.strip() and next_step_on):
        raise Refused("An open deal always has a next step, and a day for it.", "next_step")


def likely(stage: Stage, probability: int | None) -> int:
    """The probability that counts, in per cent: what the owner said, else that of the stage."""
    return PROBABILITY.get(stage, 0) if probability is None else probability


def stalls_on(stage: Stage, next_step_on: date | None, touched_on: date) -> date | None:
    """From which day a deal counts as stalled: its next step is three days overdue, or nobody touched it for three
    weeks. None for one that is parked or closed."""
    if stage not in OPEN_STAGES or next_step_on is None:
        return None
    untouched = touched_on + UNTOUCHED
    return untouched if next_step_on >= untouched else min(next_step_on + STEP_OVERDUE, untouched)


def alert_on(stage: Stage, stalls: date | None, parked_until: date | None) -> date | None:
    """On which day the owner is written to: when it stalls, or shortly before it returns."""
    if stage is Stage.PARKED and parked_until is not None:
        return parked_until - REMIND_BEFORE_RETURN
    return stalls


@dataclass(frozen=True)
class NurtureStep:
    text: str
    on: date


def nurture_steps(today: date, until: date) -> tuple[NurtureStep, ...]:
    """What keeps a parked prospect warm: one step a month at most, none in the last two weeks before the return."""
    texts = ("Send them something useful", "Ask how it goes", "Invite them to what we show next")
    steps = []
    for number in range(1, 6):
        on = months_after(today, number) if number > 1 else today + timedelta(weeks=2)
        if on > until - timedelta(weeks=2):
            break
        steps.append(NurtureStep(texts[(number - 1) % len(texts)], on))
    return tuple(steps)


def check_details(then: Stage, details: Details, today: date) -> None:
    """Raise `Refused`, naming the field, where a move lacks what it must carry."""
    if then is Stage.WON:
        _check_won(details, today)
    elif then is Stage.LOST and details.lost_reason is None:
        raise Refused("Say why it was lost.", "lost_reason")
    elif then is Stage.PARKED and (details.parked_until is None or details.parked_until <= today):
        raise Refused("Say until when it is parked; the day has to lie ahead.", "parked_until")
    elif then is Stage.CANCELLED and not details.cancel_reason.strip():
        raise Refused("Say why the won deal is cancelled; the partner reads it.", "cancel_reason")


def _check_won(details: Details, today: date) -> None:
    if details.value_minor is None or details.value_minor <= 0:
        raise Refused("A won deal has a value: what the customer signed for.", "value")
    if details.won_on is None:
        raise Refused("Say on which day it was signed.", "won_on")
    if details.won_on > today:
        raise Refused("The day of the signature cannot lie ahead.", "won_on")


def pipeline_of(stage: Stage) -> Pipeline:
    """A parked deal stands in the nurture pipeline, every other one in the core pipeline."""
    return Pipeline.NURTURE if stage is Stage.PARKED else Pipeline.CORE
