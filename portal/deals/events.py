from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from portal.deals.rules import BackBecause, LostReason, Stage
from portal.events import Audience, Event


@dataclass(frozen=True, kw_only=True)
class DealOpened(Event):
    """A deal begins: from a qualified referral, or entered by its owner."""

    deal_id: int
    owner_user_id: int
    referral_ref: str | None = None

    audience: ClassVar[Audience] = Audience.PARTNER
    sentence: ClassVar[str] = "The deal is with {owner} from here on."


@dataclass(frozen=True, kw_only=True)
class OwnerChosen(Event):
    """By the routing rules, and by which."""

    deal_id: int
    owner_user_id: int
    why: str

    sentence: ClassVar[str] = "The deal goes to {owner}, {why}."


@dataclass(frozen=True, kw_only=True)
class DealHandedOver(Event):
    """Another person owns the deal. Of many at once, the owners are told together."""

    deal_id: int
    before_user_id: int
    owner_user_id: int
    is_one_of_many: bool = False

    audience: ClassVar[Audience] = Audience.PARTNER
    sentence: ClassVar[str] = "{owner} looks after the deal from here on. Before, it was {before}."


@dataclass(frozen=True, kw_only=True)
class DealsHandedOver(Event):
    """About the person whose deals they were."""

    from_user_id: int
    owner_user_id: int
    number: int

    sentence: ClassVar[str] = "{by} handed over deals of {from}: {number} to {owner}."


@dataclass(frozen=True, kw_only=True)
class DealMoved(Event):
    deal_id: int
    now: Stage
    then: Stage

    audience: ClassVar[Audience] = Audience.PARTNER
    sentence: ClassVar[str] = "{by} moved the deal from {now} to {then}."


@dataclass(frozen=True, kw_only=True)
class DealWon(Event):
    deal_id: int
    value_minor: int
    currency: str

    audience: ClassVar[Audience] = Audience.PARTNER
    sentence: ClassVar[str] = "{by} won the deal."


@dataclass(frozen=True, kw_only=True)
class DealLost(Event):
    deal_id: int
    reason: LostReason
    was_parked: bool = False

    audience: ClassVar[Audience] = Audience.PARTNER
    sentence: ClassVar[str] = "{by} closed the deal as lost."


@dataclass(frozen=True, kw_only=True)
class DealParked(Event):
    deal_id: int
    until_on: date
    with_steps: bool = False

    audience: ClassVar[Audience] = Audience.PARTNER
    sentence: ClassVar[str] = "{by} parked the deal until {until_on}."


@dataclass(frozen=True, kw_only=True)
class DealReturned(Event):
    """Back from nurture."""

    deal_id: int
    then: Stage
    because: BackBecause

    audience: ClassVar[Audience] = Audience.PARTNER
    sentence: ClassVar[str] = "The conversation is taken up again, {because}. The deal is back at {then}."


@dataclass(frozen=True, kw_only=True)
class DealMoveUndone(Event):
    """A move was a mistake: the deal is where it was before."""

    deal_id: int
    now: Stage
    then: Stage

    audience: ClassVar[Audience] = Audience.PARTNER
    sentence: ClassVar[str] = "{by} took back the move to {now}: the deal is at {then} again."


@dataclass(frozen=True, kw_only=True)
class DealStalled(Event):
    """Nobody did what came next, or anything at all."""

    deal_id: int
    owner_user_id: int

    sentence: ClassVar[str] = "The deal stands still, and {owner} was reminded."


@dataclass(frozen=True, kw_only=True)
class DealReturnsSoon(Event):
    deal_id: int
    owner_user_id: int
    until_on: date

    sentence: ClassVar[str] = "The deal comes back on {until_on}, and {owner} was reminded."


@dataclass(frozen=True, kw_only=True)
class DealUpdateGiven(Event):
    """A few words of the owner for the partner; they stand in their own row."""

    deal_id: int
    update_id: int

    audience: ClassVar[Audience] = Audience.PARTNER
    sentence: ClassVar[str] = "{by} told how it stands."


@dataclass(frozen=True, kw_only=True)
class NextStepSet(Event):
    deal_id: int

    sentence: ClassVar[str] = "{by} set the next step."


@dataclass(frozen=True, kw_only=True)
class ShareAgreed(Event):
    """A partner shares the deal with others. About its referral; tells of its own part only."""

    deal_id: int
    share_id: int
    percent: str

    audience: ClassVar[Audience] = Audience.PARTNER
    sentence: ClassVar[str] = "{by} noted your share of the deal: {percent} % of what your agreement pays for it."


@dataclass(frozen=True, kw_only=True)
class SharedDealMoved(Event):
    """For a partner who shares a deal that another brought; about its own referral."""

    deal_id: int
    then: Stage

    audience: ClassVar[Audience] = Audience.PARTNER
    sentence: ClassVar[str] = "{by} moved the deal to {then}."


@dataclass(frozen=True, kw_only=True)
class SharedPromiseMissed(Event):
    """For a partner who shares a deal that another brought; about its own referral."""

    deal_id: int
    promise: str

    audience: ClassVar[Audience] = Audience.PARTNER
    sentence: ClassVar[str] = "We missed a promised time: {promise}."


@dataclass(frozen=True, kw_only=True)
class CustomerPaid(Event):
    """Cash of a won deal: what fees on payments accrue from."""

    deal_id: int
    payment_id: int
    amount_minor: int
    currency: str
    paid_on: date

    sentence: ClassVar[str] = "The customer paid {amount} on {paid_on}; {by} recorded it."


@dataclass(frozen=True, kw_only=True)
class CustomerRefunded(Event):
    """What went back to the customer. The amount is above zero."""

    deal_id: int
    payment_id: int
    amount_minor: int
    currency: str
    paid_on: date

    sentence: ClassVar[str] = "{amount} went back to the customer on {paid_on}; {by} recorded it."


@dataclass(frozen=True, kw_only=True)
class CustomerPaymentTakenBack(Event):
    """A payment or a refund was recorded wrongly, and no longer counts. The amount is that of the wrong row."""

    deal_id: int
    payment_id: int
    taken_back_id: int
    amount_minor: int
    currency: str

    sentence: ClassVar[str] = "{by} took back a wrong record of {amount}."


@dataclass(frozen=True, kw_only=True)
class DealMerged(Event):
    """A duplicate was taken out; the event is about that one."""

    deal_id: int
    into_deal_id: int
    into: str

    sentence: ClassVar[str] = "{by} merged {ref} into {into}."


@dataclass(frozen=True, kw_only=True)
class DealMergeUndone(Event):
    deal_id: int
    into: str
    then: Stage

    sentence: ClassVar[str] = "{by} took {ref} out of {into} again; it is back at {then}."


@dataclass(frozen=True, kw_only=True)
class DealProductsSet(Event):
    deal_id: int

    sentence: ClassVar[str] = "{by} said which products the deal is about."


@dataclass(frozen=True, kw_only=True)
class DealsImported(Event):
    """About the import, by its own reference."""

    added: int
    known: int
    refused: int

    sentence: ClassVar[str] = "{by} imported a file of deals: {added} added, {known} known already, {refused} refused."


@dataclass(frozen=True, kw_only=True)
class ProductAdded(Event):
    sentence: ClassVar[str] = "{by} added a product."


@dataclass(frozen=True, kw_only=True)
class ProductEnded(Event):
    sentence: ClassVar[str] = "{by} took a product off the list."


@dataclass(frozen=True, kw_only=True)
class ProductOffered(Event):
    sentence: ClassVar[str] = "{by} put a product back on the list."
