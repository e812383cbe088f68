"""Two people in the same moment, on both databases: one of them counts, the other is told."""

from functools import partial

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from portal.auth.models import User
from portal.auth.permissions import Permission
from portal.auth.rules import Role
from portal.deals.models import Deal
from portal.errors import Overtaken, Refused
from portal.extensions import db
from portal.referrals import actions, queries
from portal.referrals.decline_reasons import DeclineReason
from portal.referrals.introduction import Introduction
from portal.referrals.models import Protection, Referral
from portal.referrals.rules import Status
from portal.scope import all_partners
from tests.support import make, sales
from tests.support.make import NOON
from tests.support.threads import at_once


def found(by: User, ref: str) -> Referral:
    return queries.to_change(by, ref, Permission.DECIDE_REFERRALS)


def _qualify(by: User, ref: str) -> None:
    actions.qualify(by, found(by, ref), seen_version=1, now=NOON)
    db.session.commit()


def _decline(by: User, ref: str) -> None:
    reason = DeclineReason.NO_FIT
    actions.decline(by, found(by, ref), seen_version=1, now=NOON, reason=reason, because="No.")
    db.session.commit()


def _submit(by: User, answers: Introduction) -> None:
    actions.submit(by, now=NOON, answers=answers)
    db.session.commit()


def _count(kind: type[Deal] | type[Protection] | type[Referral]) -> int | None:
    return db.session.scalar(all_partners(sa.select(sa.func.count()).select_from(kind), "a test"))


def test_of_two_who_decide_at_once_one_counts(app: Flask) -> None:
    sales.program()
    make.staff(Role.SALES_OWNER)
    people = [sales.detached(make.staff()) for _ in range(2)]
    ref = sales.referral(sales.lead()).ref
    raised = at_once(app, *(partial(_qualify, by, ref) for by in people), partial(_decline, people[0], ref))
    assert [type(each) in (Overtaken, StaleDataError) for each in raised] == [True, True]
    qualified = int(sales.again(ref).status is Status.QUALIFIED)
    assert (_count(Deal), _count(Protection)) == (qualified, qualified)


def test_a_company_that_is_sent_twice_at_once_is_there_once(app: Flask) -> None:
    sales.program()
    lead = sales.detached(sales.lead())
    answers = sales.introduction(website="calder.example")
    raised = at_once(app, *[partial(_submit, lead, answers)] * 4)
    assert len(raised) == 3
    assert all(isinstance(each, Refused | IntegrityError) for each in raised)
    assert _count(Referral) == 1
