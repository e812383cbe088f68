"""What was told wrong is put right: seen before it is done, read anew, on record."""

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from portal import clock
from portal.auth.models import User
from portal.auth.rules import Role
from portal.corrections.models import ReferralCorrection
from portal.criteria import actions as criteria
from portal.criteria.words import default_data
from portal.extensions import db
from portal.lookalikes.likeness import Company
from portal.lookalikes.queries import Asked, find
from portal.referrals import actions
from portal.referrals.models import Referral
from portal.referrals.rules import Status
from portal.scope import all_partners
from tests.support import agreements, make, sales
from tests.support.client import Client
from tests.support.proof import broken_of_deals


@pytest.fixture
def ana(app: Flask) -> User:
    sales.program()
    make.staff(Role.SALES_OWNER)
    return sales.lead(name="Ana Ferreira")


@pytest.fixture
def sent(ana: User) -> Referral:
    return sales.referral(ana, now=clock.now(), website="calder.example", company="Calder", contact_title="Intern")


def typed(**changed: str) -> dict[str, str]:
    usual = {
        "website": "calder.example",
        "company": "Calder",
        "country": "DE",
        "employees": "120",
        "contact_name": "Ruth Calder",
        "contact_title": "Intern",
        "contact_email": "ruth@calderfinch.example",
        "need": "They outgrew their spreadsheets.",
        "timing": "now",
        "public_tender": "no",
        "version": "1",
    }
    return usual | changed


def corrections() -> list[Any]:
    return list(db.session.scalars(all_partners(sa.select(ReferralCorrection), "a test")))


def test_old_and_new_are_seen_before_anything_is_changed(client: Client, ana: User, sent: Referral) -> None:
    page = client.as_(ana).get(f"/referrals/{sent.ref}/correction").text
    assert 'value="Intern"' in page
    there = f"/referrals/{sent.ref}/correction"
    page = client.post(f"{there}/preview", data=typed(contact_title="Operations Director")).text
    assert "<del>Intern</del> → <ins>Operations Director</ins>" in page
    assert "It qualifies at once." in page
    assert sales.again(sent.ref).contact_title == "Intern"
    assert "Nothing is different yet" in client.post(f"{there}/preview", data=typed()).text


def test_a_correction_is_read_anew_and_stands_on_both_pages(client: Client, ana: User, sent: Referral) -> None:
    path, staff = f"/referrals/{sent.ref}", make.staff(name="Maya")
    done = client.as_(ana).post(f"{path}/correction", data=typed(contact_title="COO"), follow_redirects=True).text
    assert "<del>Intern</del> → <ins>COO</ins>" in done
    assert "You corrected what was told: job title. It reads otherwise now: qualifies." in done
    now = sales.again(sent.ref)
    assert (now.contact_title, now.reading["outcome"], now.version) == ("COO", "qualifies", 2)
    (kept,) = corrections()
    assert (kept.outcome_before, kept.outcome_after, kept.reading_before["seniority"]) == (
        "decline",
        "qualifies",
        "intern",
    )
    seen = client.as_(staff).get(f"/staff/referrals/{sent.ref}").text
    assert "<del>Intern</del> → <ins>COO</ins>" in seen
    late = client.as_(ana).post(f"{path}/correction", data=typed(contact_title="CEO"))
    assert late.status_code == 409
    assert len(corrections()) == 1
    assert broken_of_deals() == []


def test_it_is_read_by_the_criteria_of_its_own_day(client: Client, ana: User, sent: Referral) -> None:
    data = default_data()
    data["seniority"] |= {"c_level": ["Grand vizier"]}
    criteria.publish(agreements.admin(), criteria.draft(None, data=data, now=clock.now()), now=clock.now())
    db.session.commit()
    client.as_(ana).post(f"/referrals/{sent.ref}/correction", data=typed(contact_title="COO"))
    assert sales.again(sent.ref).reading["seniority"] == "c_level"
    assert sales.again(sent.ref).criteria_number == sent.criteria_number


def test_another_company_is_looked_for_again_and_found_by_its_new_name(client: Client, ana: User) -> None:
    first = sales.referral(ana, website="first.example", company="First")
    sent = sales.referral(ana, website="calder.example", company="Calder", contact_title="Intern")
    path = f"/referrals/{sent.ref}/correction"
    refused = client.as_(ana).post(path, data=typed(website="first.example"))
    assert refused.status_code == 422
    assert f"You referred them already: {first.ref}." in refused.text
    moved = typed(website="brueckner.example", company="Brückner Antriebe")
    assert client.post(path, data=moved).status_code == 303
    assert sales.again(sent.ref).domain == "brueckner.example"
    assert [each.ref for each in find(Asked(Company("Brueckner Antriebe GmbH", "")))] == [sent.ref]
    assert find(Asked(Company("", "calder.example"))) == []


def test_a_referral_is_not_moved_from_company_to_company(client: Client, ana: User, sent: Referral) -> None:
    path = f"/referrals/{sent.ref}/correction"
    for number in range(3):
        moved = client.as_(ana).post(
            path, data=typed(website=f"other-{number}.example", version=str(sales.again(sent.ref).version))
        )
        assert moved.status_code == 303, moved.text
    refused = client.post(path, data=typed(website="one-more.example", version=str(sales.again(sent.ref).version)))
    assert refused.status_code == 422
    assert "The website was corrected 3 times." in refused.text
    assert (
        client.post(
            path, data=typed(website="other-2.example", contact_title="COO", version=str(sales.again(sent.ref).version))
        ).status_code
        == 303
    )


@pytest.mark.parametrize("who", ["colleague", "another company's"])
def test_nobody_else_corrects_it(client: Client, ana: User, sent: Referral, who: str) -> None:
    partner_id = ana.partner_id if who == "colleague" else sales.lead().partner_id
    other = make.partner_user(Role.PARTNER_MEMBER, partner_id=partner_id)
    for path in ("", "/preview"):
        assert client.as_(other).post(f"/referrals/{sent.ref}/correction{path}", data=typed()).status_code == 404
    assert client.get(f"/referrals/{sent.ref}/correction").status_code == 404


def test_a_decided_one_stays_as_it_was_decided_on(client: Client, ana: User, sent: Referral) -> None:
    actions.withdraw(ana, sent, seen_version=1, now=clock.now())
    db.session.commit()
    assert client.as_(ana).get(f"/referrals/{sent.ref}/correction").status_code == 409
    changed = typed(contact_title="COO", version="2")
    answer = client.post(f"/referrals/{sent.ref}/correction", data=changed)
    assert (answer.status_code, sales.again(sent.ref).status) == (422, Status.WITHDRAWN)
    assert corrections() == []
