"""Staff write, preview, publish and take back."""

from typing import Any

import pytest
import sqlalchemy as sa

from portal.activity.models import EventRow
from portal.auth.rules import Role
from portal.extensions import db
from portal.resources.models import Resource, ResourceEdition
from portal.scope import all_partners
from tests.resources import make as made
from tests.support import make
from tests.support.client import Client

TYPED = {
    "kind": "guide",
    "title": "Say it well",
    "slug": "say-it-well",
    "summary": "Words that open.",
    "draft": "## Why\n\nBecause **it works**.",
}


@pytest.fixture
def editor(client: Client) -> Client:
    return client.as_(make.staff(Role.CONTENT_EDITOR, name="Edith"))


def test_a_draft_becomes_what_partners_read(editor: Client) -> None:
    assert "Write the first" in editor.get("/staff/resources/").text
    assert editor.get("/staff/resources/new").status_code == 200
    answer = editor.post("/staff/resources/new", data=TYPED)
    assert (answer.status_code, answer.location) == (303, "/staff/resources/say-it-well")
    page = editor.get("/staff/resources/say-it-well")
    assert "Partners do not see it" in page.text
    assert "<strong>it works</strong>" in page.text

    answer = editor.post("/staff/resources/say-it-well/publication")
    assert answer.status_code == 303
    assert "Partners read this text, edition 1" in editor.get("/staff/resources/say-it-well").text
    assert db.session.scalars(all_partners(sa.select(EventRow.kind), "a test")).all() == ["ResourcePublished"]
    assert editor.post("/staff/resources/say-it-well/publication").status_code == 409

    assert editor.post("/staff/resources/say-it-well/withdrawal").status_code == 303
    assert editor.post("/staff/resources/say-it-well/withdrawal").status_code == 409
    assert db.session.scalars(sa.select(ResourceEdition.number)).all() == [1]
    editor.post("/staff/resources/say-it-well/publication")
    assert db.session.scalars(sa.select(ResourceEdition.number).order_by("number")).all() == [1, 2]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"title": "  "}, "Give it a title."),
        ({"title": "x" * 121}, "Up to 120"),
        ({"kind": "song"}, "Please choose one of these"),
        ({"slug": "Say it"}, "lower-case letters"),
        ({"slug": "three-sentences"}, "has this address"),
        ({"draft": ""}, "Write the text."),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
    editor: Client, change: dict[str, Any], sentence: str
) -> None:
    made.published()
    page = editor.post("/staff/resources/new", data=TYPED | change)
    assert page.status_code == 422
    assert sentence in page.text
    assert "Words that open." in page.text
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Resource)) == 1


def test_a_changed_draft_leaves_what_is_published(editor: Client) -> None:
    resource = made.published()
    typed = {"title": "New title", "summary": "s", "draft": "new", "version": resource.version}
    assert editor.get("/staff/resources/three-sentences/edit").status_code == 200
    assert editor.post("/staff/resources/three-sentences/edit", data=typed).status_code == 303
    page = editor.get("/staff/resources/three-sentences")
    assert "Partners still read" in page.text
    assert "Draft differs" in editor.get("/staff/resources/").text
    assert "Three sentences" in editor.as_(make.partner_user()).get("/resources/three-sentences").text


def test_the_second_of_two_editors_is_told_and_keeps_the_text(editor: Client) -> None:
    resource = made.published()
    typed = {"title": "T", "summary": "s", "draft": "first", "version": resource.version}
    assert editor.post("/staff/resources/three-sentences/edit", data=typed).status_code == 303
    page = editor.post("/staff/resources/three-sentences/edit", data=typed | {"draft": "second"})
    assert page.status_code == 422
    assert "Someone changed this a moment before you" in page.text
    assert "second</textarea>" in page.text


def test_a_preview_saves_nothing(editor: Client) -> None:
    made.draft()
    fragment = editor.post("/staff/resources/preview", data={"draft": "**bold** <b>x</b>"})
    assert fragment.text == "<p><strong>bold</strong> &lt;b&gt;x&lt;/b&gt;</p>"
    for address in ("/staff/resources/new/preview", "/staff/resources/three-sentences/preview"):
        page = editor.post(address, data=TYPED)
        assert "<strong>it works</strong>" in page.text
        assert "Say it well" in page.text
    assert db.session.scalars(sa.select(Resource.title)).all() == ["Three sentences"]


def test_others_read_and_do_not_write(client: Client) -> None:
    made.draft()
    client.as_(make.staff(Role.SALES_OWNER))
    page = client.get("/staff/resources/three-sentences")
    assert page.status_code == 200
    assert "Publish</button>" not in page.text
    assert "Edit</a>" not in page.text
    for address in ("/staff/resources/new", "/staff/resources/three-sentences/edit"):
        assert client.get(address).status_code == 403
    for address in ("publication", "withdrawal", "preview"):
        assert client.post(f"/staff/resources/three-sentences/{address}").status_code == 403
    assert client.as_(make.partner_user()).get("/staff/resources/").status_code == 403


def test_an_unknown_address_is_not_found(editor: Client) -> None:
    for address in ("/staff/resources/none", "/staff/resources/none/edit"):
        assert editor.get(address).status_code == 404
    assert editor.post("/staff/resources/none/publication").status_code == 404
