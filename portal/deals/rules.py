"""The sales truth after an introduction, and of every other channel: stages, pipelines, reasons for a loss."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from portal import moves
from portal.errors import Refused
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
}
OPEN = frozenset({*OPEN_STAGES, Stage.PARKED})

LABEL: dict[Stage, str] = {
    Stage.NEW: "New",
    Stage.CONTACTED: "Contacted",
    Stage.MEETING: "Meeting",
    Stage.PROPOSAL: "Proposal",
    Stage.WON: "Won",
    Stage.LOST: "Lost",
    Stage.PARKED: "Parked",
    Stage.CANCELLED: "Cancelled",
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
}
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


@dataclass(frozen=True, kw_only=True)
class Details:
    """What comes with a move. Which of it is needed depends on where the deal goes."""

    value_minor: int | None = None
    won_on: date | None = None
    lost_reason: LostReason | None = None
    parked_until: date | None = None
    cancel_reason: str = ""


def check_move(now: Stage, then: Stage, *, reopened: int = 0) -> None:
    """Raise `Refused` unless a deal may go from `now` to `then`; `reopened` counts how often it came back from lost."""
    moves.check("deal", NEXT, LABEL, now, then)
    if now is Stage.LOST and reopened:
        raise Refused("A lost deal can be reopened once, and this one was. Enter a new deal instead.")


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
