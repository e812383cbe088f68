"""A partner's team and the program's staff: the same pages at two addresses."""

import pytest
import sqlalchemy as sa
from flask import Flask

from portal import clock
from portal.activity.models import EventRow
from portal.activity.queries import timeline
from portal.auth import actions, invitations, queries
from portal.auth.models import RoleGrant, User
from portal.auth.rules import Role
from portal.errors import Refused
from portal.extensions import db
from portal.scope import all_partners
from tests.support import make
from tests.support.client import Client, client_of

INVITATION = {"name": "Ben Okafor", "email": "Ben@Brightwater.example", "roles": ["partner_member"]}


def roles_of(user: User) -> set[Role]:
    held = sa.select(RoleGrant.role).where(RoleGrant.user_id == user.id)
    return set(db.session.scalars(all_partners(held, "a test")))


def told() -> list[str]:
    return list(db.session.scalars(all_partners(sa.select(EventRow.kind).order_by(EventRow.seq), "a test")))


def test_the_team_shows_every_colleague_and_nobody_else(client: Client) -> None:
    lead = make.partner_user(name="Ana Lead")
    make.partner_user(Role.PARTNER_MEMBER, partner_id=lead.partner_id, name="Ben Member", has_password=True)
    make.partner_user(partner_id=lead.partner_id, name="Gone Since", disabled_at=make.NOON)
    make.partner_user(name="Carl Elsewhere")
    make.staff(name="Maya Staff")
    page = client.as_(lead).get("/team/").text
    assert "Ben Member" in page
    assert "Partner member" in page
    assert "Closed" in page
    assert "Invitation expired" in page
    assert "Carl Elsewhere" not in page
    assert "Maya Staff" not in page


def test_people_shows_staff_only(client: Client) -> None:
    make.partner_user(name="Ana Lead")
    page = client.as_(make.staff(Role.AUDITOR, name="Audrey")).get("/staff/people/").text
    assert "Audrey" in page
    assert "Ana Lead" not in page
    assert "Invite someone" not in page


def test_a_member_sees_the_team_and_changes_nothing(client: Client) -> None:
    member = make.partner_user(Role.PARTNER_MEMBER)
    lead = make.partner_user(partner_id=member.partner_id)
    client.as_(member)
    assert "Invite someone" not in client.get("/team/").text
    assert "Save the roles" not in client.get(f"/team/{lead.ref}").text
    assert client.get("/team/invitation").status_code == 403
    for noun in ("roles", "disabling", "enabling", "invitation"):
        assert client.post(f"/team/{lead.ref}/{noun}").status_code == 403


def test_each_side_has_its_own_address(client: Client) -> None:
    assert client.as_(make.staff(Role.PROGRAM_ADMIN)).get("/team/").status_code == 403
    assert client.as_(make.partner_user()).get("/staff/people/").status_code == 403


def test_another_companys_person_is_not_found(client: Client) -> None:
    other, staff = make.partner_user(), make.staff()
    client.as_(make.partner_user())
    for ref in (other.ref, staff.ref, "U-222222", "x" * 500):
        assert client.get(f"/team/{ref}").status_code == 404
        for noun in ("roles", "disabling", "enabling", "invitation"):
            assert client.post(f"/team/{ref}/{noun}", data={"roles": "partner_member"}).status_code == 404


def test_a_lead_invites_a_colleague(client: Client) -> None:
    lead = make.partner_user()
    page = client.as_(lead).post("/team/invitation", data=INVITATION, follow_redirects=True)
    assert "Ben Okafor was invited." in page.text
    assert "Invited" in page.text
    ben = queries.by_email("ben@brightwater.example")
    assert ben is not None
    assert (ben.partner_id, roles_of(ben)) == (lead.partner_id, {Role.PARTNER_MEMBER})
    assert told() == ["UserInvited"]


