"""What Sam does beside moving deals: products and payments, a file from a fair, a duplicate, a slip, reminders."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from portal.auth.models import User
from portal.deals import actions as deals
from portal.deals import importing, merging, payments, products
from portal.deals.models import Deal, Product
from portal.deals.rules import Details, NurtureReason, Stage
from portal.extensions import db
from portal.months import months_after
from portal.scope import all_partners
from portal.seeds.agenda import Agenda
from portal.tasks import actions as tasks

WHY = "the demo's sales owner works on everybody's deals"
ZONE = ZoneInfo("Europe/Berlin")
PRODUCTS = ("Seats", "Onboarding", "Premium support")
HEAD = "external_ref;company;channel;website;stage;value;closed_on;lost_reason;created_on"
# Reference, company, channel, website, stage, value, and how many days before the import it was closed and created.
ROWS = (
    ("HS-20418", "Lindqvist Timber AB", "event", "lindqvist-timber.example", "meeting", "18400.00", 0, "", 61),
    ("HS-20433", "Pembroke Facilities", "outbound", "pembroke-facilities.example", "proposal", "31250.00", 0, "", 55),
    ("HS-20440", "Aurelia Clinics", "paid", "aurelia-clinics.example", "contacted", "9600.00", 0, "", 40),
    ("HS-20441", "Brauerei Söllner", "event", "brauerei-soellner.example", "won", "12750.00", 14, "", 60),
    ("HS-20447", "Tarn Outdoor", "inbound", "tarn-outdoor.example", "lost", "7200.00", 9, "price", 48),
    ("HS-20452", "", "inbound", "", "new", "", 0, "", 30),
)


class Selling:
    def __init__(self, people: dict[str, User]) -> None:
        self.people = people

    def plan(self, agenda: Agenda) -> None:
        agenda.on(agenda.at(240, 11), self._name_products)
        agenda.on(agenda.at(6, 11), self._take_in)
        agenda.on(agenda.at(5, 16), self._merge("HS-20418", "Lindqvist Timber"))
        agenda.on(agenda.now - timedelta(hours=3), self._merge("HS-20433", "Pembroke Facilities Management"))
        agenda.on(agenda.now - timedelta(hours=2), self._enter_unmerged)
        agenda.on(agenda.at(4, 14), self._park)
        agenda.on(agenda.at(2, 15), self._record)
        agenda.on(agenda.now - timedelta(hours=5), self._slip)
        agenda.on(agenda.at(1, 17), self._remember)

    def _name_products(self, at: datetime) -> None:
        for name in PRODUCTS:
            products.add(self.people["admin"], name=name, now=at)

    def _take_in(self, at: datetime) -> None:
        """What the trade fair brought, from the program that was used there; one row has no company."""
        sam, today = self.people["sam"], at.astimezone(ZONE).date()
        lines = [HEAD]
        for *told, closed, reason, created in ROWS:
            closed_on = str(today - timedelta(days=closed)) if closed else ""
            lines.append(";".join([*told, closed_on, reason, str(today - timedelta(days=created))]))
        found = importing.look(sam, "\n".join(lines).encode(), "trade-fair.csv", now=at)
        importing.take_in(sam, found, now=at + timedelta(minutes=4))

    def _merge(self, external_ref: str, called: str) -> Callable[[datetime], None]:
        def merge(at: datetime) -> None:
            loser, winner = self._enter_again(external_ref, called, at - timedelta(minutes=20))
            merging.merge(self.people["sam"], loser, winner, seen_version=winner.version, now=at)

        return merge

    def _enter_unmerged(self, at: datetime) -> None:
        self._enter_again("HS-20440", "Aurelia Clinics Group", at)

    def _enter_again(self, external_ref: str, called: str, at: datetime) -> tuple[Deal, Deal]:
        """Somebody filled in the form on the website whom Sam had met at the fair."""
        (met,) = self._deals(Deal.external_ref == external_ref)
        about: dict[str, Any] = {"company": called, "website": met.domain, "expected_minor": None}
        about |= {"channel": met.channel, "currency": met.currency}
        return deals.enter(self.people["sam"], now=at, **about), met

    def _park(self, at: datetime) -> None:
        """Two that are not ready yet: one returns in a month, one in half a year, with steps to stay in touch."""
        today = at.astimezone(ZONE).date()
        found = self._deals(Deal.stage == Stage.CONTACTED, Deal.partner_id.is_not(None))[:2]
        for deal, months, why in zip(
            found, (1, 6), (NurtureReason.CONTRACT_RUNS, NurtureReason.NO_BUDGET_YET), strict=False
        ):
            until = Details(parked_until=months_after(today, months), parked_because=why, with_steps=True)
            deals.move(self.people["sam"], deal, Stage.PARKED, seen_version=deal.version, now=at, details=until)

    def _record(self, at: datetime) -> None:
        """What arrived for the won deals, most of it whole; one row was wrong, one customer got some of it back."""
        finn, sam, today = self.people["finn"], self.people["sam"], at.astimezone(ZONE).date()
        offered = self._products()
        for number, deal in enumerate(self._deals(Deal.stage == Stage.WON, Deal.owner_id == sam.id)):
            value, paid_on = deal.value_minor or 0, (deal.won_on or today) + timedelta(days=21)
            parts = {offered[0]: value * 7 // 10, offered[1]: value * 2 // 10, offered[2]: value - value * 9 // 10}
            products.set_for(sam, deal, parts, seen_version=deal.version, now=at)
            if paid_on > today:
                continue
            amount = value // 2 if number % 5 == 3 else value
            reference = f"INV-{2400 + number}"
            given = {"paid_on": paid_on, "is_refund": False, "now": at}
            row = payments.record(finn, deal, amount_minor=amount, reference=reference, **given)  # type: ignore[arg-type]
            if number == 2:
                payments.take_back(finn, deal, row, now=at)
                payments.record(finn, deal, amount_minor=amount, reference=f"{reference}-B", **given)  # type: ignore[arg-type]
            elif number == 4:
                back = {"paid_on": today, "is_refund": True, "now": at}
                payments.record(finn, deal, amount_minor=amount // 10, reference=f"CN-{number}", **back)  # type: ignore[arg-type]

    def _slip(self, at: datetime) -> None:
        """The wrong card: moved on, and taken back a few minutes later. Another move can still be undone."""
        sam = self.people["sam"]
        slipped, moved = self._deals(Deal.external_ref.in_(("HS-20440", "HS-20433")))
        deals.move(sam, slipped, Stage.MEETING, seen_version=slipped.version, now=at)
        deals.undo(sam, slipped, seen_version=slipped.version, now=at + timedelta(minutes=3))
        deals.move(sam, moved, Stage.MEETING, seen_version=moved.version, now=at + timedelta(minutes=5))

    def _remember(self, at: datetime) -> None:
        today = at.astimezone(ZONE).date()
        (deal,) = self._deals(Deal.external_ref == "HS-20418")
        notes = (
            ("sam", "Send the price list that they asked for", 2, deal.id),
            ("sam", "Ask Maya who knows the buyers at Aurelia", 4, None),
            ("maya", "Call Harbour & Lane about their agreement", 1, None),
        )
        for who, title, days, deal_id in notes:
            due_on, owner = today + timedelta(days=days), self.people[who]
            tasks.make(owner, now=at, title=title, due_on=due_on, owner_id=owner.id, deal_id=deal_id)

    def _products(self) -> list[int]:
        by_name = {each.name: each.id for each in db.session.scalars(sa.select(Product))}
        return [by_name[name] for name in PRODUCTS]

    def _deals(self, *where: sa.ColumnElement[bool]) -> list[Deal]:
        found = sa.select(Deal).where(*where).order_by(Deal.id)
        return list(db.session.scalars(all_partners(found, WHY)))
