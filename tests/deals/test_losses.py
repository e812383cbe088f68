"""Why deals were lost, month by month: what is kept is what a recount finds, whatever happened to the deals."""

import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from flask import Flask

from portal import clock
from portal.auth.models import User
from portal.auth.rules import Role
from portal.deals import actions, importing, losses, merging
from portal.deals.models import Deal, LossTotal
from portal.deals.rules import Channel, Details, LostReason, Stage
from portal.errors import Refused
from portal.extensions import db
from portal.scope import all_partners
from tests.support import make, sales
from tests.support.client import Client
from tests.support.make import NOON
from tests.support.past_the_guards import tampered
from tests.support.proof import broken_of_deals

HEAD = "external_ref,company,channel,stage,closed_on,lost_reason"


@pytest.fixture
def sam(app: Flask) -> User:
    sales.program()
    return sales.detached(make.staff(Role.SALES_OWNER, name="Sam Ortega"))


def entered(by: User, channel: Channel = Channel.INBOUND, now: datetime = NOON) -> Deal:
    told: dict[str, Any] = {"company": "Nordlys", "currency": "EUR", "website": "", "expected_minor": None}
    made = actions.enter(by, now=now, channel=channel, **told)
    db.session.commit()
    return made


def kept() -> dict[Any, int]:
    rows = db.session.execute(sa.select(LossTotal.month, LossTotal.reason, LossTotal.channel, LossTotal.number))
    return {(month, reason, channel): number for month, reason, channel, number in rows if number}


def recounted() -> dict[Any, int]:
    lost = sa.select(Deal.closed_at, Deal.lost_reason, Deal.channel).where(Deal.stage == Stage.LOST)
    rows: Any = db.session.execute(all_partners(lost, "a test"))
    return dict(Counter((at.astimezone(UTC).date().replace(day=1), reason, channel) for at, reason, channel in rows))


class Course:
    """What may become of a few deals, by chance; what is refused changes nothing."""

    steps = ("lose", "lose", "reopen", "undo", "merge", "take_apart", "say_otherwise", "hand_over", "take_in")

    def __init__(self, by: User, seed: int) -> None:
        self.by, self.now, self.one_of = by, NOON, Random(seed).choice  # noqa: S311  (the same course each time)
        for deal in (sales.qualified(sales.lead()), entered(by), entered(by, Channel.EVENT)):
            deal.owner_id = by.id
        self.other = make.staff(Role.SALES_OWNER).id
        db.session.commit()

    def go_on(self) -> None:
        self.now += timedelta(days=self.one_of((0, 0, 9)))
        wanted = all_partners(sa.select(Deal).order_by(Deal.id), "a test")
        self.all = list(db.session.scalars(wanted))
        deal = self.one_of(self.all)
        try:
            getattr(self, self.one_of(self.steps))(deal, self.one_of(list(LostReason)))
        except Refused:
            db.session.rollback()
        db.session.commit()

    def lose(self, deal: Deal, reason: LostReason) -> None:
        self._move(deal, Stage.LOST, Details(lost_reason=reason))

    def reopen(self, deal: Deal, _reason: LostReason) -> None:
        self._move(deal, Stage.CONTACTED, Details())

    def undo(self, deal: Deal, _reason: LostReason) -> None:
        actions.undo(sales.owner_of(deal), deal, seen_version=deal.version, now=self.now)

    def merge(self, deal: Deal, _reason: LostReason) -> None:
        into = self.one_of(self.all)
        merging.merge(sales.owner_of(deal), deal, into, seen_version=into.version, now=self.now)

    def take_apart(self, deal: Deal, _reason: LostReason) -> None:
        merging.take_apart(sales.owner_of(deal), deal, now=self.now)

    def say_otherwise(self, deal: Deal, reason: LostReason) -> None:
        if deal.stage is Stage.LOST:
            deal.lost_reason, deal.value_minor = reason, self.one_of((None, 500))

    def hand_over(self, deal: Deal, _reason: LostReason) -> None:
        deal.owner_id = self.one_of((self.by.id, self.other))

    def take_in(self, _deal: Deal, reason: LostReason) -> None:
        lines = (f"{make.number()},Nordlys,event,lost,{day},{reason}" for day in ("2026-03-31", "2026-04-01"))
        take_in(self.by, *lines, f"{make.number()},Nordlys,paid,new,,", now=self.now)

    def _move(self, deal: Deal, then: Stage, details: Details) -> None:
        actions.move(sales.owner_of(deal), deal, then, seen_version=deal.version, now=self.now, details=details)


def take_in(by: User, *lines: str, now: datetime = NOON) -> None:
    importing.take_in(by, importing.look(by, "\n".join([HEAD, *lines]).encode(), "crm.csv", now=now), now=now)


@pytest.mark.parametrize("seed", [1, 2])
def test_whatever_happens_what_is_kept_is_what_a_recount_finds(sam: User, seed: int) -> None:
    course = Course(sam, seed)
    for _ in range(40):
        course.go_on()
        assert kept() == recounted()
    assert not [each for each in broken_of_deals() if "Why deals" in each]


def test_a_month_is_one_of_utc(sam: User) -> None:
    at = datetime(2026, 11, 1, 0, 30, tzinfo=ZoneInfo("Europe/Berlin"))
    sales.moved(entered(sam, now=at), "lost", now=at, lost_reason=LostReason.PRICE)
    assert kept() == {(date(2026, 10, 1), LostReason.PRICE, Channel.INBOUND): 1}
    assert losses.first_month(at) == date(2025, 10, 1)


def test_this_month_and_the_twelve_before_it_are_shown(sam: User) -> None:
    for day in ("2025-10-31", "2025-11-01", "2026-11-01"):
        take_in(sam, f"{day},Nordlys,event,lost,{day},price")
    found = losses.by_reason(losses.first_month(datetime(2026, 11, 30, tzinfo=UTC)))
    assert [(row.reason, row.channel, row.found) for row in found] == [(LostReason.PRICE, Channel.EVENT, 2)]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE loss_totals SET number = number + 1",
        "DELETE FROM loss_totals",
        "INSERT INTO loss_totals VALUES ('2026-01-01', 'price', 'paid', 1)",
        "UPDATE deals SET lost_reason = 'other' WHERE stage = 'lost'",
        "UPDATE deals SET closed_at = '2020-01-01 00:00:00.000000' WHERE stage = 'lost'",
    ],
)
def test_a_number_that_drifted_is_named(sam: User, change: str) -> None:
    sales.moved(entered(sam), "lost", lost_reason=LostReason.PRICE)
    assert broken_of_deals() == []
    tampered(change)
    assert any("Why deals were lost has another number" in each for each in broken_of_deals())


def test_a_reason_leads_to_its_deals_of_these_months(client: Client, sam: User) -> None:
    deal, long_ago = entered(sam, now=clock.now()), f"1,Long Ago,event,lost,{clock.now().year - 3}-01-01,price"
    sales.moved(deal, "lost", now=clock.now(), lost_reason=LostReason.PRICE)
    take_in(sam, long_ago)
    page = client.as_(sam).get("/staff/deals/lost").text
    listed = client.get(re.findall(r'href="(/staff/deals/\?stage=lost&[^"]+)"', page)[0]).text
    assert (deal.ref in listed, "Long Ago" in listed) == (True, False)
