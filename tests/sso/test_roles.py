"""Groups give roles, each time that somebody comes."""

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.activity.models import EventRow
from portal.auth.models import LoginSession, User
from portal.auth.rules import Role
from portal.emergency import actions as emergency
from portal.emergency.rules import HOURS
from portal.extensions import db
from portal.scope import all_partners
from portal.sso.models import Connection
from tests.support import fees, make, sign_on
from tests.support.client import Client, client_of
from tests.support.identity_provider import Provider, asks_a_provider, come
from tests.support.proof import nothing_broken

pytestmark = asks_a_provider
MAPPING = {Role.PARTNER_FINANCE: ("money",), Role.PARTNER_ADMIN: ("leads",)}


@pytest.fixture
def lead(client: Client) -> User:
    make.program()
    return make.partner_user(partner_id=fees.company().id, email="ana@brightwater.example", has_password=True)


@pytest.fixture
def made(lead: User, there: Provider) -> Connection:
    return sign_on.connection(lead, issuer=there.issuer, groups_by_role=MAPPING)


def colleague(lead: User, *roles: Role) -> User:
    email = f"ben{make.number()}@brightwater.example"
    return make.partner_user(*roles, partner_id=lead.partner_id, email=email, has_password=True)


def changes() -> list[EventRow]:
    wanted = sa.select(EventRow).where(EventRow.kind == "RolesChanged").order_by(EventRow.seq)
    return list(db.session.scalars(all_partners(wanted, "a test")))


def test_what_groups_give_replaces_what_they_gave_before(
    app: Flask, client: Client, lead: User, made: Connection, there: Provider
) -> None:
    ben = colleague(lead, Role.PARTNER_MEMBER)
    elsewhere = client_of(app).as_(ben)
    there.person("ben", ben.email, groups=["money"])
    assert come(client, there, made, "ben").location == "/"
    assert sign_on.roles_of(ben) == {Role.PARTNER_MEMBER, Role.PARTNER_FINANCE}
    assert elsewhere.get("/account/").status_code == 302, "whose roles change signs in anew everywhere"
    there.person("ben", ben.email, groups=[])
    come(client.signed_out(), there, made, "ben")
    assert sign_on.roles_of(ben) == {Role.PARTNER_MEMBER}
    assert [row.by_id for row in changes()] == [None, None]
    come(client.signed_out(), there, made, "ben")
    assert len(changes()) == 2, "what stays is no event"
    nothing_broken()


def test_whoever_loses_every_role_does_not_come_in_and_keeps_what_they_had(
    client: Client, lead: User, made: Connection, there: Provider
) -> None:
    ben = colleague(lead, Role.PARTNER_FINANCE)
    there.person("ben", ben.email, groups=["others"])
    assert "You are in no group that opens anything here." in come(client, there, made, "ben").text
    assert sign_on.roles_of(ben) == {Role.PARTNER_FINANCE}
    assert db.session.scalar(sa.select(sa.func.count()).select_from(LoginSession)) == 0
    nothing_broken()


def test_whoever_set_it_up_gives_themselves_nothing_by_it(
    client: Client, lead: User, made: Connection, there: Provider
) -> None:
    there.person("ana", lead.email, groups=["money"])
    assert come(client, there, made, "ana").location == "/"
    assert sign_on.roles_of(lead) == {Role.PARTNER_ADMIN}


def test_a_role_lent_in_an_emergency_ends_by_itself(client: Client, there: Provider) -> None:
    make.program()
    asking, confirming = make.staff(Role.PROGRAM_ADMIN, has_password=True), make.staff(Role.PROGRAM_ADMIN)
    mo = make.staff(Role.QUALIFIER, email="mo@portal.example", has_password=True)
    asked = emergency.ask(asking, mo, role=Role.FINANCE_MAKER, hours=HOURS[0], reason="Nobody is there", now=make.NOON)
    emergency.confirm(confirming, asked, now=make.NOON)
    db.session.commit()
    mapping = {Role.SALES_OWNER: ("sales",), Role.FINANCE_MAKER: ("money",)}
    made = sign_on.connection(asking, issuer=there.issuer, domains=("portal.example",), groups_by_role=mapping)
    for groups, held in (("sales", {Role.SALES_OWNER}), ("money", set())):
        there.person("mo", mo.email, groups=[groups])
        assert come(client.signed_out(), there, made, "mo").status_code == 303
        assert sign_on.roles_of(mo) == {Role.QUALIFIER, Role.FINANCE_MAKER} | held


def test_the_last_program_admin_stays_one(client: Client, there: Provider) -> None:
    make.program()
    jo = make.staff(Role.PROGRAM_ADMIN, email="jo@portal.example", has_password=True)
    mapping = {Role.PROGRAM_ADMIN: ("admins",), Role.QUALIFIER: ("readers",)}
    by = make.staff(Role.QUALIFIER)
    made = sign_on.connection(by, issuer=there.issuer, domains=("portal.example",), groups_by_role=mapping)
    there.person("jo", jo.email, groups=["readers"])
    assert come(client, there, made, "jo").status_code == 303
    assert sign_on.roles_of(jo) == {Role.PROGRAM_ADMIN, Role.QUALIFIER}
    make.staff(Role.PROGRAM_ADMIN, has_password=True)
    come(client.signed_out(), there, made, "jo")
    assert sign_on.roles_of(jo) == {Role.QUALIFIER}
    nothing_broken()
