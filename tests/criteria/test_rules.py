from dataclasses import replace
from typing import Any

import pytest

from portal.criteria.reading import read
from portal.criteria.rules import Answers, Criteria, Criterion, Finding, Outcome, Reading, Verdict
from portal.criteria.words import default_data
from portal.errors import Refused

CRITERIA = Criteria.from_data({**default_data(), "industries": ["logistics", "Spedition"]}, version=3)
RUTH = Answers(
    job_title="Operations Director",
    country="GB",
    public_tender=False,
    consent=True,
    employees=120,
    industry="Logistics, last mile",
    timing="this_quarter",
)


def of(title: str, **changes: Any) -> Reading:
    return read(CRITERIA, replace(RUTH, job_title=title, **changes))


def finding(reading: Reading, criterion: Criterion) -> Finding:
    return next(found for found in reading.findings if found.criterion is criterion)


@pytest.mark.parametrize(
    ("level", "outcomes"),
    [
        ("Owner,", "qualifies qualifies qualifies"),  # the word itself names the function
        ("CEO,", "qualifies qualifies qualifies"),
        ("Chief * Officer", "qualifies validate validate"),
        ("Vice President", "qualifies validate validate"),
        ("Director", "qualifies validate validate"),
        ("Head of", "qualifies validate validate"),
        ("Manager", "validate validate ask"),
        ("Senior", "validate ask decline"),
        ("Clerk,", "validate ask decline"),
        ("Assistant,", "ask ask decline"),
        ("Intern,", "ask ask decline"),
    ],
)
def test_level_and_function_decide_together(level: str, outcomes: str) -> None:
    functions = ["Sales", "IT", "Legal"]
    titles = [level.replace("*", name) if "*" in level else f"{level} {name}" for name in functions]
    assert [of(title).outcome for title in titles] == outcomes.split()


@pytest.mark.parametrize(
    ("title", "says"),
    [
        ("  ", "No job title is given: we ask who decides"),
        (" Wizard ", "“Wizard” names neither level nor function: we ask who decides"),
    ],
)
def test_a_title_that_says_nothing_is_asked_about(title: str, says: str) -> None:
    assert finding(of(title), Criterion.TITLE).sentence == says


def test_a_function_that_the_title_does_not_name_counts_as_other() -> None:
    assert of("Vice President").outcome is Outcome.VALIDATE
    assert of("Supervisor").outcome is Outcome.ASK
    assert of("Specialist").outcome is Outcome.DECLINE


@pytest.mark.parametrize("named", ["budget_known", "decider_named"])
def test_a_manager_who_buys_qualifies_with_budget_or_decider(named: str) -> None:
    assert of("Sales Manager").outcome is Outcome.VALIDATE
    assert of("Sales Manager", **{named: True}).outcome is Outcome.QUALIFIES
    assert of("IT Manager", **{named: True}).outcome is Outcome.VALIDATE
    decision = finding(of("Sales Manager", **{named: True}), Criterion.DECISION)
    said = "Budget named" if named == "budget_known" else "Decider named"
    assert (decision.verdict, decision.sentence) == (Verdict.MET, said)
    assert finding(of("Sales Manager"), Criterion.DECISION).verdict is Verdict.UNCLEAR


@pytest.mark.parametrize(
    ("changes", "criterion"),
    [
        ({"country": "BR"}, Criterion.TERRITORY),
        ({"public_tender": True}, Criterion.PUBLIC_TENDER),
        ({"consent": False}, Criterion.CONSENT),
    ],
)
def test_a_missed_hard_criterion_declines_and_says_what_would_change_it(
    changes: dict[str, Any], criterion: Criterion
) -> None:
    reading = of("CEO", **changes)
    assert reading.outcome is Outcome.DECLINE
    assert reading.missed == (criterion,)
    assert finding(reading, criterion).changes


@pytest.mark.parametrize(
    ("changes", "criterion"),
    [
        ({"country": ""}, Criterion.TERRITORY),
        ({"public_tender": None}, Criterion.PUBLIC_TENDER),
        ({"consent": None}, Criterion.CONSENT),
    ],
)
def test_what_nobody_said_is_unclear_and_a_person_looks(changes: dict[str, Any], criterion: Criterion) -> None:
    reading = of("CEO", **changes)
    assert reading.outcome is Outcome.VALIDATE
    assert reading.missed == ()
    assert finding(reading, criterion).verdict is Verdict.UNCLEAR


def test_no_title_asks_who_decides() -> None:
    reading = of("  ")
    assert reading.outcome is Outcome.ASK
    assert finding(reading, Criterion.TITLE).verdict is Verdict.UNCLEAR


def test_the_reading_is_said_as_it_is_shown() -> None:
    reading = of("Operations Director")
    title = finding(reading, Criterion.TITLE)
    assert title.sentence == "Operations Director is a director in a buying function: qualifies at once"
    assert title.matched == "Operations Director"
    assert (reading.version, reading.outcome, reading.points) == (3, Outcome.QUALIFIES, 75)
    assert finding(reading, Criterion.FIT).sentence == "Fits 75 of 100"
    assert finding(reading, Criterion.FIT).changes == "Not said: budget. With it, up to 95."
    assert finding(reading, Criterion.DECISION).changes == "Would make it stronger, not needed."


@pytest.mark.parametrize(
    ("changes", "points", "verdict"),
    [
        ({"timing": "now", "budget_known": True}, 100, Verdict.MET),
        ({"employees": 5_000}, 35, Verdict.UNCLEAR),  # a budget would still lift it over 40
        ({"employees": 5_000, "budget_known": False}, 35, Verdict.MISSED),
        ({"employees": None, "industry": "", "timing": ""}, 0, Verdict.UNCLEAR),
        ({"industry": "bakery", "timing": "later"}, 40, Verdict.MET),
        ({"industry": "SPEDITION"}, 75, Verdict.MET),
    ],
)
def test_size_industry_timing_and_budget_weigh(changes: dict[str, Any], points: int, verdict: Verdict) -> None:
    reading = of("CEO", **changes)
    assert (reading.points, finding(reading, Criterion.FIT).verdict) == (points, verdict)
    assert reading.outcome is (Outcome.VALIDATE if verdict is Verdict.MISSED else Outcome.QUALIFIES)


def test_a_reading_is_frozen_as_data_and_read_back_as_it_was() -> None:
    reading = of("Assistentin der Geschäftsführung", country="BR")
    assert Reading.from_data(reading.to_data()) == reading


def test_criteria_survive_being_stored() -> None:
    assert Criteria.from_data(CRITERIA.to_data(), version=3) == CRITERIA


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"territories": []}, "at least one country"),
        ({"territories": ["DE", "XQ"]}, "XQ is none"),
        ({"seniority": {"boss": ["boss"]}}, "cannot be read"),
        ({"functions": {"buying": ["*"]}}, "at least one letter"),
        ({"functions": {"buying": "sales"}}, "a list of words"),
        ({"functions": {"buying": ["sales"]}}, "each function has its words"),
        ({"seniority": {"owner": ["owner"]}}, "each function has its words"),
        ({"weights": {"size": 100}}, "add up to 100"),
        ({"weights": {"size": 50, "industry": 50, "timing": 50, "budget": -50}}, "add up to 100"),
        ({"employees": [50, 20]}, "not lower"),
        ({"employees": [50]}, "cannot be read"),
        ({"min_points": 101}, "between 0 and 100"),
        ({"min_points": "many"}, "cannot be read"),
    ],
)
def test_criteria_that_cannot_be_read_against_are_refused(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        Criteria.from_data({**default_data(), **changes}, version=1)
