"""The whole way to an identity provider and back, over HTTP, with a provider that others wrote."""

from urllib.parse import parse_qs, urlsplit

import pytest
import sqlalchemy as sa

from portal.activity.models import EventRow
from portal.auth.models import LoginSession, User
from portal.auth.rules import Factor, Role
from portal.extensions import db
from portal.partners.models import Partner
from portal.partners.rules import PartnerState
from portal.scope import all_partners, owned_by
from portal.sso import actions
from portal.sso.models import Connection, Identity
from tests.support import fees, make, sign_on
from tests.support.client import Client
from tests.support.identity_provider import Provider, asks_a_provider, back, come
from tests.support.proof import nothing_broken

pytestmark = asks_a_provider
ANA = "ana@brightwater.example"


@pytest.fixture
def lead(client: Client) -> User:
    make.program()
    return make.partner_user(partner_id=fees.company().id, email=ANA, name="Ana", has_password=True)


@pytest.fixture
def made(lead: User, there: Provider) -> Connection:
    return sign_on.connection(lead, issuer=there.issuer)


def person(email: str) -> User | None:
    wanted = sa.select(User).where(User.email == email).execution_options(populate_existing=True)
    return db.session.scalar(all_partners(wanted, "a test"))


def told(kind: str) -> int:
    wanted = sa.select(sa.func.count()).select_from(EventRow).where(EventRow.kind == kind)
    return db.session.scalar(all_partners(wanted, "a test")) or 0


def test_somebody_comes_in_and_is_known_by_the_subject_from_then_on(
    client: Client, lead: User, made: Connection, there: Provider
) -> None:
    there.person("ana-1", ANA)
    for _ in range(2):
        answer = come(client, there, made, "ana-1", ask_for="?next=/team/")
        assert (answer.status_code, answer.location) == (303, "/team/"), answer.text
        assert client.get("/account/").status_code == 200
        client.signed_out()
    identity = db.session.scalars(all_partners(sa.select(Identity), "a test")).one()
    assert (identity.user_id, identity.subject, identity.issuer) == (lead.id, "ana-1", there.issuer)
    sessions = db.session.scalars(sa.select(LoginSession).where(LoginSession.user_id == lead.id)).all()
    assert {each.factor for each in sessions} == {Factor.SSO}
    assert told("IdentityLinked") == 1
    nothing_broken()


def test_what_is_asked_carries_pkce_state_and_nonce(client: Client, made: Connection, there: Provider) -> None:
    away = client.get(f"/login/sso/{made.ref}")
    asked = {name: values[0] for name, values in parse_qs(urlsplit(away.location).query).items()}
    assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
    assert min(len(asked[name]) for name in ("state", "nonce", "code_challenge")) >= 43
    assert asked["redirect_uri"] == "http://localhost/login/sso/callback"
    assert "openid" in asked["scope"].split()
    again = parse_qs(urlsplit(client.get(f"/login/sso/{made.ref}").location).query)
    assert not {again[name][0] for name in ("state", "nonce", "code_challenge")} & set(asked.values())


def test_the_address_leads_to_the_provider_of_its_domain(client: Client, made: Connection, there: Provider) -> None:
    page = client.post("/login/sso?next=/team/", data={"email": "somebody@brightwater.example"})
    assert page.status_code == 200
    url = f"/login/sso/{made.ref}?next=/team/"
    assert page.headers["Refresh"] == f"0; url={url}"
    away = parse_qs(urlsplit(client.get(url).location).query)
    assert away["login_hint"] == ["somebody@brightwater.example"]


def test_an_address_without_provider_is_told_so_known_or_not(client: Client, made: Connection) -> None:
    known = make.partner_user(email="kim@elsewhere.example", has_password=True)
    pages = [client.post("/login/sso", data={"email": email}) for email in (known.email, "nobody@elsewhere.example")]
    assert {page.status_code for page in pages} == {422}
    assert all("There is no single sign-on for addresses at elsewhere.example." in page.text for page in pages)


def test_the_sign_in_page_offers_it_once_somebody_can_use_it(client: Client, lead: User) -> None:
    assert "Sign in with your company" not in client.get("/login").text
    made = sign_on.connection(lead, on=False)
    assert "Sign in with your company" not in client.get("/login").text
    actions.enable(lead, sign_on.now_of(made), seen_version=made.version, now=make.NOON)
    db.session.commit()
    assert "/login/sso?next=/team/" in client.get("/login?next=/team/").text


def test_an_invitation_is_accepted_by_coming(client: Client, lead: User, made: Connection, there: Provider) -> None:
    ben = make.partner_user(Role.PARTNER_MEMBER, partner_id=lead.partner_id, email="ben@brightwater.example")
    there.person("ben", ben.email)
    assert come(client, there, made, "ben").location == "/"
    found = person(ben.email)
    assert found is not None
    assert found.accepted_at is not None
    assert found.password_hash is None
    nothing_broken()


def test_whoever_was_not_invited_gets_an_account_only_where_that_is_wanted(
    client: Client, lead: User, there: Provider
) -> None:
    there.person("new", "New@Brightwater.example", name="New Person", groups=["readers"])
    closed = sign_on.connection(lead, issuer=there.issuer)
    answer = come(client, there, closed, "new")
    assert answer.status_code == 422
    assert "Nobody has invited you yet." in answer.text
    assert person("new@brightwater.example") is None


