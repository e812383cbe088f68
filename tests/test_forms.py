from flask import Flask
from werkzeug.datastructures import MultiDict
from wtforms import StringField
from wtforms.validators import InputRequired

from portal.forms import Form


class Plain(Form):
    class Meta(Form.Meta):
        csrf = False

    name = StringField("Name", [InputRequired("Please give the name.")], filters=[lambda text: text and text.title()])
    note = StringField("Note")


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
