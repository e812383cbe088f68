"""A yes or no question of the program as a hard criterion: each answer, each meaning."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.criteria.differences import differences
from portal.criteria.matrix import EASE
from portal.criteria.reading import read
from portal.criteria.rules import Answers, Criteria, Criterion, Outcome, Reading, Verdict
from portal.criteria.words import default_data
from portal.errors import Refused

BUDGET = {
    "question": "Q-222222",
    "label": "Is there a budget this year?",
    "wanted": "yes",
    "if_not": "decline",
    "if_not_known": "validate",
    "changes": "Introduce them once next year's budget is planned.",
}
RIVAL = BUDGET | {"question": "Q-333333", "label": "A competitor of ours", "wanted": "no", "if_not": "validate"}
RUTH = Answers(job_title="Operations Director", country="GB", public_tender=False, consent=True, employees=120)


def criteria(*own: dict[str, str]) -> Criteria:
    return Criteria.from_data(default_data() | {"own": list(own)}, version=4)


def of(own: dict[str, str], answer: str | None, answers: Answers = RUTH) -> tuple[Outcome, Verdict, str, str]:
    said = {} if answer is None else {own["question"]: answer}
    reading = read(criteria(own), replace(answers, own=said))
    found = next(each for each in reading.findings if each.criterion is Criterion.OWN)
    return reading.outcome, found.verdict, found.sentence, found.changes


@pytest.mark.parametrize(
    ("changes", "answer", "outcome", "verdict"),
    [
        ({}, "yes", "qualifies", "met"),
        ({}, "no", "decline", "missed"),
        ({}, "not_known", "validate", "unclear"),
        ({}, None, "validate", "unclear"),
        ({}, "", "validate", "unclear"),
        ({}, "erased", "validate", "unclear"),
        ({"if_not": "validate"}, "no", "validate", "missed"),
        ({"if_not_known": "decline"}, "not_known", "decline", "missed"),
        ({"if_not_known": "decline"}, None, "validate", "unclear"),
        ({"wanted": "no"}, "no", "qualifies", "met"),
        ({"wanted": "no"}, "yes", "decline", "missed"),
        ({"wanted": "no", "if_not": "validate"}, "yes", "validate", "missed"),
    ],
)
def test_each_answer_means_what_the_version_says(
    changes: dict[str, str], answer: str | None, outcome: str, verdict: str
) -> None:
    assert of(BUDGET | changes, answer)[:2] == (outcome, verdict)


def test_what_was_said_and_what_would_change_it_is_told() -> None:
    assert of(BUDGET, "no")[2:] == ("Is there a budget this year? No", BUDGET["changes"])
    assert of(BUDGET, "yes")[2:] == ("Is there a budget this year? Yes", "")
    assert of(BUDGET, None)[2:] == ("Is there a budget this year? Not said", "“Yes” would settle it.")
    assert of(RIVAL, "not_known")[2:] == ("A competitor of ours: not known", "“No” would settle it.")


def test_a_title_that_leads_less_far_stays_so() -> None:
    manager = replace(RUTH, job_title="Legal Manager")
    assert of(BUDGET, None, manager)[0] is Outcome.ASK
    assert of(RIVAL, "yes", replace(RUTH, job_title="Senior Lawyer"))[0] is Outcome.DECLINE


ANSWERS = st.builds(
    Answers,
    job_title=st.sampled_from(["", "CEO", "Head of Sales", "Sales Manager", "Legal Manager", "Lawyer", "Intern"]),
    country=st.sampled_from(["", "DE", "BR"]),
    public_tender=st.sampled_from([None, True, False]),
    consent=st.sampled_from([None, True, False]),
    budget_known=st.sampled_from([None, True, False]),
    employees=st.sampled_from([None, 1, 120]),
    industry=st.sampled_from(["", "logistics"]),
    timing=st.sampled_from(["", "now", "later"]),
    own=st.dictionaries(st.sampled_from(["Q-222222", "Q-333333"]), st.sampled_from(["yes", "no", "not_known", "?"])),
)
OWN = st.fixed_dictionaries(
    {
        "wanted": st.sampled_from(["yes", "no"]),
        "if_not": st.sampled_from(["validate", "decline"]),
        "if_not_known": st.sampled_from(["validate", "decline"]),
    }
)


@given(ANSWERS, OWN, OWN)
def test_one_more_criterion_never_makes_it_easier(answers: Answers, one: dict[str, str], other: dict[str, str]) -> None:
    both = [BUDGET | one, RIVAL | other]
    readings = [read(criteria(*both[:count]), answers) for count in range(3)]
    places = [EASE[each.outcome] for each in readings]
    assert places == sorted(places, reverse=True)
    assert [len(each.findings) for each in readings] == [6, 7, 8]
    assert Reading.from_data(readings[2].to_data()) == readings[2]


def test_a_version_keeps_it_and_one_from_before_has_none() -> None:
    assert Criteria.from_data(criteria(BUDGET, RIVAL).to_data(), 4) == criteria(BUDGET, RIVAL)
    before = {name: value for name, value in default_data().items() if name != "own"}
    assert Criteria.from_data(before, 1).own == ()
    told = read(criteria(BUDGET), RUTH).to_data()
    for each in told["findings"]:
        each.pop("question")
    assert Reading.from_data(told).findings[-2].question == "", "one that was frozen before there were any"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"wanted": "maybe"}, "own_q_222222_wanted"),
        ({"if_not": "qualifies"}, "own_q_222222_if_not"),
        ({"if_not_known": "ask"}, "own_q_222222_if_not_known"),
        ({"changes": " "}, "own_q_222222_changes"),
        ({"changes": "x" * 201}, "own_q_222222_changes"),
        ({"if_not": "nothing"}, None),
    ],
)
def test_one_that_cannot_be_read_or_explained_is_refused(changes: dict[str, str], field: str | None) -> None:
    with pytest.raises(Refused) as refused:
        criteria(BUDGET | changes)
    assert refused.value.field == field


def test_a_question_is_read_once() -> None:
    with pytest.raises(Refused):
        criteria(BUDGET, BUDGET)


def test_what_changes_from_version_to_version_is_said_in_words() -> None:
    def said(old: Criteria, new: Criteria) -> list[Any]:
        return [tuple(each) for each in differences(old, new)]

    words = (
        "Has to be yes. No: declines at once. Not known: a person looks at it. Introduce them once next year's budget"
        " is planned"
    )
    label = "“Is there a budget this year?”"
    assert said(criteria(), criteria(BUDGET)) == [(label, f"it takes no part becomes {words}")]
    assert said(criteria(BUDGET), criteria()) == [(label, f"{words} becomes it takes no part")]
    assert said(criteria(BUDGET), criteria(BUDGET)) == []
