from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from wtforms import PasswordField, StringField, TextAreaField
from wtforms.validators import InputRequired, Optional
from wtforms.widgets import html_params

from portal import clock
from portal.forms import FAR, DayField, Form, attributes


class Plain(Form):
    class Meta(Form.Meta):
        csrf = False

    name = StringField("Name", [InputRequired("Please give the name.")], filters=[lambda text: text and text.title()])
    note = StringField("Note")
    story = TextAreaField("Story")


@pytest.mark.parametrize(
    "given",
    [
        {"name": "x", "id": "y", "class_": "wide"},
        {"value": "<b>\"&'", "title": Markup('<i title="&amp;">')},
        {"required": True, "disabled": False, "aria_invalid": "true", "data_row_": 3},
        {},
    ],
)
def test_attributes_are_those_of_the_form_library(given: dict[str, Any]) -> None:
    assert attributes(**given) == html_params(**given)


def test_blanks_around_an_answer_are_no_part_of_it(app: Flask) -> None:
    with app.test_request_context():
        form = Plain(MultiDict({"name": "  ada lovelace\t", "note": "   "}))
        assert form.validate()
        assert (form.name.data, form.note.data) == ("Ada Lovelace", None)


def test_blanks_are_no_answer_where_one_is_required(app: Flask) -> None:
    with app.test_request_context():
        form = Plain(MultiDict({"name": "   "}))
        assert not form.validate()
        assert form.name.errors == ["Please give the name."]


def test_the_filters_of_a_field_hold_for_every_form(app: Flask) -> None:
    with app.test_request_context():
        assert [Plain(MultiDict({"name": "ada"})).name.data for _ in range(2)] == ["Ada", "Ada"]


def test_line_breaks_in_one_line_become_blanks(app: Flask) -> None:
    typed = "Calder\r\nBcc: all@example.org\u2028& Finch\x0b\x85Ltd"
    with app.test_request_context():
        form = Plain(MultiDict({"name": typed, "note": typed, "story": "One\r\ntwo"}))
        assert form.note.data == "Calder Bcc: all@example.org & Finch Ltd"
        assert form.story.data == "One\r\ntwo"
        assert Plain(MultiDict({"name": "x", "note": "\u202egnp.exe\u2066"})).note.data == "gnp.exe"
        assert Plain(MultiDict({"name": "x", "note": "שלום"})).note.data == "שלום"


def test_marks_that_nobody_sees_fill_no_field_and_are_no_part_of_a_name(app: Flask) -> None:
    unseen, joined = "\u200b\u2060\ufeff\u200d", "Na\u200cma"
    with app.test_request_context():
        empty = Plain(MultiDict({"name": unseen, "story": unseen}))
        assert not empty.validate()
        assert (empty.name.errors, empty.story.data) == (["Please give the name."], None)
        given = Plain(MultiDict({"name": "Cal\u00adder\u200b", "note": joined}))
        assert (given.name.data, given.note.data) == ("Calder", joined)


@pytest.mark.parametrize(("typed", "is_taken"), [(0, True), (10, True), (-10, True), (11, False), (-2000, False)])
def test_a_day_lies_within_ten_years(app: Flask, typed: int, is_taken: bool) -> None:
    class Planned(Plain):
        on = DayField("On", [Optional()])

    year = clock.now().year + typed
    with app.test_request_context():
        form = Planned(MultiDict({"name": "Ada", "on": f"{year:04}-06-01"}))
        assert form.validate() is is_taken
        assert form.on.errors == ([] if is_taken else [FAR])


def every_form(kind: type[Form] = Form) -> Iterator[type[Form]]:
    """Of the whole program: its pages are imported by now."""
    for each in kind.__subclasses__():
        yield each
        yield from every_form(each)


def test_a_field_of_one_line_holds_one_line_in_every_form(app: Flask) -> None:
    typed, seen = "a\r\nBcc: b@example.org", 0
    with app.test_request_context():
        for kind in filter(lambda each: each.__init__ is Form.__init__, every_form()):
            names = [field.name for field in kind(formdata=None)]
            for field in kind(formdata=MultiDict(dict.fromkeys(names, typed))):
                if isinstance(field, StringField) and not isinstance(field, TextAreaField | PasswordField):
                    seen += 1
                    assert "\n" not in str(field.data), f"{kind.__name__}.{field.name}"
    assert seen > 100
