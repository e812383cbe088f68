"""Invitations in full: sent again, taken back, asked for anew by whoever holds an old link, and many at once."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from portal import clock
from portal.auth import invitations, queries
from portal.auth.models import LinkRequest, User
from portal.auth.rules import LinkPurpose, PersonState, Role
from portal.errors import Refused
from portal.extensions import db
from tests.auth.test_links import NEW, invited, link_of, stored, told
from tests.support import make
from tests.support.client import Client, client_of
from tests.support.mailing import mails, send_links

BEN = {"name": "Ben Okafor", "email": "ben@lane.example", "roles": ["partner_member"]}


def state_of(user: User) -> PersonState:
    return queries.person(queries.get_visible(make.staff(Role.AUDITOR), user.ref), clock.now()).state


def lead_of(name: str = "Ana") -> User:
    return make.partner_user(name=name, has_password=True)


def test_an_invitation_is_taken_back_and_nothing_is_sent_until_somebody_invites_again(client: Client) -> None:
    make.program()
    lead = lead_of()
    client.as_(lead).post("/team/invitation", data=BEN)
    ben = queries.by_email("ben@lane.example")
    assert ben is not None
    path = link_of(ben, LinkPurpose.INVITATION)
    assert "They are not told." in client.get(f"/team/{ben.ref}").text
    page = client.post(f"/team/{ben.ref}/invitation/revocation", follow_redirects=True)
    assert "taken back" in page.text
    assert state_of(ben) is PersonState.REVOKED
    stranger = client_of(client.application)
    assert "was taken back" in stranger.get(path).text
    assert stranger.post(path, data={"name": "Ben", "password": NEW}).status_code == 410
    assert stranger.post(f"{path}/renewal").status_code == 200
    assert stranger.post("/password-reset", data={"email": ben.email}).status_code == 200
    send_links()
    assert told() == ["UserInvited", "InvitationRevoked"]
    assert client.post(f"/team/{ben.ref}/invitation/revocation").status_code == 409
    assert client.post(f"/team/{ben.ref}/invitation").status_code == 303
    assert state_of(ben) is PersonState.INVITED
    assert stranger.get(path).status_code == 410
    assert stranger.get(link_of(ben, LinkPurpose.INVITATION)).status_code == 200


def test_only_what_is_open_is_taken_back(app: Flask) -> None:
    admin, there, closed = make.staff(), make.staff(has_password=True), make.staff(disabled_at=make.NOON)
    for user in (there, closed):
        for change in (invitations.revoke, invitations.resend):
            with pytest.raises(Refused):
                change(admin, user, now=clock.now())


@pytest.mark.parametrize("how", ["expired", "taken back"])
def test_whose_invitation_is_over_is_invited_again_by_the_same_form(client: Client, how: str) -> None:
    lead = lead_of()
    ben = make.partner_user(Role.PARTNER_FINANCE, partner_id=lead.partner_id, email="ben@lane.example", name="B.")
    if how == "taken back":
        invitations.revoke(lead, stored(ben), now=clock.now())
        db.session.commit()
    assert client.as_(lead).post("/team/invitation", data=BEN).status_code == 303
    again = queries.colleague_at("ben@lane.example", lead.partner_id)
    assert again is not None
    assert (again.id, again.name, again.roles) == (ben.id, "Ben Okafor", frozenset({Role.PARTNER_MEMBER}))
    page = client.post("/team/invitation", data=BEN)
    assert (page.status_code, "is invited already" in page.text) == (422, True)


@pytest.mark.parametrize("over", ["used", "expired", "closed"])
def test_an_old_link_offers_a_new_one_to_the_address_on_file(client: Client, over: str) -> None:
    user, path = invited(clock.now() - timedelta(days=7 if over == "expired" else 1))
    if over == "used":
        client.post(path, data={"name": "Hana", "password": NEW})
    if over == "closed":
        invitations.revoke(make.staff(), stored(user), now=clock.now())
        db.session.commit()
    stranger = client_of(client.application)
    page = stranger.get(path)
    assert (page.status_code, f'action="{path}/renewal"' in page.text) == (410, True)
    before = len(told())
    answer = stranger.post(f"{path}/renewal")
    assert answer.status_code == 200
    assert user.email not in answer.text
    send_links()
    new = {"used": ["PasswordResetAsked"], "expired": ["UserInvited"], "closed": []}[over]
    assert told()[before:] == new
    assert not db.session.scalar(sa.select(sa.func.count(LinkRequest.id)))


def test_whether_a_new_one_is_sent_cannot_be_told(client: Client) -> None:
    pages = set()
    for over in range(3):
        user, path = invited(clock.now() - timedelta(days=7))
        if over == 1:
            invitations.revoke(make.staff(), stored(user), now=clock.now())
        stored(user).email = f"hana{over}@lane.example"
        db.session.commit()
        pages.add(client.post(f"{path}/renewal").text)
    assert len(pages) == 1


def test_a_new_one_is_sent_a_few_times_and_no_more(client: Client) -> None:
    _, path = invited(clock.now() - timedelta(days=7))
    for _ in range(7):
        assert client.post(f"{path}/renewal").status_code == 200
    send_links()
    assert told() == ["UserInvited"] * 6


def test_what_is_no_link_of_ours_is_sent_nothing(client: Client) -> None:
    assert client.post("/invitation/no.such-token/renewal").status_code == 404
    _, path = invited()
    assert client.post(f"{path}/renewal", bare=True).status_code == 400


def shown(client: Client, lead: User) -> list[str]:
    """All that the lead sees of the people, once a person's own words are the same."""
    client.as_(lead)
    person = client.get("/team/").text.partition("Ben Okafor")[0].rpartition('href="')[2].partition('"')[0]
    pages = [_plain(client.get(path).text, person) for path in ("/team/", f"/team/{person}")]
    return [page.replace(lead.ref, "U-333333").replace(lead.email, "ana@lane.example") for page in pages]


