from pathlib import Path

from flask import Flask

from portal.agreements.plans import Plan, PlanRule
from portal.agreements.texts import check_clauses
from portal.content import pieces

CONTENT = Path(__file__).parents[2] / "content"
(THE_TEXT,) = [piece.body for piece in pieces(CONTENT, "agreement")]


def test_the_usual_plan_pays_by_a_clause_of_the_text_that_comes_along(app: Flask) -> None:
    rule = PlanRule(name="first-deal", rate_bp=1000, clause="4.1")
    check_clauses(THE_TEXT, Plan(ref="F-1", version=1, currency="EUR", rules=(rule,)))
