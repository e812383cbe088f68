"""What templates say is what `escape` says, whatever the kind of a value, and whichever way it comes to the page."""

from enum import StrEnum

import pytest
from flask import Flask
from jinja2 import DictLoader, Undefined
from markupsafe import Markup, escape

from portal.rendering import Templates, text_of


class _State(StrEnum):
    ODD = "<odd>"


class _Drawn:
    def __html__(self) -> str:
        return "<b>drawn</b>"


class _Text(str):
    pass


class _OwnMarkup(Markup):
    pass


VALUES = [
    *("", "plain", "<a href='x'>\"&amp;\"</a>", Markup("<b>bold</b>"), _State.ODD, _Drawn(), _Text("<i>")),
    *(_OwnMarkup("<u>"), None, True, 7, -3.5, Undefined(name="nothing"), ["<li>"]),
]


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_a_value_is_said_as_escape_says_it(value: object) -> None:
    assert text_of(value) == str(escape(value))


def _templates(**sources: str) -> Templates:
    app = Flask(__name__)
    app.jinja_environment = Templates
    app.jinja_loader = DictLoader(
        {f"{name}.html": source for name, source in sources.items()} | {"mail.txt": "{{ x }}"}
    )
    env = app.jinja_env
    assert isinstance(env, Templates)
    return env


@pytest.mark.parametrize(
    "source",
    [
        "{{ x }}",
        "{% macro say(what) %}{{ what }}{% endmacro %}{{ say(x) }}",
        "{% macro say() %}{{ caller() }}{% endmacro %}{% call say() %}{{ x }}{% endcall %}",
        "{% macro say(what) %}{{ what }}{% endmacro %}{% for each in [x] %}{{ say(each) }}{% endfor %}",
        "{% set said %}{{ x }}{% endset %}{{ said }}",
        "{% for each in [x] %}{{ each }}{% endfor %}",
        "{% include 'part.html' %}",
        "{% from 'macros.html' import say %}{{ say(x) }}",
        "{{ x ~ '' }}",
        "{{ [x] | join(', ') }}",
        "{{ '%s' | format(x) }}{{ '' if x else x }}",
    ],
)
def test_what_was_typed_is_escaped_once_on_every_way_to_the_page(source: str) -> None:
    macros = "{% macro say(what) %}{{ what }}{% endmacro %}"
    templates = _templates(page=source, part="{{ x }}", macros=macros)
    assert templates.get_template("page.html").render(x="<script>&") == "&lt;script&gt;&amp;"


def test_markup_stays_markup_and_a_text_file_stays_as_it_is() -> None:
    templates = _templates(page="{{ x }}{{ '<' | safe }}{{ '<' }}")
    assert templates.get_template("page.html").render(x=Markup("<b>")) == "<b><&lt;"
    assert templates.get_template("mail.txt").render(x="<b>") == "<b>"


def test_a_macro_that_is_called_wrongly_says_so() -> None:
    templates = _templates(page="{% macro say(what) %}{{ what }}{% endmacro %}{{ say(1, 2) }}")
    with pytest.raises(TypeError, match="takes not more than 1"):
        templates.get_template("page.html").render()
