"""Questions of the program's own: written by an admin, asked in the form, kept with the answer."""

from typing import Any

import pytest
from flask import Flask

from portal import clock
from portal.auth.models import User
from portal.auth.rules import Role
from portal.extensions import db
from portal.fields import actions, queries
from portal.fields.rules import Kind
from tests.referrals.test_pages import TYPED, sent_rows
from tests.support import make, sales
from tests.support.client import Client

HERE = "/staff/settings/fields/"


@pytest.fixture
def ana(app: Flask) -> User:
    sales.program()
    return sales.lead(name="Ana Ferreira")


@pytest.fixture
def admin(ana: User) -> User:
    return make.staff(Role.PROGRAM_ADMIN)


def ask(admin: User, label: str, kind: Kind, *, required: bool = True, choices: tuple[str, ...] = ()) -> str:
    given: dict[str, Any] = {"hint": "", "kind": kind, "choices": choices, "required": required}
    actions.add(admin, label=label, **given, now=clock.now())
    db.session.commit()
    return queries.questions()[-1].name


def test_an_admin_asks_words_anew_orders_and_retires(client: Client, admin: User) -> None:
    client.as_(admin)
    typed = {"label": "Which system?", "kind": "text", "required": "y"}
    assert "is asked from here on" in client.post(HERE, data=typed, follow_redirects=True).text
    assert "This is asked already." in client.post(HERE, data=typed).text
    assert "at least two" in client.post(HERE, data={"label": "How?", "kind": "choice", "choices": "One"}).text
    client.post(HERE, data={"label": "How?", "kind": "choice", "choices": "One\nTwo"})
    first, second = queries.questions()
    client.post(f"{HERE}{second.ref}/move-up")
    assert [each.label for each in queries.questions()] == ["How?", "Which system?"]
    client.post(f"{HERE}{first.ref}", data={"label": "Which tool?", "version": "2"})
    stale = client.post(f"{HERE}{first.ref}", data={"label": "Which ERP?", "version": "2"})
    assert stale.status_code == 409
    assert [(each.label, each.required) for each in queries.questions()] == [("How?", False), ("Which tool?", False)]
    client.post(f"{HERE}{first.ref}/end")
    assert "asked no more since" in client.get(HERE).text
    client.post(f"{HERE}{first.ref}/return")
    assert [each.label for each in queries.questions()] == ["How?", "Which tool?"]


def test_what_is_asked_is_answered_in_the_form_and_told_to_both_sides(client: Client, ana: User, admin: User) -> None:
    system = ask(admin, "Which system?", Kind.TEXT)
    users = ask(admin, "How many users?", Kind.NUMBER, required=False)
    known = ask(admin, "Known from?", Kind.CHOICE, choices=("A fair", "Privately"))
    exports = ask(admin, "Do they export?", Kind.YES_NO)
    until = ask(admin, "Decided by?", Kind.DATE, required=False)
    wrong = {users: "many", known: "Elsewhere", exports: "perhaps", until: "soon"}
    page = client.as_(ana).post("/referrals/new", data=TYPED | wrong)
    assert page.status_code == 422
    for said in (
        "Please answer: Which system.",
        "is no number of at most",
        "Please choose one of these.",
        "Please choose a day.",
    ):
        assert said in page.text, said
    right = {system: "An ERP", users: "1200", known: "A fair", exports: "yes"}
    assert client.post("/referrals/new", data=TYPED | right).status_code == 303
    (sent,) = sent_rows()
    for reader, path in ((ana, f"/referrals/{sent.ref}"), (make.staff(), f"/staff/referrals/{sent.ref}")):
        page = client.as_(reader).get(path)
        for said in ("Which system?", "An ERP", "1,200", "A fair", "Do they export?", "Yes"):
            assert said in page.text, said
        assert "Decided by?" not in page.text, "what was not said is left out"


def test_an_old_answer_keeps_the_question_as_it_was_asked(client: Client, ana: User, admin: User) -> None:
    system = ask(admin, "Which system?", Kind.TEXT)
    client.as_(ana).post("/referrals/new", data=TYPED | {system: "An ERP"})
    (sent,) = sent_rows()
    actions.retire(admin, queries.field(queries.questions()[0].ref), now=clock.now())
    db.session.commit()
    assert "Which system?" in client.get(f"/referrals/{sent.ref}").text
    assert "Which system?" not in client.get("/referrals/new").text
    changed = TYPED | {"contact_title": "COO", "version": "1"}
    client.post(f"/referrals/{sent.ref}/correction", data=changed)
    assert "An ERP" in client.get(f"/referrals/{sent.ref}").text, "a correction takes no answer away"


def test_a_question_changes_nothing_of_the_reading(client: Client, ana: User, admin: User) -> None:
    before = client.as_(ana).post("/referrals/reading", data=TYPED).text
    name = ask(admin, "Which system?", Kind.TEXT, required=False)
    assert client.post("/referrals/reading", data=TYPED | {name: "An ERP"}).text == before
