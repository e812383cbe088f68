"""What the two companies earn: deals won, fees paid out."""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from portal.deals import actions as deals
from portal.deals.models import Deal
from portal.deals.rules import Details, Stage
from portal.extensions import db
from portal.fees import actions as fees
from portal.fees.models import FeeLine
from portal.partners import actions as partners
from portal.partners.rules import TaxFormKind
from portal.payouts import actions as payouts
from portal.payouts import statements
from portal.referrals import actions as referrals
from portal.scope import all_partners, owned_by
from tests.access.cast import VALUES, Company, Staff
from tests.access.introductions import introduced

DAY = timedelta(days=1)


def win(made: Company, by: str, name: str, staff: Staff, now: datetime, *, until: Stage = Stage.WON) -> Deal:
    """A qualified referral whose deal goes as far as `until`."""
    referral = introduced(made, by, name, now)
    because = f"{made.word} overruled"
    referrals.qualify(staff["qualifier"], referral, seen_version=referral.version, now=now, because=because)
    wanted = sa.select(Deal).where(Deal.referral_id == referral.id)
    deal = db.session.scalars(all_partners(wanted, "a test")).one()
    made.note("deal", deal.ref, by)
    owner = next(each for each in (staff["sales_owner"], staff.second) if each.id == deal.owner_id)
    for stage in (Stage.CONTACTED, Stage.MEETING, Stage.PROPOSAL, until):
        if deal.stage is not until:
            details = Details(value_minor=VALUES[made.word], won_on=now.date()) if stage is Stage.WON else deals.PLAIN
            deals.move(owner, deal, stage, seen_version=deal.version, now=now, details=details)
    if until is not Stage.WON:
        step: dict[str, Any] = {"next_step": f"{made.word} next step", "expected_minor": 1_000_000}
        on = now.date() + 60 * DAY
        deals.set_next_step(owner, deal, seen_version=deal.version, now=now, **step, next_step_on=on)
    db.session.commit()
    return deal


def pay(made: Company, staff: Staff, now: datetime, accounts: tuple[str, str]) -> None:
    """What the company earned, at each stage; one of them has a new account waiting, the other a fee approved."""
    finance = made["partner_finance"]
    partners.file_tax_form(finance, made.partner, TaxFormKind.VAT_ID, today=now.date(), now=now)
    holder = {"holder": f"{made.word} holder"}
    details = partners.propose_payout_details(finance, made.partner, account=accounts[0], **holder, now=now)
    partners.confirm_payout_details(staff["finance_approver"], details, now=now)
    made.note("details", details.ref)
    db.session.commit()
    lines = list(db.session.scalars(owned_by(_fees_of(made), made.partner.id)))
    for line, by in zip(lines, ("partner_member", "partner_member", "partner_admin", "partner_admin"), strict=True):
        made.note("fee", line.ref, by)
    deeds = (((0, 2), "paid"), ((1,), "in a run"), ((3,), "approved"))
    for some, deed in deeds if made.word == "Kookaburra" else deeds[:2]:
        fees.approve_all(staff["finance_maker"], {lines[n].ref: lines[n].version for n in some}, now=now)
        if deed != "approved":
            made.note("statement", statements.issue(staff["finance_maker"], made.partner, currency="EUR", now=now).ref)
            run = payouts.build_run(staff["finance_maker"], currency="EUR", now=now)
            staff.runs.insert(0, run.ref)
        if deed == "paid":
            payouts.release(staff["finance_approver"], run, seen_version=run.version, now=now)
            payouts.record_paid(staff["finance_approver"], run, seen_version=run.version, now=now)
        db.session.commit()
    if made.word == "Quetzal":
        waiting = partners.propose_payout_details(finance, made.partner, account=accounts[1], **holder, now=now)
        made.note("details", waiting.ref)
        db.session.commit()


def _fees_of(made: Company) -> sa.Select[Any]:
    return sa.select(FeeLine).where(FeeLine.partner_id == made.partner.id).order_by(FeeLine.id)
