"""What a referral will be, before it is sent."""

from datetime import UTC, datetime

import pytest

from portal.agreements.plans import Plan, PlanRule
from portal.agreements.terms import Terms
from portal.criteria.reading import read
from portal.criteria.rules import Answers, Criteria, Outcome
from portal.criteria.words import default_data
from portal.fees.queries import estimate
from portal.formats import money
from portal.referrals.explained import TONE, explained, pays, promised
from portal.referrals.rules import OUTCOME_SAYS
from portal.sla.rules import Record

CRITERIA = Criteria.from_data(default_data(), 1)
RULE = PlanRule(name="first-deal", rate_bp=1000, clause="4.1")
TERMS = Terms(currency="EUR", plan=Plan(ref="FP-222222", version=1, currency="EUR", rules=(RULE,)))


def told(
    title: str, *, country: str = "DE", tender: bool = False, consent: bool | None = True
) -> tuple[str, list[str]]:
    answers = Answers(job_title=title, country=country, public_tender=tender, consent=consent, employees=120)
    found = explained(read(CRITERIA, answers), is_decided=False)
    return found.says, found.would_change


def test_each_outcome_has_its_sentence_and_tone() -> None:
    assert OUTCOME_SAYS.keys() == TONE.keys() == set(Outcome)


def test_what_qualifies_at_once_needs_no_change() -> None:
    assert told("Operations Director") == ("It qualifies at once.", [])


def test_what_would_change_it_is_said() -> None:
    says, changes = told("Operations Director", country="US")
    assert says == "It does not fit as it stands."
    assert changes == ["An office of theirs in our territory that decides by itself would."]
    says, changes = told("Operations Director", consent=None)
    assert says.startswith("It needs validation")
    assert changes == ["Ask the contact; one line by mail is enough."]


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("Operations Director", "Director, buying function"),
        ("Zauberer", "Level not named, function not named"),
    ],
)
def test_the_job_title_is_read_aloud(title: str, said: str) -> None:
    assert explained(read(CRITERIA, Answers(job_title=title)), is_decided=False).title == said


def test_the_fee_is_that_of_the_own_terms() -> None:
    assert pays(TERMS, "", estimate, money).amount == "A first deal of €10,000.00, for example, would pay €1,000.00."
    assert pays(TERMS, "12,500", estimate, money).amount == "At €12,500.00 it would pay about €1,250.00."
    assert pays(TERMS, "", estimate, money).rules == [RULE.sentence]


def test_an_amount_that_cannot_be_read_is_said_and_stops_nothing() -> None:
    found = pays(TERMS, "a lot", estimate, money)
    assert (found.amount, bool(found.wrong)) == ("", True)


def test_the_promise_says_by_when_from_whom_and_how_it_was_kept() -> None:
    due = datetime(2026, 11, 24, 10, tzinfo=UTC)
    kept = Record(n=25, median_minutes=180, in_time=21)
    said = promised("8", due, kept, lambda at: "Tue 24 Nov, 11:00")
    assert said.sentence == "Our qualifiers answer within 8 working hours: sent now, by Tue 24 Nov, 11:00."
    assert said.record == "84 % in time, half within 3 h (25 answers)"
