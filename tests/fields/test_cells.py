"""A cell of a list as the answer to a question of the program's own."""

import pytest

from portal.errors import Refused
from portal.fields import cells
from portal.fields.rules import Kind, Question
from portal.sheets import column_called

CALLED = {"company": ("firma",), "industry": ()}


def question(
    kind: Kind = Kind.TEXT, label: str = "How many plants?", *choices: str, required: bool = False
) -> Question:
    return Question("Q-7F3KQ2", label, "", kind, choices, required)


@pytest.mark.parametrize(
    ("kind", "cell", "kept"),
    [
        (Kind.TEXT, "Two, near Oslo", "Two, near Oslo"),
        (Kind.NUMBER, "1200", "1200"),
        (Kind.NUMBER, "-12.5", "-12.5"),
        (Kind.NUMBER, "12,50", "12.50"),
        (Kind.NUMBER, "1.234,5", "1234.5"),
        (Kind.NUMBER, "1,234,567", "1234567"),
        (Kind.NUMBER, "1\u202f200", "1200"),
        (Kind.NUMBER, "0.125", "0.125"),
        (Kind.DATE, "23.11.2026", "2026-11-23"),
        (Kind.CHOICE, " sap  ERP", "SAP ERP"),
        (Kind.YES_NO, "Ja", "yes"),
        (Kind.YES_NO, "false", "no"),
        (Kind.YES_NO, "Not known", "not_known"),
    ],
)
def test_a_cell_answers(kind: Kind, cell: str, kept: str) -> None:
    asked = question(kind, "Label", "SAP ERP", "Other")
    assert cells.answer(asked, cell) == {"ref": "Q-7F3KQ2", "label": "Label", "kind": str(kind), "value": kept}


@pytest.mark.parametrize(
    ("kind", "cell", "said"),
    [
        (Kind.TEXT, "x" * 501, "longer than 500"),
        (Kind.NUMBER, "1.200", "in two ways"),
        (Kind.NUMBER, "two", "is no number"),
        (Kind.NUMBER, "9" * 13, "is no number"),
        (Kind.NUMBER, "9" * 40, "is no number"),
        (Kind.NUMBER, "١٢", "is no number"),
        (Kind.DATE, "soon", "is no day"),
        (Kind.CHOICE, "Odoo", "is none of: SAP ERP, Other"),
        (Kind.YES_NO, "perhaps", "is none of: yes, no, not known"),
    ],
)
def test_what_answers_nothing_is_said(kind: Kind, cell: str, said: str) -> None:
    with pytest.raises(Refused, match=said):
        cells.answer(question(kind, "Label", "SAP ERP", "Other"), cell)


@pytest.mark.parametrize(
    ("label", "head"),
    [
        ("How many plants?", "How many plants?"),
        ("Industry", "Q-7F3KQ2"),
        ("Firma:", "Firma:"),
        ("=Sum of it", "Q-7F3KQ2"),
    ],
)
def test_a_column_is_called_by_its_question_where_that_is_clear(label: str, head: str) -> None:
    asked = question(label=label)
    assert cells.head(asked, cells.with_columns(CALLED, [asked])) == head


@pytest.mark.parametrize("name", ["Q-7F3KQ2", "q-7f3kq2", "how many plants", "HOW_MANY PLANTS?"])
def test_a_column_is_found_by_its_question_or_reference(name: str) -> None:
    asked = question()
    assert column_called(name, cells.with_columns(CALLED, [asked])) == "Q-7F3KQ2"


@pytest.mark.parametrize("kind", list(Kind))
def test_the_example_of_a_column_would_be_taken(kind: Kind) -> None:
    asked = question(kind, "Label", "SAP", "Other")
    assert cells.answer(asked, cells.example(asked))
    assert cells.wants(asked)
