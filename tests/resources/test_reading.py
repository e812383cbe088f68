"""What partners read: the shelf, a guide, a profile, and the note of having read it."""

from datetime import timedelta

import sqlalchemy as sa

from portal.extensions import db
from portal.resources import actions, queries
from portal.resources.models import Reading
from tests.resources import make as made
from tests.support import make
from tests.support.client import Client


def test_an_empty_shelf_says_so(client: Client) -> None:
    page = client.as_(make.partner_user()).get("/resources/")
    assert "Nothing to read yet" in page.text


def test_guides_and_profiles_stand_apart_with_their_minutes(client: Client) -> None:
    made.published(draft="word " * 401)
    made.profile()
    page = client.as_(make.partner_user()).get("/resources/")
    assert 'href="/resources/three-sentences"' in page.text
    assert 'href="/profiles/mid-size-logistics"' in page.text
    assert "3 minutes to read" in page.text


def test_a_draft_is_not_found(client: Client) -> None:
    made.draft()
    client.as_(make.partner_user())
    assert "Three sentences" not in client.get("/resources/").text
    assert client.get("/resources/three-sentences").status_code == 404
    assert client.post("/resources/three-sentences/reading").status_code == 404


def test_a_guide_is_rendered_without_live_html(client: Client) -> None:
    made.published(draft="Say **this**.\n\n<img src=x onerror=alert(1)>\n\n[go](javascript:alert(1))")
    page = client.as_(make.partner_user()).get("/resources/three-sentences")
    assert "<strong>this</strong>" in page.text
    assert "<img" not in page.text
    assert "javascript:" not in page.text


def test_a_profile_has_its_own_address(client: Client) -> None:
    made.profile()
    client.as_(make.partner_user())
    assert client.get("/profiles/mid-size-logistics").status_code == 200
    assert client.get("/resources/mid-size-logistics").status_code == 404


def test_reading_is_noted_once_and_a_later_change_is_said(client: Client) -> None:
    made.published()
    ben = make.partner_user()
    client.as_(ben)
    for _ in range(2):
        answer = client.post("/resources/three-sentences/reading")
        assert (answer.status_code, answer.location) == (303, "/resources/")
    assert db.session.scalars(sa.select(Reading.edition_number).where(Reading.user_id == ben.id)).all() == [1]
    assert "You read this on" in client.get("/resources/three-sentences").text
    assert "Changed since you read it" not in client.get("/resources/").text

    resource = queries.resource("three-sentences")
    actions.rewrite(
        make.staff(),
        resource,
        seen_version=resource.version,
        title="Three sentences",
        summary="How to open.",
        draft="Say that.",
        now=make.NOON + timedelta(1),
    )
    actions.publish(None, resource, now=make.NOON + timedelta(1))
    db.session.commit()
    assert "Changed since you read it" in client.get("/resources/").text
    assert "after you read it" in client.get("/resources/three-sentences").text
    client.post("/resources/three-sentences/reading")
    assert "Changed since you read it" not in client.get("/resources/").text


def test_staff_read_on_their_own_pages(client: Client) -> None:
    made.published()
    client.as_(make.staff())
    assert client.get("/resources/").status_code == 403
    assert client.get("/staff/resources/three-sentences").status_code == 200
