from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.auth.models import User
from portal.deals import actions as deals
from portal.deals.queries import to_change
from portal.deals.rules import Details, Stage
from portal.errors import Overtaken, Refused
from portal.extensions import db
from portal.ledger import queries as ledger
from portal.money import Money
from portal.payouts import actions, queries, statements
from portal.payouts.models import PayoutLine
from portal.proof import broken
from portal.scope import all_partners
from tests.payouts.runs import A_TEST, built, released
from tests.support import fees, sales
from tests.support.fees import WON
from tests.support.threads import at_once


def test_two_who_build_at_once_pin_each_fee_once(app: Flask, lead: User, finn: User) -> None:
    for _ in range(3):
        fees.payable(lead, finn)
    builders = [fees.maker() for _ in range(4)]
    refused = at_once(app, *[partial(built, by) for by in builders])
    assert [type(failure) for failure in refused] == [Refused] * 3
    pinned = db.session.scalars(all_partners(sa.select(PayoutLine.fee_line_id), A_TEST)).all()
    assert len(pinned) == len(set(pinned)) == 3
    assert not list(broken())


def test_two_who_issue_at_once_make_one_statement(app: Flask, lead: User, finn: User) -> None:
    line = fees.approved(lead, finn)
    fees.can_be_paid(line.partner_id)
    ref = line.ref

    def issue(by: User) -> None:
        statements.issue(by, fees.partner_of(fees.line(ref)), currency="EUR", now=WON)
        db.session.commit()

    refused = at_once(app, *[partial(issue, fees.maker()) for _ in range(4)])
    assert [type(failure) for failure in refused] == [Refused] * 3
    assert not list(broken())


@pytest.mark.parametrize("deed", ["release", "pay"])
def test_of_two_who_do_it_at_once_one_counts(app: Flask, lead: User, finn: User, olga: User, deed: str) -> None:
    line = fees.payable(lead, finn)
    run = built(finn)
    if deed == "pay":
        released(run, olga)
    ref, line_ref, version = run.ref, line.ref, run.version
    act = actions.release if deed == "release" else actions.record_paid

    def do(by: User) -> None:
        act(by, queries.run(ref), seen_version=version, now=WON)
        db.session.commit()

    refused = at_once(app, *[partial(do, fees.approver()) for _ in range(4)])
    assert [type(failure) for failure in refused] == [Overtaken] * 3
    keys = [entry.key for entry in ledger.entries_of(fees.line(line_ref).partner_id, line_ref)]
    assert keys.count(f"pay:{line_ref}") == (deed == "pay")
    assert not list(broken())


def test_booking_paying_and_taking_back_at_once_does_not_deadlock(app: Flask, lead: User, finn: User) -> None:
    partner_ids = []
    for person in (lead, fees.lead()):
        partner_ids.append(fees.payable(person, finn).partner_id)
    run = released(built(finn), fees.approver())
    ref, version = run.ref, run.version
    cancelled = [fees.won_deal(lead) for _ in range(3)]
    open_deals = [fees.open_deal(lead) for _ in range(3)]
    owner = sales.detached(sales.owner_of(cancelled[0]))

    def move(deal_ref: str, version: int, stage: str, **details: Any) -> None:
        deal = to_change(owner, deal_ref)
        carried = Details(**details)
        deals.move(owner, deal, Stage(stage), seen_version=version, now=WON, details=carried)
        db.session.commit()

    def pay() -> None:
        actions.record_paid(fees.approver(), queries.run(ref), seen_version=version, now=WON)
        db.session.commit()

    deeds: list[Callable[[], Any]] = [pay]
    deeds += [partial(move, deal.ref, deal.version, "cancelled", cancel_reason="They left.") for deal in cancelled]
    won = {"value_minor": 100_00, "won_on": WON.date()}
    deeds += [partial(move, deal.ref, deal.version, "won", **won) for deal in open_deals]
    assert not at_once(app, *deeds)
    assert fees.balance(partner_ids[0], "EUR") == Money(3_000, "EUR")
    assert not list(broken())
