"""What was typed stands again in the form that it was typed into, on the page as it is now."""

from typing import Any

import pytest
from wtforms import PasswordField

from portal.forms import Form as BaseForm
from portal.unsent.filling import Filled, filled
from portal.unsent.page import Control, Form, read
from portal.unsent.rules import Typed, to_be_kept, with_form

PAGE = """<html><body><main id="main"><h1>Täglich &amp; schön</h1>
<form method="get" action="/a"><input name="text" value="search"></form>
<form method="post" action="/logout"><input type="hidden" name="csrf_token" value="new"></form>
<details><summary>More</summary>
<form method="post" action="/a/b" class="stack">
<input type="hidden" name="csrf_token" value="new"><input type="hidden" name="version" value="7">
<input type="hidden" name="row" value="1">
<input name="text" value="as it was"><input type="password" name="password">
<textarea name="note" rows="3">
before</textarea>
<input type="checkbox" name="consent" value="y" checked><input type="checkbox" name="who" value="1">
<input type="checkbox" name="who" value="2"><input type="radio" name="how" value="x" checked>
<input type="radio" name="how" value="y"><input type="file" name="file">
<select name="country"><option value="DE" selected>Germany</option><option value="AT">Austria</option></select>
<details><summary>Rest</summary><input name="rest"></details>
</form></details>
<form method="post" action="/a/b"><input type="hidden" name="row" value="2"><input name="text" value="other"></form>
</main></body></html>"""


def typed(*pairs: tuple[str, str], to: str = "/a/b") -> Typed:
    return Typed(to, "/a", pairs)


def form_of(done: Filled, number: int = 1) -> Form:
    return read(done.page).forms[number]


def value(form: Form, name: str) -> list[str]:
    return [said(each) for each in form.controls if each.name == name]


def said(control: Control) -> str:
    if control.kind in ("checkbox", "radio"):
        return control.value if "checked" in control.mark.attributes else ""
    if control.kind == "select":
        return ",".join(each.value for each in control.options if "selected" in each.mark.attributes)
    return control.value


def test_every_kind_of_control_says_again_what_was_typed() -> None:
    note = '<b>two</b>\nlines & "quotes" </textarea> שלום 😀'
    pairs = [("row", "1"), ("text", '5" <x> & y'), ("note", note), ("who", "2"), ("how", "y"), ("country", "AT")]
    done = filled(PAGE, typed(*pairs, ("password", "no"), ("version", "3")), "/a")
    form = form_of(done)
    assert done.found
    assert done.left == ()
    assert [value(form, name) for name in ("text", "note", "country")] == [['5" <x> & y'], [note], ["AT"]]
    assert [value(form, name) for name in ("who", "how", "consent")] == [["", "2"], ["", "y"], [""]]
    assert [value(form, name) for name in ("version", "csrf_token", "password")] == [["7"], ["new"], [""]]
    assert done.note_at is not None
    assert done.page[: done.note_at].endswith('class="stack">')


def test_what_is_folded_around_it_is_open() -> None:
    assert "<details open>" in filled(PAGE, typed(("row", "1"), ("text", "typed")), "/a").page
    assert filled(PAGE, typed(("row", "1"), ("rest", "typed")), "/a").page.count("<details open>") == 2


@pytest.mark.parametrize(("row", "number"), [("1", 1), ("2", 2)])
def test_of_several_forms_it_is_the_one_for_the_same_row(row: str, number: int) -> None:
    done = filled(PAGE, typed(("row", row), ("text", "typed")), "/a")
    assert value(form_of(done, number), "text") == ["typed"]
    assert value(form_of(done, 3 - number), "text") != ["typed"]


def test_what_has_no_place_any_more_is_told() -> None:
    assert filled(PAGE, typed(("row", "1"), ("text", "a"), ("row-9", "lost")), "/a").left == ("lost",)


@pytest.mark.parametrize("pairs", [[("other", "words")], [("text", "a"), ("other", "words")]])
def test_a_page_without_the_form_only_tells(pairs: list[tuple[str, str]]) -> None:
    done = filled(PAGE, typed(*pairs, to="/somewhere/else"), "/a")
    assert not done.found
    assert done.page == PAGE
    assert done.left == tuple(value for _, value in pairs)
    assert done.note_at is not None
    assert PAGE[: done.note_at].endswith('<main id="main">')


def test_a_form_of_another_address_that_asks_for_all_of_it_takes_it() -> None:
    done = filled(PAGE, typed(("note", "from the second step"), ("how", "y"), to="/a/b/confirmation"), "/a")
    assert value(form_of(done), "note") == ["from the second step"]


@pytest.mark.parametrize(
    ("name", "is_kept"),
    [
        *((name, True) for name in ("note", "proof_note", "proof_people", "proof_token", "company", "key_question")),
        *((name, False) for name in ("password", "proof_password", "proof_code", "code", "current", "account")),
        *((name, False) for name in ("client_secret", "holder", "csrf_token", "idempotency_key", "version")),
    ],
)
def test_words_are_kept_and_secrets_are_not(name: str, is_kept: bool) -> None:
    assert bool(to_be_kept([(name, "typed")])) is is_kept


def test_every_field_for_a_password_is_a_secret() -> None:
    def below(kind: Any) -> set[Any]:
        return {kind}.union(*(below(each) for each in kind.__subclasses__()))

    fields = {name: field for form in below(BaseForm) for name, field in vars(form).items()}
    secret = {name for name, field in fields.items() if getattr(field, "field_class", None) is PasswordField}
    assert len(secret) > 3
    assert to_be_kept((name, "typed") for name in secret) == ()


def test_the_address_of_a_page_keeps_what_it_asked_for() -> None:
    assert with_form("/a?draft=RD-1&unsent=UF-0", "UF-1") == "/a?draft=RD-1&unsent=UF-1#unsent"
