from datetime import timedelta

import pytest
from flask import Flask

from portal.auth.rules import Role
from portal.deals.rules import Stage
from portal.events import publish
from portal.extensions import db
from portal.notifications.messages import money
from portal.partners.events import PayoutDetailsConfirmed, PayoutDetailsProposed, PayoutDetailsRefused
from portal.payouts.events import PayoutRunBuilt, StatementIssued
from tests.notifications.outbox import mails, outbox, told
from tests.support import fees, make, sales
from tests.support.make import NOON


class Company:
    def __init__(self) -> None:
        fees.program()
        partner = sales.partner_with_agreement(name="Brightwater")
        self.id, self.ref = partner.id, partner.ref
        self.lead = sales.detached(make.partner_user(Role.PARTNER_ADMIN, partner_id=partner.id, name="Ana"))
        self.member = sales.detached(make.partner_user(Role.PARTNER_MEMBER, partner_id=partner.id))
        self.finance = make.partner_user(Role.PARTNER_FINANCE, partner_id=partner.id)
        self.stranger = make.partner_user(Role.PARTNER_ADMIN, Role.PARTNER_FINANCE)
        self.maker, self.approver = fees.maker(name="Finn"), fees.approver(name="Olga")


@pytest.fixture
def company(app: Flask) -> Company:
    return Company()


def test_a_won_deal_and_its_fee_are_one_message(company: Company) -> None:
    line = fees.booked(company.member, company="Bluefin")
    won = [each for each in outbox("FeeBooked") if each.path == f"/earnings/{line.ref}"]
    assert {each.to for each in won} == mails(company.lead, company.member, company.finance)
    assert {each.subject for each in won} == {"Won: Bluefin. Your fee is €2,600.00"}
    assert outbox("DealWon") == []


def test_what_keeps_a_fee_from_being_paid_is_said_to_those_who_can_mend_it(company: Company) -> None:
    fees.booked(company.member)
    texts = {each.to: each.text for each in outbox("FeeBooked")}
    assert "Payouts wait for the payout details. The fee is kept" in texts[company.lead.email]
    assert "Payouts wait" in texts[company.finance.email]
    assert "Payouts wait" not in texts[company.member.email]


def test_the_maker_is_asked_to_approve(company: Company) -> None:
    line = fees.booked(company.member, company="Bluefin")
    (ask,) = [each for each in outbox("FeeBooked") if each.to == company.maker.email]
    assert ask.subject == "Approve: €2,600.00 for Bluefin"
    assert ask.path == f"/staff/fees/{line.ref}"


def test_a_won_deal_without_a_fee_is_told_with_the_reason(company: Company) -> None:
    fees.won_deal(company.member, company="Bluefin", now=NOON + timedelta(days=200))
    (first, *_) = outbox("FeeNotDue")
    assert first.subject == "Won: Bluefin"
    assert "No fee is due for this deal." in first.text


def test_a_cancelled_deal_is_told(company: Company) -> None:
    sales.moved(fees.won_deal(company.member, company="Bluefin"), Stage.CANCELLED, cancel_reason="They went bankrupt.")
    cancelled = [each for each in outbox("DealMoved") if each.subject == "Cancelled: Bluefin"]
    assert {each.to for each in cancelled} == mails(company.lead, company.member)
    assert "“They went bankrupt.”" in cancelled[0].text


def test_a_statement_goes_to_those_who_are_paid(company: Company) -> None:
    publish(
        StatementIssued(
            by=company.maker.id,
            at=NOON,
            ref="S-222222",
            partner_id=company.id,
            statement_id=1,
            total_minor=348000,
            currency="EUR",
            line_count=2,
            pay_on=NOON.date() + timedelta(days=27),
        )
    )
    db.session.commit()
    assert told("StatementIssued") == mails(company.lead, company.finance)
    assert outbox("StatementIssued")[0].subject == "Brightwater: statement S-222222, €3,480.00"
    assert "It holds 2 fees. We pay it on 15 Dec." in outbox("StatementIssued")[0].text


def test_a_run_asks_another_to_release_it(company: Company) -> None:
    both = make.staff(Role.FINANCE_MAKER, Role.FINANCE_APPROVER, name="Both")
    publish(
        PayoutRunBuilt(by=both.id, at=NOON, ref="PR-222222", run_id=1, total_minor=100, currency="EUR", line_count=1)
    )
    db.session.commit()
    (ask,) = outbox("PayoutRunBuilt")
    assert ask.to == company.approver.email, "not the one who built it"
    assert "Both built it, with one fee in it." in ask.text


def test_new_payout_details_are_told_to_everyone_who_knew_even_to_who_entered_them(company: Company) -> None:
    publish(PayoutDetailsProposed(by=company.lead.id, at=NOON, ref=company.ref, partner_id=company.id))
    db.session.commit()
    proposed = outbox("PayoutDetailsProposed")
    assert {each.to for each in proposed} == mails(company.lead, company.finance, company.approver)
    assert {each.path for each in proposed} == {"/company/", f"/staff/partners/{company.ref}"}


@pytest.mark.parametrize("kind", [PayoutDetailsConfirmed, PayoutDetailsRefused])
def test_what_became_of_them_is_told(
    company: Company, kind: type[PayoutDetailsConfirmed] | type[PayoutDetailsRefused]
) -> None:
    publish(kind(by=company.approver.id, at=NOON, ref=company.ref, partner_id=company.id))
    db.session.commit()
    assert told(kind.__name__) == mails(company.lead, company.finance)


def test_no_other_company_hears_of_money(company: Company) -> None:
    fees.booked(company.member)
    assert company.stranger.email not in {each.to for each in outbox()}


@pytest.mark.parametrize(("count", "words"), [(1, "one fee"), (3, "3 fees")])
def test_fees_are_counted_in_words(count: int, words: str) -> None:
    told = money.paid(company="Brightwater", amount="€1.00", fees=count, account="DE…12", ref="PR-222222")
    assert words in told.lines[0]
