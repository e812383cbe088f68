"""Before money, bank details, roles and signing one shows once more who one is."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from portal import clock
from portal.agreements.models import Signature
from portal.auth.models import LoginSession, Throttle
from portal.auth.rules import PROOF_HOLDS, TRIES_PER_ACCOUNT, Factor, Role
from portal.extensions import Base, db
from portal.idempotency import FIELD, new_key
from portal.scope import all_partners
from tests.access.trial import path_of, rules_of
from tests.access.world import World
from tests.support import agreements, make
from tests.support.client import Client
from tests.support.factors import code, with_app
from tests.support.make import PASSWORD
from tests.test_architecture import layers

pytest_plugins = ["tests.access.fixtures"]
ASKED = "Show once more that it is you"
# What is asked for, who may do it, what they type, and what the page has to show them of it.
GUARDED: dict[str, tuple[str, dict[str, Any], tuple[str, ...]]] = {
    "/staff/payouts/<ref>/release": ("finance_approver", {"version": "1"}, ("Release this payout run", "€")),
    "/staff/payouts/<ref>/payment": ("finance_approver", {"version": "2"}, ("Record this payout run as paid", "fee")),
    "/company/payout-details": (
        "partner_finance",
        {"holder": "Quetzal GmbH", "account": "GB33BUKB20201555555555"},
        ("Quetzal GmbH", "GB33BUKB20201555555555"),
    ),
    "/company/tax-form": ("partner_finance", {"kind": "vat_registered"}, ("File this tax form", "Quetzal")),
    "/staff/partners/<ref>/payout-details/<details_ref>/confirmation": (
        "finance_approver",
        {},
        ("Confirm these payout details", "•••• 2051"),
    ),
    "/staff/partners/<ref>/invitation": (
        "partner_manager",
        {"name": "Eve", "email": "eve@lane.example", "roles": ["partner_member"]},
        ("Eve", "eve@lane.example", "Partner member", "Quetzal Consulting"),
    ),
    "/staff/people/invitation": (
        "program_admin",
        {"name": "Eve", "email": "eve@portal.example", "roles": ["auditor"]},
        ("Eve", "eve@portal.example", "Auditor"),
    ),
    "/team/invitation": (
        "partner_admin",
        {"name": "Eve", "email": "eve@lane.example", "roles": ["partner_finance"]},
        ("Eve", "eve@lane.example", "Partner finance"),
    ),
    "/staff/partners/<ref>/invitations": (
        "partner_manager",
        {"text": "Eve, eve@lane.example, signatory"},
        ("Invite these people", "Eve", "Signatory"),
    ),
    "/staff/people/invitations": (
        "program_admin",
        {"text": "Eve, eve@portal.example, auditor"},
        ("Invite these people", "Eve", "Auditor"),
    ),
    "/team/invitations": (
        "partner_admin",
        {"text": "Eve, eve@lane.example, finance"},
        ("Invite these people", "Eve", "Partner finance"),
    ),
    "/account/address": (
        "partner_admin",
        {"address": "eve@lane.example"},
        ("Change your mail address", "eve@lane.example"),
    ),
    "/staff/people/<ref>/roles": (
        "program_admin",
        {"roles": ["auditor"]},
        ("Staff program_admin", "Program admin", "Auditor"),
    ),
    "/team/<ref>/roles": ("partner_admin", {"roles": ["partner_finance"]}, ("Partner finance",)),
    "/agreements/<ref>/signature": (
        "partner_signatory",
        {"version": "2", "authority": "y", "consent": "y", "typed_name": "Quetzal person"},
        ("Sign this agreement", "Quetzal person", "Quetzal legal name"),
    ),
}
on_sqlite = pytest.mark.parametrize("app", ["sqlite"], indirect=True)


def stale(at: timedelta = PROOF_HOLDS) -> None:
    """Whoever is signed in was so for longer than a proof holds."""
    db.session.execute(sa.update(LoginSession).values(proved_at=clock.now() - at))
    db.session.commit()


def everything() -> dict[str, list[Any]]:
    """Each row of each table, to see that nothing was written."""
    tables = [table for table in Base.metadata.sorted_tables if table.name != "throttles"]
    read = {each.name: list(db.session.execute(all_partners(sa.select(each), "a test"))) for each in tables}
    db.session.rollback()
    return read


def test_these_addresses_are_guarded(app: Flask) -> None:
    guarded = {rule.rule for rule in app.url_map.iter_rules() if "proven" in layers(app.view_functions[rule.endpoint])}
    assert guarded >= GUARDED.keys()


@on_sqlite
@pytest.mark.parametrize("rule", GUARDED)
def test_whoever_signed_in_a_while_ago_is_asked_and_nothing_is_written(app: Flask, tried: World, rule: str) -> None:
    role, given, shown = GUARDED[rule]
    stale()
    client, before = tried.client(app, role), everything()
    address = path_of(tried, rules_of(app)["POST", rule], role, "own" if "<" in rule else None)
    page = client.post(address, data=given)
    assert page.status_code == 422
    assert ASKED in page.text
    for text in shown:
        assert text in page.text
    for name, values in given.items():
        for value in values if isinstance(values, list) else [values]:
            assert f'<input type="hidden" name="{name}" value="{value}">' in page.text
    assert everything() == before


@on_sqlite
@pytest.mark.parametrize("rule", [rule for rule in GUARDED if "<" in rule])
def test_of_what_one_may_not_see_nothing_is_shown(app: Flask, tried: World, rule: str) -> None:
    stale()
    role = GUARDED[rule][0]
    client = tried.client(app, role)
    address = path_of(tried, rules_of(app)["POST", rule], role, "unknown")
    assert client.post(address, data=GUARDED[rule][1]).status_code == 404


@pytest.fixture
def lead(client: Client) -> Any:
    make.program()
    lead = make.partner_user(has_password=True)
    client.as_(lead)
    return lead


PROPOSAL = {"holder": "Lane GmbH", "account": "GB33BUKB20201555555555"}
URL = "/company/payout-details"


def proposals() -> int:
    found = sa.select(sa.func.count()).select_from(Base.metadata.tables["payout_details"])
    return db.session.scalar(all_partners(found, "a test")) or 0


def proven(factor: Factor) -> bool:
    row = db.session.execute(sa.select(LoginSession.factor, LoginSession.proved_at)).one()
    return row.factor is factor and clock.now() - row.proved_at < timedelta(minutes=1)


def test_a_factor_of_the_last_minutes_is_enough(client: Client, lead: Any) -> None:
    stale(PROOF_HOLDS - timedelta(seconds=30))
    assert client.post(URL, data=PROPOSAL).status_code == 303
    assert proposals() == 1


def test_a_session_that_was_never_proven_is_asked(client: Client, lead: Any) -> None:
    db.session.execute(sa.update(LoginSession).values(proved_at=None))
    db.session.commit()
    assert client.post(URL, data=PROPOSAL).status_code == 422
    assert proposals() == 0


def test_with_the_right_answer_the_form_goes_on_by_itself_and_once(client: Client, lead: Any) -> None:
    stale()
    key = {FIELD: new_key()}
    assert client.post(URL, data=PROPOSAL | key).status_code == 422
    answer = client.post(URL, data=PROPOSAL | key | {"proof_password": PASSWORD})
    assert (answer.status_code, answer.location) == (303, "/company/")
    assert proven(Factor.PASSWORD)
    repeated = client.post(URL, data=PROPOSAL | key | {"proof_password": PASSWORD})
    assert (repeated.status_code, repeated.location) == (303, "/company/")
    assert proposals() == 1


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"proof_password": "not this one, no"}, "This is not your password."),
        ({"proof_password": ""}, "Please give the password."),
        ({"proof_password": "x" * 10_000}, "longer than any password"),
        ({"proof_": "1", "proof_at": "2100-01-01"}, "Please give the password."),
        ({"proof_factor": "passkey"}, "Please give the password."),
    ],
)
def test_the_name_of_an_answer_is_none(client: Client, lead: Any, given: dict[str, str], sentence: str) -> None:
    stale()
    page = client.post(URL, data=PROPOSAL | given)
    assert page.status_code == 422
    assert sentence in page.text
    assert "not this one, no" not in page.text
    assert proposals() == 0
    assert not proven(Factor.PASSWORD)


def test_tries_are_counted_and_there_is_a_pause(client: Client, lead: Any) -> None:
    stale()
    for _ in range(TRIES_PER_ACCOUNT):
        assert client.post(URL, data=PROPOSAL | {"proof_password": "not this one, no"}).status_code == 422
    page = client.post(URL, data=PROPOSAL | {"proof_password": PASSWORD})
    assert page.status_code == 429
    assert 0 < int(page.headers["Retry-After"]) <= 900
    assert proposals() == 0
    db.session.execute(all_partners(sa.delete(Throttle), "a test: the pause is over"))
    db.session.commit()
    assert client.post(URL, data=PROPOSAL | {"proof_password": PASSWORD}).status_code == 303


def test_what_was_typed_wrongly_comes_back_from_the_form_itself(client: Client, lead: Any) -> None:
    stale()
    page = client.post(URL, data=PROPOSAL | {"account": "no account", "proof_password": PASSWORD})
    assert page.status_code == 422
    assert ASKED not in page.text
    assert "proof_password" not in page.text


def test_one_can_leave_to_where_one_came_from_and_nowhere_else(client: Client, lead: Any) -> None:
    stale()
    page = client.post(URL, data=PROPOSAL, headers={"Referer": "http://localhost/company/?a=1"})
    assert 'href="/company/?a=1">Leave it' in page.text
    page = client.post(URL, data=PROPOSAL | {"proof_back": "/team/", "proof_password": ""})
    assert 'href="/team/">Leave it' in page.text
    page = client.post(URL, data=PROPOSAL | {"proof_back": "//evil.example/", "proof_password": ""})
    assert 'href="/">Leave it' in page.text


def test_a_file_is_chosen_again_after_the_proof(client: Client, lead: Any) -> None:
    stale()
    with_file = PROPOSAL | {"scan": (BytesIO(b"a file"), "scan.pdf")}
    answer = client.post(URL, data=with_file, headers={"Referer": f"http://localhost{URL}"})
    assert (answer.status_code, answer.location) == (303, f"/account/proof?next={URL}")
    assert "choose the file again" in client.get(answer.location).text
    answer = client.post(answer.location, data={"proof_password": PASSWORD})
    assert (answer.status_code, answer.location) == (303, URL)
    assert client.post(URL, data=with_file | {"scan": (BytesIO(b"a file"), "scan.pdf")}).status_code == 303


def test_the_page_of_its_own_takes_the_right_password_only(client: Client, lead: Any) -> None:
    stale()
    assert client.post("/account/proof", data={}).status_code == 422
    assert client.post("/account/proof", data={"proof_password": "not this one, no"}).status_code == 422
    assert not proven(Factor.PASSWORD)
    answer = client.post("/account/proof?next=//evil.example/", data={"proof_password": PASSWORD})
    assert (answer.status_code, answer.location) == (303, "/")
    assert proven(Factor.PASSWORD)


def test_whoever_has_no_way_here_is_not_let_through(client: Client) -> None:
    make.program()
    client.as_(make.partner_user(Role.PARTNER_FINANCE))
    stale()
    page = client.post(URL, data=PROPOSAL | {"proof_password": "anything at all"})
    assert page.status_code == 422
    assert proposals() == 0


def test_a_signature_keeps_the_factor_that_the_person_was_identified_by(client: Client) -> None:
    make.program()
    lane = agreements.company()
    hana = agreements.signatory(lane)
    agreement = agreements.sent(lane, now=clock.now())
    secret = with_app(hana)
    client.as_(hana)
    typed = {"authority": "y", "consent": "y", "typed_name": "Hana Novák", "version": agreement.version}
    answer = client.post(f"/agreements/{agreement.ref}/signature", data=typed)
    assert answer.status_code == 422, "signed in with the password alone, though there is a second factor"
    answer = client.post(f"/agreements/{agreement.ref}/signature", data=typed | {"proof_code": code(secret)})
    assert answer.status_code == 303
    signed = sa.select(Signature).where(Signature.user_id == hana.id)
    (signature,) = db.session.scalars(all_partners(signed, "a test"))
    assert signature.factor == "totp"
    assert signature.identified_by == "password and authenticator app"
