"""What happened in the world that access is tried in: two companies that live through the same, each with a word
of its own in every field that anybody types."""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from portal import clock, storage
from portal.auth.permissions import Permission
from portal.auth.rules import STAFF_ROLES, Role
from portal.deals import actions as deals
from portal.deals import importing, payments, products
from portal.deals.models import Deal
from portal.deals.rules import Channel, Stage
from portal.documents.models import Document
from portal.documents.rules import DocumentState
from portal.emergency import actions as emergency
from portal.extensions import db
from portal.referrals.batches import actions as batches
from portal.referrals.batches.rules import Decision
from portal.routing import actions as routing
from portal.routing.rules import Conditions
from portal.scope import all_partners, owned_by
from portal.tasks import actions as tasks
from tests.access.beginnings import begin, company
from tests.access.cast import ACCOUNTS, Company, Staff
from tests.access.earnings import pay, win
from tests.access.introductions import refer

DAY = timedelta(days=1)


def beside_deals(staff: Staff, both: list[Company], entered: Deal, now: datetime) -> None:
    """A payment of each customer, a file sent up, a product, tasks, batches of referrals, and a calendar."""
    for made in both:
        for by in ("partner_member", "partner_admin"):
            deal = db.session.scalars(
                owned_by(sa.select(Deal).where(Deal.ref == made.of(by, "deal")), made.partner.id)
            ).one()
            given: dict[str, Any] = {"reference": f"{made.word} reference", "paid_on": now.date(), "is_refund": False}
            row = payments.record(staff["finance_maker"], deal, now=now + 3 * DAY, amount_minor=100, **given)
            made.note("payment", row.ref, by)
    staff.refs["product"] = products.add(staff["program_admin"], name="Seats", now=now).ref
    file = b"id,company,channel\n1,Imported Ltd,event\n2,,event"
    found = importing.look(staff["sales_owner"], file, "deals.csv", now=now)
    importing.take_in(staff["sales_owner"], found, now=now)
    staff.refs["import"] = found.ref
    for role in ("second", *STAFF_ROLES):
        person = staff.second if role == "second" else staff[role]
        if person.may(Permission.KEEP_TASKS):
            about: dict[str, Any] = {"due_on": now.date(), "owner_id": person.id, "deal_id": entered.id}
            staff.refs[f"task of {role}"] = tasks.make(person, now=now, title=f"Task of {role}", **about).ref
            days = {"from_on": now.date() + 300 * DAY, "until_on": now.date() + 310 * DAY}
            noted = routing.note_absence(person, person, now=now, stand_in_id=None, **days)
            staff.refs[f"absence of {role}"] = noted.ref
    for role, person in (("second", staff.second), ("qualifier", staff["qualifier"])):
        seen_long_ago = [(both[0].of("partner_member", "referral"), 99)]
        batch = batches.begin(person, seen_long_ago, decision=Decision.ASK, said="Who decides?", now=now)
        staff.refs[f"batch of {role}"] = batch.ref
    members = {staff["sales_owner"].id: 1}
    rule = routing.add_rule(staff["program_admin"], now=now, conditions=Conditions(words=("whaling",)), members=members)
    staff.refs["route"] = rule.ref
    staff.refs["calendar"] = tasks.open_calendar(both[0]["partner_finance"], now=now)


def tell(now: datetime | None = None) -> tuple[Staff, Company, Company]:
    """The whole story, ending a few days ago."""
    start = (now or clock.now()) - 20 * DAY
    staff = begin(start)
    both = [company(word, staff, start) for word in ("Quetzal", "Kookaburra")]
    for made in both:
        refer(made, staff, start + DAY)
        for by in ("partner_member", "partner_admin"):
            dashed = by.replace("_", "-")
            win(made, by, f"won-{dashed}", staff, start + 2 * DAY)
            win(made, by, f"again-{dashed}", staff, start + 2 * DAY)
            win(made, by, f"open-{dashed}", staff, start + 2 * DAY, until=Stage.MEETING)
        pay(made, staff, start + 3 * DAY, ACCOUNTS[made.word])
    inbound: dict[str, Any] = {"channel": Channel.INBOUND, "currency": "EUR", "website": "", "expected_minor": None}
    entered = deals.enter(staff["sales_owner"], now=start, company="Inbound Ltd", **inbound)
    beside_deals(staff, both, entered, start)
    asked = emergency.ask(
        staff["auditor"], staff.second, role=Role.FINANCE_APPROVER, hours=4, reason="Payday.", now=clock.now()
    )
    staff.refs["emergency"] = asked.ref
    _print(start)
    db.session.commit()
    return staff, both[0], both[1]


def _print(now: datetime) -> None:
    """The files that the worker would make: their source stands in for them, word for word."""
    for document in db.session.scalars(all_partners(sa.select(Document), "a test")):
        file = storage.put(b"%PDF-1.7\n" + document.html.encode(), "application/pdf")
        document.state, document.made_at = DocumentState.MADE, now
        document.sha256, document.size = file.sha256, file.size
