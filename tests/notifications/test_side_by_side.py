"""Two of everything that a message can be about: each is told of its own, and nobody of another's."""

from collections.abc import Sequence
from types import SimpleNamespace

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.appeals import actions as appeals
from portal.auth import addresses
from portal.auth.rules import Role
from portal.extensions import db
from portal.notifications import claim_queries, queries
from portal.notifications.models import Delivery
from portal.notifications.readers import companies
from portal.protections import extending
from portal.scope import all_partners
from portal.sla import actions as sla
from portal.sla.models import SlaClock
from portal.sla.rules import ClockKind, ClockState
from tests.notifications.outbox import mails, outbox
from tests.payouts import runs
from tests.support import claims, fees, make, sales, sign_on
from tests.support.claims import DAY
from tests.support.make import NOON

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)
KINDS = (ClockKind.DECISION, ClockKind.FIRST_ANSWER)


def clocks() -> Sequence[SlaClock]:
    ended = sa.select(SlaClock).where(SlaClock.state == ClockState.BREACHED)
    return db.session.scalars(all_partners(ended, "a test")).all()


@pytest.fixture
def people(app: Flask) -> SimpleNamespace:
    fees.program()
    both = sales.detached(make.staff(Role.FINANCE_MAKER, Role.FINANCE_APPROVER))
    return SimpleNamespace(
        both=both,
        approver=fees.approver(),
        maya=sales.detached(make.staff(Role.QUALIFIER)),
        pia=sales.detached(make.staff(Role.PARTNER_MANAGER)),
        one=fees.lead(),
        other=fees.lead(),
    )


def test_a_payout_is_told_to_whom_its_own_run_pays(people: SimpleNamespace) -> None:
    told: list[set[str]] = []
    for lead in (people.one, people.other):
        before = len(outbox("PayoutRunPaid"))
        fees.payable(lead, people.both, company="Bluefin")
        runs.paid(runs.released(runs.built(people.both), people.approver), people.approver)
        told.append({each.to for each in outbox("PayoutRunPaid")[before:]})
    assert [{lead.email for lead in (people.one, people.other)} & each for each in told] == [
        {people.one.email},
        {people.other.email},
    ]


def test_in_one_run_each_hears_of_what_it_got_alone(people: SimpleNamespace) -> None:
    given = {people.one: 20_000_00, people.other: 10_000_00}
    lines = {lead: fees.payable(lead, people.both, minor) for lead, minor in given.items()}
    runs.paid(runs.released(runs.built(people.both), people.approver), people.approver)
    for lead, line in lines.items():
        (told,) = (each for each in outbox("PayoutRunPaid") if each.to == lead.email)
        assert f"we paid you €{line.amount_minor / 100:,.2f}" in told.subject
    assert len({line.amount_minor for line in lines.values()}) == 2


def test_those_who_are_paid_are_of_these_companies_and_hold_the_role(people: SimpleNamespace) -> None:
    member = make.partner_user(Role.PARTNER_MEMBER, partner_id=people.one.partner_id)
    found = companies([people.one.partner_id], [Role.PARTNER_ADMIN], NOON)
    assert {each.email for each in found} == mails(people.one) != mails(member)


def test_a_new_account_is_told_to_who_knew_of_this_companys(people: SimpleNamespace) -> None:
    for lead in (people.one, people.other):
        fees.can_be_paid(lead.partner_id)
    known = [set(queries.known_for_payout_details(lead.partner_id)) for lead in (people.one, people.other)]
    assert [len(each) for each in known] == [1, 1]
    assert not known[0] & known[1]


def test_an_address_of_another_account_is_sent_no_link(people: SimpleNamespace) -> None:
    by = make.partner_user(has_password=True)
    for address, has_link in (("free@other.example", True), (people.one.email, False)):
        addresses.ask(by, address=address, now=NOON)
        db.session.commit()
        written = sa.select(Delivery.link_id).where(
            Delivery.to_address == address, Delivery.event_kind == "AddressChangeAsked"
        )
        assert (db.session.scalars(all_partners(written, "a test")).one() is not None) is has_link


def test_the_promise_that_was_missed_is_this_one(people: SimpleNamespace) -> None:
    late, on_time = NOON + 9 * DAY, NOON + 30 * DAY
    missed = [(ref, kind) for ref in ("R-ONE222", "R-TWO222") for kind in KINDS]
    for days, (ref, kind) in enumerate(missed):
        clock = sla.start(kind, ref, people.one.partner_id, NOON + days * DAY)
        sla.breach(clock, late)
    assert sla.start(ClockKind.DECISION, "R-ONE222", people.one.partner_id, on_time).state is ClockState.RUNNING
    due = {(each.ref, each.kind): each.due_at for each in clocks()}
    for asked in missed:
        assert queries.missed_at(*asked) == due[asked]


def test_a_connection_is_that_of_its_company(people: SimpleNamespace) -> None:
    refs = {}
    for host in ("one.example", "other.example"):
        lead = make.partner_user(email=f"ana@{host}", has_password=True)
        refs[host] = sign_on.connection(lead, issuer=f"https://{host}", domains=(host,)).ref
    for host, ref in refs.items():
        assert queries.sign_on(ref).issuer == f"https://{host}"


def test_an_appeal_is_answered_in_its_own_words_and_an_extension_asked_for_once(people: SimpleNamespace) -> None:
    noor = sales.detached(make.staff(Role.QUALIFIER))
    upheld = []
    for company in ("Bluefin", "Nordlys AS"):
        sent = claims.declined(people.one, people.maya, company=company)
        made = claims.appealed(people.one, sent)
        appeals.uphold(noor, made, sent, seen_version=made.version, now=NOON + DAY, reason=f"For {company}.")
        db.session.commit()
        upheld.append(sent.ref)
    assert [claim_queries.upheld(ref) for ref in upheld] == ["For Bluefin.", "For Nordlys AS."]
    asked, other = (claims.qualified(people.one, people.maya, company=name) for name in ("Kallwitz", "Orsted"))
    extending.ask(people.one, asked, now=NOON + 70 * DAY, happened="They meet us next month.", meets_on=None)
    db.session.commit()
    days = [claim_queries.days_to_ask_for(claim_queries.claim(each.ref)) for each in (asked, other)]
    assert days == [0, 60]
