"""What a version may say beyond words and sizes: the matrix, what declines, what an answer about time earns."""

from typing import Any

import pytest
from flask import Flask

from portal.criteria import actions
from portal.criteria.matrix import DEFAULT, Cell, outcome_of
from portal.criteria.reading import read
from portal.criteria.rules import Answers, Criteria, Criterion, Outcome, Reading
from portal.criteria.titles import Function, Seniority
from portal.criteria.words import default_data
from portal.errors import Refused
from tests.support import agreements
from tests.support.make import NOON

RUTH = Answers(job_title="Head of Sales", country="GB", public_tender=False, consent=True, timing="this_quarter")


def of(answers: Answers = RUTH, **changes: Any) -> Reading:
    return read(Criteria.from_data(default_data() | changes, 1), answers)


def matrix(**cells: str) -> dict[str, Any]:
    """The default with some cells changed: `head_buying="ask"`."""
    rows = DEFAULT.to_data()
    for name, cell in cells.items():
        level, _, function = name.rpartition("_")
        rows[level][["buying", "adjacent", "other"].index(function)] = cell
    return rows


def test_a_version_from_before_means_the_default() -> None:
    old = Criteria.from_data(default_data(), 1)
    assert "matrix" not in default_data()
    assert old.matrix is DEFAULT
    assert old == Criteria.from_data(old.to_data(), 1)


@pytest.mark.parametrize(
    ("cell", "is_named", "outcome"),
    [
        (Cell.QUALIFIES, False, Outcome.QUALIFIES),
        (Cell.IF_NAMED, False, Outcome.VALIDATE),
        (Cell.IF_NAMED, True, Outcome.QUALIFIES),
        (Cell.VALIDATE, True, Outcome.VALIDATE),
        (Cell.ASK, True, Outcome.ASK),
        (Cell.DECLINE, True, Outcome.DECLINE),
    ],
)
def test_a_cell_leads_to_an_outcome(cell: Cell, is_named: bool, outcome: Outcome) -> None:
    assert outcome_of(cell, is_named=is_named) is outcome


def test_a_changed_cell_changes_what_it_names_and_nothing_else() -> None:
    changed = matrix(head_buying="ask")
    assert (of().outcome, of(matrix=changed).outcome) == (Outcome.QUALIFIES, Outcome.ASK)
    director = Answers(job_title="Sales Director", country="GB", public_tender=False, consent=True)
    assert of(director).outcome is of(director, matrix=changed).outcome is Outcome.QUALIFIES


def test_what_would_change_it_follows_the_matrix() -> None:
    finance = Answers(job_title="Head of Finance", country="GB")
    assert of(finance).findings[0].changes == "A head or a director in a buying function would qualify at once."
    only_owners = {level: ["validate"] * 3 for level in Seniority} | {"owner": ["validate", "qualifies", "validate"]}
    assert (
        of(finance, matrix=only_owners).findings[0].changes == "An owner in an adjacent function would qualify at once."
    )
    nobody = {level: ["validate"] * 3 for level in Seniority}
    assert of(finance, matrix=nobody).findings[0].changes == ""


def test_a_function_that_is_not_named_counts_as_another() -> None:
    assert all(DEFAULT.cell(level, Function.UNKNOWN) is DEFAULT.cell(level, Function.OTHER) for level in Seniority)


def test_what_is_switched_off_is_not_read() -> None:
    tender = Answers(job_title="Head of Sales", country="GB", public_tender=True, consent=True)
    assert of(tender).missed == (Criterion.PUBLIC_TENDER,)
    off = of(tender, hard=["territory", "consent"])
    assert (off.outcome, off.missed) == (Outcome.QUALIFIES, ())
    assert Criterion.PUBLIC_TENDER not in {finding.criterion for finding in off.findings}


def test_an_answer_about_the_time_earns_its_share() -> None:
    later = default_data()
    assert of(timing={"now": 100, "this_quarter": 25, "this_year": 0, "later": 0}).points == of().points - 10
    assert "timing" not in later


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"matrix": {"head": ["ask"] * 3}}, "matrix"),
        ({"matrix": {level: ["ask"] * 2 for level in Seniority}}, "matrix"),
        ({"matrix": {level: ["maybe"] * 3 for level in Seniority}}, None),
        ({"matrix": "all"}, None),
        ({"hard": ["territory"]}, "hard"),
        ({"hard": ["consent", "fit"]}, "hard"),
        ({"hard": ["weather"]}, None),
        ({"timing": {"now": 100}}, "timing"),
        ({"timing": {"now": 101, "this_quarter": 0, "this_year": 0, "later": 0}}, "timing"),
    ],
)
def test_what_cannot_be_is_refused(change: dict[str, Any], field: str | None) -> None:
    with pytest.raises(Refused) as refusal:
        of(**change)
    assert refusal.value.field == field


def test_the_same_said_in_full_is_no_new_version(app: Flask) -> None:
    actions.draft(None, data=default_data(), now=NOON)
    with pytest.raises(Refused, match="says exactly this already"):
        actions.draft(agreements.admin(), data=Criteria.from_data(default_data(), 1).to_data(), now=NOON)
