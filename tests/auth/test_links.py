"""Invitations and new passwords: links in mails that open once, until their time."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from portal import clock
from portal.activity.models import EventRow
from portal.auth import actions, invitations, links, queries
from portal.auth.models import AccountLink, User
from portal.auth.passwords import is_right
from portal.auth.rules import LinkPurpose, Role
from portal.errors import Overtaken
from portal.extensions import db
from portal.scope import all_partners
from tests.support import make
from tests.support.client import Client
from tests.support.mailing import send_links
from tests.support.make import PASSWORD

NEW = "quite another sentence"


def invited(now: datetime | None = None) -> tuple[User, str]:
    """Someone who was invited, and where the link in the mail leads."""
    partner, lead = make.partner(), make.staff(Role.PARTNER_MANAGER)
    user = invitations.invite(
        lead,
        email="Hana@Lane.example",
        name="Hana",
        roles=frozenset({Role.PARTNER_ADMIN, Role.PARTNER_SIGNATORY}),
        partner_id=partner.id,
        now=now or clock.now(),
    )
    db.session.commit()
    return user, link_of(user, LinkPurpose.INVITATION)


def asked(user: User, now: datetime | None = None) -> str:
    actions.ask_reset(user, now=now or clock.now())
    db.session.commit()
    return link_of(user, LinkPurpose.RESET)


def link_of(user: User, purpose: LinkPurpose) -> str:
    sent = sa.select(AccountLink).where(
        AccountLink.user_id == user.id, AccountLink.purpose == purpose, AccountLink.used_at.is_(None)
    )
    return links.path_of(db.session.scalars(sent.order_by(AccountLink.id.desc()).limit(1)).one())


def stored(user: User) -> User:
    found = queries.by_email(user.email)
    assert found is not None
    return found


def told() -> list[str]:
    return list(db.session.scalars(all_partners(sa.select(EventRow.kind).order_by(EventRow.seq), "a test")))


def test_an_invitation_names_the_person_and_opens_the_account(client: Client) -> None:
    make.program()
    user, path = invited()
    page = client.get(path)
    assert page.status_code == 200
    assert "hana@lane.example" in page.text
    assert "Partner lead, Signatory" in page.text
    answer = client.post(path, data={"name": "Hana Lane", "password": NEW})
    assert (answer.status_code, answer.location) == (303, "/")
    assert client.get("/account/").status_code == 200
    assert stored(user).name == "Hana Lane"
    assert is_right(NEW, stored(user).password_hash)
    assert told() == ["UserInvited", "InvitationAccepted"]


def test_an_invitation_opens_once(client: Client) -> None:
    _, path = invited()
    client.post(path, data={"name": "Hana", "password": NEW})
    for page in (client.signed_out().get(path), client.post(path, data={"name": "Eve", "password": NEW})):
        assert page.status_code == 410
        assert "This link was used already." in page.text


def test_an_invitation_ends_after_seven_days_and_says_what_to_do(client: Client) -> None:
    _, path = invited(clock.now() - timedelta(days=7))
    page = client.get(path)
    assert page.status_code == 410
    assert "This link has expired" in page.text
    assert "Send me a new one" in page.text


def test_a_new_invitation_takes_the_place_of_the_one_before(client: Client) -> None:
    user, first = invited()
    invitations.resend(None, user, now=clock.now())
    db.session.commit()
    assert client.get(first).status_code == 410
    assert client.get(link_of(user, LinkPurpose.INVITATION)).status_code == 200


@pytest.mark.parametrize("path", ["/invitation/", "/password-reset/"])
@pytest.mark.parametrize("token", ["x", "Im5vIg.x", "a.b.c", "%00", "x" * 5000])
def test_a_link_that_is_not_ours_opens_nothing(client: Client, path: str, token: str) -> None:
    assert client.get(path + token).status_code in (400, 404)


def test_a_link_is_for_one_purpose(client: Client) -> None:
    _, path = invited()
    assert client.get(path.replace("/invitation/", "/password-reset/")).status_code == 404


def test_a_password_that_is_refused_leaves_the_link_open_and_the_name_typed(client: Client) -> None:
    user, path = invited()
    page = client.post(path, data={"name": "Hana Lane", "password": "too short"})
    assert page.status_code == 422
    assert "Use 12 to 128 characters." in page.text
    assert 'value="Hana Lane"' in page.text
    assert stored(user).password_hash is None
    assert client.post(path, data={"name": "Hana", "password": NEW}).status_code == 303


def test_an_invitation_needs_a_name_that_fits(client: Client) -> None:
    _, path = invited()
    page = client.post(path, data={"name": " ", "password": NEW})
    assert (page.status_code, "Please give the name." in page.text) == (422, True)
    page = client.post(path, data={"name": "n" * 10_000, "password": NEW})
    assert (page.status_code, "Up to 120 characters" in page.text) == (422, True)


def test_an_invitation_is_not_accepted_by_a_form_of_elsewhere(client: Client) -> None:
    user, path = invited()
    assert client.post(path, data={"name": "Eve", "password": NEW}, bare=True).status_code == 400
    assert stored(user).password_hash is None


def test_of_two_who_use_a_link_at_once_one_is_first(app: Flask) -> None:
    _, path = invited()
    now = clock.now()
    link, _ = links.find(path.rsplit("/", 1)[1], LinkPurpose.INVITATION, now)
    links.use(link, now)
    with pytest.raises(Overtaken):
        links.use(link, now)


def test_asking_for_a_password_is_answered_the_same_for_everyone(client: Client) -> None:
    known, disabled = make.partner_user(has_password=True), make.partner_user(disabled_at=make.NOON)
    pages = []
    for email in (known.email, disabled.email, "nobody@lane.example"):
        page = client.post("/password-reset", data={"email": email})
        assert page.status_code == 200
        pages.append(page.text.replace(email, "…"))
    assert len(set(pages)) == 1
    send_links()
    assert told() == ["PasswordResetAsked"]


def test_whoever_never_accepted_is_sent_the_invitation_again(client: Client) -> None:
    user, _ = invited(clock.now() - timedelta(days=30))
    client.post("/password-reset", data={"email": user.email})
    send_links()
    assert told() == ["UserInvited", "UserInvited"]
    assert client.get(link_of(user, LinkPurpose.INVITATION)).status_code == 200


def test_nobody_is_flooded_with_mail(client: Client) -> None:
    user = make.partner_user(has_password=True)
    for _ in range(6):
        assert client.post("/password-reset", data={"email": user.email}).status_code == 200
    send_links()
    assert told() == ["PasswordResetAsked"] * 5


def test_a_new_password_ends_every_session_and_the_link(client: Client) -> None:
    user = make.partner_user(has_password=True)
    path = asked(user)
    other = client.application.test_client()
    client.as_(user)
    assert other.get(path).status_code == 200
    answer = other.post(path, data={"password": NEW})
    assert (answer.status_code, answer.location) == (303, "/login")
    assert client.get("/account/").status_code == 302
    assert other.get(path).status_code == 410
    assert other.post("/login", data={"email": user.email, "password": PASSWORD}).status_code == 422
    assert other.post("/login", data={"email": user.email, "password": NEW}).status_code == 303
    assert told() == ["PasswordResetAsked", "PasswordChanged"]


def test_a_link_to_a_password_ends_after_an_hour(client: Client) -> None:
    path = asked(make.partner_user(has_password=True), clock.now() - timedelta(hours=1))
    page = client.get(path)
    assert page.status_code == 410
    assert "Ask for a new link" in page.text


def test_a_new_password_takes_the_pause_of_the_account_away(client: Client) -> None:
    user = make.partner_user(has_password=True)
    for _ in range(11):
        code = client.post("/login", data={"email": user.email, "password": "no, not this"}).status_code
    assert code == 429
    client.post(asked(user), data={"password": NEW})
    assert client.post("/login", data={"email": user.email, "password": NEW}).status_code == 303


def test_a_reset_says_why_a_password_will_not_do(client: Client) -> None:
    path = asked(make.partner_user(has_password=True))
    page = client.post(path, data={"password": "qwerty123456"})
    assert page.status_code == 422
    assert "among the first that anyone would try" in page.text


def test_a_disabled_person_has_no_link(client: Client) -> None:
    user, admin = make.partner_user(has_password=True), make.staff(Role.PROGRAM_ADMIN)
    path = asked(user)
    actions.disable_user(admin, user, now=clock.now())
    db.session.commit()
    assert client.get(path).status_code == 404
    actions.enable_user(admin, stored(user), now=clock.now())
    db.session.commit()
    assert client.get(path).status_code == 410


def test_the_row_of_a_link_alone_opens_nothing(client: Client) -> None:
    invited()
    nonce = db.session.scalar(sa.select(AccountLink.nonce))
    assert client.get(f"/invitation/{nonce}").status_code == 404


@pytest.mark.parametrize("purpose", [LinkPurpose.INVITATION, LinkPurpose.RESET])
def test_a_link_works_where_somebody_of_another_company_is_signed_in(client: Client, purpose: LinkPurpose) -> None:
    _, path = invited()
    if purpose is LinkPurpose.RESET:
        path = asked(make.partner_user(has_password=True))
    client.as_(make.partner_user())
    assert client.post(path, data={"name": "Hana", "password": NEW}).status_code == 303
