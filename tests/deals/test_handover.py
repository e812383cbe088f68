"""A deal goes to another owner: by hand, all of a person's at once, by the rules where its owner is gone."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from portal import clock
from portal.auth import actions as auth
from portal.auth.models import User
from portal.auth.rules import Role
from portal.deals import handover, owners
from portal.deals.models import Deal
from portal.errors import Overtaken, Refused
from portal.extensions import db
from portal.notifications.models import Delivery
from portal.routing import actions as routing
from portal.scope import all_partners
from portal.tasks import actions as tasks
from portal.tasks.models import Task
from portal.worker import run_until_idle
from tests.support import make, sales
from tests.support.client import Client
from tests.support.make import NOON
from tests.support.proof import broken_of_deals

DAY = timedelta(days=1)


@pytest.fixture
def sam(app: Flask) -> User:
    sales.program()
    return make.staff(Role.SALES_OWNER, name="Sam Ortega")


@pytest.fixture
def deal(sam: User) -> Deal:
    return sales.qualified(sales.lead())


@pytest.fixture
def lena(deal: Deal) -> User:
    return make.staff(Role.SALES_OWNER, name="Lena Weiss")


def _owner(deal: Deal) -> int:
    return db.session.scalars(all_partners(sa.select(Deal.owner_id).where(Deal.ref == deal.ref), "a test")).one()


def _mails() -> list[tuple[str, int | None]]:
    wanted = sa.select(Delivery.subject, Delivery.user_id).where(Delivery.event_kind.like("Deal%HandedOver"))
    found = db.session.execute(all_partners(wanted.order_by(Delivery.id), "a test"))
    return [(row.subject, row.user_id) for row in found]


def test_history_is_kept_tasks_go_along_and_all_are_told(deal: Deal, sam: User, lena: User) -> None:
    for title in ("Send the price list", "Ask who decides"):
        tasks.make(sam, now=NOON, title=title, due_on=NOON.date(), owner_id=sam.id, deal_id=deal.id)
    done = db.session.scalars(sa.select(Task).where(Task.title == "Ask who decides")).one()
    tasks.finish(sam, done, now=NOON)
    maya = make.staff(Role.PARTNER_MANAGER)
    handover.hand_over(maya, deal, lena.id, seen_version=deal.version, now=NOON + DAY, reason="Speaks Danish.")
    db.session.commit()
    assert (deal.owner_id, deal.owner_rule) == (lena.id, "handed over")
    assert [(row.before, row.then, row.reason) for row in owners.history(deal.id)] == [
        ("Sam Ortega", "Lena Weiss", "Speaks Danish.")
    ]
    assert {(row.title, row.owner_id) for row in db.session.execute(sa.select(Task.title, Task.owner_id))} == {
        ("Send the price list", lena.id),
        ("Ask who decides", sam.id),
    }
    told = _mails()
    sender = sales.referral_of(deal).by_id
    assert (f"Lena Weiss looks after {deal.company} now", sender) in told
    assert (f"Yours now: {deal.company}", lena.id) in told
    assert (f"Handed over: {deal.company}", sam.id) in told
    assert broken_of_deals() == []


def test_who_hands_over_what(deal: Deal, sam: User, lena: User) -> None:
    given: dict[str, Any] = {"seen_version": deal.version, "now": NOON, "reason": ""}
    with pytest.raises(Refused, match="Only its owner"):
        handover.hand_over(lena, deal, lena.id, **given)
    with pytest.raises(Refused, match="own it already"):
        handover.hand_over(sam, deal, sam.id, **given)
    with pytest.raises(Overtaken):
        handover.hand_over(sam, deal, lena.id, **given | {"seen_version": 99})


def test_all_of_a_person_at_once_and_one_mail_to_the_new_owner(deal: Deal, sam: User, lena: User) -> None:
    second = sales.qualified(sales.lead(), now=NOON)  # Lena has fewer: it is hers
    assert second.owner_id == lena.id
    others = [sales.qualified(sales.lead()) for _ in range(2)]
    admin = make.staff(Role.PROGRAM_ADMIN)
    held = sum(each.owner_id == sam.id for each in (deal, *others))
    assert handover.hand_over_all(admin, sam, lena.id, now=NOON + DAY, reason="Sam leaves.") == held
    db.session.commit()
    assert {sales.again_deal(each.ref).owner_id for each in (deal, second, *others)} == {lena.id}
    assert [each for each in _mails() if each[1] == lena.id] == [
        (f"Yours now: {f'{held} deals' if held > 1 else 'one deal'} of Sam Ortega", lena.id)
    ]
    assert broken_of_deals() == []


def test_by_the_rules_nobody_gets_their_own_back(deal: Deal, sam: User, lena: User) -> None:
    admin = make.staff(Role.PROGRAM_ADMIN)
    handover.hand_over_all(admin, sam, None, now=NOON, reason="")
    assert (deal.owner_id, deal.owner_rule) == (lena.id, "fewest open deals")


def test_whoever_is_gone_leaves_no_deal_behind(app: Flask, deal: Deal, sam: User, lena: User) -> None:
    closed = sales.moved(sales.qualified(sales.lead()), "lost", lost_reason="price")
    auth.disable_user(make.staff(Role.PROGRAM_ADMIN), sam, now=NOON)
    db.session.commit()
    before = closed.owner_id
    assert run_until_idle(app, NOON + timedelta(minutes=1)) >= 1
    assert (_owner(deal), _owner(closed)) == (lena.id, before)
    assert broken_of_deals() == []


def test_where_nobody_else_is_there_they_wait(app: Flask, deal: Deal, sam: User) -> None:
    auth.disable_user(make.staff(Role.PROGRAM_ADMIN), sam, now=NOON)
    db.session.commit()
    run_until_idle(app, NOON + timedelta(minutes=1))
    assert _owner(deal) == sam.id


def test_the_stand_in_works_on_them_meanwhile(client: Client, sam: User) -> None:
    deal = sales.qualified(sales.lead(), now=clock.now())
    lena = make.staff(Role.SALES_OWNER, name="Lena Weiss")
    path, move = f"/staff/deals/{deal.ref}/stage", {"version": "1", "then": "contacted"}
    assert client.as_(lena).post(path, data=move).status_code == 404
    today = clock.now().date()
    days = {"from_on": today - DAY, "until_on": today + DAY}
    routing.note_absence(sam, sam, now=clock.now(), stand_in_id=lena.id, **days)
    db.session.commit()
    assert client.as_(lena).get(f"/staff/deals/{deal.ref}").status_code == 200
    assert client.as_(lena).post(path, data=move).status_code == 303


def test_the_pages(client: Client, deal: Deal, sam: User, lena: User) -> None:
    owner = client.as_(sam)
    path = f"/staff/deals/{deal.ref}/handover"
    assert "The same person since" in owner.get(path).text
    assert owner.post(path, data={"version": "1", "to": ""}).status_code == 422
    page = owner.post(path, data={"version": "1", "to": lena.ref, "reason": "Danish."}, follow_redirects=True).text
    assert "Lena Weiss looks after Calder" in page
    assert owner.get(path).status_code == 404
    manager = client.as_(make.staff(Role.PARTNER_MANAGER))
    assert "From Sam Ortega to Lena Weiss: Danish." in manager.get(path).text
    many = f"/staff/people/{lena.ref}/deals"
    assert "One open deal" in manager.get(many).text
    assert "One deal handed over." in manager.post(many, data={"to": ""}, follow_redirects=True).text
    assert "No open deal" in manager.get(many).text
    assert sales.again_deal(deal.ref).owner_id == sam.id
