import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.agreements.plans import Plan, PlanRule, Trigger
from portal.errors import Refused
from portal.fees.engine import Inputs, Step, compute, estimate, trace_from_data, trace_to_data
from portal.money import Money

RULE = PlanRule(name="first-deal", rate_bp=1000, clause="4.1")
PLAN = Plan(ref="P-7F3KQ2", version=3, currency="EUR", rules=(RULE,))
BLUEFIN = Inputs(
    event=Trigger.WON,
    deal_ref="D-3QK7VN",
    deal_value=Money(2_320_000, "EUR"),
    is_first_deal=True,
    won_on=date(2026, 10, 29),
)

plans = st.builds(lambda bp: replace(PLAN, rules=(replace(RULE, rate_bp=bp),)), st.integers(1, 10_000))
inputs = st.builds(
    lambda minor, first: replace(BLUEFIN, deal_value=Money(minor, "EUR"), is_first_deal=first),
    st.integers(0, 10**13),
    st.booleans(),
)


def test_a_first_deal_pays_its_percent_and_says_why() -> None:
    (line,) = compute(PLAN, BLUEFIN).lines
    assert line.amount == Money(232_000, "EUR")
    assert line.cause == "won:D-3QK7VN:first-deal"
    assert line.trace == (
        Step("First deal, signed value", "D-3QK7VN, won 29 Oct 2026", 2_320_000),
        Step("Rate", "clause 4.1, plan P-7F3KQ2, version 3, rule first-deal", text="10 %"),
        Step("Rounding", "once, to the smallest unit of the currency", text="not needed"),
    )


@pytest.mark.parametrize(("value", "fee"), [(4, 0), (5, 1), (14, 1), (15, 2), (999_999_999_995, 100_000_000_000)])
def test_a_fee_is_rounded_once_and_half_up(value: int, fee: int) -> None:
    result = compute(PLAN, replace(BLUEFIN, deal_value=Money(value, "EUR")))
    assert result.total == Money(fee, "EUR")
    assert fee or result.note == "The fee rounds to nothing."
    assert all(line.trace[-1].text == "half up" for line in result.lines)


def test_a_second_deal_pays_nothing_and_says_so() -> None:
    result = compute(PLAN, replace(BLUEFIN, is_first_deal=False))
    assert (result.lines, result.total) == ((), Money(0, "EUR"))
    assert "first deal" in result.note


def test_a_deal_in_another_currency_is_refused() -> None:
    with pytest.raises(Refused, match="USD, the fee plan pays in EUR"):
        compute(PLAN, replace(BLUEFIN, deal_value=Money(100, "USD")))


def test_a_negative_value_is_a_fault() -> None:
    with pytest.raises(ValueError, match="negative"):
        compute(PLAN, replace(BLUEFIN, deal_value=Money(-1, "EUR")))


def test_an_estimate_is_what_it_would_pay() -> None:
    (line,) = estimate(PLAN, Money(1_100_000, "EUR")).lines
    assert line.amount == Money(110_000, "EUR")
    assert line.trace[0] == Step("First deal, expected value", "if it is won as it stands", 1_100_000)


@given(plans, inputs)
def test_a_fee_is_never_above_its_base(plan: Plan, inputs: Inputs) -> None:
    assert 0 <= compute(plan, inputs).total.minor <= inputs.deal_value.minor


@given(plans, inputs, st.integers(0, 10**6))
def test_a_higher_value_never_pays_less(plan: Plan, inputs: Inputs, more: int) -> None:
    higher = replace(inputs, deal_value=inputs.deal_value + Money(more, "EUR"))
    assert compute(plan, inputs).total <= compute(plan, higher).total


@given(plans, inputs)
def test_a_fee_is_computed_again_from_what_was_stored(plan: Plan, inputs: Inputs) -> None:
    stored = json.loads(json.dumps([plan.to_data(), inputs.to_data()]))
    again = compute(Plan.from_data(stored[0]), Inputs.from_data(stored[1]))
    assert again == compute(plan, inputs)
    for line in again.lines:
        assert trace_from_data(json.loads(json.dumps(trace_to_data(line.trace)))) == line.trace
