"""How soon a message goes out: at once, with the day's others, never; and what is not the reader's to choose."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from flask import Flask

from portal import events
from portal.auth.models import User
from portal.auth.rules import Role
from portal.extensions import db
from portal.notifications import digests
from portal.notifications.actions import choose_mails
from portal.notifications.models import Delivery
from portal.notifications.paces import KINDS, MailKind, Pace, kind_of, next_digest, pace_of
from portal.notifications.rules import DeliveryState
from portal.scope import all_partners
from tests.support import make, sales
from tests.support.client import Client
from tests.support.make import NOON
from tests.support.proof import broken_of_deals

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("now", "zone", "then"),
    [
        ("2026-11-18T06:59", "Europe/Berlin", "2026-11-18T07:00"),  # before eight: the same day
        ("2026-11-18T07:00", "Europe/Berlin", "2026-11-19T07:00"),  # at eight: the next one
        ("2026-11-20T12:00", "Europe/Berlin", "2026-11-23T07:00"),  # over the weekend
        ("2026-12-24T12:00", "Europe/Berlin", "2026-12-28T07:00"),  # over a holiday and the weekend
        ("2026-03-27T12:00", "Europe/Berlin", "2026-03-30T06:00"),  # summer time began meanwhile
        ("2026-11-18T12:30", "America/New_York", "2026-11-18T13:00"),
        ("2026-11-18T00:30", "Pacific/Auckland", "2026-11-18T19:00"),
    ],
)
def test_the_days_mail_is_at_eight_of_a_working_day_where_the_reader_is(now: str, zone: str, then: str) -> None:
    at = datetime.fromisoformat(now).replace(tzinfo=UTC)
    assert next_digest(at, ZoneInfo(zone), {"2026-12-25"}) == datetime.fromisoformat(then).replace(tzinfo=UTC)


def test_what_has_to_go_cannot_be_chosen() -> None:
    never = dict.fromkeys(map(str, MailKind), "never")
    for package in ("auth", "sso", "emergency", "partners", "agreements", "privacy", "nothing_known"):
        assert pace_of(never, package) is Pace.AT_ONCE
    assert pace_of(never, "referrals") is Pace.NEVER
    assert pace_of(None, "referrals") is pace_of({}, "deals") is Pace.AT_ONCE
    every = [package for kind in KINDS.values() for package in kind.packages]
    assert len(every) == len(set(every))
    told = {kind.__module__.split(".")[1] for kind in events.KINDS.values()}
    assert set(every) <= told
    assert kind_of("tasks") is MailKind.TASKS


@pytest.fixture
def lead(app: Flask) -> User:
    sales.program()
    return sales.lead(time_zone="Europe/Berlin")


def choose(user: User, **chosen: str) -> None:
    choose_mails(user, chosen)
    db.session.commit()


def mails(user: User) -> list[Delivery]:
    db.session.expunge_all()
    wanted = sa.select(Delivery).where(Delivery.user_id == user.id).order_by(Delivery.id)
    return list(db.session.scalars(all_partners(wanted, "a test")))


def gather(now: datetime) -> int:
    found = digests.due(now, 100)
    for user_id, newest in found:
        digests.attempt(user_id, newest, now)
        digests.attempt(user_id, newest, now)  # a repeat has nothing left to do
    return len(found)


def test_what_waits_goes_out_as_one_mail_once(lead: User) -> None:
    choose(lead, referrals="daily")
    first, second = sales.referral(lead, company="One"), sales.referral(lead, company="Two")
    assert [each.state for each in mails(lead)] == [DeliveryState.KEPT] * 2
    assert gather(NOON) == 0
    assert gather(NOON + timedelta(days=7)) == 1
    *kept, digest = mails(lead)
    assert [each.state for each in kept] == [DeliveryState.GATHERED] * 2
    assert (digest.state, digest.to_address, digest.event_kind) == (DeliveryState.PENDING, lead.email, "Digest")
    assert "2 messages" in digest.subject
    assert ["One" in line or "Two" in line for line in digest.lines] == [True, True]
    assert gather(NOON + timedelta(days=8)) == 0
    assert first.ref != second.ref
    assert broken_of_deals() == []


def test_each_gets_their_own_day_and_what_comes_later_waits(lead: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(digests, "MOST_IN_DIGEST", 2)
    other = sales.lead(time_zone="Europe/Berlin")
    for user, companies in ((other, ("Four", "Five")), (lead, ("One", "Two", "Three"))):
        choose(user, referrals="daily")
        for company in companies:
            sales.referral(user, company=company)
    eight = mails(lead)[0].next_at
    assert eight is not None
    assert digests.due(eight - timedelta(seconds=1), 100) == []
    found = dict(digests.due(eight, 100))
    assert set(found) == {lead.id, other.id}
    late = mails(lead)[-1]
    digests.attempt(lead.id, late.id - 1, eight)
    assert [each.state for each in mails(lead)[:3]] == [*[DeliveryState.GATHERED] * 2, DeliveryState.KEPT]
    assert {each.state for each in mails(other)} == {DeliveryState.KEPT}
    assert gather(eight) == 2
    told = [mails(user)[-1] for user in (lead, other)]
    assert [["Three" in " ".join(map(str, each.lines)), len(each.lines)] for each in told] == [[True, 1], [False, 2]]
    for number in range(3):
        sales.referral(other, company=f"More {number}")
    assert gather(eight + timedelta(days=7)) == 1
    assert mails(other)[-1].lines[2:] == ["And 1 more, which stand in the portal."]


def test_never_leaves_a_row_that_says_so_and_sends_nothing(lead: User) -> None:
    choose(lead, referrals="never")
    sales.referral(lead)
    assert [each.state for each in mails(lead)] == [DeliveryState.UNWANTED]
    assert gather(NOON + timedelta(days=7)) == 0
    assert broken_of_deals() == []


def test_nobody_is_written_to_who_left_meanwhile(lead: User) -> None:
    choose(lead, referrals="daily")
    sales.referral(lead)
    left = sa.update(User).where(User.id == lead.id).values(disabled_at=NOON)
    db.session.execute(all_partners(left, "a test"))
    db.session.commit()
    assert gather(NOON + timedelta(days=7)) == 1
    assert [each.state for each in mails(lead)] == [DeliveryState.UNWANTED]


def test_a_person_chooses_on_their_own_page(client: Client, lead: User) -> None:
    page = client.as_(lead).get("/account/mails").text
    assert "Referrals and their deals" in page
    assert "Tasks that are due" not in page
    assert "Where payouts go" in page
    typed: dict[str, Any] = {"referrals": "daily", "talk": "never", "claims": "at_once", "money": "at_once"}
    typed |= {"promises": "at_once"}
    assert client.post("/account/mails", data=typed).status_code == 303
    wanted = sa.select(User.mails).where(User.id == lead.id)
    assert db.session.scalar(all_partners(wanted, "a test")) == {"referrals": "daily", "talk": "never"}
    assert client.post("/account/mails", data=typed | {"talk": "sometimes"}).status_code == 422
    staff = make.staff(Role.SALES_OWNER)
    assert "Tasks that are due" in client.as_(staff).get("/account/mails").text
