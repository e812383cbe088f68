import pytest
from flask import Flask

from portal import clock
from portal.auth.models import User
from portal.auth.rules import Role
from portal.extensions import db
from portal.sso import actions, arrivals
from portal.sso.rules import Vouched
from tests.notifications.outbox import outbox, outbox_is_complete
from tests.support import make, sign_on
from tests.support.make import NOON


@pytest.fixture
def lead(app: Flask) -> User:
    make.program()
    company = make.partner(name="Brightwater")
    make.partner_user(partner_id=company.id, email="lea@brightwater.example", has_password=True)
    make.partner_user(Role.PARTNER_MEMBER, partner_id=company.id, email="mo@brightwater.example", has_password=True)
    return make.partner_user(partner_id=company.id, email="ana@brightwater.example", name="Ana", has_password=True)


def test_whoever_else_leads_the_company_hears_of_each_change(lead: User) -> None:
    made = sign_on.connection(lead, issuer="https://login.brightwater.example")
    actions.disable(lead, sign_on.now_of(made), seen_version=made.version, now=NOON)
    db.session.commit()
    for kind, what in (
        ("Changed", "changed the settings"),
        ("Enabled", "switched single sign-on on"),
        ("Disabled", "off"),
    ):
        (written,) = outbox(f"SingleSignOn{kind}")
        assert written.to == "lea@brightwater.example"
        assert written.subject == "How people of Brightwater sign in was changed"
        assert "Ana " in written.text
        assert what in written.text
        assert "https://login.brightwater.example" in written.text
    outbox_is_complete()


def test_staff_hear_of_their_own_and_nobody_else_does(lead: User) -> None:
    other = make.staff(Role.PROGRAM_ADMIN, email="jo@portal.example")
    make.staff(Role.QUALIFIER)
    sign_on.connection(make.staff(Role.PROGRAM_ADMIN), domains=("portal.example",))
    assert {written.to for written in outbox("SingleSignOnEnabled")} == {other.email}
    assert all("Lumen CRM" in written.subject for written in outbox("SingleSignOnEnabled"))


def test_whose_account_is_opened_is_told_the_first_time(lead: User) -> None:
    made = sign_on.connection(lead, issuer="https://login.brightwater.example")
    ana = Vouched("https://login.brightwater.example", "ana-1", lead.email, "Ana", frozenset())
    for _ in range(2):
        arrivals.arrive(sign_on.now_of(made), ana, now=clock.now())
        db.session.commit()
    (written,) = outbox("IdentityLinked")
    assert written.to == lead.email
    assert "https://login.brightwater.example opens your account" in written.text
    outbox_is_complete()
