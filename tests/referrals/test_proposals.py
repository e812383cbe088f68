"""What is proposed while a referral is typed, and what is only hinted at."""

from datetime import UTC, datetime

import pytest

from portal.lookalikes.places import country_of_domain, country_of_phone
from portal.referrals.proposals import Known, Typed, domain_in, hints, proposals

BEFORE = Known(
    ref="R-222222",
    name="Calder & Finch",
    at=datetime(2026, 11, 3, tzinfo=UTC),
    country="GB",
    industry="Logistics",
    employees=120,
)


@pytest.mark.parametrize(
    ("domain", "country"),
    [
        ("calder.co.uk", "GB"),
        ("antriebe.de", "DE"),
        ("a.ch", "CH"),
        ("startup.io", ""),
        ("a.co", ""),
        ("a.eu", ""),
        ("a.com", ""),
        ("a.example", ""),
        ("", ""),
    ],
)
def test_the_country_of_an_ending(domain: str, country: str) -> None:
    assert country_of_domain(domain) == country


@pytest.mark.parametrize(
    ("phone", "country"),
    [
        ("+49 89 123456", "DE"),
        ("0043 1 5123456", "AT"),
        ("+44 20 7946 0000", "GB"),
        ("+49 (0)89 123456", "DE"),
        ("089 123456", ""),
        ("+", ""),
        ("+999 1", ""),
        ("ask her", ""),
        ("", ""),
    ],
)
def test_the_country_of_a_number(phone: str, country: str) -> None:
    assert country_of_phone(phone) == country


def fields(typed: Typed, known: Known | None = None) -> dict[str, str]:
    return {each.field: each.value for each in proposals(typed, known)}


def test_an_address_proposes_the_website_and_the_country() -> None:
    assert fields(Typed(email="ruth@mail.calder.de")) == {"website": "calder.de", "country": "DE"}
    assert fields(Typed(email="ruth@gmail.com")) == {}
    assert fields(Typed(website="calder.com", phone="+44 20 7946 0000")) == {"country": "GB"}


def test_what_the_partner_told_before_fills_only_what_is_empty() -> None:
    found = fields(Typed(website="calder.de", industry="Freight"), BEFORE)
    assert found == {"company": "Calder & Finch", "country": "GB", "employees": "120"}
    assert fields(Typed(company="C", website="calder.de", country="DE", industry="F", employees="1"), BEFORE) == {}


def test_a_company_is_looked_for_by_its_website_first() -> None:
    assert domain_in(Typed(website="https://www.Calder.example/about", email="a@other.example")) == "calder.example"
    assert domain_in(Typed(website="nonsense", email="a@other.example")) == "other.example"
    assert domain_in(Typed(website="gmail.com")) == ""


def test_two_addresses_that_differ_are_a_hint_and_no_error() -> None:
    assert hints(Typed(website="calder.example", email="ruth@calder.example")) == []
    assert hints(Typed(website="calder.example", email="ruth@mail.calder.example")) == []
    (said,) = hints(Typed(website="calder.example", email="ruth@group.example"))
    assert "group.example" in said
    assert "That is fine" in said
    assert "gmail.com" in hints(Typed(website="calder.example", email="ruth@gmail.com"))[0]


def test_what_a_website_is_read_as_is_said_where_it_is_not_what_was_typed() -> None:
    assert hints(Typed(website="https://www.calder.example/")) == []
    assert hints(Typed(website="shop.calder.example/about")) == ["We read the website as calder.example."]
