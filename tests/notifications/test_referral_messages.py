from datetime import timedelta

import pytest
from flask import Flask

from portal.auth import actions as auth
from portal.auth.models import User
from portal.auth.rules import Role
from portal.deals import actions as deals
from portal.deals.rules import Channel, LostReason, Stage
from portal.extensions import db
from portal.notifications.rules import is_ahead
from portal.referrals import actions
from portal.referrals.decline_reasons import DeclineReason
from tests.notifications.outbox import mails, outbox, outbox_is_complete, told
from tests.support import make, sales
from tests.support.make import NOON

ANSWER_BY = "Thu 19 Nov, 12:00 CET"


class Company:
    """A partner with a lead, a member and finance; a qualifier and a sales owner on our side; and somebody else."""

    def __init__(self) -> None:
        sales.program()
        partner = sales.partner_with_agreement(name="Brightwater")
        self.lead = make.partner_user(Role.PARTNER_ADMIN, partner_id=partner.id, name="Ana")
        self.member = make.partner_user(Role.PARTNER_MEMBER, partner_id=partner.id, name="Ben")
        self.colleague = make.partner_user(Role.PARTNER_MEMBER, partner_id=partner.id)
        self.finance = make.partner_user(Role.PARTNER_FINANCE, partner_id=partner.id)
        self.stranger = sales.lead()
        self.qualifier = make.staff(Role.QUALIFIER, name="Maya")
        self.owner = make.staff(Role.SALES_OWNER, name="Sam")
        self.auditor = make.staff(Role.AUDITOR)


@pytest.fixture
def company(app: Flask) -> Company:
    return Company()


def test_who_sends_a_referral_gets_a_receipt_and_qualifiers_the_time_to_decide_by(company: Company) -> None:
    sent = sales.referral(company.member, company="Nordlys AS")
    receipts = [each for each in outbox("ReferralSubmitted") if each.path == f"/referrals/{sent.ref}"]
    assert {each.to for each in receipts} == mails(company.lead, company.member)
    assert {each.subject for each in receipts} == {"Received: Nordlys AS"}
    assert ANSWER_BY in receipts[0].text
    (decide,) = [each for each in outbox("ReferralSubmitted") if each not in receipts]
    assert decide.to == company.qualifier.email
    assert decide.subject == f"Decide by {ANSWER_BY}: Nordlys AS"
    assert decide.path == f"/staff/referrals/{sent.ref}"
    assert "Brightwater introduces Nordlys AS" in decide.text
    outbox_is_complete()


def test_a_lead_who_refers_is_told_once(company: Company) -> None:
    sales.referral(company.lead)
    assert [each.to for each in outbox("ReferralSubmitted")].count(company.lead.email) == 1


def test_times_are_told_in_the_readers_own_zone(company: Company) -> None:
    abroad = make.partner_user(Role.PARTNER_ADMIN, partner_id=company.lead.partner_id, time_zone="Asia/Tokyo")
    sales.referral(company.member)
    (receipt,) = [each for each in outbox("ReferralSubmitted") if each.to == abroad.email]
    assert "Thu 19 Nov, 20:00" in receipt.text


def test_a_question_goes_to_the_partner_and_the_answer_to_the_qualifiers(company: Company) -> None:
    sent = sales.referral(company.member, company="Nordlys AS")
    actions.ask(company.qualifier, sent, seen_version=sent.version, now=NOON, question="Who decides?")
    db.session.commit()
    asked = outbox("ReferralAsked")
    assert {each.to for each in asked} == mails(company.lead, company.member)
    assert asked[0].subject == "Nordlys AS: a question for you"
    assert "Maya asks: “Who decides?”" in asked[0].text
    actions.answer(company.member, sent, seen_version=sent.version, now=NOON, text="The CFO.")
    db.session.commit()
    (answered,) = outbox("ReferralAnswered")
    assert answered.to == company.qualifier.email
    assert "“The CFO.”" in answered.text
    outbox_is_complete()


def test_a_qualified_referral_tells_who_calls_and_whom_to_call(company: Company) -> None:
    sent = sales.referral(company.member, company="Nordlys AS")
    actions.qualify(company.qualifier, sent, seen_version=sent.version, now=NOON)
    db.session.commit()
    good = [each for each in outbox("DealOpened") if each.subject == "Qualified: Nordlys AS"]
    assert {each.to for each in good} == mails(company.lead, company.member)
    assert "Sam gets in touch with Ruth Calder by Fri 20 Nov, 12:00 CET." in good[0].text
    assert "protected until 16 Feb 2027" in good[0].text
    (yours,) = [each for each in outbox("DealOpened") if each not in good]
    assert (yours.to, yours.subject) == (company.owner.email, "Yours: Nordlys AS")
    assert yours.path.startswith("/staff/deals/D-")
    outbox_is_complete()


def test_a_declined_referral_tells_why_and_the_way_back(company: Company) -> None:
    sent = sales.referral(company.member, company="Nordlys AS")
    actions.decline(
        company.qualifier,
        sent,
        seen_version=sent.version,
        now=NOON,
        reason=DeclineReason.NO_CONSENT,
        note="She told us so.",
        because="She called.",
    )
    db.session.commit()
    assert told("ReferralDeclined") == mails(company.lead, company.member)
    text = outbox("ReferralDeclined")[0].text
    assert "has not agreed to hear from us. She told us so." in text
    assert "Ask them" in text
    assert "She called" not in text, "why a reading was overruled is ours"


