"""Each row of a list, read with its problems by column."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.errors import Refused
from portal.fields.rules import Answer, Kind, Question
from portal.referrals import import_rows
from portal.referrals.rules import IntroducedHow, Timing
from tests.referrals.sheets import GOOD, HEAD, OTHER, TODAY, changed, rows


def test_a_row_says_all_that_it_says() -> None:
    (row,) = rows(GOOD)
    told = row.introduction
    assert (row.number, row.problems, row.domain) == (2, [], "nordlys.example")
    assert (told.company, told.country, told.public_tender, told.consent) == ("Nordlys AS", "NO", False, True)
    assert (told.timing, told.introduced_how) == (Timing.NOW, IntroducedHow.INTRO_MAIL)


def test_german_names_and_words_are_read() -> None:
    head = (
        "Firma;Webseite;Land;Ansprechpartner;Position;E-Mail;Bedarf;Wann;Ausschreibung;Wie;Mitarbeiter;Vorgestellt am"
    )
    (row,) = rows(f"{OTHER.replace(',', ';')};1.200;03.11.2026", head=head)
    assert row.problems == []
    assert (row.told["country"], row.told["timing"], row.told["employees"]) == ("DE", Timing.THIS_YEAR, 1200)
    assert row.told["introduced_how"] is IntroducedHow.INTRO_CALL


@pytest.mark.parametrize(
    ("cells", "column", "said"),
    [
        ({"company": ""}, "company", "Nothing stands there."),
        ({"company": "x" * 121}, "company", "longer than 120"),
        ({"website": "gmail.com"}, "website", "belongs to a mail provider"),
        ({"website": "nowhere"}, "website", "is not a web address"),
        ({"country": "Atlantis"}, "country", "is no country"),
        ({"contact_email": "kari"}, "contact_email", "is not a mail address"),
        ({"timing": "soon"}, "timing", "is none of: now"),
        ({"public_tender": "perhaps"}, "public_tender", "is none of: yes, no"),
        ({"introduced_how": "telepathy"}, "introduced_how", "is none of: mail"),
        ({"introduced_how": "mail,extra"}, "", "more cells than there are columns"),
    ],
)
def test_what_is_wrong_is_said_with_its_column(cells: dict[str, str], column: str, said: str) -> None:
    ((found, sentence),) = rows(changed(**cells))[0].problems
    assert (found, said in sentence) == (column, True), sentence


def test_two_rows_about_one_company_are_one() -> None:
    first, second = rows(GOOD, GOOD.replace("nordlys.example,", "www.nordlys.example/en,", 1))
    assert first.problems == []
    assert second.problems == [("website", "Row 2 is about the same company.")]


@pytest.mark.parametrize("text", ["", "company,website\nx,y", "\x00", f"{HEAD}\n" + f"{GOOD}\n" * 201])
def test_what_is_no_list_of_referrals_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        list(import_rows.read(text, today=TODAY))


def test_the_template_is_a_list_that_could_be_sent() -> None:
    (row,) = import_rows.read(import_rows.template(), today=TODAY)
    assert row.problems == []


PLANTS = Question("Q-222222", "How many plants?", "", Kind.NUMBER, (), required=True)
SYSTEM = Question("Q-333333", "Industry", "", Kind.CHOICE, ("SAP", "Other"), required=False)


def asked(*lines: str, head: str) -> list[import_rows.Row]:
    text = "\n".join([f"{HEAD},{head}", *lines])
    return list(import_rows.read(text, today=TODAY, questions=[PLANTS, SYSTEM]))


def test_the_programs_own_questions_are_columns() -> None:
    (row,) = asked(f"{GOOD},12,sap,Paper", head="how many plants,Q-333333,Industry")
    assert (row.problems, row.told["industry"]) == ([], "Paper")
    answers = [Answer.from_data(each) for each in row.introduction.more_answers or ()]
    assert [(each.label, each.value) for each in answers] == [("How many plants?", "12"), ("Industry", "SAP")]


@pytest.mark.parametrize(("cells", "said"), [(",", "Nothing stands there."), ("many,", "“many” is no number")])
def test_a_question_that_is_not_answered_is_said_by_row(cells: str, said: str) -> None:
    ((name, sentence),) = asked(f"{GOOD},{cells}", head="How many plants?,Q-333333")[0].problems
    assert (name, said in sentence) == ("How many plants", True)


def test_a_list_made_before_a_question_was_asked_is_read_and_says_what_it_lacks() -> None:
    assert [each.problems for each in asked(f"{GOOD},x", head="note")] == [
        [("How many plants", "Nothing stands there.")]
    ]


def test_the_template_has_the_questions_and_could_be_sent() -> None:
    text = import_rows.template([PLANTS, SYSTEM])
    assert text.splitlines()[0].endswith(",decider,How many plants?,Q-333333")
    (row,) = import_rows.read(text, today=TODAY, questions=[PLANTS, SYSTEM])
    assert (row.problems, len(row.told["more_answers"])) == ([], 2)


@given(st.lists(st.text(alphabet=st.characters(exclude_characters="\x00"), max_size=30), min_size=1, max_size=12))
def test_no_cells_raise(cells: list[str]) -> None:
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    try:
        found = list(import_rows.read(f"{HEAD}\n{text.getvalue()}", today=TODAY))
    except Refused:
        return
    for row in found:
        assert row.problems or row.introduction
        assert row.digest(1) != row.digest(2)
