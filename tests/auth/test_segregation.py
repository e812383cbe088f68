"""Nobody decides on what is their own: the database refuses it, whatever code runs, and the person is told who can."""

from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import DBAPIError

from portal import clock
from portal.agreements import publishing
from portal.agreements.models import FeePlan
from portal.auth import actions, queries
from portal.auth.models import RoleGrant, User
from portal.auth.rules import Role
from portal.errors import Refused
from portal.extensions import db
from portal.fees.models import FeeLine
from portal.partners import actions as partners
from portal.partners.models import PayoutDetails
from portal.payouts import actions as payouts
from portal.payouts.models import PayoutLine, PayoutRun
from portal.proof import broken
from portal.referrals import actions as referrals
from portal.referrals.decline_reasons import DeclineReason
from portal.referrals.models import Referral
from portal.refs import new_ref
from portal.scope import all_partners
from portal.sla.models import SlaClock
from tests.support import fees, make, sales
from tests.support.client import Client
from tests.support.make import NOON
from tests.support.past_the_guards import tampered
from tests.support.threads import at_once

ADMIN = Role.PROGRAM_ADMIN


def refused(statement: Any, sentence: str) -> None:
    with pytest.raises(DBAPIError, match=sentence):
        db.session.execute(all_partners(statement, "a test"))
    db.session.rollback()


def entered_by(staff: User, **given: Any) -> Referral:
    """A referral that somebody of staff entered for a partner."""
    sent = sales.referral(sales.lead(), **given)
    values = {column.name: getattr(sent, column.name) for column in Referral.__table__.columns}
    row = Referral(**values | {"id": None, "ref": new_ref("R", Referral.ref), "domain": "entered.example"})
    row.entered_by_id = staff.id
    db.session.add(row)
    db.session.flush()
    db.session.execute(all_partners(sa.update(SlaClock).where(SlaClock.ref == sent.ref).values(ref=row.ref), "a test"))
    db.session.commit()
    return row


def test_whoever_entered_a_referral_does_not_decide_on_it(app: Flask) -> None:
    sales.program()
    one, other = (sales.detached(make.staff(name=name)) for name in ("Quinn", "Maya Second"))
    entered = entered_by(one)
    for deed in (
        partial(referrals.qualify, because="It fits."),
        partial(referrals.decline, reason=DeclineReason.NO_FIT, because="No."),
        partial(referrals.ask, question="Who decides?"),
    ):
        with pytest.raises(Refused, match=r"You entered this referral for the partner, .* Maya Second can\."):
            deed(one, entered, seen_version=entered.version, now=NOON)
    change = sa.update(Referral).where(Referral.id == entered.id)
    ref = entered.ref
    refused(change.values(decided_by_id=one.id), "does not decide on it")
    refused(change.values(entered_by_id=other.id), "is frozen")
    referrals.decline(
        other,
        sales.again(ref),
        seen_version=1,
        now=NOON,
        reason=DeclineReason.OTHER,
        note="No budget.",
        because="They said so.",
    )
    db.session.commit()


def test_nobody_but_staff_enters_for_a_partner(app: Flask) -> None:
    sales.program()
    with pytest.raises(DBAPIError, match="only staff enter a referral"):
        entered_by(make.partner_user())
    db.session.rollback()


def test_the_page_says_who_decides_instead(client: Client) -> None:
    sales.program()
    one = make.staff(name="Quinn")
    make.staff(name="Maya Second")
    page = client.as_(one).get(f"/staff/referrals/{entered_by(one).ref}").text
    assert "so another qualifier decides on it." in page
    assert "/qualification" not in page


@pytest.fixture
def run(app: Flask) -> PayoutRun:
    """Built by one, of a fee that another approved."""
    fees.program()
    line = fees.payable(fees.lead(), fees.maker(name="Finn"))
    made = payouts.build_run(fees.maker(name="Bo"), currency=line.currency, now=fees.WON)
    db.session.commit()
    return made


def approver_of(run: PayoutRun) -> int:
    pinned = sa.select(FeeLine.approved_by_id).join(PayoutLine, PayoutLine.fee_line_id == FeeLine.id)
    found = db.session.scalar(all_partners(pinned.where(PayoutLine.run_id == run.id), "a test"))
    assert found is not None
    return found


def test_whoever_approved_a_fee_does_not_release_its_run(run: PayoutRun) -> None:
    approver, builder = approver_of(run), run.built_by_id
    released = sa.update(PayoutRun).values(state="released")
    refused(released.values(released_by_id=approver), "approved a fee does not release")
    refused(released.values(released_by_id=builder), "four_eyes_release")
    payouts.release(fees.approver(), run, seen_version=run.version, now=fees.WON)
    db.session.commit()
    refused(sa.update(PayoutRun).values(state="paid", paid_by_id=builder), "four_eyes_payment")


def test_a_fee_does_not_come_to_be_approved_by_the_releaser_afterwards(run: PayoutRun) -> None:
    olga, approver, run_id = fees.approver(name="Olga"), approver_of(run), run.id
    payouts.release(olga, run, seen_version=run.version, now=fees.WON)
    db.session.commit()
    refused(sa.update(FeeLine).values(approved_by_id=olga.id), "does not approve a fee in it")
    copied = [column for column in PayoutLine.__table__.columns if column.name not in ("id", "is_live")]
    again = sa.select(*copied, sa.false()).where(PayoutLine.run_id == run_id)
    pinned_again = sa.insert(PayoutLine).from_select([*(column.name for column in copied), "is_live"], again)
    db.session.execute(all_partners(pinned_again, "a test"))
    db.session.rollback()
    tampered(f"UPDATE payout_runs SET released_by_id = {approver} WHERE id = {run_id}")  # noqa: S608
    refused(pinned_again, "was released by who approved the fee")
    assert [each for each in broken() if "released by the person who approved" in each]


