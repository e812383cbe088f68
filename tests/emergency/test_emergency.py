"""Emergency access: two people, told to all, marked in the record, over at its hour, and never past four eyes."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import DBAPIError

from portal import clock
from portal.activity.models import EventRow
from portal.activity.queries import timeline
from portal.auth import actions as accounts
from portal.auth import queries as people
from portal.auth.models import RoleGrant, User
from portal.auth.rules import Role
from portal.emergency import actions, jobs, queries, rules
from portal.emergency.models import EmergencyGrant
from portal.emergency.rules import GrantState, state_of
from portal.errors import Refused
from portal.extensions import db
from portal.notifications.models import Delivery
from portal.payouts import actions as payouts
from portal.payouts.models import PayoutRun
from portal.proof import broken
from portal.scope import all_partners
from portal.worker import run_until_idle
from tests.support import fees, make, sales
from tests.support.client import Client, client_of
from tests.support.past_the_guards import tampered
from tests.support.threads import at_once

APPROVER = Role.FINANCE_APPROVER
HOUR = timedelta(hours=1)
ASKED = {"role": "finance_approver", "hours": "4", "reason": "Olga is ill, and it is payday."}


def someone(*roles: Role, name: str) -> User:
    return sales.detached(make.staff(*roles, name=name, has_password=True))


@pytest.fixture
def adam(app: Flask) -> User:
    return someone(Role.PROGRAM_ADMIN, name="Adam Admin")


@pytest.fixture
def audrey(app: Flask) -> User:
    return someone(Role.AUDITOR, name="Audrey Auditor")


@pytest.fixture
def quinn(app: Flask) -> User:
    return someone(Role.QUALIFIER, name="Quinn Qualifier")


def asked(by: User, user: User, role: Role = APPROVER, now: datetime | None = None, hours: int = 4) -> EmergencyGrant:
    found = people.get_visible(by, user.ref)
    grant = actions.ask(by, found, role=role, hours=hours, reason="Payday.", now=now or clock.now())
    db.session.commit()
    return grant


def running(by: User, second: User, user: User, **given: Any) -> EmergencyGrant:
    grant = asked(by, user, **given)
    actions.confirm(second, grant, now=given.get("now") or clock.now())
    db.session.commit()
    return grant


def roles_of(user: User) -> set[Role]:
    held = sa.select(RoleGrant.role).where(RoleGrant.user_id == user.id)
    return set(db.session.scalars(all_partners(held, "a test")))


def mails(kind: str) -> set[str]:
    wanted = sa.select(Delivery.to_address).where(Delivery.event_kind == kind)
    return set(db.session.scalars(all_partners(wanted, "a test")))


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


def grant() -> EmergencyGrant:
    return db.session.scalars(sa.select(EmergencyGrant).execution_options(populate_existing=True)).one()


def test_neither_who_asked_nor_who_gets_it_confirms(client: Client, adam: User, audrey: User) -> None:
    make.program()
    olga = someone(APPROVER, name="Olga")
    waits = asked(adam, audrey, Role.FINANCE_MAKER)
    ref = waits.ref
    with pytest.raises(Refused, match=r"You asked for it, so a second person confirms it\. Olga can\."):
        actions.confirm(adam, waits, now=clock.now())
    for_olga = asked(audrey, olga, Role.FINANCE_MAKER)
    with pytest.raises(Refused, match=r"It is for you, so a second person confirms it\. Adam Admin can\."):
        actions.confirm(olga, for_olga, now=clock.now())
    db.session.rollback()
    page = client.as_(adam).post(f"/staff/people/emergency/{ref}/confirmation")
    assert (page.status_code, "so a second person confirms it" in page.text) == (409, True)


@pytest.mark.parametrize("second", ["asked_by_id", "user_id"])
def test_the_database_asks_for_two_people(app: Flask, adam: User, quinn: User, second: str) -> None:
    waits = asked(adam, quinn)
    by, ends_at = getattr(waits, second), clock.now() + HOUR
    confirmed = sa.update(EmergencyGrant).values(confirmed_by_id=by, confirmed_at=clock.now(), ends_at=ends_at)
    with pytest.raises(DBAPIError, match=r"two_people|not_to_oneself"):
        db.session.execute(confirmed)
    db.session.rollback()


@pytest.mark.parametrize(
    ("values", "sentence"),
    [({"hours": 25}, "frozen"), ({"role": "program_admin"}, "frozen"), ({"reason": ""}, "reason_given")],
)
def test_the_database_keeps_what_was_asked_for(
    app: Flask, adam: User, quinn: User, values: dict[str, Any], sentence: str
) -> None:
    asked(adam, quinn)
    with pytest.raises(DBAPIError, match=sentence):
        db.session.execute(sa.update(EmergencyGrant).values(values))
    db.session.rollback()


def test_a_role_is_not_lent_past_the_two_people(app: Flask, adam: User, quinn: User) -> None:
    waits = asked(adam, quinn)
    lent = {"user_id": quinn.id, "role": "finance_approver", "granted_by_id": adam.id, "granted_at": clock.now()}
    for more in ({"ends_at": clock.now() + HOUR, "emergency_ref": waits.ref}, {"ends_at": clock.now() + HOUR}):
        with pytest.raises(DBAPIError, match="lent by two people only"):
            db.session.execute(all_partners(sa.insert(RoleGrant).values(lent | more), "a test"))
        db.session.rollback()


def test_a_role_that_is_lent_is_not_lengthened(app: Flask, adam: User, audrey: User, quinn: User) -> None:
    running(audrey, adam, quinn)
    longer = sa.update(RoleGrant).where(RoleGrant.role == APPROVER).values(ends_at=clock.now() + 40 * HOUR)
    with pytest.raises(DBAPIError, match="lent by two people only"):
        db.session.execute(all_partners(longer, "a test"))
    db.session.rollback()


def test_it_is_over_at_its_hour_with_or_without_a_job(client: Client, adam: User, audrey: User, quinn: User) -> None:
    make.program()
    running(audrey, adam, quinn, now=clock.now() - 5 * HOUR)
    assert client.as_(quinn).get("/staff/payouts/").status_code == 403
    assert APPROVER in roles_of(quinn)
    assert [grant_id for grant_id, _ in jobs.due(clock.now(), 10)] == [grant().id]
    db.session.rollback()
    jobs.attempt(grant().id, 1, clock.now())
    jobs.attempt(grant().id, 1, clock.now())
    assert roles_of(quinn) == {Role.QUALIFIER}
    assert grant().ended_at == grant().ends_at, "it ended at its hour, not when the job came"
    assert mails("EmergencyEnded") >= {adam.email, audrey.email, quinn.email}
    assert jobs.due(clock.now(), 10) == []
    told = sa.select(sa.func.count()).where(EventRow.kind == "EmergencyEnded")
    assert db.session.scalar(all_partners(told, "a test")) == 1
    assert list(broken()) == []


def test_the_worker_ends_it(app: Flask, adam: User, audrey: User, quinn: User) -> None:
    running(audrey, adam, quinn, now=clock.now() - 5 * HOUR)
    run_until_idle(app, clock.now())
    assert roles_of(quinn) == {Role.QUALIFIER}


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


def test_what_does_not_run_is_not_ended_and_not_by_anyone(app: Flask, adam: User, audrey: User, quinn: User) -> None:
    waits = asked(audrey, quinn)
    with pytest.raises(Refused, match="does not run"):
        actions.end(adam, waits, now=clock.now())
    actions.confirm(adam, waits, now=clock.now())
    with pytest.raises(Refused, match="by those who answer"):
        actions.end(someone(Role.SALES_OWNER, name="Sam"), waits, now=clock.now())
    actions.end(audrey, waits, now=clock.now())
    with pytest.raises(Refused, match="does not run"):
        actions.end(audrey, waits, now=clock.now())
    db.session.commit()


@pytest.mark.parametrize(
    ("whom", "given", "sentence"),
    [
        ("quinn", {"role": Role.QUALIFIER}, "is qualifier already"),
        ("quinn", {"role": Role.AUDITOR}, "is not lent"),
        ("quinn", {"role": Role.PARTNER_ADMIN}, "is not lent"),
        ("quinn", {"hours": 25}, "not for so long"),
        ("closed", {}, "who can sign in"),
        ("partner", {}, "for people of staff"),
    ],
)
def test_not_every_role_is_lent_nor_to_everyone(
    app: Flask, adam: User, quinn: User, whom: str, given: dict[str, Any], sentence: str
) -> None:
    made: dict[str, Callable[[], User]] = {
        "quinn": lambda: quinn,
        "closed": lambda: make.staff(disabled_at=make.NOON),
        "partner": make.partner_user,
    }
    with pytest.raises(Refused, match=sentence):
        asked(adam, made[whom](), **given)
    db.session.rollback()


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


def test_four_eyes_hold_for_whoever_borrows_the_second_pair(app: Flask, adam: User, audrey: User) -> None:
    fees.program()
    finn = someone(Role.FINANCE_MAKER, name="Finn")
    fees.payable(fees.lead(), finn)
    run = payouts.build_run(someone(Role.FINANCE_MAKER, name="Bo"), currency="EUR", now=fees.WON)
    db.session.commit()
    run_ref = run.ref
    running(audrey, adam, finn)
    lent = people.get_visible(adam, finn.ref)
    with pytest.raises(Refused, match="You approved a fee in this run"):
        payouts.release(lent, run, seen_version=run.version, now=fees.WON)
    db.session.rollback()
    with pytest.raises(DBAPIError, match="approved a fee does not release"):
        db.session.execute(sa.update(PayoutRun).values(state="released", released_by_id=finn.id))
    db.session.rollback()
    assert run_ref


def test_of_two_who_confirm_at_once_one_counts(app: Flask, adam: User, audrey: User, quinn: User) -> None:
    olga = someone(APPROVER, name="Olga")
    ref = asked(audrey, quinn).ref
    raised = at_once(app, partial(_confirm, adam, ref), partial(_confirm, olga, ref))
    assert [str(each) for each in raised] == ["This was decided on already. Nothing was changed."]
    assert list(broken()) == []


def _confirm(by: User, ref: str) -> None:
    actions.confirm(by, queries.to_change(ref), now=clock.now())
    db.session.commit()


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
        ({"hours": "100"}, "valid choice"),
        ({"role": "auditor"}, "valid choice"),
        ({"role": "qualifier"}, "is qualifier already"),
        ({"person": make.partner_user().ref}, "valid choice"),
    ):
        page = client.post("/staff/people/emergency/new", data=ASKED | {"person": quinn.ref} | wrong)
        assert (page.status_code, sentence in page.text) == (422, True), wrong


def test_the_proof_finds_what_went_past_the_guards(app: Flask, adam: User, audrey: User, quinn: User) -> None:
    running(audrey, adam, quinn)
    tampered("UPDATE emergency_grants SET hours = 1")
    tampered("DELETE FROM role_grants WHERE emergency_ref IS NOT NULL")
    assert [each for each in broken() if "confirmed for 1 hours" in each]
    assert [each for each in broken() if "lends no role" in each]


@pytest.mark.parametrize(
    ("given", "state"),
    [
        ({}, GrantState.ASKED),
        ({"now": make.NOON + rules.ASK_HOLDS}, GrantState.LAPSED),
        ({"refused_at": make.NOON}, GrantState.REFUSED),
        ({"ends_at": make.NOON + HOUR}, GrantState.RUNNING),
        ({"ends_at": make.NOON + HOUR, "now": make.NOON + HOUR}, GrantState.ENDED),
        ({"ends_at": make.NOON + HOUR, "ended_at": make.NOON}, GrantState.ENDED),
    ],
)
def test_where_it_stands_is_read_from_its_times(given: dict[str, datetime], state: GrantState) -> None:
    usual: dict[str, Any] = {"asked_at": make.NOON, "refused_at": None, "ends_at": None, "ended_at": None}
    assert state_of(**usual | {"now": make.NOON} | given) is state
