"""Who needs a second factor, who is told of it, and how one loses it. The door itself is in test_second_factor."""

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from portal import clock, create_app
from portal.auth import factors, queries, recovery, totp
from portal.auth.factor_rules import is_fresh, needs_second_factor
from portal.auth.rules import PROOF_HOLDS, Factor, Role, SecondFactorFor
from portal.cli import main
from portal.config import load_settings
from portal.extensions import db
from portal.notifications.models import Delivery
from portal.program import Program
from portal.schema import upgrade
from portal.scope import all_partners
from tests.support import make
from tests.support.client import Client, client_of
from tests.support.factors import proven, settings, with_app, with_codes

ALWAYS = {Role.FINANCE_MAKER, Role.FINANCE_APPROVER, Role.PROGRAM_ADMIN, Role.AUDITOR}


@pytest.mark.parametrize("role", Role)
def test_finance_admins_and_auditors_always_need_a_second_factor(role: Role) -> None:
    assert needs_second_factor({role}, SecondFactorFor.REQUIRED_ROLES) is (role in ALWAYS)
    signs = role in ALWAYS | {Role.PARTNER_SIGNATORY}
    assert needs_second_factor({role}, SecondFactorFor.SIGNATORIES) is signs
    assert needs_second_factor({role}, SecondFactorFor.EVERYONE)
    assert needs_second_factor({role, Role.AUDITOR}, SecondFactorFor.REQUIRED_ROLES)


@pytest.mark.parametrize(
    ("ago", "counts"),
    [(None, False), (timedelta(0), True), (PROOF_HOLDS - timedelta(seconds=1), True), (PROOF_HOLDS, False)],
)
def test_a_proof_counts_for_five_minutes(ago: timedelta | None, counts: bool) -> None:
    assert is_fresh(make.NOON - ago if ago is not None else None, make.NOON) is counts


def test_the_last_factor_goes_with_its_recovery_codes(client: Client) -> None:
    user = make.partner_user(has_password=True)
    with_app(user)
    with_codes(user)
    assert client.as_(user).post("/account/factors/app/removal").status_code == 422, "a password alone is not enough"
    proven(user, Factor.TOTP)
    assert client.post("/account/factors/app/removal").status_code == 303
    assert queries.oneself(user).factor_since is None
    assert factors.of(user).count == factors.of(user).codes_left == 0
    assert client.post("/account/factors/app/removal").status_code == 409


def test_a_factor_that_is_the_only_way_in_stays(client: Client) -> None:
    user = make.partner_user()
    with_app(user)
    client.as_(user)
    proven(user, Factor.TOTP)
    page = client.post("/account/factors/app/removal")
    assert page.status_code == 409
    assert "This is your only way in." in page.text


def test_the_last_factor_of_somebody_who_needs_one_stays(client: Client) -> None:
    make.program()
    auditor = make.staff(Role.AUDITOR)
    with_app(auditor)
    client.as_(auditor)
    proven(auditor, Factor.TOTP)
    with settings(client.application, second_factors=True):
        page = client.post("/account/factors/app/removal")
    assert page.status_code == 409
    assert "You need a second factor for what you do here." in page.text
    assert factors.of(auditor).count == 1


def mails() -> list[str]:
    found = sa.select(Delivery.subject).order_by(Delivery.id)
    return list(db.session.scalars(all_partners(found, "a test")))


def test_the_person_is_told_of_every_change(client: Client) -> None:
    make.program()
    user = make.partner_user()
    with_app(user)
    codes = with_codes(user)
    recovery.accept(user, codes[0], now=clock.now())
    totp.remove(user, last_stays="", now=clock.now())
    db.session.commit()
    assert mails() == [
        "An authenticator app was added to your account in Lumen partners",
        "New recovery codes for your account in Lumen partners",
        "A recovery code opened your account in Lumen partners",
        "An authenticator app was removed from your account in Lumen partners",
    ]


def test_whoever_lost_them_all_has_them_removed_by_a_colleague(client: Client) -> None:
    make.program()
    lead = make.partner_user(name="Ana Lead")
    ben = make.partner_user(Role.PARTNER_MEMBER, partner_id=lead.partner_id, has_password=True)
    carl = make.partner_user(has_password=True)
    for person in (ben, carl):
        with_app(person)
        with_codes(person)
    browser = client_of(client.application)
    browser.as_(ben)
    client.as_(lead)
    assert "Remove the second factors" in client.get(f"/team/{ben.ref}").text
    assert client.post(f"/team/{ben.ref}/second-factor-reset").status_code == 303
    assert factors.of(ben).count == factors.of(ben).codes_left == 0
    assert queries.oneself(ben).factor_since is None
    assert browser.get("/account/").status_code == 302, "every browser of theirs is signed out"
    assert mails()[-1] == "Your second factors in Lumen partners were removed"
    assert "Remove the second factors" not in client.get(f"/team/{ben.ref}").text
    assert client.post(f"/team/{ben.ref}/second-factor-reset").status_code == 409
    assert client.post(f"/team/{carl.ref}/second-factor-reset").status_code == 404
    assert factors.of(carl).count == 1


def test_nobody_removes_their_own_past_the_page_for_it(client: Client) -> None:
    make.program()
    lead = make.partner_user()
    with_app(lead)
    client.as_(lead)
    proven(lead, Factor.TOTP)
    page = client.post(f"/team/{lead.ref}/second-factor-reset")
    assert page.status_code == 409
    assert "Your own second factors are on your account page." in page.text


def test_the_program_admin_says_who_needs_one(client: Client) -> None:
    program = make.program()
    client.as_(make.staff(Role.PROGRAM_ADMIN))
    names = ("name", "company_name", "legal_name", "contact_email", "governing_law")
    given = {name: getattr(program, name) for name in names}
    assert 'value="required_roles"' in client.get("/staff/settings/program").text
    wrong = client.post("/staff/settings/program", data=given | {"second_factor_for": "nobody"})
    assert wrong.status_code == 422
    assert client.post("/staff/settings/program", data=given | {"second_factor_for": "everyone"}).status_code == 303
    assert db.session.scalar(sa.select(Program.second_factor_for)) == "everyone"


def test_the_operator_removes_them_where_no_colleague_is_left_to(tmp_path: Path) -> None:
    app = create_app(load_settings({"PORTAL_HOME": str(tmp_path)}))
    upgrade(app)
    with app.app_context():
        make.program()
        admin = make.staff(Role.PROGRAM_ADMIN, email="admin@portal.example")
        with_app(admin)
        db.session.remove()
    environ = {"PORTAL_HOME": str(tmp_path)}
    command = ["user", "reset-factors"]
    done = CliRunner().invoke(main, [*command, "Admin@portal.example"], env=environ)
    assert (done.exit_code, "can set up a second factor again" in done.output) == (0, True)
    again = CliRunner().invoke(main, [*command, "admin@portal.example"], env=environ)
    assert (again.exit_code, "has no second factor" in again.output) == (1, True)
    nobody = CliRunner().invoke(main, [*command, "nobody@portal.example"], env=environ)
    assert (nobody.exit_code, "Nobody has the address" in nobody.output) == (1, True)
