import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from portal import clock
from portal.agreements import publishing
from portal.auth.models import User
from portal.auth.rules import STAFF_ROLES, Role
from portal.criteria import actions as criteria
from portal.criteria.words import default_data
from portal.documents.actions import ask_for
from portal.documents.rules import DocumentKind, DocumentState
from portal.extensions import db
from portal.notifications.actions import write_to
from portal.notifications.rules import DeliveryState
from portal.partners.models import PayoutDetails
from portal.partners.rules import PartnerState, PayoutDetailsState
from portal.payouts.models import PayoutRun
from portal.payouts.rules import RunState
from portal.referrals import actions as referrals
from portal.tasks import actions as our_tasks
from tests.support import agreements, fees, make, sales
from tests.support.client import Client


@pytest.fixture
def lead(app: Flask) -> User:
    fees.program()
    return sales.detached(sales.lead(name="Ana"))


def _today(client: Client, user: User) -> str:
    answer = client.as_(user).get("/staff/")
    assert answer.status_code == 200
    return answer.text


@pytest.mark.parametrize("role", STAFF_ROLES)
def test_everyone_of_ours_has_a_queue(client: Client, role: Role) -> None:
    make.program()
    page = _today(client, make.staff(role))
    assert "Nothing needs you now" in page


def test_a_partner_has_none(client: Client) -> None:
    make.program()
    assert client.as_(make.partner_user()).get("/staff/").status_code == 403


def test_a_referral_waits_for_its_qualifier_with_the_time_it_is_promised_by(client: Client, lead: User) -> None:
    sent = sales.referral(lead, clock.now() - timedelta(days=30), company="Nordlys AS")
    page = _today(client, make.staff(Role.QUALIFIER))
    assert f'href="/staff/referrals/{sent.ref}">Decide: Nordlys AS' in page
    assert "One thing needs you. 1 is late." in page
    assert 'class="amount late" title="Due 20' in page
    assert 'Today<span class="count">1</span>' in page
    assert "Decide:" not in _today(client, make.staff(Role.SALES_OWNER))


def test_an_answer_is_shown_where_it_is_waited_for(client: Client, lead: User) -> None:
    sent, maya = sales.referral(lead), make.staff(Role.QUALIFIER)
    referrals.ask(maya, sent, seen_version=sent.version, now=make.NOON, question="Who decides?")
    db.session.commit()
    assert "Decide:" not in _today(client, maya)
    asked = sales.again(sent.ref)
    referrals.answer(lead, asked, seen_version=asked.version, now=make.NOON, text="The CFO decides")
    db.session.commit()
    assert "“The CFO decides”" in _today(client, maya)


def test_an_owner_sees_the_next_steps_of_their_own_deals(client: Client, lead: User) -> None:
    deal = sales.qualified(lead, company="Nordlys AS")
    owner, other = sales.owner_of(deal), make.staff(Role.SALES_OWNER)
    assert f'href="/staff/deals/{deal.ref}">First contact: Nordlys AS' in _today(client, sales.detached(owner))
    assert "Nordlys AS" not in _today(client, other)


def test_the_maker_approves_and_issues_and_builds(client: Client, lead: User) -> None:
    maker = fees.maker()
    fees.booked(lead, company="Bluefin")
    assert "Approve: €2,600.00 for Bluefin" in _today(client, maker)


def test_a_fee_that_cannot_be_paid_is_for_who_looks_after_the_partner(client: Client, lead: User) -> None:
    maker = fees.maker()
    fees.approved(lead, maker, company="Bluefin")
    page = _today(client, make.staff(Role.PARTNER_MANAGER))
    assert "€2,600.00 waits. Payouts wait for the payout details." in page
    assert "Issue a statement" not in _today(client, maker)


def test_a_run_waits_for_a_second_person(client: Client, lead: User) -> None:
    builder = make.staff(Role.FINANCE_MAKER, Role.FINANCE_APPROVER)
    run = PayoutRun(
        ref="PR-222222",
        state=RunState.DRAFT,
        currency="EUR",
        total_minor=348000,
        line_count=2,
        built_by_id=builder.id,
        built_at=make.NOON,
    )
    make.saved(run)
    page = _today(client, make.staff(Role.FINANCE_APPROVER))
    assert 'href="/staff/payouts/PR-222222">Release: €3,480.00' in page
    assert "PR-222222" not in _today(client, builder)


def test_payout_details_wait_for_a_second_person_once_they_can_be_confirmed(client: Client, lead: User) -> None:
    for n, (hours, holder) in enumerate([(-1, "Ready GmbH"), (1, "Waiting GmbH")]):
        details = PayoutDetails(
            ref=f"B-22222{n}",
            partner_id=make.partner(name=holder).id,
            holder=holder,
            account_sealed="x",
            account_masked="DE…12",
            state=PayoutDetailsState.PROPOSED,
            proposed_by_id=lead.id,
            proposed_at=make.NOON,
            effective_at=clock.now() + timedelta(hours=hours),
        )
        make.saved(details)
    page = _today(client, make.staff(Role.FINANCE_APPROVER))
    assert "Confirm payout details: Ready GmbH" in page
    assert "Waiting GmbH" not in page


