"""An expired referral is sent again: same reference, today's agreement and criteria, a new promise."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from flask import Flask

from portal.auth.rules import Role
from portal.criteria import actions as criteria
from portal.criteria.words import default_data
from portal.errors import Overtaken, Refused
from portal.extensions import db
from portal.partners import queries as partners
from portal.prechecks import queries as prechecks
from portal.referrals import actions, renewal
from portal.referrals.models import Referral
from portal.referrals.rules import Status
from tests.notifications.outbox import outbox
from tests.support import agreements, claims, make, sales
from tests.support.claims import DAY, kinds, time_comes
from tests.support.client import Client
from tests.support.make import NOON
from tests.support.proof import broken_of_deals

LATER = NOON + 31 * DAY


@pytest.fixture
def people(app: Flask) -> SimpleNamespace:
    sales.program()
    make.staff(Role.SALES_OWNER, name="Sam")
    maya = sales.detached(make.staff(Role.QUALIFIER, name="Maya"))
    return SimpleNamespace(maya=maya, lead=sales.detached(sales.lead(name="Ana")))


@pytest.fixture
def expired(people: SimpleNamespace) -> Referral:
    sent = claims.asked(people.lead, people.maya, website="nordlys.example", company="Nordlys AS")
    time_comes(LATER)
    return sales.again(sent.ref)


def renew(people: SimpleNamespace, sent: Referral, *, consent: bool = True) -> None:
    renewal.renew(people.lead, sent, seen_version=sent.version, now=LATER, consent=consent)
    db.session.commit()


def test_the_question_that_stayed_open_stands_on_its_page(
    people: SimpleNamespace, expired: Referral, client: Client
) -> None:
    page = client.as_(people.lead).get(f"/referrals/{expired.ref}").text
    assert "Who decides?" in page
    assert "You answered" not in page


def test_it_is_sent_again_under_its_reference(people: SimpleNamespace, expired: Referral) -> None:
    author, publisher = make.staff(Role.CONTENT_EDITOR), agreements.admin()
    criteria.publish(publisher, criteria.draft(author, data=default_data() | {"min_points": 1}, now=NOON), now=NOON)
    db.session.commit()
    renew(people, expired)
    assert (expired.status, expired.renewed_at, expired.received_at) == (Status.SUBMITTED, LATER, NOON)
    assert expired.criteria_number == expired.reading["version"] == 2
    assert (expired.question, expired.asked_before) == ("", [["Who decides?", ""]])
    assert (
        expired.due_at == sales.clock_of(expired.ref).due_at == LATER + 2 * DAY + timedelta(hours=5)
    )  # over the weekend
    assert kinds(expired)[-1] == "ReferralRenewed"
    assert {each.subject.split(":")[0] for each in outbox("ReferralRenewed")} >= {"Received again"}
    (found,) = prechecks.of_referral(sales.referral(sales.lead(), website="nordlys.example"), LATER)
    assert found.found.since == LATER  # whoever came in between was there first
    assert broken_of_deals() == []


def test_the_agreement_of_today_holds(people: SimpleNamespace, expired: Referral) -> None:
    before = expired.agreement_id
    newer = sales.agreement(partners.own(people.lead), protection_days=30)
    renew(people, expired)
    assert expired.agreement_id == newer.id != before
    actions.qualify(people.maya, expired, seen_version=expired.version, now=LATER)
    assert claims.of(expired).ends_at == LATER + 30 * DAY


def test_where_another_claim_stands_nobody_is_named(people: SimpleNamespace, expired: Referral) -> None:
    other = sales.lead()
    sales.referral(other, website="nordlys.example")
    with pytest.raises(Refused, match="Another claim to this company stands now") as refusal:
        renew(people, expired)
    assert "Partner" not in str(refusal.value)


def test_who_introduced_them_again_is_led_there(people: SimpleNamespace, expired: Referral) -> None:
    again = sales.referral(people.lead, website="nordlys.example")
    with pytest.raises(actions.Introduced, match=again.ref):
        renew(people, expired)


def test_only_what_expired_is_sent_again_and_only_once(people: SimpleNamespace, expired: Referral) -> None:
    seen = expired.version
    with pytest.raises(Refused, match="consent"):
        renew(people, expired, consent=False)
    renew(people, expired)
    with pytest.raises(Overtaken):
        renewal.renew(people.lead, expired, seen_version=seen, now=LATER, consent=True)
    with pytest.raises(Refused, match="is received; only one that expired"):
        renew(people, expired)
