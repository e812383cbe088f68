"""Authenticator apps and recovery codes: set up, kept, removed. What they do at the door is in test_second_factor."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from portal import clock
from portal.auth import factors, queries, recovery, totp
from portal.auth.factor_models import RecoveryCode, TotpSecret
from portal.auth.factor_rules import is_fresh, needs_second_factor
from portal.auth.models import LoginSession, User
from portal.auth.rules import PROOF_HOLDS, Factor, Role, SecondFactorFor
from portal.errors import Refused
from portal.extensions import db
from tests.support import make
from tests.support.client import Client, client_of
from tests.support.factors import code, settings, with_app, with_codes

CODE = re.compile(r"<code>([0-9A-Z]{4}(?:-[0-9A-Z]{4}){3})</code>")
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


def secret_on(page: str) -> str:
    found = re.search(r'class="secret"><code>([A-Z2-7 ]+)</code>', page)
    assert found
    return found[1].replace(" ", "")


def test_an_app_counts_with_its_first_code_and_brings_recovery_codes(client: Client) -> None:
    make.program()
    user = make.partner_user()
    other = client_of(client.application)
    other.as_(user)
    assert client.as_(user).post("/account/factors/app").location == "/account/factors/app"
    page = client.get("/account/factors/app").text
    secret = secret_on(page)
    assert "<svg" in page
    assert "otpauth://totp/Lumen%20partners:" in page
    assert queries.oneself(user).factor_since is None

    wrong = client.post("/account/factors/app/confirmation", data={"code": "000000"})
    assert wrong.status_code == 422
    assert "This is not the code that the app shows now." in wrong.text
    assert secret_on(wrong.text) == secret
    assert queries.oneself(user).factor_since is None

    done = client.post("/account/factors/app/confirmation", data={"code": f" {code(secret)[:3]} {code(secret)[3:]} "})
    assert done.status_code == 200
    assert len(set(CODE.findall(done.text))) == 10
    assert 'download="recovery-codes.txt"' in done.text
    assert queries.oneself(user).factor_since is not None
    assert other.get("/account/").status_code == 302, "every other browser signs in anew"
    page = client.get("/account/factors").text
    assert "10 left" in page
    assert not CODE.search(page)
    row = db.session.execute(sa.select(LoginSession.factor).where(LoginSession.ended_at.is_(None))).one()
    assert row.factor is Factor.TOTP


def test_the_secret_is_stored_sealed_and_the_codes_as_digests(app: Flask) -> None:
    user = make.partner_user()
    secret, codes = with_app(user), with_codes(user)
    row = db.session.execute(sa.select(TotpSecret.__table__)).one()
    assert secret not in str(row)
    assert not {*codes, *(each.replace("-", "") for each in codes)} & set(
        db.session.scalars(sa.select(RecoveryCode.digest))
    )


def test_a_code_of_the_app_is_taken_once_and_none_before_it(app: Flask) -> None:
    user = make.partner_user()
    secret, now = with_app(user), clock.now()
    step = timedelta(seconds=totp.STEP)
    assert not totp.accept(user, "", now=now)
    assert not totp.accept(user, "12345", now=now)
    assert not totp.accept(user, "١٢٣٤٥٦", now=now)
    assert not totp.accept(user, code(secret, now - 2 * step), now=now)
    assert not totp.accept(user, code(secret, now + 2 * step), now=now)
    assert totp.accept(user, code(secret, now), now=now)
    assert not totp.accept(user, code(secret, now), now=now)
    assert not totp.accept(user, code(secret, now - step), now=now)
    assert totp.accept(user, code(secret, now + step), now=now), "a clock may run ahead"
    assert not totp.accept(user, code(secret, now + step), now=now + step)
    assert totp.accept(user, code(secret, now + 3 * step), now=now + 4 * step), "or behind"


def test_a_secret_that_was_not_confirmed_opens_nothing(app: Flask) -> None:
    user = make.partner_user()
    totp.begin(user, now=clock.now())
    row = totp.begun(user)
    assert row
    assert not totp.accept(user, code(totp.secret_of(user, row)), now=clock.now())


def test_another_phone_takes_the_place_of_the_one_before(app: Flask) -> None:
    user = make.partner_user()
    first, second, now = with_app(user), with_app(user), clock.now()
    assert not totp.accept(user, code(first), now=now)
    assert totp.accept(user, code(second), now=now)


def test_a_recovery_code_works_once_as_it_is_written_or_without_hyphens(app: Flask) -> None:
    user, other = make.partner_user(), make.partner_user()
    with_app(user)
    with_app(other)
    codes, now = with_codes(user), clock.now()
    assert not recovery.accept(other, codes[0], now=now)
    assert recovery.accept(user, codes[0], now=now)
    assert not recovery.accept(user, codes[0], now=now)
    assert recovery.accept(user, codes[1].replace("-", " ").lower(), now=now)
    assert not recovery.accept(user, "", now=now)
    assert factors.of(user).codes_left == 8


def test_new_codes_end_the_ones_before_and_few_are_warned_of(client: Client) -> None:
    make.program()
    user = make.partner_user()
    with_app(user)
    first = with_codes(user)
    client.as_(user)
    proven(user, Factor.TOTP)
    page = client.post("/account/factors/recovery-codes")
    codes = CODE.findall(page.text)
    assert len(set(codes)) == 10
    assert not recovery.accept(user, first[0], now=clock.now())
    for each in codes[:6]:
        assert recovery.accept(user, each, now=clock.now())
    db.session.commit()
    assert "codes are</strong>" not in client.get("/account/factors").text
    recovery.accept(user, codes[6], now=clock.now())
    db.session.commit()
    assert "3 recovery codes are left." in client.get("/account/factors").text


def test_there_are_no_recovery_codes_without_a_factor(client: Client) -> None:
    client.as_(make.partner_user())
    assert client.post("/account/factors/recovery-codes").status_code == 409


def test_the_last_factor_goes_with_its_recovery_codes(client: Client) -> None:
    user = make.partner_user()
    with_app(user)
    with_codes(user)
    assert client.as_(user).post("/account/factors/app/removal").status_code == 422, "a password alone is not enough"
    proven(user, Factor.TOTP)
    assert client.post("/account/factors/app/removal").status_code == 303
    assert queries.oneself(user).factor_since is None
    assert factors.of(user).count == factors.of(user).codes_left == 0
    assert client.post("/account/factors/app/removal").status_code == 409


def proven(user: User, factor: Factor) -> None:
    own = sa.update(LoginSession).where(LoginSession.user_id == user.id)
    db.session.execute(own.values(factor=factor, proved_at=clock.now()))
    db.session.commit()


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


def test_nothing_is_confirmed_that_was_not_begun(client: Client) -> None:
    user = make.partner_user()
    client.as_(user)
    assert client.get("/account/factors/app").location == "/account/factors"
    assert client.post("/account/factors/app/confirmation", data={"code": "000000"}).status_code == 303
    with pytest.raises(Refused):
        totp.confirm(user, "000000", now=clock.now())
