"""Words anywhere inside of a company, its domain, a contact or a reference: as they stand now, and one's own only."""

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from portal import choices, search
from portal.auth.models import User
from portal.auth.rules import Role
from portal.deals.stories import queries as stories
from portal.extensions import db
from portal.filters import Pick, Set, choose
from portal.privacy import emptying
from portal.privacy.emptying import Left
from portal.proof import broken
from portal.referrals import filtering, queries
from tests.support import make, sales
from tests.support.client import Client
from tests.support.make import NOON


@pytest.fixture
def people(app: Flask) -> tuple[User, User]:
    sales.program()
    return make.staff(Role.SALES_OWNER), sales.lead()


def found(reader: User, typed: str) -> list[str]:
    db.session.expunge_all()
    chosen = choose("/", [Pick(each, each, []) for each in ("state", "country")], MultiDict({"q": typed}))
    chosen = replace(chosen, sets=dict(chosen.sets) | dict.fromkeys(("received", "decided"), Set((None, None))))
    wanted, _ = filtering.wanted(reader, chosen)
    read = queries.page if reader.partner_id is None else stories.page
    return [row.company for row in read(reader, wanted, token=None, url=str).rows]


def test_a_part_of_any_of_them_finds_it(people: tuple[User, User]) -> None:
    staff, lead = people
    sent = sales.referral(
        lead,
        company="Öztürk Maschinen GmbH",
        website="oeztuerk-maschinen.example",
        contact_email="ada@elsewhere.example",
        contact_name="Ada Lovelace",
    )
    sales.referral(lead, company="Nordlys AS", now=NOON + timedelta(days=1))
    for typed in ("masch", "MASCH", "öztürk", "n gmb", "uerk-m", "lovel", "ada@else", sent.ref[2:], sent.ref.lower()):
        for reader in people:
            assert found(reader, typed) == ["Öztürk Maschinen GmbH"], typed
    for typed in ("maschx", '"', '""" OR "', "%%%", "___", "AS OR GmbH", "'; --", "\\\\\\"):
        assert found(staff, typed) == found(lead, typed) == [], typed
    assert found(staff, "as") == []
    assert found(lead, "as") == ["Nordlys AS", "Öztürk Maschinen GmbH"]


def test_the_latest_come_first_and_what_is_left_out_is_said(
    client: Client, people: tuple[User, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    staff, lead = people
    for n in range(4):
        sales.referral(lead, company=f"Ruhr {n}", now=NOON + n * timedelta(hours=1))
    assert found(staff, "ruhr") == found(lead, "ruhr") == ["Ruhr 3", "Ruhr 2", "Ruhr 1", "Ruhr 0"]
    client.as_(staff)
    for most, is_said in ((2, True), (4, False)):
        monkeypatch.setattr(search, "MOST", most)
        choices._kept.cache_clear()
        for more in ("state=submitted", "state=declined", "sort=due"):
            assert (search.CUT in client.get(f"/staff/referrals/?q=ruhr&{more}").text) == is_said, more
    choices._kept.cache_clear()
    assert search.TOO_SHORT in client.get("/staff/referrals/?q=ru").text


def test_nobody_finds_what_is_not_theirs(client: Client, people: tuple[User, User]) -> None:
    _, lead = people
    member, other = make.partner_user(Role.PARTNER_MEMBER, partner_id=lead.partner_id), sales.lead()
    sales.referral(lead, company="Secret Ltd")
    for reader in (member, other):
        assert found(reader, "secret") == []
        assert "Secret Ltd" not in client.as_(reader).get("/referrals/?q=secret").text
    assert "Secret Ltd" in client.as_(lead).get("/referrals/?q=secret").text


def test_what_was_corrected_or_erased_is_found_no_more(people: tuple[User, User]) -> None:
    staff, lead = people
    sent = sales.referral(
        lead, company="Calder Ltd", website="a.example", contact_name="Zaphod Beeble", contact_email="z@beeble.example"
    )
    sent.company = "Finch Ltd"
    db.session.commit()
    assert (found(staff, "calder"), found(staff, "finch")) == ([], ["Finch Ltd"])
    emptying.empty_referral(sales.again(sent.ref), Left(), now=NOON)
    db.session.commit()
    for reader in people:
        assert found(reader, "beeble") == found(reader, "zaphod") == []
        assert found(reader, "finch") == ["Finch Ltd"]
    db.session.rollback()
    with db.engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql(
                "INSERT INTO search_referrals (search_referrals, rank) VALUES ('integrity-check', 1)"
            )


def test_a_rollback_leaves_no_word(people: tuple[User, User]) -> None:
    staff, lead = people
    reader = sales.detached(staff)
    sent = sales.referral(lead, company="Calder Ltd")
    sent.company = "Taken back"
    db.session.flush()
    assert found(reader, "taken back") == ["Taken back"]
    db.session.rollback()
    assert found(reader, "taken back") == []


def test_deals_are_found_by_the_contact_of_their_referral_too(client: Client, people: tuple[User, User]) -> None:
    staff, lead = people
    deal = sales.qualified(lead, company="Calder Ltd", website="c.example", contact_name="Ada Lovelace")
    sales.qualified(
        lead, company="Other Ltd", website="o.example", contact_name="Max Muster", contact_email="m@other.example"
    )
    for typed in ("calder", deal.ref, "lovelace"):
        page = client.as_(staff).get(f"/staff/deals/?q={typed}").text
        assert ("Calder Ltd" in page, "Other Ltd" in page) == (True, False), typed
    assert search.TOO_SHORT in client.get("/staff/deals/?q=x").text


def test_a_search_is_narrowed_further(client: Client, people: tuple[User, User]) -> None:
    staff, lead = people
    sales.referral(lead, company="Ruhr One", country="AT")
    sales.referral(lead, company="Ruhr Two", country="DE")
    for reader, path in ((staff, "/staff/referrals/"), (lead, "/referrals/")):
        page = client.as_(reader).get(f"{path}?q=ruhr&country=AT&sort=due").text
        assert ("Ruhr One" in page, "Ruhr Two" in page) == (True, False)
        assert "Remove Search: ruhr" in page


@pytest.mark.parametrize("app", ["postgresql"], indirect=True)
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE search_referrals SET words = 'other'",
        "DELETE FROM search_referrals",
        "INSERT INTO search_referrals VALUES (0, 'nobody')",
    ],
)
def test_words_that_are_not_those_of_the_rows_are_noticed(people: tuple[User, User], change: str) -> None:
    sales.referral(people[1])
    db.session.commit()
    assert not any("is searched" in each for each in broken())
    with db.engine.begin() as connection:
        connection.exec_driver_sql(change)
    assert any("is searched" in each for each in broken())
