"""Emergency access in the pages: asked for, confirmed, told to all, marked in the record."""

from datetime import timedelta

import pytest

from portal import clock
from portal.activity.queries import timeline
from portal.auth import actions as accounts
from portal.auth import queries as people
from portal.auth.models import User
from portal.auth.rules import Role
from portal.emergency import actions
from portal.errors import Refused
from portal.extensions import db
from portal.proof import broken
from tests.emergency.lending import APPROVER, asked, grant, mails, roles_of, running, someone
from tests.support import make
from tests.support.client import Client, client_of

ASKED = {"role": "finance_approver", "hours": "4", "reason": "Olga is ill, and it is payday."}


def test_one_asks_another_confirms_and_all_are_told(client: Client, adam: User, audrey: User, quinn: User) -> None:
    make.program()
    olga, finn = someone(APPROVER, name="Olga"), someone(Role.FINANCE_MAKER, name="Finn")
    everyone = {each.email for each in (adam, audrey, olga, finn, quinn)}
    page = client.as_(audrey).post("/staff/people/emergency/new", data=ASKED | {"person": quinn.ref})
    assert page.location == "/staff/people/emergency"
    page = client.get(page.location)
    assert "Adam Admin or Olga can." in page.text
    assert "/confirmation" not in page.text, "who asked does not confirm"
    ref = grant().ref
    assert mails("EmergencyAsked") == everyone
    page = client.as_(adam).get("/staff/people/emergency")
    assert f"/staff/people/emergency/{ref}/confirmation" in page.text
    assert client.post(f"/staff/people/emergency/{ref}/confirmation").status_code == 303
    assert mails("EmergencyGranted") == everyone
    assert APPROVER in roles_of(quinn)
    assert "acts as <strong>finance approver</strong> until" in client.get("/staff/people/emergency").text
    theirs = client_of(client.application).as_(quinn)
    page = theirs.get("/staff/payouts/")
    assert "you act as <strong>Finance approver</strong> until" in page.text
    assert theirs.post(f"/staff/people/emergency/{ref}/end").location == "/staff/"
    assert mails("EmergencyEnded") == everyone
    assert roles_of(quinn) == {Role.QUALIFIER}
    assert theirs.get("/staff/payouts/").status_code == 403
    assert list(broken()) == []


def test_what_is_done_meanwhile_is_marked(client: Client, adam: User, audrey: User, quinn: User) -> None:
    make.program()
    lent = running(audrey, adam, quinn, role=Role.PROGRAM_ADMIN)
    ref, other = lent.ref, make.staff(name="Otto")
    client.as_(quinn).post(f"/staff/people/{other.ref}/roles", data={"roles": ["qualifier", "sales_owner"]})
    client_of(client.application).as_(adam).post(f"/staff/people/{other.ref}/roles", data={"roles": ["qualifier"]})
    entries = [entry.sentence for entry in timeline(adam, [other.ref])]
    assert (
        entries[1] == f"Quinn Qualifier changed the roles of Otto to Qualifier, Sales owner. (Emergency access {ref})"
    )
    assert "Emergency" not in entries[0], "what others do is not marked"
    assert list(broken()) == []


def test_it_is_refused_taken_back_or_lapses(client: Client, adam: User, audrey: User, quinn: User) -> None:
    make.program()
    waits = asked(audrey, quinn)
    ref = waits.ref
    assert client.as_(audrey).post(f"/staff/people/emergency/{ref}/refusal").status_code == 303
    assert client.as_(adam).post(f"/staff/people/emergency/{ref}/confirmation").status_code == 409
    assert mails("EmergencyRefused") >= {adam.email, audrey.email, quinn.email}
    late = asked(audrey, quinn, now=clock.now() - timedelta(hours=25))
    with pytest.raises(Refused, match="Nobody confirmed it within a day"):
        actions.confirm(adam, late, now=clock.now())
    db.session.rollback()
    assert "Nobody confirmed it" in client.get("/staff/people/emergency").text


def test_a_lent_role_is_no_role_for_good(client: Client, adam: User, audrey: User, quinn: User) -> None:
    make.program()
    running(audrey, adam, quinn, role=Role.PROGRAM_ADMIN)
    client.as_(adam)
    page = client.post(f"/staff/people/{quinn.ref}/roles", data={"roles": ["qualifier", "program_admin"]})
    assert (page.status_code, "by emergency access now. End that first." in page.text) == (422, True)
    page = client.post(f"/staff/people/{quinn.ref}/roles", data={"roles": ["sales_owner"]})
    assert page.status_code == 303
    assert roles_of(quinn) == {Role.SALES_OWNER, Role.PROGRAM_ADMIN}
    with pytest.raises(Refused, match="last program admin"):
        accounts.change_roles(quinn, people.get_visible(quinn, adam.ref), frozenset({Role.AUDITOR}), now=clock.now())
    db.session.rollback()


def test_who_sees_the_page(client: Client, adam: User) -> None:
    make.program()
    assert "It was never needed" in client.as_(adam).get("/staff/people/emergency").text
    for role, status in ((Role.FINANCE_MAKER, 200), (Role.AUDITOR, 200), (Role.PARTNER_MANAGER, 403)):
        assert client.as_(make.staff(role)).get("/staff/people/emergency").status_code == status


def test_a_form_that_will_not_do_says_why(client: Client, adam: User, quinn: User) -> None:
    make.program()
    client.as_(adam)
    for wrong, sentence in (
        ({"reason": ""}, "Say why"),
        ({"hours": "100"}, "choose one of these"),
        ({"role": "auditor"}, "choose one of these"),
        ({"role": "qualifier"}, "is qualifier already"),
        ({"person": make.partner_user().ref}, "choose one of these"),
    ):
        page = client.post("/staff/people/emergency/new", data=ASKED | {"person": quinn.ref} | wrong)
        assert (page.status_code, sentence in page.text) == (422, True), wrong
