"""Emergency access: two people, over at its hour, never for everyone."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from portal import clock
from portal.activity.models import EventRow
from portal.auth.models import User
from portal.auth.rules import Role
from portal.emergency import actions, jobs, queries, rules
from portal.emergency.rules import GrantState, state_of
from portal.errors import Refused
from portal.extensions import db
from portal.proof import broken
from portal.scope import all_partners
from portal.worker import run_until_idle
from tests.emergency.lending import APPROVER, HOUR, asked, grant, mails, roles_of, running, someone
from tests.notifications.outbox import outbox
from tests.support import make
from tests.support.client import Client
from tests.support.threads import at_once


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


def test_of_two_who_confirm_at_once_one_counts(app: Flask, adam: User, audrey: User, quinn: User) -> None:
    olga = someone(APPROVER, name="Olga")
    ref = asked(audrey, quinn).ref
    raised = at_once(app, partial(_confirm, adam, ref), partial(_confirm, olga, ref))
    assert [str(each) for each in raised] == ["This was decided on already. Nothing was changed."]
    assert list(broken()) == []


def _confirm(by: User, ref: str) -> None:
    actions.confirm(by, queries.to_change(ref), now=clock.now())
    db.session.commit()


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


def test_whoever_asked_hears_that_nobody_confirmed_it(adam: User, audrey: User, quinn: User) -> None:
    asked(audrey, quinn, now=make.NOON)
    late = make.NOON + rules.ASK_HOLDS
    assert jobs.due(late - HOUR, 10) == []
    ((grant_id, number),) = jobs.due(late, 10)
    jobs.attempt(grant_id, number, late)
    jobs.attempt(grant_id, number, late)
    assert jobs.due(late + HOUR, 10) == []
    assert mails("EmergencyLapsed") == {audrey.email, quinn.email}
    told = {each.to: each for each in outbox("EmergencyLapsed")}
    assert told[audrey.email].path == "/staff/people/emergency/new"
    assert (told[quinn.email].path, "Audrey Auditor can ask anew" in told[quinn.email].text) == ("", True)
    with pytest.raises(Refused, match="within a day"):
        actions.confirm(adam, grant(), now=late - HOUR)
    assert roles_of(quinn) == {Role.QUALIFIER}
    assert list(broken()) == []


def test_what_was_decided_does_not_lapse(adam: User, audrey: User, quinn: User) -> None:
    running(audrey, adam, quinn, now=make.NOON)
    assert [number for _, number in jobs.due(make.NOON + rules.ASK_HOLDS, 10)] == [jobs.END]
    with pytest.raises(Refused, match="Nothing was changed"):
        actions.lapse(grant(), now=make.NOON + rules.ASK_HOLDS)