def _plain(page: str, ref: str) -> str:
    content = page.partition("<main")[2].partition("</main>")[0]
    lines = [line for line in content.splitlines() if "_token" not in line and "idempotency" not in line]
    return "\n".join(lines).replace(ref, "U-222222").replace("ben@northgate.example", "ben@lane.example")


def test_a_lead_cannot_tell_that_an_address_is_another_accounts(client: Client) -> None:
    make.program()
    taken = make.partner_user(email="ben@northgate.example", name="Carl", has_password=True)
    leads = [lead_of(), lead_of()]
    answers = []
    for lead, email in zip(leads, ("ben@lane.example", taken.email), strict=True):
        client.as_(lead)
        answer = client.post("/team/invitation", data=BEN | {"email": email})
        ben = queries.colleague_at(email, lead.partner_id)
        assert ben is not None
        answers.append((answer.status_code, answer.location, _untold(lead)))
    assert answers[0] == answers[1]
    assert shown(client, leads[0]) == shown(client, leads[1])
    free, known = mails("UserInvited")
    assert (free.to_address, free.link_id is not None) == ("ben@lane.example", True)
    assert (known.to_address, known.link_id) == (taken.email, None)
    assert "Your address belongs to an account already" in known.lines[0]
    assert queries.by_email(taken.email).id == taken.id  # type: ignore[union-attr]


def _untold(lead: User) -> list[str]:
    return [kind for kind in told() if kind != "UserInvited"]


def test_an_account_at_another_accounts_address_is_resent_revoked_and_given_roles_like_any(client: Client) -> None:
    make.program()
    taken = make.partner_user(email="ben@northgate.example", has_password=True)
    lead = lead_of()
    client.as_(lead).post("/team/invitation", data=BEN | {"email": taken.email})
    ben = queries.colleague_at(taken.email, lead.partner_id)
    assert ben is not None
    again = client.post("/team/invitation", data=BEN | {"email": taken.email})
    assert (again.status_code, "is invited already" in again.text) == (422, True)
    assert taken.email in client.post(f"/team/{ben.ref}/invitation", follow_redirects=True).text
    assert client.post(f"/team/{ben.ref}/roles", data={"roles": ["partner_finance"]}).status_code == 303
    assert client.post(f"/team/{ben.ref}/invitation/revocation").status_code == 303
    assert {mail.to_address for mail in mails()} == {taken.email}
    assert not any(mail.link_id for mail in mails())


def test_once_the_address_is_free_the_invitation_is_real(client: Client) -> None:
    make.program()
    taken = make.partner_user(email="ben@northgate.example", has_password=True)
    lead = lead_of()
    client.as_(lead).post("/team/invitation", data=BEN | {"email": "ben@northgate.example"})
    stored(taken).email = "carl@northgate.example"
    db.session.commit()
    ben = queries.colleague_at("ben@northgate.example", lead.partner_id)
    assert ben is not None
    client.post(f"/team/{ben.ref}/invitation")
    opened = client_of(client.application)
    assert opened.post(link_of(ben, LinkPurpose.INVITATION), data={"name": "Ben", "password": NEW}).status_code == 303
    assert stored(make.saved(User(ref="U-999999", email="x@y.example", created_at=make.NOON))).invited_as is None


def test_staff_are_told_that_an_address_is_taken(client: Client) -> None:
    make.partner_user(email="ben@lane.example")
    page = client.as_(make.staff(Role.PROGRAM_ADMIN)).post(
        "/staff/people/invitation", data=BEN | {"roles": ["qualifier"]}
    )
    assert (page.status_code, "Somebody else has an account with this address." in page.text) == (422, True)
