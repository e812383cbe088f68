"""Asking and holding, without the web."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.auth.models import User
from portal.auth.rules import Role
from portal.deals import actions as deals
from portal.deals.models import Deal
from portal.deals.rules import Channel
from portal.errors import Refused
from portal.extensions import db
from portal.lookalikes import actions as lookalikes
from portal.lookalikes import holds
from portal.lookalikes import queries as index
from portal.lookalikes.likeness import Company
from portal.lookalikes.models import CompanyKey, CompanyName, SoftHold
from portal.lookalikes.queries import Asked
from portal.lookalikes.rules import HOLD_FOR, HOLD_NEXT, MOST_HOLDS, HoldState
from portal.partners.models import Partner
from portal.partners.rules import PartnerState
from portal.prechecks import actions, jobs, queries
from portal.prechecks.filling import fill_index
from portal.prechecks.models import CompanyCheck
from portal.prechecks.rules import DAY, KEEP, PER_COMPANY, PER_PERSON, Answer
from portal.proof import broken
from portal.referrals import actions as referrals
from portal.scope import all_partners
from portal.worker import run_until_idle
from tests.support import make, sales
from tests.support.make import NOON

HOUR = timedelta(hours=1)
TAKEN: dict[str, Callable[[], object]] = {
    "another partner's referral": lambda: sales.referral(sales.lead(), **CALDER),
    "another partner's protection": lambda: sales.qualified(sales.lead(), **CALDER),
    "another partner's hold": lambda: held(sales.lead(), "calderfinch.com"),
    "an open deal of ours": lambda: entered("Calder & Finch", "calderfinch.com"),
}
CALDER: dict[str, Any] = {"company": "Calder & Finch Ltd", "website": "https://www.calderfinch.com"}


@pytest.fixture
def lead(app: Flask) -> User:
    sales.program()
    make.staff(Role.SALES_OWNER)
    return sales.detached(sales.lead())


def told(by: User, typed: str, now: datetime = NOON) -> Answer:
    return actions.check(by, typed, now=now).answer


def held(by: User, typed: str, now: datetime = NOON) -> SoftHold:
    made = actions.hold(by, actions.check(by, typed, now=now), now=now)
    db.session.commit()
    return made


def entered(company: str, website: str) -> Deal:
    facts: dict[str, Any] = {"channel": Channel.INBOUND, "currency": "EUR", "expected_minor": None}
    deal = deals.enter(make.staff(Role.SALES_OWNER), now=NOON, company=company, website=website, **facts)
    db.session.commit()
    return deal


def state_of(hold: SoftHold) -> HoldState | None:
    found = sa.select(SoftHold.state).where(SoftHold.ref == hold.ref)
    state = db.session.scalar(all_partners(found, "a test"))
    db.session.commit()  # the worker's turn: SQLite has one writer
    return state


def untrue() -> list[str]:
    words = ("hold", "found", "key")
    return [each for each in broken() if any(word in each for word in words)]


def test_a_company_that_nobody_has_named_is_free(lead: User) -> None:
    assert told(lead, "Calder & Finch") is Answer.FREE
    assert told(lead, "https://www.calderfinch.com/about") is Answer.FREE


@pytest.mark.parametrize("typed", ["Calder and Finch", "calderfinch.co.uk", "ruth@calderfinch.com"])
@pytest.mark.parametrize("whose", TAKEN)
def test_whoever_has_it_the_answer_is_the_same(lead: User, whose: str, typed: str) -> None:
    TAKEN[whose]()
    assert told(lead, typed) is Answer.TAKEN


def test_a_slip_of_the_finger_does_not_free_a_company(lead: User) -> None:
    sales.referral(sales.lead(), **CALDER)
    assert told(lead, "Caldr & Finch") is Answer.TAKEN
    held(sales.lead(), "brenninger.de")
    assert told(lead, "Breninger") is Answer.ASK_US


def test_a_customer_is_called_one(lead: User) -> None:
    won = sales.moved(sales.qualified(sales.lead(), **CALDER), "won", value_minor=100, won_on=NOON.date())
    assert won.domain == "calderfinch.com"
    assert told(lead, "calderfinch.com") is Answer.CUSTOMER


def test_what_is_over_keeps_nobody_out(lead: User) -> None:
    other = sales.lead()
    sent = sales.referral(other, **CALDER)
    referrals.withdraw(other, sent, seen_version=sent.version, now=NOON)
    assert told(lead, "calderfinch.com") is Answer.FREE


def test_a_protection_that_is_released_keeps_nobody_out(lead: User) -> None:
    deal = sales.qualified(sales.lead(), **CALDER)
    assert told(lead, "calderfinch.com") is Answer.TAKEN
    sales.moved(deal, "lost", lost_reason="no_budget")
    assert told(lead, "calderfinch.com") is Answer.FREE


def test_what_is_ones_own_is_said_to_be(lead: User) -> None:
    sales.referral(lead, **CALDER)
    assert told(lead, "Calder & Finch") is Answer.YOURS


def test_a_name_that_is_nearly_another_is_for_a_person(lead: User) -> None:
    sales.referral(sales.lead(), company="Heller Werkzeugbau", website="heller-werkzeugbau.de")
    assert told(lead, "Keller Werkzeugbau") is Answer.ASK_US


@pytest.mark.parametrize("typed", ["", "  ", "&", "http://localhost", "gmail.com", "a"])
def test_what_names_no_company_is_refused(lead: User, typed: str) -> None:
    with pytest.raises(Refused) as refusal:
        told(lead, typed)
    assert refusal.value.field == "company"


def test_who_may_not_refer_may_not_ask(lead: User) -> None:
    for state in (PartnerState.PAUSED, PartnerState.TERMINATED):
        paused = sa.update(Partner).where(Partner.id == lead.partner_id).values(state=state)
        db.session.execute(all_partners(paused, "a test"))
        with pytest.raises(Refused, match=f"{state}, so nothing can be asked"):
            told(lead, "Calder & Finch")
    with pytest.raises(Refused, match="agreement is not in force"):
        told(make.partner_user(), "Calder & Finch")
    with pytest.raises(Refused, match="Only the people of a partner"):
        told(make.staff(), "Calder & Finch")


def test_a_person_asks_so_often_a_day(lead: User) -> None:
    for number in range(PER_PERSON):
        told(lead, f"Nordwerk {number}", NOON + timedelta(minutes=number))
    with pytest.raises(actions.QuotaReached, match=f"You have asked {PER_PERSON} times") as reached:
        told(lead, "One more", NOON + HOUR)
    assert reached.value.until == NOON + DAY
    kept = actions.note_refused(lead, "One more", now=NOON + HOUR)
    assert kept is not None
    assert (kept.answer, kept.at, kept.by_id, kept.company) == (Answer.REFUSED, NOON + HOUR, lead.id, "One more")
    assert told(lead, "One more", NOON + DAY) is Answer.FREE, "to be refused does not make the wait longer"


def test_a_company_asks_so_often_a_day(lead: User) -> None:
    people = [sales.detached(make.partner_user(partner_id=lead.partner_id)) for _ in range(4)]
    for number in range(PER_COMPANY):
        told(people[number % 4], f"Nordwerk {number}")
    with pytest.raises(actions.QuotaReached, match=f"Your company has asked {PER_COMPANY} times"):
        told(people[0], "One more", NOON + HOUR)


def test_what_was_asked_is_kept_for_half_a_year(app: Flask, lead: User) -> None:
    told(lead, "Calder & Finch")
    later = actions.check(lead, "www.Calderfinch.com", now=NOON + DAY).ref
    db.session.commit()
    first, second = db.session.scalars(all_partners(sa.select(CompanyCheck).order_by(CompanyCheck.id), "a test"))
    assert (first.company, first.domain, first.asked) == ("Calder & Finch", "", "calderfinch")
    assert (second.company, second.domain, second.asked) == ("", "calderfinch.com", "calderfinch.com")
    assert jobs.checks_due(NOON + KEEP, 10) == []
    db.session.commit()
    run_until_idle(app, NOON + KEEP + HOUR)
    left = db.session.scalars(all_partners(sa.select(CompanyCheck.ref), "a test")).all()
    assert left == [later]


def test_a_free_company_is_held_for_a_day(app: Flask, lead: User) -> None:
    other, hold = sales.detached(sales.lead()), held(lead, "calderfinch.com")
    db.session.expunge(hold)
    assert hold.ends_at == NOON + HOLD_FOR
    assert told(other, "calderfinch.com", NOON + HOLD_FOR - HOUR) is Answer.TAKEN
    assert told(other, "calderfinch.com", NOON + HOLD_FOR) is Answer.FREE
    db.session.rollback()
    run_until_idle(app, NOON + HOLD_FOR - HOUR)
    assert state_of(hold) is HoldState.HELD
    run_until_idle(app, NOON + HOLD_FOR)
    assert state_of(hold) is HoldState.EXPIRED
    assert untrue() == []


def test_what_is_not_free_any_more_is_not_held(lead: User) -> None:
    made = actions.check(lead, "calderfinch.com", now=NOON)
    sales.referral(sales.lead(), **CALDER)
    with pytest.raises(Refused, match="probably taken"):
        actions.hold(lead, made, now=NOON)


def test_an_answer_of_yesterday_is_no_way_past_the_quota(lead: User) -> None:
    made = actions.check(lead, "calderfinch.com", now=NOON)
    with pytest.raises(Refused, match="Ask again first"):
        actions.hold(lead, made, now=NOON + DAY)
    assert actions.hold(lead, made, now=NOON + DAY - timedelta(seconds=1)).state is HoldState.HELD


def test_a_company_holds_so_many_at_a_time(lead: User) -> None:
    for number in range(MOST_HOLDS):
        held(lead, f"Nordwerk {number}")
    with pytest.raises(Refused, match=f"holds {MOST_HOLDS} already"):
        held(lead, "One more")
    db.session.rollback()
    assert held(lead, "One more", NOON + HOLD_FOR).state is HoldState.HELD


def test_a_hold_becomes_the_referral_and_counts_since_it_began(lead: User) -> None:
    hold, later = held(lead, "Calder & Finch"), NOON + 5 * HOUR
    sent = sales.referral(lead, later, **CALDER)
    assert (state_of(hold), hold.referral_ref) == (HoldState.USED, sent.ref)
    since = sa.select(CompanyName.since).where(CompanyName.ref == sent.ref)
    assert db.session.scalar(all_partners(since, "a test")) == NOON
    assert sales.noted(sent.ref) == []
    assert holds.live(lead, later) == []
    assert untrue() == []


def test_a_hold_of_another_is_kept_as_a_finding(lead: User) -> None:
    hold = held(sales.lead(), "calderfinch.com")
    sent = sales.referral(lead, NOON + HOUR, **CALDER)
    assert [each.other_ref for each in sales.noted(sent.ref)] == [hold.ref]
    assert state_of(hold) is HoldState.HELD
    (shown,) = queries.of_referral(sent, NOON + HOUR)
    assert (shown.state, shown.partner != "", shown.contests(sent.partner_id)) == ("Held for 24 hours", True, False)


def test_a_hold_that_ended_becomes_nothing(lead: User) -> None:
    hold = held(lead, "calderfinch.com")
    sent = sales.referral(lead, NOON + HOLD_FOR, **CALDER)
    assert state_of(hold) is HoldState.HELD
    assert sent.ref != hold.referral_ref


def test_a_hold_is_given_back(lead: User) -> None:
    hold = held(lead, "calderfinch.com")
    lookalikes.release(lead, hold, now=NOON + HOUR)
    db.session.commit()
    assert told(sales.lead(), "calderfinch.com", NOON + HOUR) is Answer.FREE
    assert untrue() == []


@pytest.mark.parametrize("now", HoldState)
@pytest.mark.parametrize("then", HoldState)
def test_every_move_of_a_hold(lead: User, now: HoldState, then: HoldState) -> None:
    hold = held(lead, "calderfinch.com")
    hold.state = now
    move = {
        HoldState.USED: lambda: lookalikes.use_hold(lead.id, hold, "R-222222", now=NOON),
        HoldState.RELEASED: lambda: lookalikes.release(lead, hold, now=NOON),
        HoldState.EXPIRED: lambda: lookalikes.expire(hold, now=NOON),
    }.get(then)
    if move is None:
        assert not any(then in after for after in HOLD_NEXT.values())
    elif now is HoldState.HELD:
        move()
        assert hold.state is then
    else:
        hold.referral_ref = "R-333333" if now is HoldState.USED else None
        with pytest.raises(Refused):
            move()
    db.session.rollback()


def test_an_hour_is_not_in_two_hands(lead: User) -> None:
    """The job and the person at the same moment: whoever is second finds it done."""
    hold = held(lead, "calderfinch.com")
    ((id_, version),) = jobs.holds_due(NOON + HOLD_FOR, 10)
    lookalikes.release(lead, hold, now=NOON + HOUR)
    db.session.commit()
    jobs.end_hold(id_, version, NOON + HOLD_FOR)
    assert state_of(hold) is HoldState.RELEASED


def test_what_was_there_before_the_index_is_entered(lead: User) -> None:
    sent, deal = sales.referral(lead, **CALDER), entered("Brenninger Papier", "brenninger.de")
    for table in (CompanyName, CompanyKey):
        db.session.execute(all_partners(sa.delete(table), "a test"))
    db.session.commit()
    assert len(untrue()) == 2
    assert fill_index() == 2
    assert untrue() == []
    assert [each.ref for each in index.find(Asked(Company("Calder & Finch", "")))] == [sent.ref]
    assert [each.ref for each in index.find(Asked(Company("Brenninger Papier", "")))] == [deal.ref]
    assert fill_index() == 0