def test_an_admin_invites_staff(client: Client) -> None:
    client.as_(make.staff(Role.PROGRAM_ADMIN))
    answers = INVITATION | {"roles": ["qualifier", "sales_owner"]}
    assert client.post("/staff/people/invitation", data=answers).status_code == 303
    ben = queries.by_email("ben@brightwater.example")
    assert ben is not None
    assert (ben.partner_id, roles_of(ben)) == (None, {Role.QUALIFIER, Role.SALES_OWNER})


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"name": ""}, "Please give the name."),
        ({"name": "n" * 10_000}, "Up to 120 characters"),
        ({"email": ""}, "Please give the mail address."),
        ({"email": "ben at brightwater"}, "This is not a mail address."),
        ({"email": "b" * 10_000 + "@lane.example"}, "up to 254 characters"),
        ({"roles": []}, "Choose at least one."),
        ({"roles": ["program_admin"]}, "choose one of these"),
        ({"roles": ["partner_member", "auditor"]}, "choose one of these"),
    ],
)
def test_an_invitation_that_will_not_do_says_why_and_keeps_what_was_typed(
    client: Client, wrong: dict[str, object], sentence: str
) -> None:
    page = client.as_(make.partner_user()).post("/team/invitation", data=INVITATION | wrong)
    assert page.status_code == 422
    assert sentence in page.text
    assert ("Ben Okafor" if "name" not in wrong else "Brightwater.example") in page.text
    assert told() == []


def test_a_colleague_is_not_invited_twice(client: Client) -> None:
    lead = make.partner_user()
    make.partner_user(partner_id=lead.partner_id, email="ben@brightwater.example", name="Ben", has_password=True)
    own = client.as_(lead).post("/team/invitation", data=INVITATION)
    assert (own.status_code, "Ben has this address" in own.text) == (422, True)


def test_an_invitation_is_sent_again(client: Client) -> None:
    lead = make.partner_user()
    invited = make.partner_user(partner_id=lead.partner_id)
    page = client.as_(lead).post(f"/team/{invited.ref}/invitation", follow_redirects=True)
    assert "A new invitation is on its way" in page.text
    assert "Send it again" in page.text


def test_whoever_accepted_is_not_invited_again(client: Client) -> None:
    lead = make.partner_user()
    there = make.partner_user(partner_id=lead.partner_id, has_password=True)
    page = client.as_(lead).post(f"/team/{there.ref}/invitation")
    assert (page.status_code, "has accepted already" in page.text) == (409, True)


def test_a_disabled_person_is_signed_out_in_the_same_moment(client: Client) -> None:
    lead = make.partner_user()
    member = make.partner_user(Role.PARTNER_MEMBER, partner_id=lead.partner_id, has_password=True)
    theirs = client_of(client.application).as_(member)
    assert theirs.get("/team/").status_code == 200
    page = client.as_(lead).post(f"/team/{member.ref}/disabling", follow_redirects=True)
    assert "cannot sign in since" in page.text
    assert theirs.get("/team/").status_code == 302
    assert theirs.post("/login", data={"email": member.email, "password": make.PASSWORD}).status_code == 422
    assert client.post(f"/team/{member.ref}/disabling").status_code == 409
    assert client.post(f"/team/{member.ref}/enabling").status_code == 303
    assert client.post(f"/team/{member.ref}/enabling").status_code == 409
    assert theirs.get("/team/").status_code == 302, "an ended session stays ended"
    assert theirs.post("/login", data={"email": member.email, "password": make.PASSWORD}).status_code == 303
    assert told() == ["UserDisabled", "UserEnabled"]


def test_nobody_closes_or_promotes_oneself(client: Client) -> None:
    lead = make.partner_user()
    client.as_(lead)
    assert "Save the roles" not in client.get(f"/team/{lead.ref}").text
    page = client.post(f"/team/{lead.ref}/roles", data={"roles": ["partner_admin", "partner_signatory"]})
    assert (page.status_code, "You cannot change your own roles." in page.text) == (422, True)
    assert client.post(f"/team/{lead.ref}/disabling").status_code == 409
    assert roles_of(lead) == {Role.PARTNER_ADMIN}


def test_roles_are_given_and_taken_with_the_name_of_the_giver(client: Client) -> None:
    lead = make.partner_user()
    member = make.partner_user(Role.PARTNER_MEMBER, partner_id=lead.partner_id)
    chosen = {"roles": ["partner_finance", "partner_signatory"]}
    assert client.as_(lead).post(f"/team/{member.ref}/roles", data=chosen).status_code == 303
    assert roles_of(member) == {Role.PARTNER_FINANCE, Role.PARTNER_SIGNATORY}
    givers = sa.select(RoleGrant.granted_by_id).where(RoleGrant.user_id == member.id)
    assert set(db.session.scalars(all_partners(givers, "a test"))) == {lead.id}
    assert client.post(f"/team/{member.ref}/roles", data=chosen).status_code == 303
    assert told() == ["RolesChanged"], "what stands already is no change"


