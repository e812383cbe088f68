"""Links in a text lead each reader only where this reader may go."""

import pytest

from portal.auth.rules import Role
from tests.resources import make as made
from tests.support import make
from tests.support.client import Client

DRAFT = (
    "Read [who buys](/profiles/mid-size-logistics), then [refer](/referrals/new), or [write](https://lumen.example)."
)


@pytest.fixture(autouse=True)
def a_guide(app: object) -> None:
    made.profile()
    made.published(draft=DRAFT)


def test_who_refers_is_led_to_the_form(client: Client) -> None:
    page = client.as_(make.partner_user()).get("/resources/three-sentences").text
    assert 'href="/profiles/mid-size-logistics"' in page
    assert '<a href="/referrals/new">refer</a>' in page


def test_who_does_not_refer_reads_the_words_without_the_link(client: Client) -> None:
    page = client.as_(make.partner_user(Role.PARTNER_FINANCE)).get("/resources/three-sentences").text
    assert "then refer, or" in page
    assert 'href="https://lumen.example"' in page


def test_our_people_are_led_from_text_to_text_within_their_pages(client: Client) -> None:
    page = client.as_(make.staff(Role.CONTENT_EDITOR)).get("/staff/resources/three-sentences").text
    assert 'href="/staff/resources/mid-size-logistics"' in page
    assert "then refer, or" in page
    assert client.get("/staff/resources/mid-size-logistics").status_code == 200
