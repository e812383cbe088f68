"""What a provider's word counts for: a second factor where it asks for one itself, and a proof before what weighs."""

import pytest
import sqlalchemy as sa

from portal.auth.models import LoginSession, User
from portal.auth.rules import Factor, Role
from portal.extensions import db
from portal.scope import all_partners
from portal.sso import arrivals
from portal.sso.models import Connection
from tests.support import make, sign_on
from tests.support.client import Client
from tests.support.factors import settings
from tests.support.identity_provider import Provider, asks_a_provider, back, come

pytestmark = asks_a_provider


@pytest.fixture
def jo(client: Client) -> User:
    make.program()
    return make.staff(Role.AUDITOR, email="jo@portal.example", accepted_at=make.NOON)


def connected(there: Provider, jo: User, *, strong: bool) -> Connection:
    there.person("jo", jo.email)
    made = sign_on.connection(make.staff(Role.PROGRAM_ADMIN), issuer=there.issuer, domains=("portal.example",))
    made.counts_as_second_factor = strong
    db.session.commit()
    return made


def factors_of(user: User) -> list[Factor]:
    return list(db.session.scalars(sa.select(LoginSession.factor).where(LoginSession.user_id == user.id)))


def long_ago(user: User) -> None:
    own = sa.update(LoginSession).where(LoginSession.user_id == user.id).values(proved_at=make.NOON.replace(year=2020))
    db.session.execute(all_partners(own, "a test"))
    db.session.commit()


def test_a_provider_that_asks_for_both_is_enough(client: Client, jo: User, there: Provider) -> None:
    assert come(client, there, connected(there, jo, strong=True), "jo").location == "/staff/"
    assert factors_of(jo) == [Factor.SSO_STRONG]
    with settings(client.application, second_factors=True):
        assert client.get("/staff/people/").status_code == 200


def test_one_that_does_not_is_no_second_factor(client: Client, jo: User, there: Provider) -> None:
    assert come(client, there, connected(there, jo, strong=False), "jo").location == "/staff/"
    assert factors_of(jo) == [Factor.SSO]
    with settings(client.application, second_factors=True):
        led = client.get("/staff/people/")
    assert (led.status_code, led.location) == (303, "/account/factors")


def test_whoever_has_a_second_factor_here_gives_it(client: Client, jo: User, there: Provider) -> None:
    has = sa.update(User).where(User.id == jo.id).values(factor_since=make.NOON)
    db.session.execute(all_partners(has, "a test"))
    db.session.commit()
    made = connected(there, jo, strong=False)
    assert come(client, there, made, "jo", ask_for="?next=/staff/people/").location.startswith("/login/second-factor")
    assert client.get("/account/").status_code == 302


def test_it_is_shown_again_at_the_provider(client: Client, jo: User, there: Provider) -> None:
    made = connected(there, jo, strong=True)
    come(client, there, made, "jo")
    long_ago(jo)
    there.person("jo", jo.email, auth_time=4_000_000_000)
    page = client.get("/account/proof?next=/account/")
    assert "/account/proof/sso" in page.text
    away = client.get("/account/proof/sso").location
    assert "prompt=login" in away
    assert "max_age=0" in away
    assert back(client, there.sign_in(away, "jo")).location == "/account/proof/sso/done"
    proved = db.session.scalars(sa.select(LoginSession.proved_at).where(LoginSession.user_id == jo.id)).one()
    assert proved is not None
    assert proved.year > 2020
    assert client.get("/account/proof/sso/done").status_code == 200


@pytest.mark.parametrize("auth_time", [1, None])
def test_a_provider_that_did_not_ask_again_proves_nothing(
    client: Client, jo: User, there: Provider, auth_time: object
) -> None:
    come(client, there, connected(there, jo, strong=True), "jo")
    long_ago(jo)
    there.person("jo", jo.email, auth_time=auth_time)
    page = back(client, there.sign_in(client.get("/account/proof/sso").location, "jo"))
    assert page.status_code == 422
    assert "did not ask you again" in page.text
    proved = db.session.scalars(sa.select(LoginSession.proved_at).where(LoginSession.user_id == jo.id)).one()
    assert proved is not None
    assert proved.year == 2020


def test_somebody_else_at_the_provider_proves_nothing(client: Client, jo: User, there: Provider) -> None:
    made = connected(there, jo, strong=True)
    come(client, there, made, "jo")
    kim = make.staff(email="kim@portal.example", has_password=True)
    sign_on.came(made, kim, "kim")
    there.person("kim", kim.email, auth_time=4_000_000_000)
    page = back(client, there.sign_in(client.get("/account/proof/sso").location, "kim"))
    assert page.status_code == 422
    assert arrivals.SOMEBODY_ELSE in page.text


def test_whoever_never_came_that_way_has_nothing_to_show_there(client: Client, jo: User) -> None:
    assert client.as_(make.staff()).get("/account/proof/sso").status_code == 404