def test_the_page_of_a_run_says_who_releases_it_instead(client: Client, run: PayoutRun) -> None:
    fees.approver(name="Olga")
    finn = db.session.scalars(all_partners(sa.select(User).where(User.id == approver_of(run)), "a test")).one()
    make.saved(RoleGrant(user_id=finn.id, role=Role.FINANCE_APPROVER, granted_at=NOON))
    url, version = f"/staff/payouts/{run.ref}", run.version
    page = client.as_(finn).get(url).text
    assert "You approved a fee in it, so someone else releases it." in page
    assert "Olga" in page
    assert f"{url}/release" not in page
    assert client.post(f"{url}/release", data={"version": version}).status_code == 409


def test_where_nobody_else_can_the_page_says_what_to_do(client: Client, run: PayoutRun) -> None:
    every = sa.update(User).where(User.id.in_(sa.select(RoleGrant.user_id).where(RoleGrant.role == "finance_approver")))
    db.session.execute(all_partners(every.values(disabled_at=NOON), "a test"))
    db.session.commit()
    builder = db.session.scalars(all_partners(sa.select(User).where(User.id == run.built_by_id), "a test")).one()
    page = client.as_(builder).get(f"/staff/payouts/{run.ref}").text
    assert "Nobody else can now: a second finance approver is needed, for good or by emergency access." in page


def test_whoever_proposed_a_change_of_account_does_not_confirm_it(app: Flask) -> None:
    person = sales.detached(make.partner_user(Role.PARTNER_FINANCE))
    partner = fees.company()
    details = partners.propose_payout_details(
        person, partner, holder="Lane", account="DE89370400440532013000", now=NOON
    )
    db.session.commit()
    with pytest.raises(Refused, match="A second person has to look"):
        partners.confirm_payout_details(person, details, now=NOON)
    refused(sa.update(PayoutDetails).values(state="confirmed", confirmed_by_id=person.id), "four_eyes")


def test_the_author_of_a_fee_plan_does_not_publish_it(app: Flask) -> None:
    author = sales.detached(make.staff(ADMIN))
    make.staff(Role.FINANCE_APPROVER, name="Olga")
    plan = publishing.draft_plan(author, name="Gold", currency="EUR", rate_bp=1000, clause="4.1", now=NOON)
    db.session.commit()
    with pytest.raises(Refused, match=r"You wrote this version, so somebody else publishes it: Olga can\."):
        publishing.publish_plan(author, plan, now=NOON)
    refused(sa.update(FeePlan).values(published_by_id=author.id, published_at=NOON), "four_eyes")


def test_nobody_gives_a_role_to_themselves(app: Flask) -> None:
    admin = sales.detached(make.staff(ADMIN))
    own: dict[str, Any] = {"user_id": admin.id, "granted_by_id": admin.id, "role": "finance_approver"}
    refused(sa.insert(RoleGrant).values(own | {"granted_at": NOON}), "not_to_oneself")
    refused(sa.update(RoleGrant).values(granted_by_id=admin.id), "not_to_oneself")


@pytest.mark.parametrize(
    "change",
    [
        lambda user: sa.delete(RoleGrant).where(RoleGrant.user_id == user.id),
        lambda user: sa.update(RoleGrant).where(RoleGrant.user_id == user.id).values(role="auditor"),
        lambda user: sa.update(User).where(User.id == user.id).values(disabled_at=NOON),
    ],
    ids=["grant gone", "another role", "closed"],
)
def test_the_database_keeps_the_last_program_admin(app: Flask, change: Any) -> None:
    admin, gone = (sales.detached(make.staff(ADMIN, disabled_at=at)) for at in (None, NOON))
    make.staff(Role.QUALIFIER)
    refused(change(admin), "the last program admin stays")
    db.session.execute(all_partners(change(gone), "a test"))
    make.staff(ADMIN)
    db.session.execute(all_partners(change(admin), "a test"))


def test_of_two_admins_who_remove_each_other_one_stays(app: Flask) -> None:
    for how in ("roles", "account"):
        one, two = (sales.detached(make.staff(ADMIN, has_password=True)) for _ in range(2))
        raised = at_once(app, partial(_remove, one, two.ref, how), partial(_remove, two, one.ref, how))
        assert [type(failure) for failure in raised] == [Refused], raised
        assert "last program admin" in str(raised[0])
        held = sa.select(User).join(RoleGrant, RoleGrant.user_id == User.id).where(RoleGrant.role == ADMIN)
        (left,) = db.session.scalars(all_partners(held.where(User.disabled_at.is_(None)), "a test")).all()
        third = make.staff(ADMIN, has_password=True)
        actions.change_roles(third, queries.get_visible(third, left.ref), frozenset({Role.AUDITOR}), now=clock.now())
        db.session.commit()
        tampered(f"UPDATE users SET disabled_at = created_at WHERE id = {third.id}")  # noqa: S608


def _remove(by: User, ref: str, how: str) -> None:
    user = queries.get_visible(by, ref)
    if how == "roles":
        actions.change_roles(by, user, frozenset({Role.AUDITOR}), now=clock.now())
    else:
        actions.disable_user(by, user, now=clock.now())
    db.session.commit()
