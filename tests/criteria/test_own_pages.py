"""A question of the program made a criterion: drafted, put to use, answered, read, corrected, replayed, kept."""

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from portal import clock
from portal.auth.models import User
from portal.auth.rules import Role
from portal.criteria import actions as criteria
from portal.criteria.forms import CriteriaForm
from portal.criteria.models import CriteriaVersion
from portal.criteria.words import default_data
from portal.errors import Refused
from portal.extensions import db
from portal.fields import actions as fields
from portal.fields import queries
from portal.fields.rules import Kind, Question
from tests.referrals.test_pages import TYPED, sent_rows
from tests.support import agreements, make, sales
from tests.support.client import Client

NEW = "/staff/settings/criteria/new"
LABEL = "Is there a budget this year?"
WAY = "Introduce them once the budget is planned."


@pytest.fixture
def ana(app: Flask) -> User:
    sales.program()
    make.staff(Role.SALES_OWNER)
    return sales.lead(name="Ana Ferreira")


@pytest.fixture
def admin(ana: User) -> User:
    return agreements.admin(name="Adam")


def ask(admin: User, *, required: bool = False) -> Question:
    given: dict[str, Any] = {"hint": "", "kind": Kind.YES_NO, "choices": (), "required": required}
    fields.add(admin, label=LABEL, **given, now=clock.now())
    db.session.commit()
    return queries.questions()[-1]


def own(asked: Question, **changes: str) -> dict[str, str]:
    usual = {"question": asked.ref, "label": LABEL, "wanted": "yes", "if_not": "decline"}
    return usual | {"if_not_known": "validate", "changes": WAY} | changes


def put_to_use(admin: User, *read: dict[str, str]) -> None:
    version = criteria.draft(make.staff(Role.CONTENT_EDITOR), data=default_data() | {"own": read}, now=clock.now())
    criteria.publish(admin, version, now=clock.now())
    db.session.commit()


def newest() -> CriteriaVersion:
    return db.session.scalars(sa.select(CriteriaVersion).order_by(CriteriaVersion.number.desc())).first()  # type: ignore[return-value]


def typed(client: Client) -> dict[str, str]:
    with client.application.test_request_context():
        shown = CriteriaForm.showing(None).answers()
    return {name: str(value) for name, value in shown.items() if value is not None and value is not False} | {
        "began_from_number": "1"
    }


def test_it_is_drafted_in_the_editor_and_shown(client: Client, admin: User) -> None:
    client.as_(make.staff(Role.CONTENT_EDITOR))
    assert "None is asked yet." in client.get(NEW).text
    name = "own_" + ask(admin).ref.lower().replace("-", "_")
    assert f"{LABEL} Takes no part" in client.get(NEW).text
    said = typed(client) | {f"{name}_wanted": "yes", f"{name}_if_not": "decline", f"{name}_if_not_known": "validate"}
    page = client.post(NEW, data=said)
    assert page.status_code == 422
    assert "the partner reads it" in page.text.split(f'id="{name}_changes-error"')[1].split("</p>")[0]
    assert client.post(NEW, data=said | {f"{name}_changes": WAY}).status_code == 303
    assert newest().data["own"] == [own(queries.questions()[0])]
    assert f"{LABEL} Has to be yes" in client.get(NEW).text
    waits = client.as_(admin).get("/staff/settings/criteria/").text
    assert "it takes no part becomes Has to be yes. No: declines at once." in waits
    client.post("/staff/settings/criteria/2/publication")
    assert f'<p>{LABEL}<span class="sub">Has to be yes.' in client.get("/staff/settings/criteria/").text


def test_it_is_explained_sent_decided_and_corrected_by_one_reading(client: Client, ana: User, admin: User) -> None:
    question = ask(admin)
    put_to_use(admin, own(question))
    client.as_(ana)
    assert "It qualifies" not in client.post("/referrals/reading", data=TYPED).text
    says = {
        answer: client.post("/referrals/reading", data=TYPED | {question.name: answer}).text
        for answer in ("yes", "no", "not_known")
    }
    assert f"{LABEL} Yes" in says["yes"]
    assert f"{LABEL} Not known" in says["not_known"]
    assert f"{LABEL} No" in says["no"]
    assert f"What would change that.</strong> {WAY}" in says["no"]
    assert client.post("/referrals/new", data=TYPED | {question.name: "no"}).status_code == 303
    (sent,) = sent_rows()
    assert (sent.criteria_number, sent.reading["outcome"]) == (2, "decline")
    assert "<dd>No</dd>" in client.get(f"/referrals/{sent.ref}").text

    staff = client.as_(make.staff()).get(f"/staff/referrals/{sent.ref}").text
    assert f"{LABEL} No" in staff
    assert '<option selected value="own_criterion">' in staff
    assert f"{LABEL} No. {WAY}" in staff.split('name="note"')[1].split("</textarea>")[0]

    put_to_use(admin)
    client.as_(ana).post(f"/referrals/{sent.ref}/correction", data=TYPED | {question.name: "yes", "version": "1"})
    db.session.expire_all()
    (sent,) = sent_rows()
    assert (sent.criteria_number, sent.reading["outcome"]) == (2, "qualifies"), "read by the version of then"


def test_a_replay_tells_which_decisions_it_would_change(client: Client, ana: User, admin: User) -> None:
    question = ask(admin)
    for number, answer in enumerate(("yes", "no", "")):
        website = {"website": f"https://www.calder{number}.example", "company": f"Calder {number}"}
        client.as_(ana).post("/referrals/new", data=TYPED | website | {question.name: answer})
    put_to_use(admin, own(question))
    page = client.as_(admin).get("/staff/settings/criteria/2/replay").text
    assert "<strong>2 of 3</strong> would be read otherwise: 0 in the partner's favour, 2 against" in page
    assert f"{LABEL} Not said" in page


def test_a_question_that_is_read_stays_as_it_is(client: Client, admin: User) -> None:
    question = ask(admin)
    put_to_use(admin, own(question))
    client.as_(admin)
    here = f"/staff/settings/fields/{question.ref}"
    assert "Retire" not in client.get("/staff/settings/fields/").text
    answer = client.post(f"{here}/end")
    assert (answer.status_code, "Version 2 of the criteria reads the answer" in answer.text) == (409, True)
    page = client.post(here, data={"label": "Is there no budget this year?", "version": "1"})
    assert page.status_code == 422
    assert "stays as it is" in page.text.split('id="label-error"')[1].split("</p>")[0]
    assert client.post(here, data={"label": LABEL, "hint": "Roughly", "version": "1"}).status_code == 303
    put_to_use(admin)
    assert client.post(f"{here}/end").status_code == 303
    assert queries.questions() == ()


def test_what_nobody_asks_is_no_criterion(client: Client, admin: User) -> None:
    question = ask(admin)
    words = fields.add(admin, label="Which?", hint="", kind=Kind.TEXT, choices=(), required=False, now=clock.now())
    db.session.commit()
    for wrong in (
        own(question, question=words.ref, label="Which?"),
        own(question, label="Other words"),
        own(question, question="Q-9"),
    ):
        with pytest.raises(Refused, match="not asked any more"):
            put_to_use(admin, wrong)
    fields.retire(admin, queries.field(question.ref), now=clock.now())
    db.session.commit()
    with pytest.raises(Refused, match="not asked any more"):
        put_to_use(admin, own(question))
