from dataclasses import replace
from typing import Any

import pytest

from portal.agreements.plans import Plan, PlanRule, check_publishable, percent
from portal.errors import Refused

RULE = PlanRule(id="first-deal", rate_bp=1000, clause="4.1")
PLAN = Plan(plan_ref="P-7F3KQ2", version=3, currency="EUR", rules=(RULE,))


def test_a_plan_survives_being_stored() -> None:
    assert Plan.from_data(PLAN.to_data()) == PLAN


def test_a_rule_is_said_in_words() -> None:
    assert RULE.sentence() == "10 % of the first deal, when a deal is won"


@pytest.mark.parametrize(("rate_bp", "words"), [(1000, "10 %"), (1250, "12.5 %"), (1, "0.01 %"), (10_000, "100 %")])
def test_a_rate_is_shown_without_idle_zeros(rate_bp: int, words: str) -> None:
    assert percent(rate_bp) == words


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"rate_bp": 0}, "more than 0"),
        ({"rate_bp": 10_001}, "at most 100"),
        ({"rate_bp": "ten"}, "cannot be computed"),
        ({"clause": " "}, "Name the clause"),
        ({"id": "First Deal"}, "lower case"),
        ({"shape": "spiral"}, "cannot be computed"),
        ({"conditions": ["country = DE"]}, "no conditions"),
    ],
)
def test_a_rule_that_cannot_be_computed_with_is_refused(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        PlanRule.from_data({**RULE.to_data(), **changes})


@pytest.mark.parametrize("data", [{}, {**PLAN.to_data(), "rules": None}, {**PLAN.to_data(), "currency": "EURO"}])
def test_what_is_no_plan_is_refused(data: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        Plan.from_data(data)


def test_a_plan_that_says_which_rule_counts_can_be_published() -> None:
    check_publishable(PLAN)
    check_publishable(replace(PLAN, rules=(replace(RULE, priority=1), replace(RULE, id="other", priority=2))))


@pytest.mark.parametrize(
    ("rules", "sentence"),
    [
        ((), "at least one"),
        ((RULE, RULE), "a name of its own"),
        ((RULE, replace(RULE, id="other")), "different priorities"),
        ((replace(RULE, priority=1), replace(RULE, id="other", priority=1)), "different priorities"),
        ((replace(RULE, priority=1), replace(RULE, id="other")), "different priorities"),
    ],
)
def test_a_plan_that_leaves_it_open_cannot_be_published(rules: tuple[PlanRule, ...], sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        check_publishable(replace(PLAN, rules=rules))