@pytest.mark.parametrize("roles", [[], ["program_admin"], ["partner_member", "auditor"], ["no such"]])
def test_roles_of_the_other_side_are_not_given(client: Client, roles: list[str]) -> None:
    lead = make.partner_user()
    member = make.partner_user(Role.PARTNER_MEMBER, partner_id=lead.partner_id)
    page = client.as_(lead).post(f"/team/{member.ref}/roles", data={"roles": roles})
    assert page.status_code == 422
    assert roles_of(member) == {Role.PARTNER_MEMBER}


def leave(by: User, user: User, how: str) -> None:
    if how == "disabled":
        actions.disable_user(by, user, now=clock.now())
    else:
        actions.change_roles(by, user, frozenset({Role.AUDITOR}), now=clock.now())


@pytest.mark.parametrize("how", ["disabled", "another role"])
def test_the_last_program_admin_stays(app: Flask, how: str) -> None:
    admin, leaving = make.staff(Role.PROGRAM_ADMIN, has_password=True), make.staff(Role.PROGRAM_ADMIN)
    with pytest.raises(Refused, match="last program admin"):
        leave(leaving, queries.get_visible(admin, admin.ref), how)
    make.staff(Role.PROGRAM_ADMIN, has_password=True)
    leave(leaving, queries.get_visible(admin, admin.ref), how)


def test_a_lead_invites_into_the_own_company_only(app: Flask) -> None:
    lead, other = make.partner_user(), make.partner()
    for partner_id in (other.id, None):
        with pytest.raises(Refused, match="own company"):
            invitations.invite(
                lead,
                email="x@lane.example",
                name="X",
                roles=frozenset({Role.PARTNER_MEMBER}),
                partner_id=partner_id,
                now=clock.now(),
            )


def test_an_admin_may_look_at_a_partners_person(client: Client) -> None:
    member = make.partner_user(Role.PARTNER_MEMBER, name="Ben")
    client.as_(make.staff(Role.PROGRAM_ADMIN))
    assert "Ben" in client.get(f"/staff/people/{member.ref}").text
    chosen = {"roles": ["partner_finance"]}
    assert client.post(f"/staff/people/{member.ref}/roles", data=chosen).status_code == 303
    assert roles_of(member) == {Role.PARTNER_FINANCE}


def test_what_each_role_may_do_can_be_read(client: Client) -> None:
    page = client.as_(make.staff(Role.AUDITOR)).get("/staff/people/roles").text
    assert "release payout runs and record payment" in page
    assert "in hand" in page


def test_a_form_from_elsewhere_changes_nothing(client: Client) -> None:
    lead = make.partner_user()
    member = make.partner_user(Role.PARTNER_MEMBER, partner_id=lead.partner_id)
    client.as_(lead)
    for noun in ("roles", "disabling", "enabling", "invitation"):
        page = client.post(f"/team/{member.ref}/{noun}", data={"roles": "partner_admin"}, bare=True)
        assert page.status_code == 400
    assert client.post("/team/invitation", data=INVITATION, bare=True).status_code == 400
    assert told() == []


def test_a_form_that_is_sent_twice_counts_once(client: Client) -> None:
    client.as_(make.partner_user())
    answers = INVITATION | {"idempotency_key": "k" * 32}
    assert [client.post("/team/invitation", data=answers).status_code for _ in range(2)] == [303, 303]
    assert told() == ["UserInvited"]


def test_what_happened_to_people_is_told_to_each_reader(app: Flask) -> None:
    lead = make.partner_user(name="Ana")
    member = make.partner_user(Role.PARTNER_MEMBER, partner_id=lead.partner_id, name="Ben")
    roles = frozenset({Role.PARTNER_FINANCE})
    actions.change_roles(lead, queries.get_visible(lead, member.ref), roles, now=clock.now())
    db.session.commit()
    for reader, sentence in (
        (lead, "You changed the roles of Ben to Partner finance."),
        (member, "Ana changed the roles of you to Partner finance."),
    ):
        assert [entry.sentence for entry in timeline(reader, [member.ref])] == [sentence]
