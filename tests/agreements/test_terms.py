from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.agreements.plans import Plan, PlanRule
from portal.agreements.terms import PLACEHOLDERS, Terms
from portal.errors import Refused

PLAN = Plan(ref="F-7F3KQ2", version=1, currency="EUR", rules=(PlanRule(name="first-deal", rate_bp=1000, clause="4.1"),))
TERMS = Terms(currency="EUR", plan=PLAN)


@given(st.integers(1, 730), st.integers(0, 730), st.integers(60, 4800), st.integers(1, 28))
def test_terms_survive_being_data(protection: int, tail: int, answer: int, day: int) -> None:
    given = replace(TERMS, protection_days=protection, tail_days=tail, answer_minutes=answer, payment_day=day)
    assert Terms.from_data(given.to_data()) == given


@pytest.mark.parametrize(
    ("field", "value"),
    [("protection_days", 0), ("payment_day", 29), ("answer_minutes", 10), ("notice_days", -1), ("tail_days", 731)],
)
def test_a_term_out_of_its_limits_is_refused_beside_its_field(field: str, value: int) -> None:
    with pytest.raises(Refused, match="goes from") as refusal:
        replace(TERMS, **{field: value})  # type: ignore[arg-type]
    assert refusal.value.field == field


def test_a_plan_in_another_currency_is_refused() -> None:
    with pytest.raises(Refused, match="in EUR, these terms in CHF"):
        replace(TERMS, currency="CHF")


def test_every_placeholder_has_a_value_and_no_other() -> None:
    given = TERMS.placeholders(program_legal_name="L", partner_legal_name="H", governing_law="Germany")
    assert given.keys() == PLACEHOLDERS


def test_the_terms_in_one_breath() -> None:
    assert replace(TERMS, payment_day=22, answer_minutes=90, tail_days=0).in_short == (
        "10 % of each first deal. 90 days of protection. We answer in 1.5 working hours. "
        "Paid on the 22nd. Notice 30 days."
    )


def test_data_that_are_no_terms_are_refused() -> None:
    with pytest.raises(Refused, match="cannot be read"):
        Terms.from_data({"currency": "EUR"})
