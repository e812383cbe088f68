"""The text of agreements: drafted, previewed, published, then fixed."""

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.agreements import publishing
from portal.agreements.models import AgreementTemplate
from portal.agreements.texts import check_template
from portal.auth.rules import Role
from portal.errors import Refused
from portal.extensions import db
from tests.agreements.test_content import THE_TEXT
from tests.support import agreements as made
from tests.support import make
from tests.support.agreements import TEXT
from tests.support.client import Client


@pytest.fixture(autouse=True)
def program(app: Flask) -> None:
    make.program()


@pytest.fixture
def admin(client: Client) -> Client:
    return client.as_(made.admin())


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (TEXT + "{{salary}}", r"known by the name of \{\{salary\}\}"),
        (TEXT + "{{ rate", "Two braces"),
        (TEXT + "{{the-rate}}", "Two braces"),
        (TEXT.replace("{{rate}}", "some"), r"never says \{\{rate\}\}"),
        (TEXT.replace("{{partner_legal_name}}", "you"), r"never says \{\{partner_legal_name\}\}"),
        (TEXT + "x" * 100_000, "is the most"),
    ],
)
def test_a_text_that_no_agreement_can_be_made_from_is_refused(body: str, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence) as refusal:
        check_template(body)
    assert refusal.value.field == "body"


def test_the_text_that_comes_along_is_one(app: Flask) -> None:
    check_template(THE_TEXT)


def test_from_writing_to_publishing(admin: Client) -> None:
    assert "Write the first" in admin.get("/staff/agreements/templates").text
    assert admin.get("/staff/agreements/templates/new").status_code == 200
    answer = admin.post("/staff/agreements/templates/new", data={"title": "Referral agreement", "body": TEXT})
    assert (answer.status_code, answer.location) == (303, "/staff/agreements/templates/1")
    page = admin.get("/staff/agreements/templates/1")
    assert "No agreement is made from it" in page.text
    assert "Specimen Partner Ltd" in page.text

    assert admin.get("/staff/agreements/templates/1/edit").status_code == 200
    changed = {"title": "Better", "body": TEXT + "\nMore.\n"}
    assert admin.post("/staff/agreements/templates/1/edit", data=changed).status_code == 303
    assert admin.post("/staff/agreements/templates/1/publication").status_code == 303
    assert admin.post("/staff/agreements/templates/1/publication").status_code == 409
    page = admin.post("/staff/agreements/templates/1/edit", data=changed)
    assert page.status_code == 422
    assert "stays as it is" in page.text
    assert "Better" in admin.get("/staff/agreements/templates").text


def test_an_unknown_place_is_named_and_the_text_kept(admin: Client) -> None:
    page = admin.post("/staff/agreements/templates/new", data={"title": "T", "body": TEXT + "{{salary}}"})
    assert page.status_code == 422
    assert "known by the name of {{salary}}" in page.text
    assert "We pay {{rate}}" in page.text
    assert db.session.scalars(sa.select(AgreementTemplate)).all() == []


def test_a_draft_that_is_no_agreement_is_not_published(app: Flask) -> None:
    draft = publishing.write_template(None, title="T", body=TEXT, now=make.NOON)
    draft.body = "Nothing."
    with pytest.raises(Refused, match="never says"):
        publishing.publish_template(None, draft, now=make.NOON)


def test_a_preview_saves_nothing_and_shows_hostile_text_as_text(admin: Client) -> None:
    body = TEXT + "<script>alert(1)</script>"
    fragment = admin.post("/staff/agreements/templates/preview", data={"body": body})
    assert "Specimen Partner Ltd" in fragment.text
    assert "<script" not in fragment.text
    wrong = admin.post("/staff/agreements/templates/preview", data={"body": "{{<b>}} {{salary}}"})
    assert "The text asks for {{salary}}" in wrong.text
    whole = {"title": "T", "body": body}
    page = admin.post("/staff/agreements/templates/preview", data=whole, headers={"Accept": "text/html"})
    assert "Keep as draft" in page.text
    assert db.session.scalars(sa.select(AgreementTemplate)).all() == []


def test_only_those_who_edit_templates_write(client: Client) -> None:
    made.template()
    client.as_(made.person(Role.PARTNER_MANAGER))
    page = client.get("/staff/agreements/templates/1")
    assert page.status_code == 200
    assert "Write a new version" not in page.text
    for address in ("new", "1/edit"):
        assert client.get(f"/staff/agreements/templates/{address}").status_code == 403
    for address in ("preview", "1/preview", "1/publication"):
        assert client.post(f"/staff/agreements/templates/{address}").status_code == 403


def test_an_unknown_version_is_not_found(admin: Client) -> None:
    for address in ("9", "9/edit", "x"):
        assert admin.get(f"/staff/agreements/templates/{address}").status_code == 404