@pytest.mark.parametrize(
    ("stages", "subject"),
    [
        (["contacted"], "In conversation: Nordlys AS"),
        (["contacted", "meeting"], "A meeting: Nordlys AS"),
        (["proposal"], "Proposal: Nordlys AS"),
    ],
)
def test_each_step_ahead_is_told_with_what_comes_next(company: Company, stages: list[str], subject: str) -> None:
    sales.moved(sales.qualified(company.member, company="Nordlys AS"), *stages)
    step = [each for each in outbox("DealMoved") if each.subject == subject]
    assert {each.to for each in step} == mails(company.lead, company.member)
    assert "Next: " in step[0].text


def test_a_step_back_is_the_owners_bookkeeping(company: Company) -> None:
    deal = sales.moved(sales.qualified(company.member), "proposal")
    before = len(outbox())
    sales.moved(deal, "meeting")
    assert len(outbox()) == before


def test_a_parked_deal_is_told_and_so_is_its_return(company: Company) -> None:
    deal = sales.qualified(company.member, company="Nordlys AS")
    sales.moved(deal, "parked", parked_until=(NOON + timedelta(days=75)).date())
    assert told("DealParked") == mails(company.lead, company.member)
    assert outbox("DealParked")[0].subject == "Parked until 1 Feb 2027: Nordlys AS"
    sales.moved(deal, "contacted")
    assert outbox("DealMoved")[0].subject == "Taken up again: Nordlys AS"


def test_a_lost_deal_is_told_with_its_reason(company: Company) -> None:
    sales.moved(sales.qualified(company.member), "lost", lost_reason=LostReason.NO_BUDGET)
    assert told("DealLost") == mails(company.lead, company.member)
    assert "No budget." in outbox("DealLost")[0].text


def test_a_deal_that_no_partner_brought_tells_nobody(company: Company) -> None:
    deal = deals.enter(
        company.owner,
        now=NOON,
        company="Acme",
        channel=Channel.INBOUND,
        currency="EUR",
        website="",
        expected_minor=None,
    )
    db.session.commit()
    sales.moved(deal, "contacted")
    sales.moved(deal, "lost", lost_reason=LostReason.NO_NEED)
    assert outbox("DealOpened") + outbox("DealMoved") + outbox("DealLost") == []


def test_whoever_acts_is_not_told_of_it(company: Company) -> None:
    both = make.staff(Role.QUALIFIER, Role.SALES_OWNER)
    deal = sales.moved(sales.qualified(company.member), "contacted")
    for each in outbox():
        assert each.to != both.email or each.subject.startswith(("Decide", "Yours"))
    assert company.owner.email not in told("DealMoved"), deal.ref


def test_no_other_company_is_ever_told(company: Company) -> None:
    sales.moved(sales.qualified(company.member), "contacted", "meeting", "proposal")
    nobody = mails(company.stranger, company.colleague, company.finance, company.auditor)
    assert not nobody & {each.to for each in outbox()}


def test_a_person_who_left_is_not_told(company: Company) -> None:
    sent = sales.referral(company.member)
    auth.disable_user(company.lead, _attached(company.member), now=NOON)
    actions.ask(company.qualifier, sent, seen_version=sent.version, now=NOON, question="Who decides?")
    db.session.commit()
    assert told("ReferralAsked") == mails(company.lead)


def test_where_nobody_of_a_company_is_left_we_are_told(company: Company) -> None:
    manager = make.staff(Role.PARTNER_MANAGER)
    sent = sales.referral(company.member, company="Nordlys AS")
    for person in (company.member, company.lead):
        auth.disable_user(company.colleague, _attached(person), now=NOON)
    actions.ask(company.qualifier, sent, seen_version=sent.version, now=NOON, question="Who decides?")
    db.session.commit()
    (stray,) = outbox("ReferralAsked")
    assert stray.to == manager.email
    assert stray.text.startswith("Nobody at the company can be told")
    assert stray.path == ""


def test_without_a_qualifier_the_admins_hear_of_a_referral(app: Flask) -> None:
    sales.program()
    admin = make.staff(Role.PROGRAM_ADMIN)
    sales.referral(sales.lead())
    assert admin.email in told("ReferralSubmitted")


def test_event_and_message_vanish_together(company: Company) -> None:
    actions.submit(company.member, now=NOON, answers=sales.introduction())
    assert outbox("ReferralSubmitted") != []
    db.session.rollback()
    assert outbox("ReferralSubmitted") == []
    outbox_is_complete()


@pytest.mark.parametrize(
    ("now", "then", "ahead"),
    [
        (Stage.NEW, Stage.CONTACTED, True),
        (Stage.CONTACTED, Stage.NEW, False),
        (Stage.LOST, Stage.NEW, True),
        (Stage.PARKED, Stage.MEETING, True),
    ],
)
def test_what_counts_as_a_step_ahead(now: Stage, then: Stage, ahead: bool) -> None:
    assert is_ahead(now, then) is ahead


def _attached(user: User) -> User:
    return db.session.merge(user, load=False)