def test_agreements_wait_to_be_prepared_and_sent_and_signed(client: Client) -> None:
    make.program()
    manager = make.staff(Role.PARTNER_MANAGER)
    partner = make.partner(name="Harbour & Lane", state=PartnerState.ONBOARDING)
    assert "Prepare the agreement: Harbour &amp; Lane" in _today(client, manager)
    sent = agreements.sent(partner)
    page = _today(client, manager)
    assert f'href="/staff/agreements/{sent.ref}">Talk to: Harbour &amp; Lane' in page
    assert "agreement sent, not opened" in page
    assert "Prepare" not in page


def test_drafts_wait_for_somebody_else_to_publish_them(client: Client) -> None:
    make.program()
    author, other = make.staff(Role.PROGRAM_ADMIN), make.staff(Role.PROGRAM_ADMIN)
    publishing.draft_plan(
        sales.detached(author), name="Gold", currency="EUR", rate_bp=1200, clause="4.1", now=make.NOON
    )
    criteria.draft(author, data=default_data(), now=make.NOON)
    db.session.commit()
    page = _today(client, other)
    assert "Publish: fee plan Gold" in page
    assert "Publish: criteria" in page
    assert "Publish" not in _today(client, author)


def test_what_could_not_leave_the_portal_waits_for_an_admin(client: Client) -> None:
    make.program()
    for _ in range(2):
        write_to("x@y.example", "Hello", [], now=make.NOON).state = DeliveryState.DEAD
    document = ask_for(
        DocumentKind.STATEMENT, "S-222222", partner_id=make.partner().id, title="S", html="", now=make.NOON
    )
    document.state = DocumentState.DEAD
    db.session.commit()
    page = _today(client, make.staff(Role.PROGRAM_ADMIN))
    assert "2 mails could not be sent" in page
    assert "one PDF could not be made" in page


def test_one_person_with_every_role_still_asks_the_database_six_times(client: Client, lead: User) -> None:
    everything = make.staff(*STAFF_ROLES)
    sales.referral(lead)
    fees.booked(lead)
    assert "things need you" in _today(client, everything)


def _counts(page: str) -> dict[str, str]:
    tabs = page.split('aria-label="Whose"')[1].split("</nav>")[0]
    return dict(re.findall(r'>(\w+)(?: <span class="count">([\d+]+)</span>)?</a>', tabs))


def test_every_counter_agrees_with_its_list(client: Client, lead: User) -> None:
    everything = make.staff(*STAFF_ROLES, name="Sam")
    for n in range(3):
        sales.referral(lead, website=f"company{n}.example")
    due: dict[str, Any] = {"title": "Call", "due_on": clock.now().date(), "deal_id": None, "owner_id": everything.id}
    for _ in range(2):
        our_tasks.make(everything, now=clock.now(), **due)
    db.session.commit()
    client.as_(everything)
    lists = {label: client.get(f"/staff/?whose={label.lower()}").text for label in ("All", "Mine", "Unassigned")}
    for label, page in lists.items():
        assert int(_counts(page)[label]) == page.count('class="open"'), label
    counted = _counts(lists["All"])
    assert int(counted["Mine"]) == 2
    assert int(counted["Mine"]) + int(counted["Unassigned"]) == int(counted["All"])
    assert f'Today<span class="count">{counted["All"]}</span>' in lists["All"]
    assert f"{counted['All']} things need you." in lists["All"]


def test_an_empty_view_leads_back_to_all(client: Client, lead: User) -> None:
    sales.referral(lead)
    client.as_(make.staff(Role.QUALIFIER))
    assert "Nothing is in your hands now" in client.get("/staff/?whose=mine").text
    assert "Decide:" in client.get("/staff/?whose=nonsense").text


def test_a_long_queue_shows_ninety_nine(client: Client, lead: User) -> None:
    for n in range(101):
        sales.referral(lead, website=f"company{n}.example")
    page = _today(client, make.staff(Role.QUALIFIER))
    assert "99+ things need you." in page
    assert "Work through the first 99, and others follow." in page
    (rest,) = re.findall(r'href="(/staff/\?rest)">The next 49<', page)
    pages = [page, client.get(rest).text]
    opened = [re.findall(r'class="open" href="([^"]+)"', each) for each in pages]
    assert [len(each) for each in opened] == [50, 49]
    assert len({*opened[0], *opened[1]}) == 99
    assert 'href="/staff/">Back to the first 50<' in pages[1]
    assert 'href="/staff/?whose=unassigned&amp;rest">The next 49<' in client.get("/staff/?whose=unassigned").text


def test_a_short_queue_has_one_page(client: Client, lead: User) -> None:
    sales.referral(lead)
    page = client.as_(make.staff(Role.QUALIFIER)).get("/staff/?rest").text
    assert page.count('class="open"') == 1
    assert "rest" not in page.split("<main")[1]
