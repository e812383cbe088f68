"""What a correction says: old beside new, in words."""

from typing import Any

import pytest

from portal.corrections.rules import UNSAID, Change, changes, check_open, kept_answers, told
from portal.errors import Refused
from portal.fields.rules import Answer, Kind
from portal.referrals.rules import OPEN, Status, Timing

FACTS: dict[str, Any] = {
    "website": "calder.example",
    "company": "Calder",
    "country": "DE",
    "employees": 1200,
    "industry": "",
    "contact_name": "Ruth Calder",
    "contact_title": "Oprations Director",
    "contact_email": "ruth@calder.example",
    "contact_phone": "",
    "need": "Order.",
    "timing": Timing.NOW,
    "budget": "",
    "decider": "",
    "expected_minor": None,
    "public_tender": False,
    "more_answers": None,
}


def differ(**new: Any) -> list[tuple[str, str, str]]:
    return [
        (each.what, each.old, each.new) for each in changes(FACTS, FACTS | new, lambda minor: f"EUR {minor // 100}")
    ]


def test_nothing_is_said_where_nothing_differs() -> None:
    assert differ() == []
    assert differ(more_answers=[]) == []


def test_old_and_new_are_said_in_words() -> None:
    assert differ(contact_title="Operations Director") == [("Job title", "Oprations Director", "Operations Director")]
    assert differ(country="AT") == [("Country", "Germany", "Austria")]
    assert differ(employees=None) == [("People", "1,200", UNSAID)]
    assert differ(expected_minor=120000) == [("What it may come to", UNSAID, "EUR 1200")]
    assert differ(public_tender=True) == [("Public tender", "None is out", "Already out")]
    assert differ(timing=Timing.LATER) == [("When", "Now, they are looking already", "Later, or not known")]


def test_an_answer_to_a_question_of_the_program_is_said_under_its_words() -> None:
    yes = Answer("Q-222222", "Do they export?", Kind.YES_NO, "yes").to_data()
    assert differ(more_answers=[yes]) == [("Do they export?", UNSAID, "Yes")]


def test_an_answer_to_a_question_that_is_asked_no_more_stays() -> None:
    asked, retired = {"ref": "Q-2"}, {"ref": "Q-3"}
    assert kept_answers([asked, retired], [{"ref": "Q-2", "value": "new"}], ["Q-2"]) == [
        {"ref": "Q-2", "value": "new"},
        retired,
    ]
    assert kept_answers(None, [], []) == []


def test_the_record_of_events_names_facts_and_never_says_them() -> None:
    changed = [
        Change("Job title", "a", "b"),
        Change("Do they export to Ruth's?", "c", "d"),
        Change("Country", "e", "f"),
    ]
    assert told(changed[:1]) == "job title"
    assert told(changed) == "job title, an answer and country"


@pytest.mark.parametrize("status", Status)
def test_only_an_open_one_is_corrected(status: Status) -> None:
    if status in OPEN:
        check_open(status)
    else:
        with pytest.raises(Refused, match="only an open one can be corrected"):
            check_open(status)
