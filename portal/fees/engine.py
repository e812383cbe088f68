"""The fee engine: a pure function of a plan's version and frozen inputs to lines, each with the trace of its amount.

Booking, estimate, replay, correction and tests are this same function. An amount is rounded once, half up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Any

from portal.agreements.plans import Plan, PlanRule, Trigger, rate_words
from portal.errors import Refused
from portal.money import Money, round_half_up, split

WHOLE_BP = 10_000


@dataclass(frozen=True, kw_only=True)
class Share:
    """A part of a fee. What the others have stands nowhere, but for what of the rest falls to this one."""

    referral_ref: str
    share_bp: int
    rest_minor: int = 0
    """Units of the rest, after each share is cut down."""

    def of(self, minor: int) -> int:
        return minor * self.share_bp // WHOLE_BP + self.rest_minor


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """What a fee is computed from, frozen with the line. An expected deal has no ref and no date yet."""

    event: Trigger
    deal_ref: str
    deal_value: Money
    is_first_deal: bool
    won_on: date | None
    again: int = 0
    """How often it was won and booked before, each time taken back since."""
    share: Share | None = None
    """Where several partners share the deal."""

    def to_data(self) -> dict[str, Any]:
        return {
            "event": str(self.event),
            "deal_ref": self.deal_ref,
            "deal_value_minor": self.deal_value.minor,
            "currency": self.deal_value.currency,
            "is_first_deal": self.is_first_deal,
            "won_on": self.won_on.isoformat() if self.won_on else None,
            **({"again": self.again} if self.again else {}),
            **({"share": vars(self.share)} if self.share else {}),
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Inputs":
        return cls(
            event=Trigger(data["event"]),
            deal_ref=data["deal_ref"],
            deal_value=Money(data["deal_value_minor"], data["currency"]),
            is_first_deal=data["is_first_deal"],
            won_on=date.fromisoformat(data["won_on"]) if data["won_on"] else None,
            again=data.get("again", 0),
            share=Share(**data["share"]) if "share" in data else None,
        )


@dataclass(frozen=True)
class Step:
    """One row of the receipt: an amount in minor units of the line's currency, or a text where there is none."""

    label: str
    detail: str = ""
    amount_minor: int | None = None
    text: str = ""


Trace = tuple[Step, ...]


@dataclass(frozen=True, kw_only=True)
class Line:
    amount: Money
    rule: PlanRule
    cause: str
    """What it is booked for, once only: `won:<deal ref>:<rule>`, with a number where that was taken back before."""
    trace: Trace


@dataclass(frozen=True, kw_only=True)
class Result:
    """The lines, or the sentence that says why there is none."""

    currency: str
    lines: tuple[Line, ...] = ()
    note: str = ""

    @property
    def total(self) -> Money:
        return sum((line.amount for line in self.lines), Money(0, self.currency))


def compute(plan: Plan, inputs: Inputs) -> Result:
    """What these inputs earn under this plan. Raises `Refused` where deal and plan differ in currency."""
    if inputs.deal_value.minor < 0:
        raise ValueError("a deal has no negative value")
    if inputs.deal_value.currency != plan.currency:
        raise Refused(f"The deal is in {inputs.deal_value.currency}, the fee plan pays in {plan.currency}.", "currency")
    # A plan refuses two rules that match together, so there is one or none.
    rule = next((rule for rule in plan.rules if rule.trigger is inputs.event), None)
    if rule is None:
        return Result(currency=plan.currency, note="The plan pays nothing for this.")
    if not inputs.is_first_deal:
        return Result(currency=plan.currency, note="Not the first deal with this customer: the plan pays for that one.")
    exact = Fraction(inputs.deal_value.minor * rule.rate_bp, 10_000)
    minor = round_half_up(exact)
    if not minor:
        return Result(currency=plan.currency, note="The fee rounds to nothing.")
    part = inputs.share.of(minor) if inputs.share else minor
    if not part:
        return Result(currency=plan.currency, note="The share of the fee rounds to nothing.")
    trace = _trace(plan, rule, inputs, exact) + _split(inputs.share, minor)
    line = Line(amount=Money(part, plan.currency), rule=rule, cause=_cause(rule, inputs), trace=trace)
    return Result(currency=plan.currency, lines=(line,))


def share_at(plan: Plan, inputs: Inputs, shares_bp: Sequence[int], place: int, referral_ref: str) -> Share:
    """The part at this place of what the inputs earn: each share is cut down, the rest handed out one by one."""
    total = compute(plan, replace(inputs, share=None)).total.minor
    mine = Share(referral_ref=referral_ref, share_bp=shares_bp[place])
    return replace(mine, rest_minor=split(total, shares_bp)[place] - mine.of(total))


def estimate(plan: Plan, expected: Money) -> Result:
    """What a first deal of this value would pay if it were won as it stands."""
    inputs = Inputs(event=Trigger.WON, deal_ref="", deal_value=expected, is_first_deal=True, won_on=None)
    return compute(plan, inputs)


def trace_to_data(trace: Trace) -> list[dict[str, Any]]:
    return [dict(vars(step)) for step in trace]


def trace_from_data(data: Sequence[Mapping[str, Any]]) -> Trace:
    return tuple(Step(**step) for step in data)


def _trace(plan: Plan, rule: PlanRule, inputs: Inputs, exact: Fraction) -> Trace:
    if inputs.won_on:
        base = Step("First deal, signed value", f"{inputs.deal_ref}, won {_day(inputs.won_on)}")
    else:
        base = Step("First deal, expected value", "if it is won as it stands")
    rate = Step("Rate", f"clause {rule.clause}, plan {plan.ref}, version {plan.version}, rule {rule.name}")
    rounding = "not needed" if exact.denominator == 1 else "half up"
    return (
        Step(base.label, base.detail, inputs.deal_value.minor),
        Step(rate.label, rate.detail, text=rule.rate),
        Step("Rounding", "once, to the smallest unit of the currency", text=rounding),
    )


def _split(share: Share | None, minor: int) -> Trace:
    """The step after the one rounding, with the whole that it is a part of."""
    if share is None:
        return ()
    rest = ", with a unit of the rest" if share.rest_minor else ""
    whole = Step("Fee of the deal", "all partners together, by your agreement", minor)
    return whole, Step("Split", f"your share, cut down{rest}", text=rate_words(share.share_bp))


def _cause(rule: PlanRule, inputs: Inputs) -> str:
    """By the referral where others are paid for the same deal."""
    ref = inputs.share.referral_ref if inputs.share else inputs.deal_ref
    return f"{inputs.event}:{ref}:{rule.name}" + (f":{inputs.again + 1}" if inputs.again else "")


def _day(on: date) -> str:
    return f"{on.day} {on:%b} {on.year}"
