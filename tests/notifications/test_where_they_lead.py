"""Each button in a mail leads to a page that is there, and open to the person it was sent to."""

import sqlalchemy as sa
from flask import Flask

from portal.auth.models import User
from portal.auth.rules import Role
from portal.deals.rules import LostReason
from portal.extensions import db
from portal.notifications.models import Delivery
from portal.partners import actions as partners
from portal.partners.models import Partner
from portal.partners.rules import TaxFormKind
from portal.payouts import actions as payouts
from portal.payouts import statements
from portal.referrals import actions as referrals
from portal.referrals.decline_reasons import DeclineReason
from portal.scope import all_partners
from tests.notifications.outbox import outbox_is_complete, told
from tests.support import agreements, fees, make, sales
from tests.support.client import Client
from tests.support.make import NOON

IBAN = "DE89370400440532013000"


def _story() -> None:
    """From the agreement to the payment, with what can go wrong beside it."""
    fees.program()
    for role in (Role.PARTNER_MANAGER, Role.QUALIFIER, Role.PROGRAM_ADMIN):
        make.staff(role)
    partner = make.partner(name="Harbour & Lane")
    hana = agreements.person(Role.PARTNER_ADMIN, Role.PARTNER_SIGNATORY, partner_id=partner.id, name="Hana")
    ben = agreements.person(Role.PARTNER_MEMBER, partner_id=partner.id)
    agreements.person(Role.PARTNER_FINANCE, partner_id=partner.id)
    agreements.signed(agreements.sent(partner), hana)
    maker, approver = fees.maker(), fees.approver()
    _set_up_payment(hana, partner, approver)
    _refer_in_vain(ben)
    fees.approved(ben, maker)
    statement = statements.issue(maker, _row(partner), currency="EUR", now=fees.WON)
    run = payouts.build_run(maker, currency="EUR", now=fees.WON)
    db.session.commit()
    payouts.release(approver, run, seen_version=run.version, now=fees.WON)
    payouts.record_paid(approver, run, seen_version=run.version, now=fees.WON)
    db.session.commit()
    assert statement.ref


def _row(partner: Partner) -> Partner:
    return db.session.scalars(all_partners(sa.select(Partner).where(Partner.id == partner.id), "a test")).one()


def _set_up_payment(hana: User, partner: Partner, approver: User) -> None:
    details = partners.propose_payout_details(hana, _row(partner), holder="Harbour & Lane", account=IBAN, now=NOON)
    db.session.commit()
    partners.confirm_payout_details(approver, details, now=NOON)
    partners.file_tax_form(hana, _row(partner), TaxFormKind.VAT_ID, today=NOON.date(), now=NOON)
    db.session.commit()


def _refer_in_vain(ben: User) -> None:
    qualifier = make.staff(Role.QUALIFIER)
    asked = sales.referral(ben)
    referrals.ask(qualifier, asked, seen_version=asked.version, now=NOON, question="Who decides?")
    referrals.answer(ben, asked, seen_version=asked.version, now=NOON, text="The CFO.")
    referrals.decline(
        qualifier, asked, seen_version=asked.version, now=NOON, reason=DeclineReason.NO_NEED, because="They said so."
    )
    sales.moved(sales.qualified(ben), "contacted", "lost", now=NOON, lost_reason=LostReason.NO_BUDGET)


def test_every_step_of_the_story_is_told_and_each_mail_leads_its_reader_somewhere(app: Flask, client: Client) -> None:
    _story()
    outbox_is_complete()
    for kind in ("AgreementSent", "AgreementCountersigned", "FeeBooked", "StatementIssued", "PayoutRunPaid"):
        assert told(kind), f"nobody was told of {kind}"
    sent = sa.select(Delivery.action_path, User).join(User, User.id == Delivery.user_id)
    found = db.session.execute(all_partners(sent.where(Delivery.action_path != ""), "a test")).all()
    for path, user in {(row.action_path, row.User.id): row for row in found}.values():
        assert client.as_(user).get(path).status_code == 200, f"{user.email} is sent to {path}"
