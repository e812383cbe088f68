"""What is in the index is found again, by its keys alone, on both databases."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy import event

from portal.deals import actions as deals
from portal.deals.rules import Channel
from portal.extensions import db
from portal.lookalikes import actions, queries
from portal.lookalikes.actions import Entry
from portal.lookalikes.keys import key_of
from portal.lookalikes.likeness import Company
from portal.lookalikes.marks import person_mark, phone_mark
from portal.lookalikes.models import CompanyKey, CompanyName
from portal.lookalikes.queries import MOST_OF_A_KEY, Asked
from portal.lookalikes.rules import Kind
from portal.proof import broken
from portal.scope import all_partners
from tests.lookalikes.pairs import GOAL, pairs
from tests.support import make, sales
from tests.support.make import NOON


def entry(name: str, domain: str = "", **given: Any) -> Entry:
    usual = {"kind": Kind.DEAL, "ref": f"D-{make.number():06}", "partner_id": None, "since": NOON}
    return Entry(name=name, domain=domain, **usual | given)


def found(name: str, domain: str = "", **marks: int | None) -> list[tuple[str, int]]:
    return [(each.name, each.score) for each in queries.find(Asked(Company(name, domain), **marks))]


def keys() -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(CompanyKey)) or 0


def test_each_of_the_labelled_pairs_leads_to_the_other_among_all_of_them(app: Flask) -> None:
    tuning = list(pairs("tuning"))
    actions.keep_all([entry(pair.one.written, pair.one.domain) for pair in tuning])
    same = [pair for pair in tuning if pair.same]
    led = [pair for pair in same if pair.one.written in [each.name for each in queries.find(Asked(pair.other))]]
    assert len(led) / len(same) >= GOAL


def test_many_are_looked_for_in_one_statement(app: Flask) -> None:
    actions.keep_all([entry("Kallwitz Maschinenbau", "kallwitz.de"), entry("Brenninger Papier", "brenninger.de")])
    asked: list[str] = []
    wanted = [Company("Kallwitz", "kallwitz.at"), Company("Niemand", ""), Company("Brenninger Papier GmbH", "")]
    event.listen(db.engine, "before_cursor_execute", lambda _c, _cursor, sql, *_: asked.append(sql))
    alike = queries.find_each([Asked(each) for each in wanted])
    assert [[each.name for each in each_found] for each_found in alike] == [
        ["Kallwitz Maschinenbau"],
        [],
        ["Brenninger Papier"],
    ]
    assert alike[0] == queries.find(Asked(wanted[0]))
    assert len([sql for sql in asked if "company_keys" in sql]) == 2


def test_what_arrives_together_meets_what_is_there_and_what_came_before_it(app: Flask) -> None:
    sales.program()
    person = sales.lead()
    old = sales.referral(person, company="Kallwitz Maschinenbau", website="kallwitz.example")
    given = (
        ("Kallwitz Maschinenbau GmbH", "kallwitz.test"),
        ("Brenninger", "brenninger.test"),
        ("Kallwitz", "kallwitz.at"),
    )
    new = [entry(*each, kind=Kind.REFERRAL, partner_id=person.partner_id) for each in given]
    actions.arrive(person.id, new, now=NOON)
    first, other, last = ({said.other_ref for said in sales.noted(each.ref)} for each in new)
    assert (first, other, last) == ({old.ref}, set(), {old.ref, new[0].ref})


def test_of_a_common_word_the_latest_few_are_looked_at(app: Flask) -> None:
    many = [entry(f"Kallwitz Holzbau {number}", f"holz{number}.de") for number in range(MOST_OF_A_KEY * 3)]
    actions.keep_all([*many, entry("Kallwitz Holzbau Süd", "kallwitz-holzbau-sued.de")])
    rows = queries.entries([key_of("holzbau+kallwitz")])
    assert len(rows) == MOST_OF_A_KEY
    assert "Kallwitz Holzbau Süd" in [row.name for row in rows]
    assert found("Kallwitz Holzbau Süd GmbH")[0] == ("Kallwitz Holzbau Süd", 88)


def test_the_same_person_and_the_same_phone_are_reasons(app: Flask) -> None:
    known = {"email": "Ruth@Calder.example", "phone": "+49 (0)89 1234-56", "country": "DE"}
    actions.keep(entry("Calder Finch", "calder.example", **known))
    other = "Ganz Andere Dinge GmbH"
    person, phone = person_mark(" ruth@calder.example"), phone_mark("089/123456", "DE")
    assert [each.reason for each in queries.find(Asked(Company(other, ""), person))] == ["same person"]
    both = queries.find(Asked(Company(other, ""), person, phone))
    assert [(each.score, each.reason) for each in both] == [(85, "same person, same phone")]
    assert found(other) == []


def test_nothing_of_the_contact_is_left_once_it_is_forgotten(app: Flask) -> None:
    told = entry("Calder Finch", "calder.example", email="ruth@calder.example", phone="+44 20 7946 0000", country="GB")
    actions.keep(told)
    before = keys()
    actions.forget_contact(told.ref)
    assert keys() == before - 2
    assert found("Anders", "anders.example", person=person_mark("ruth@calder.example")) == []
    assert found("Calder Finch", "calder.example") == [("Calder Finch", 100)]


def test_a_corrected_name_is_found_and_the_old_one_is_not(app: Flask) -> None:
    told = entry("Kallwtiz Maschinnebau", "kallwtiz.de")
    actions.keep(told)
    actions.keep(replace(told, name="Brenninger Papier", domain="brenninger.de"))
    assert found("Kallwtiz Maschinnebau", "kallwtiz.de") == []
    assert found("Brenninger Papier")[0] == ("Brenninger Papier", 88)
    named = sa.select(CompanyName.id).where(CompanyName.ref == told.ref)
    assert len(db.session.scalars(all_partners(named, "a test")).all()) == 1


def test_a_referral_and_an_entered_deal_are_found_from_the_moment_they_are_there(app: Flask) -> None:
    sales.program()
    sales.referral(sales.lead(), company="Calder & Finch Ltd", website="calderfinch.com")
    deals.enter(
        make.staff(),
        now=NOON,
        company="Brenninger Papier",
        channel=Channel.EVENT,
        currency="EUR",
        website="brenninger.de",
        expected_minor=None,
    )
    db.session.commit()
    assert found("Calder and Finch", "calderfinch.co.uk") == [("Calder & Finch Ltd", 98)]
    assert found("Brenninger", "brenninger.at") == [("Brenninger Papier", 88)]
    assert [each for each in broken() if "found" in each or "key" in each] == []


def test_what_looked_like_it_is_kept_when_a_referral_arrives(app: Flask) -> None:
    sales.program()
    first = sales.referral(sales.lead(), company="Calder & Finch Ltd", website="calderfinch.com")
    later = NOON + timedelta(hours=1)
    second = sales.referral(sales.lead(), later, company="Calder and Finch", website="calderfinch.co.uk")
    (said,) = sales.noted(second.ref)
    assert (said.other_ref, said.score, said.found_at) == (first.ref, 98, later)
    assert said.reason == "same person, same name, another legal form, same domain with another ending"
    assert sales.noted(first.ref) == []


@pytest.mark.parametrize("change", ["DELETE FROM company_names", "UPDATE company_names SET name = 'Other'"])
def test_an_open_referral_that_is_not_found_is_told(app: Flask, change: str) -> None:
    sales.program()
    ref = sales.referral(sales.lead()).ref
    with db.engine.begin() as connection:
        connection.exec_driver_sql(change)
    assert f"Referral {ref} is not found by the name and domain that it has." in list(broken())


def test_a_company_that_no_key_leads_to_is_told(app: Flask) -> None:
    told = entry("Kallwitz Maschinenbau", "kallwitz.de")
    actions.keep(told)
    db.session.commit()
    with db.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM company_keys")
    assert f"No key leads to the company of {told.ref}." in list(broken())
