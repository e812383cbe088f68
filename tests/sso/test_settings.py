"""Setting it up: staff for themselves, a partner's lead for the company; staff help where it locks somebody out."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from portal import clock
from portal.auth.models import LoginSession, User
from portal.auth.rules import Role
from portal.extensions import db
from portal.partners.models import Partner
from portal.proof import broken
from portal.scope import all_partners, owned_by
from portal.sso.models import Connection, Domain, Identity
from portal.sso.sealing import secret_of
from tests.support import fees, make, sign_on
from tests.support.client import Client
from tests.support.identity_provider import Provider, asks_a_provider
from tests.support.past_the_guards import tampered
from tests.support.proof import nothing_broken

COMPANY, STAFF = "/company/sign-in", "/staff/settings/sign-in"
TYPED = {
    "issuer": "https://login.brightwater.example",
    "client_id": "portal",
    "client_secret": "not to be seen again",
    "domains": "brightwater.example",
    "default_roles": "partner_member",
    "group_claim": "groups",
    "groups_partner_finance": "money; books",
    "creates_accounts": "y",
}


@pytest.fixture
def lead(client: Client) -> User:
    make.program()
    return make.partner_user(partner_id=fees.company().id, email="ana@brightwater.example", has_password=True)


def stored() -> list[Connection]:
    wanted = sa.select(Connection).order_by(Connection.id).execution_options(populate_existing=True)
    return list(db.session.scalars(all_partners(wanted, "a test")))


def partner_ref(user: User) -> str:
    wanted = sa.select(Partner.ref).where(Partner.id == user.partner_id)
    return str(db.session.scalar(all_partners(wanted, "a test")))


def press(client: Client, path: str, made: Connection, **more: Any) -> int:
    return client.post(path, data={"version": str(sign_on.now_of(made).version)} | more).status_code


def test_a_lead_sets_it_up_and_switches_it_on(client: Client, lead: User) -> None:
    client.as_(lead)
    assert "Not set up" in client.get(COMPANY).text
    assert "http://localhost/login/sso/callback" in client.get(f"{COMPANY}/edit").text
    assert client.post(f"{COMPANY}/edit", data=TYPED).location == COMPANY
    (made,) = stored()
    assert (made.partner_id, made.owner, made.enabled_at) == (lead.partner_id, partner_ref(lead), None)
    assert made.groups_by_role == {"partner_finance": ["money", "books"]}
    assert "not to be seen again" not in made.client_secret_sealed
    assert secret_of(made) == "not to be seen again"
    assert press(client, f"{COMPANY}/enabling", made) == 303
    assert stored()[0].enabled_at is not None
    page = client.get(COMPANY).text
    for told in (
        "https://login.brightwater.example",
        "money, books",
        f"http://localhost/login/sso/{made.ref}",
        "switched single sign-on on",
    ):
        assert told in page
    for path in (COMPANY, f"{COMPANY}/edit"):
        assert "not to be seen again" not in client.get(path).text
    nothing_broken()


def test_an_admin_sets_it_up_for_staff(client: Client) -> None:
    make.program()
    admin = make.staff(Role.PROGRAM_ADMIN, has_password=True, name="Jo Keeper")
    client.as_(admin)
    typed = TYPED | {"domains": "portal.example", "default_roles": ["qualifier"], "groups_auditor": "audit"}
    assert client.post(f"{STAFF}/edit", data=typed).location == STAFF
    (made,) = stored()
    assert (made.partner_id, made.owner, made.default_roles) == (None, "staff", ["qualifier"])
    assert secret_of(made) == "not to be seen again"
    assert "Jo Keeper keeps a password" in client.get(STAFF).text
    assert client.as_(make.staff(Role.AUDITOR)).get(STAFF).status_code == 200
    assert client.post(f"{STAFF}/edit", data=typed).status_code == 403
    assert client.as_(make.partner_user(Role.PARTNER_MEMBER)).get(COMPANY).status_code == 403


def test_the_secret_stays_for_the_same_provider_only(client: Client, lead: User) -> None:
    """Else whoever leads the team could have it sent to an address of their own."""
    made = sign_on.connection(lead, on=False)
    client.as_(lead)
    kept = TYPED | {"issuer": made.issuer, "client_id": made.client_id, "client_secret": "", "version": "1"}
    page = client.post(f"{COMPANY}/edit", data=kept | {"issuer": "http://localhost:9/mine"})
    assert page.status_code == 422
    assert "the secret has to be given anew" in page.text
    assert client.post(f"{COMPANY}/edit", data=kept).status_code == 303
    assert secret_of(stored()[0]) == sign_on.SECRET
    new = kept | {"issuer": "http://localhost:9/mine", "client_secret": "new", "version": "2"}
    assert client.post(f"{COMPANY}/edit", data=new).status_code == 303
    assert secret_of(stored()[0]) == "new"


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ({"client_secret": ""}, "Give the secret"),
        ({"issuer": "http://login.brightwater.example"}, "has to begin with https://"),
        ({"domains": "gmail.com"}, "Anybody can have an address"),
        ({"domains": "northgate.example"}, "Nobody of your company"),
        ({"domains": "brightwater.example shared.example"}, "is not your company"),
        ({"domains": ""}, "Name at least one domain"),
        ({"default_roles": "program_admin"}, "choose one of these"),
        ({"local_login_off": "y"}, "First let somebody sign in"),
    ],
    ids=str,
)
def test_what_cannot_be_is_said_beside_its_field(client: Client, lead: User, typed: dict[str, str], why: str) -> None:
    make.partner_user(partner_id=lead.partner_id, email="ben@shared.example", has_password=True)
    make.partner_user(email="kim@shared.example")
    page = client.as_(lead).post(f"{COMPANY}/edit", data=TYPED | typed)
    assert page.status_code == 422
    assert why.replace("'", "&#39;") in page.text
    assert TYPED["client_secret"] not in page.text


def test_roles_of_the_other_side_are_no_choice(client: Client, lead: User) -> None:
    client.as_(lead).post(
        f"{COMPANY}/edit", data=TYPED | {"groups_program_admin": "all", "counts_as_second_factor": "y"}
    )
    (made,) = stored()
    assert made.groups_by_role == {"partner_finance": ["money", "books"]}
    assert not made.counts_as_second_factor


def test_a_domain_belongs_to_one_connection(client: Client, lead: User) -> None:
    sign_on.connection(lead)
    client.as_(make.staff(Role.PROGRAM_ADMIN))
    page = client.post(f"{STAFF}/edit", data=TYPED | {"default_roles": ["qualifier"]})
    assert "sign in with addresses at brightwater.example" in page.text.replace("&#39;", "'")
    assert len(stored()) == 1


def test_a_domain_that_is_left_out_is_free_again(client: Client, lead: User) -> None:
    make.partner_user(partner_id=lead.partner_id, email="ben@second.example", has_password=True)
    made = sign_on.connection(lead, domains=("brightwater.example", "second.example"))
    typed = TYPED | {"issuer": made.issuer, "domains": "second.example", "version": str(made.version)}
    assert client.as_(lead).post(f"{COMPANY}/edit", data=typed).status_code == 303
    assert db.session.scalars(all_partners(sa.select(Domain.name), "a test")).all() == ["second.example"]


def test_of_two_who_change_it_the_second_looks_again(client: Client, lead: User) -> None:
    made = sign_on.connection(lead)
    client.as_(lead)
    typed = TYPED | {"issuer": made.issuer, "version": str(made.version)}
    assert client.post(f"{COMPANY}/edit", data=typed).status_code == 303
    assert client.post(f"{COMPANY}/edit", data=typed).status_code == 422
    assert client.post(f"{COMPANY}/disabling", data={"version": str(made.version)}).status_code == 409


def test_switching_off_signs_out_whoever_came_by_it_and_lets_passwords_in(client: Client, lead: User) -> None:
    made = sign_on.connection(lead, off_for_passwords=True)
    ben = make.partner_user(Role.PARTNER_MEMBER, partner_id=lead.partner_id, email="ben@brightwater.example")
    sign_on.came(made, ben, "ben")
    client.as_(ben)
    client.as_(lead)
    assert press(client, f"{COMPANY}/disabling", made) == 303
    off = sign_on.now_of(made)
    assert (off.enabled_at, off.local_login_off) == (None, False)
    ended = sa.select(LoginSession.ended_at).where(LoginSession.user_id == ben.id)
    assert db.session.scalars(ended).one() is not None
    assert client.get(COMPANY).status_code == 200


def test_who_came_is_listed_and_can_be_unlinked(client: Client, lead: User) -> None:
    made = sign_on.connection(lead)
    ben = make.partner_user(partner_id=lead.partner_id, email="ben@brightwater.example", name="Ben")
    sign_on.came(made, ben, "ben", clock.now() - timedelta(hours=3))
    page = client.as_(lead).get(COMPANY).text
    assert "1 person" in page
    assert "ben@brightwater.example" in page
    assert client.post(f"{COMPANY}/people/{ben.ref}/unlinking").status_code == 303
    assert db.session.scalars(all_partners(sa.select(Identity), "a test")).all() == []
    assert client.post(f"{COMPANY}/people/{ben.ref}/unlinking").status_code == 404


@asks_a_provider
def test_the_connection_is_tested(client: Client, lead: User, there: Provider) -> None:
    made = sign_on.connection(lead, issuer=there.issuer, on=False)
    page = client.as_(lead).post(f"{COMPANY}/test")
    assert page.status_code == 200
    assert "The provider answers" in page.text
    assert "RS256" in page.text
    moved = sa.update(Connection).where(Connection.id == made.id).values(issuer=sign_on.NOBODY_THERE)
    db.session.execute(owned_by(moved, made.partner_id or 0))
    db.session.commit()
    assert "The test failed." in client.post(f"{COMPANY}/test").text


def test_staff_see_it_and_help(client: Client, lead: User) -> None:
    made, path = sign_on.connection(lead, off_for_passwords=True), f"/staff/partners/{partner_ref(lead)}"
    client.as_(make.staff(Role.PARTNER_MANAGER))
    assert f"{path}/sign-in" in client.get(path).text
    assert "do not work for these domains" in client.get(f"{path}/sign-in").text
    assert press(client, f"{path}/sign-in/trust", made) == 303
    assert sign_on.now_of(made).counts_as_second_factor
    assert press(client, f"{path}/sign-in/distrust", made) == 303
    assert press(client, f"{path}/sign-in/disabling", made) == 303
    assert sign_on.now_of(made).enabled_at is None
    assert "Not set up" in client.get(f"/staff/partners/{partner_ref(make.partner_user())}/sign-in").text


def test_what_does_not_fit_together_is_found(client: Client, lead: User) -> None:
    made, other = sign_on.connection(lead), make.partner_user(partner_id=fees.company().id)
    sign_on.came(made, lead, "ana")
    nothing_broken()
    tampered(f"UPDATE sso_identities SET user_id = {other.id}, partner_id = NULL")  # noqa: S608
    tampered("UPDATE sso_domains SET partner_id = NULL")
    found = [line for line in broken() if made.ref in line]
    assert len(found) == 2


def test_passwords_go_once_somebody_came_that_way(client: Client, lead: User) -> None:
    made = sign_on.connection(lead)
    typed = TYPED | {"issuer": made.issuer, "local_login_off": "y", "version": str(made.version)}
    assert client.as_(lead).post(f"{COMPANY}/edit", data=typed).status_code == 422
    sign_on.came(made, lead, "ana")
    assert client.post(f"{COMPANY}/edit", data=typed).status_code == 303
    assert sign_on.now_of(made).local_login_off
