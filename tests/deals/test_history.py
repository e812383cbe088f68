"""How the referrals of one partner went lately, beside the one that is decided on."""

from datetime import timedelta

import pytest
from flask import Flask

from portal import clock
from portal.auth.models import User
from portal.auth.rules import Role
from portal.deals.history.rules import Lately, told
from portal.extensions import db
from portal.referrals import actions
from portal.referrals.decline_reasons import DeclineReason
from portal.referrals.rules import Status
from tests.support import make, sales
from tests.support.client import Client

HTML = {"Accept": "text/html"}


def test_it_is_told_in_words() -> None:
    reasons = {
        DeclineReason.NO_FIT: 1,
        DeclineReason.NOT_THE_DECIDER: 2,
        DeclineReason.OTHER: 1,
        DeclineReason.NO_NEED: 1,
    }
    counts = {Status.QUALIFIED: 4, Status.DECLINED: 5, Status.NEEDS_INFO: 1, Status.SUBMITTED: 1}
    assert told(Lately(counts, reasons, (10, 40, 41, 90))) == [
        ("Referred", "11"),
        ("Qualified", "4"),
        ("Declined", "5: too far from the decision 2, does not fit 1, another reason 1"),
        ("Waiting", "2"),
        ("Won", "4, half of them within 40 days of the introduction"),
    ]


def test_few_are_no_median_and_none_are_nothing() -> None:
    assert ("Won", "2") in told(Lately({Status.QUALIFIED: 2}, {}, (10, 20)))
    assert ("Declined", "0") in told(Lately({Status.QUALIFIED: 2}, {}, ()))
    assert told(Lately({}, {}, ())) == []


@pytest.fixture
def ana(app: Flask) -> User:
    sales.program()
    make.staff(Role.SALES_OWNER)
    return sales.lead(name="Ana")


def test_it_counts_this_partner_and_the_last_90_days(client: Client, ana: User) -> None:
    maya, now = make.staff(Role.QUALIFIER), clock.now()
    here = sales.referral(ana, now)
    sales.referral(ana, now - timedelta(days=91))
    sales.referral(sales.lead(), now)
    sales.moved(sales.qualified(ana, now=now), "won", now=now, value_minor=100_000, won_on=now.date())
    declined = sales.referral(ana, now)
    actions.decline(maya, declined, seen_version=1, now=now, reason=DeclineReason.NO_FIT, because="No.")
    db.session.commit()
    page = client.as_(maya).get(f"/staff/referrals/{here.ref}").text
    assert f'data-url="/staff/referrals/{here.ref}/history"' in page
    part = client.get(f"/staff/referrals/{here.ref}/history").text
    assert "<h1>" not in part
    assert "<dt>Referred</dt><dd>3</dd>" in part
    assert "1: does not fit 1" in part
    assert "<dt>Won</dt><dd>1</dd>" in part
    assert "<h1>How their referrals went</h1>" in client.get(f"/staff/referrals/{here.ref}/history", headers=HTML).text
