import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from portal.errors import Refused
from portal.fields.forms import with_questions
from portal.fields.rules import LONGEST_CHOICE, MOST, MOST_CHOICES, Answer, Kind, Question, check_room, choices_of
from portal.forms import Form


@pytest.mark.parametrize(
    ("kind", "value", "said"),
    [
        (Kind.TEXT, "An ERP", "An ERP"),
        (Kind.NUMBER, "1200", "1,200"),
        (Kind.NUMBER, "12.5", "12.5"),
        (Kind.NUMBER, "[erased]", "[erased]"),
        (Kind.DATE, "2026-11-24", "24 Nov 2026"),
        (Kind.DATE, "[erased]", "[erased]"),
        (Kind.CHOICE, "A supplier", "A supplier"),
        (Kind.YES_NO, "yes", "Yes"),
    ],
)
def test_an_answer_is_said_in_words_also_after_an_erasure(kind: Kind, value: str, said: str) -> None:
    answer = Answer("Q-222222", "Label", kind, value)
    assert answer.said == said
    assert Answer.from_data(answer.to_data()) == answer


def test_choices_are_typed_one_a_line() -> None:
    assert choices_of(" A \n\nB\nA\n") == ("A", "B")


@pytest.mark.parametrize(
    "text", ["", "Only one", "\n".join(map(str, range(MOST_CHOICES + 1))), "A\n" + "x" * (LONGEST_CHOICE + 1)]
)
def test_choices_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(Refused) as refused:
        choices_of(text)
    assert refused.value.field == "choices"


def test_the_form_stays_short() -> None:
    check_room(MOST - 1)
    with pytest.raises(Refused, match="Retire one first"):
        check_room(MOST)


def test_a_question_has_a_field_of_its_own_name() -> None:
    assert Question("Q-2AB345", "Label", "", Kind.TEXT, (), False).name == "more_q_2ab345"


@pytest.mark.parametrize(
    ("typed", "is_taken"),
    [
        ("12.5", True),
        ("-0", True),
        ("1.200,5", True),
        ("1e6", False),
        ("1e-999999999", False),
        ("0e999999999", False),
        ("sNaN", False),
    ],
)
def test_a_number_can_be_written_out(app: Flask, typed: str, is_taken: bool) -> None:
    asked = with_questions(Form, (Question("Q-2AB345", "How many", "", Kind.NUMBER, (), True),))
    with app.test_request_context():
        form = asked(MultiDict({"more_q_2ab345": typed}), meta={"csrf": False})
        assert form.validate() is is_taken, form.errors
        assert is_taken or form.more_q_2ab345.errors[0] == f"“{typed}” is no number of at most twelve digits."