def test_an_account_made_at_the_door_is_of_the_company_and_holds_what_its_groups_give(
    client: Client, lead: User, there: Provider
) -> None:
    made = sign_on.connection(
        lead,
        issuer=there.issuer,
        creates_accounts=True,
        default_roles=frozenset({Role.PARTNER_MEMBER}),
        groups_by_role={Role.PARTNER_FINANCE: ("money",)},
    )
    there.person("fay", "fay@brightwater.example", name="Fay", groups=["money", "others"])
    there.person("max", "max@brightwater.example", name="Max")
    for subject, roles in (("fay", {Role.PARTNER_FINANCE}), ("max", {Role.PARTNER_MEMBER})):
        assert come(client, there, made, subject).location == "/"
        user = person(f"{subject}@brightwater.example")
        assert user is not None
        assert (user.partner_id, user.name, sign_on.roles_of(user)) == (lead.partner_id, subject.title(), roles)
        client.signed_out()
    assert told("AccountMade") == 2
    nothing_broken()


def test_no_account_is_made_without_a_role(client: Client, lead: User, there: Provider) -> None:
    mapping = {Role.PARTNER_FINANCE: ("money",)}
    made = sign_on.connection(lead, issuer=there.issuer, creates_accounts=True, groups_by_role=mapping)
    there.person("eve", "eve@brightwater.example", groups=["other"])
    assert "You are in no group that opens anything here." in come(client, there, made, "eve").text
    assert person("eve@brightwater.example") is None


def test_an_address_that_changed_hands_does_not_open_the_account(
    client: Client, lead: User, made: Connection, there: Provider
) -> None:
    there.person("ana-1", ANA)
    there.person("ana-2", ANA)
    assert come(client, there, made, "ana-1").location == "/"
    client.signed_out()
    answer = come(client, there, made, "ana-2")
    assert answer.status_code == 422
    assert "belongs to somebody whom your identity provider knows by another name" in answer.text
    assert client.get("/account/").status_code == 302


def test_a_new_address_at_the_provider_still_opens_the_same_account(
    client: Client, lead: User, made: Connection, there: Provider
) -> None:
    there.person("ana-1", ANA)
    come(client, there, made, "ana-1")
    client.signed_out()
    there.person("ana-1", "ana.lane@brightwater.example")
    assert come(client, there, made, "ana-1").location == "/"
    assert person(ANA) is not None
    assert person("ana.lane@brightwater.example") is None


def test_whoever_is_disabled_stays_out(client: Client, lead: User, made: Connection, there: Provider) -> None:
    gone = make.partner_user(partner_id=lead.partner_id, email="gone@brightwater.example", disabled_at=make.NOON)
    there.person("gone", gone.email)
    for before in (False, True):
        if before:
            sign_on.came(made, gone, "gone")
        assert "Your account here is closed." in come(client, there, made, "gone").text
        assert client.get("/account/").status_code == 302


def test_an_invitation_that_was_taken_back_opens_nothing(
    client: Client, lead: User, made: Connection, there: Provider
) -> None:
    ben = make.partner_user(
        partner_id=lead.partner_id, email="ben@brightwater.example", invitation_revoked_at=make.NOON
    )
    there.person("ben", ben.email)
    assert "Nobody has invited you yet." in come(client, there, made, "ben").text


def test_nobody_comes_for_a_company_that_was_closed(client: Client, lead: User, made: Connection) -> None:
    for state, status in ((PartnerState.TERMINATED, 302), (PartnerState.CLOSED, 404)):
        moved = sa.update(Partner).where(Partner.id == lead.partner_id).values(state=state)
        db.session.execute(owned_by(moved, lead.partner_id or 0))
        db.session.commit()
        assert client.get(f"/login/sso/{made.ref}").status_code == status


def test_what_the_id_token_leaves_out_is_asked_for(
    client: Client, made: Connection, there: Provider, lead: User
) -> None:
    there.person("ana-1", ANA)
    come(client, there, made, "ana-1")
    assert "/userinfo" not in {request.path for request in there.asked}
    made = sign_on.connection(make.staff(Role.PROGRAM_ADMIN), issuer=there.issuer, domains=("portal.example",))
    there.knows("bare", email="bare@portal.example")
    assert "was verified" in come(client.signed_out(), there, made, "bare").text
    assert "/userinfo" in {request.path for request in there.asked}


def test_whoever_is_signed_in_already_goes_home(client: Client, made: Connection, there: Provider, lead: User) -> None:
    there.person("ana-1", ANA)
    away = client.get(f"/login/sso/{made.ref}").location
    location = there.sign_in(away, "ana-1")
    client.as_(lead)
    assert client.get(f"/login/sso/{made.ref}").location == "/"
    assert client.get("/login/sso").location == "/"
    parts = urlsplit(location)
    assert client.get(f"{parts.path}?{parts.query}").location == "/"


def test_it_counts_once(client: Client, made: Connection, there: Provider, lead: User) -> None:
    there.person("ana-1", ANA)
    location = there.sign_in(client.get(f"/login/sso/{made.ref}").location, "ana-1")
    assert back(client, location).location == "/"
    client.signed_out()
    again = back(client, location)
    assert again.status_code == 422
    assert "was used already" in again.text
