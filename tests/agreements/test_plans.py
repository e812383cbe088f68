import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.agreements.plans import Plan, PlanRule, rate_of, rate_words
from portal.errors import Refused

TEN_PERCENT = PlanRule(name="first-deal", rate_bp=1000, clause="4.1")


def plan(*rules: PlanRule) -> Plan:
    return Plan(ref="F-7F3KQ2", version=1, currency="EUR", rules=rules)


@pytest.mark.parametrize(("typed", "rate_bp"), [("10", 1000), (" 12.5 %", 1250), ("12,25%", 1225), ("0.5", 50)])
def test_a_rate_is_read_as_people_type_it(typed: str, rate_bp: int) -> None:
    assert rate_of(typed) == rate_bp


@pytest.mark.parametrize("typed", ["", "ten", "-1", "1.234", "1e2", "٣", "12.5.1"])
def test_what_is_no_rate_is_refused_beside_its_field(typed: str) -> None:
    with pytest.raises(Refused) as refusal:
        rate_of(typed)
    assert refusal.value.field == "percent"


@given(st.integers(1, 10_000))
def test_a_rate_in_words_is_read_back_as_itself(rate_bp: int) -> None:
    assert rate_of(rate_words(rate_bp)) == rate_bp


@given(st.integers(1, 10_000), st.sampled_from(["4.1", "12.3.4"]))
def test_a_plan_survives_being_data(rate_bp: int, clause: str) -> None:
    given = plan(PlanRule(name="first-deal", rate_bp=rate_bp, clause=clause))
    assert Plan.from_data(given.to_data()) == given


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"rate_bp": 0}, "percent"),
        ({"rate_bp": 10_001}, "percent"),
        ({"clause": "four"}, "clause"),
        ({"clause": "4"}, "clause"),
        ({"name": "First deal"}, "name"),
    ],
)
def test_a_rule_that_cannot_be_is_refused_beside_its_field(change: dict[str, object], field: str) -> None:
    with pytest.raises(Refused) as refusal:
        PlanRule.from_data(TEN_PERCENT.to_data() | change)
    assert refusal.value.field == field


def test_two_rules_that_pay_for_the_same_are_refused() -> None:
    with pytest.raises(Refused, match="nothing says which"):
        plan(TEN_PERCENT, PlanRule(name="again", rate_bp=500, clause="4.2"))


def test_a_plan_without_a_rule_is_refused() -> None:
    with pytest.raises(Refused, match="at least one rule"):
        plan()


@pytest.mark.parametrize("data", [{}, {"ref": "F", "version": 1, "currency": "EUR", "rules": [{}]}, {"rules": None}])
def test_data_that_are_no_plan_are_refused(data: dict[str, object]) -> None:
    with pytest.raises(Refused, match="cannot be read"):
        Plan.from_data(data)
