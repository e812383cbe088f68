"""What is sold, and which of it a deal is about."""

import pytest
from flask import Flask

from portal import clock
from portal.auth.models import User
from portal.auth.rules import Role
from portal.deals import products
from portal.deals.models import Deal
from portal.errors import Refused
from portal.extensions import db
from tests.support import make, sales
from tests.support.client import Client
from tests.support.make import NOON


@pytest.fixture
def sam(app: Flask) -> User:
    sales.program()
    return sales.detached(make.staff(Role.SALES_OWNER, name="Sam Ortega"))


@pytest.fixture
def deal(sam: User) -> Deal:
    won = {"value_minor": 1_000_000, "won_on": clock.now().date()}
    return sales.moved(sales.qualified(sales.lead(), now=clock.now()), "won", now=clock.now(), **won)


def added(name: str) -> tuple[str, int]:
    product = products.add(make.staff(Role.PROGRAM_ADMIN), name=name, now=NOON)
    db.session.commit()
    return product.ref, product.id


def test_the_list_is_kept_by_the_program_admin(client: Client, sam: User) -> None:
    client.as_(make.staff(Role.PROGRAM_ADMIN))
    path = "/staff/settings/products/"
    assert "No product yet" in client.get(path).text
    assert "Seats can be sold" in client.post(path, data={"name": "Seats"}, follow_redirects=True).text
    for wrong in ("", "seats", "x" * 81):
        assert client.post(path, data={"name": wrong}).status_code == 422, wrong
    ref = client.get(path).text.split(f"{path}G-")[1][:6]
    assert "not offered since" in client.post(f"{path}G-{ref}/end", follow_redirects=True).text
    assert "not offered since" not in client.post(f"{path}G-{ref}/return", follow_redirects=True).text
    assert client.post(f"{path}G-222222/end").status_code == 404


def test_a_deal_says_how_much_of_it_is_for_which(client: Client, sam: User, deal: Deal) -> None:
    (seats, _), (support, _) = added("Seats"), added("Support")
    client.as_(sam)
    path, version = f"/staff/deals/{deal.ref}/products", deal.version
    assert "Seats" in client.get(path).text
    typed = {"version": version, seats: "7,000.00", support: "2,500.00"}
    assert client.post(path, data=typed | {seats: "x"}).status_code == 422
    assert "more than the deal was signed for" in client.post(path, data=typed | {seats: "7,500.01"}).text
    assert client.post(path, data=typed | {"version": 0}).status_code == 409
    page = client.post(path, data=typed, follow_redirects=True).text
    assert "Seats, Support" in page
    page = client.post(path, data=typed | {support: ""}, follow_redirects=True).text
    assert "Seats, Support" not in page
    client.as_(make.staff(Role.SALES_OWNER))
    assert "€7,000.00" in client.get(path).text
    assert client.post(path, data=typed).status_code == 404


def test_what_is_not_offered_stays_with_its_deals(sam: User, deal: Deal) -> None:
    _, product_id = added("Seats")
    products.set_for(sam, deal, {product_id: 500}, seen_version=deal.version, now=NOON)
    with pytest.raises(Refused, match="owner"):
        products.set_for(make.staff(Role.SALES_OWNER), deal, {}, seen_version=deal.version, now=NOON)
    db.session.commit()
