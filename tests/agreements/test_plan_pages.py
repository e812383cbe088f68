"""Fee plans: drafted by one, published by another."""

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.agreements.models import FeePlan
from portal.auth.rules import Role
from portal.extensions import db
from tests.support import agreements as made
from tests.support import make
from tests.support.client import Client

TYPED = {"name": "Standard", "percent": "12,5 %", "currency": "eur", "clause": "4.1"}
PLANS = "/staff/settings/fee-plans/"


@pytest.fixture(autouse=True)
def program(app: Flask) -> None:
    make.program()


def only_plan() -> FeePlan:
    return db.session.scalars(sa.select(FeePlan)).one()


def test_the_author_does_not_publish_and_is_told_who_can(client: Client) -> None:
    adam, olga = made.admin(name="Adam"), made.person(Role.FINANCE_APPROVER, name="Olga")
    client.as_(adam)
    assert "Draft the first" in client.get(PLANS).text
    assert client.get(f"{PLANS}new").status_code == 200
    assert client.post(f"{PLANS}new", data=TYPED).status_code == 303
    plan = only_plan()
    assert (plan.rules[0]["rate_bp"], plan.currency, plan.slug) == (1250, "EUR", "standard")

    page = client.get(PLANS)
    assert "Olga can." in page.text
    assert "Publish</button>" not in page.text
    refused = client.post(f"{PLANS}{plan.ref}/publication")
    assert refused.status_code == 409
    assert "somebody else publishes it: Olga can" in refused.text

    client.as_(olga)
    assert "was drafted by Adam" in client.get(PLANS).text
    assert client.post(f"{PLANS}{plan.ref}/publication").status_code == 303
    assert client.post(f"{PLANS}{plan.ref}/publication").status_code == 409
    assert only_plan().published_by_id == olga.id


def test_alone_one_is_told_to_invite_a_second_person(client: Client) -> None:
    client.as_(made.admin())
    client.post(f"{PLANS}new", data=TYPED)
    assert "nobody else can yet" in client.get(PLANS).text
    refused = client.post(f"{PLANS}{only_plan().ref}/publication")
    assert "invite a second person" in refused.text


def test_the_same_name_makes_the_next_version(client: Client) -> None:
    made.plan()
    client.as_(made.admin())
    assert client.post(f"{PLANS}new", data=TYPED | {"name": " standard "}).status_code == 303
    numbers = db.session.scalars(sa.select(FeePlan.number).order_by(FeePlan.number)).all()
    assert numbers == [1, 2]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"percent": "ten"}, "per cent with at most two decimals"),
        ({"percent": "0"}, "above 0 %"),
        ({"percent": "101"}, "up to 100 %"),
        ({"currency": "XXQ"}, "three letters"),
        ({"clause": "four"}, "numbered in the agreement"),
        ({"name": "***"}, "letters or digits"),
        ({"name": ""}, "Give the plan a name"),
    ],
)
def test_what_is_wrong_is_said_and_kept(client: Client, change: dict[str, str], sentence: str) -> None:
    page = client.as_(made.admin()).post(f"{PLANS}new", data=TYPED | change)
    assert page.status_code == 422
    assert sentence in page.text
    assert db.session.scalars(sa.select(FeePlan)).all() == []


def test_a_name_of_markup_is_shown_as_it_is(client: Client) -> None:
    client.as_(made.admin())
    client.post(f"{PLANS}new", data=TYPED | {"name": "<b>Gold</b>"})
    page = client.get(PLANS)
    assert "&lt;b&gt;Gold&lt;/b&gt;" in page.text
    assert "<b>Gold" not in page.text


def test_access_to_the_plans(client: Client) -> None:
    ref = made.plan().ref
    verdicts = {
        Role.AUDITOR: (200, 403, 403),
        Role.PARTNER_MANAGER: (200, 403, 403),
        Role.FINANCE_APPROVER: (200, 403, 409),
        Role.SALES_OWNER: (403, 403, 403),
        Role.FINANCE_MAKER: (403, 403, 403),
    }
    for role, (seen, drafted, published) in verdicts.items():
        client.as_(made.person(role))
        assert client.get(PLANS).status_code == seen
        assert client.get(f"{PLANS}new").status_code == drafted
        assert client.post(f"{PLANS}{ref}/publication").status_code == published
    assert client.as_(made.admin()).post(f"{PLANS}F-NOBODY/publication").status_code == 404
