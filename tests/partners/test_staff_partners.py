"""Partners as staff see them."""

from datetime import timedelta
from urllib.parse import quote

import pytest
import sqlalchemy as sa
from flask import Flask

from portal import clock
from portal.activity.models import EventRow
from portal.auth import queries as people
from portal.auth.rules import Role
from portal.errors import Overtaken, Refused
from portal.extensions import db
from portal.partners import actions
from portal.partners.models import Partner
from portal.partners.rules import PartnerState
from portal.scope import all_partners
from tests.support import make
from tests.support.client import Client, client_of

NEW = {
    "name": "Harbour & Lane",
    "legal_name": "Harbour & Lane Ltd",
    "country": "GB",
    "address": "1 Quay Street, Bristol",
    "contact_name": "Hana Lane",
    "email": "hana@harbourlane.example",
    "roles": ["partner_admin", "partner_signatory"],
}


def told() -> list[str]:
    return list(db.session.scalars(all_partners(sa.select(EventRow.kind).order_by(EventRow.seq), "a test")))


def state_of(partner: Partner) -> PartnerState:
    found = sa.select(Partner.state).where(Partner.id == partner.id)
    return PartnerState(db.session.execute(all_partners(found, "a test")).scalar_one())


def seen(partner: Partner) -> dict[str, int]:
    """What a page that shows the partner as it stands sends along."""
    found = sa.select(Partner.version).where(Partner.id == partner.id)
    return {"version": db.session.execute(all_partners(found, "a test")).scalar_one()}


def test_partners_are_listed_by_name_and_found(client: Client) -> None:
    make.program()
    make.partner(name="Brightwater")
    make.partner(name="100% Harbour", state=PartnerState.ONBOARDING)
    client.as_(make.staff(Role.QUALIFIER))
    everyone = client.get("/staff/partners/").text
    assert everyone.index("100% Harbour") < everyone.index("Brightwater")
    assert "Take on a partner" not in everyone
    assert "Brightwater" not in client.get("/staff/partners/?q=harbour").text
    assert "Brightwater" not in client.get("/staff/partners/?state=onboarding").text
    assert "Brightwater" not in client.get("/staff/partners/?q=" + quote("0%")).text
    assert "No partner is like that" in client.get("/staff/partners/?q=nobody").text


def test_the_list_goes_on_page_by_page(client: Client) -> None:
    make.program()
    for n in range(60):
        make.partner(name=f"Partner {n:02}")
    client.as_(make.staff())
    first = client.get("/staff/partners/?state=active").text
    assert "Partner 49" in first
    assert "Partner 50" not in first
    address = first.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    assert "state=active" in address
    assert "Partner 59" in client.get(address).text


@pytest.mark.parametrize("query", ["q=" + "x" * 5000, "state=nowhere", "page=x", "page=W10%3D", "q=%25_%5C"])
def test_an_address_that_makes_no_sense_is_a_list_all_the_same(client: Client, query: str) -> None:
    make.program()
    assert client.as_(make.staff()).get(f"/staff/partners/?{query}").status_code == 200


def test_a_partner_is_taken_on_and_its_first_person_invited_in_one_go(client: Client) -> None:
    make.program()
    client.as_(make.staff(Role.PARTNER_MANAGER))
    page = client.post("/staff/partners/new", data=NEW, follow_redirects=True)
    assert "Harbour &amp; Lane is here, and Hana Lane was invited." in page.text
    assert "has no agreement to sign yet" in page.text
    assert "Invited" in page.text
    hana = people.by_email("hana@harbourlane.example")
    assert hana is not None
    assert hana.partner_id is not None
    assert told() == ["PartnerCreated", "UserInvited"]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"name": ""}, "Please name the company."),
        ({"name": "n" * 10_000}, "Up to 120 characters"),
        ({"legal_name": "n" * 161}, "Up to 160 characters"),
        ({"country": "XX"}, "Please choose one of these"),
        ({"country": ""}, "Please choose the country."),
        ({"address": "a" * 401}, "Up to 400 characters"),
        ({"email": "hana"}, "This is not a mail address."),
        ({"roles": []}, "Choose at least one."),
        ({"roles": ["auditor"]}, "choose one of these"),
    ],
)
def test_a_form_that_will_not_do_says_why_and_makes_nothing(
    client: Client, wrong: dict[str, object], sentence: str
) -> None:
    make.program()
    page = client.as_(make.staff(Role.PARTNER_MANAGER)).post("/staff/partners/new", data=NEW | wrong)
    assert page.status_code == 422
    assert sentence in page.text
    assert "Hana Lane" in page.text
    assert told() == []


def test_an_address_that_is_taken_makes_no_partner(client: Client) -> None:
    make.program()
    make.partner_user(email="hana@harbourlane.example")
    page = client.as_(make.staff(Role.PARTNER_MANAGER)).post("/staff/partners/new", data=NEW)
    assert (page.status_code, "Somebody else has an account" in page.text) == (422, True)
    assert told() == []
    assert "Harbour &amp; Lane Ltd" not in client.get("/staff/partners/").text


def test_whoever_may_not_manage_partners_reads_them_only(client: Client) -> None:
    make.program()
    partner = make.partner()
    client.as_(make.staff(Role.AUDITOR))
    assert client.get(f"/staff/partners/{partner.ref}").status_code == 200
    assert client.get("/staff/partners/new").status_code == 403
    for noun in ("pause", "resumption", "termination", "closure", "invitation"):
        assert client.post(f"/staff/partners/{partner.ref}/{noun}").status_code == 403
    for noun in ("confirmation", "refusal"):
        assert client.post(f"/staff/partners/{partner.ref}/payout-details/B-222222/{noun}").status_code == 403


def test_a_partners_person_has_no_staff_page(client: Client) -> None:
    user = make.partner_user()
    client.as_(user)
    assert client.get("/staff/partners/").status_code == 403


def test_an_unknown_partner_is_not_found(client: Client) -> None:
    client.as_(make.staff(Role.PROGRAM_ADMIN, Role.FINANCE_APPROVER))
    assert client.get("/staff/partners/P-222222").status_code == 404
    for path in ("pause", "resumption", "termination", "closure", "payout-details/B-222222/refusal"):
        assert client.post(f"/staff/partners/P-222222/{path}").status_code == 404


def test_a_partner_is_paused_taken_up_again_terminated_and_closed(client: Client) -> None:
    make.program()
    partner = make.partner()
    member = make.partner_user(partner_id=partner.id)
    theirs = client_of(client.application).as_(member)
    client.as_(make.staff(Role.PARTNER_MANAGER))
    for noun, then in (
        ("pause", PartnerState.PAUSED),
        ("resumption", PartnerState.ACTIVE),
        ("termination", PartnerState.TERMINATED),
    ):
        page = client.post(f"/staff/partners/{partner.ref}/{noun}", data=seen(partner), follow_redirects=True)
        assert page.status_code == 200
        assert state_of(partner) is then
        assert theirs.get("/team/").status_code == 200
    assert client.post(f"/staff/partners/{partner.ref}/closure", data=seen(partner)).status_code == 303
    assert theirs.get("/team/").status_code == 302
    assert told() == ["PartnerMoved"] * 4 + ["UserDisabled"]


def test_a_partner_without_agreement_is_not_made_active_by_hand(client: Client) -> None:
    partner = make.partner(state=PartnerState.ONBOARDING)
    client.as_(make.staff(Role.PARTNER_MANAGER))
    page = client.post(f"/staff/partners/{partner.ref}/resumption")
    assert (page.status_code, "paused or dormant" in page.text) == (409, True)
    assert client.post(f"/staff/partners/{partner.ref}/pause", data=seen(partner)).status_code == 409
    assert state_of(partner) is PartnerState.ONBOARDING


def test_whoever_saw_an_older_state_does_not_decide(client: Client) -> None:
    partner = make.partner()
    client.as_(make.staff(Role.PARTNER_MANAGER))
    older = seen(partner)
    assert client.post(f"/staff/partners/{partner.ref}/pause", data=older).status_code == 303
    for data in (older, {}, {"version": "x"}, {"version": "9" * 400}):
        page = client.post(f"/staff/partners/{partner.ref}/termination", data=data)
        assert (page.status_code, "Someone changed this a moment before you" in page.text) == (409, True)
    assert state_of(partner) is PartnerState.PAUSED


def test_someone_more_is_invited_and_the_invitation_sent_again(client: Client) -> None:
    make.program()
    partner = make.partner()
    client.as_(make.staff(Role.PARTNER_MANAGER))
    answers = {"name": "Ben", "email": "ben@lane.example", "roles": ["partner_member"]}
    path = f"/staff/partners/{partner.ref}"
    assert "Ben was invited." in client.post(f"{path}/invitation", data=answers, follow_redirects=True).text
    assert client.post(f"{path}/invitation", data=answers).status_code == 422
    ben = people.by_email("ben@lane.example")
    assert ben is not None
    page = client.post(f"{path}/people/{ben.ref}/invitation", follow_redirects=True)
    assert "A new invitation is on its way to ben@lane.example." in page.text
    other = make.partner_user()
    assert client.post(f"{path}/people/{other.ref}/invitation").status_code == 404


def test_a_finance_approver_confirms_payout_details_as_shown(client: Client) -> None:
    make.program()
    partner = make.partner()
    finance = make.partner_user(Role.PARTNER_FINANCE, partner_id=partner.id, name="Fay")
    details = actions.propose_payout_details(
        finance, partner, holder="Lane Ltd", account="GB82WEST12345698765432", now=clock.now()
    )
    db.session.commit()
    path = f"/staff/partners/{partner.ref}"
    manager = client_of(client.application).as_(make.staff(Role.PARTNER_MANAGER))
    assert "A finance approver confirms it" in manager.get(path).text
    client.as_(make.staff(Role.FINANCE_APPROVER, name="Olga"))
    page = client.get(path).text
    assert "wants to be paid to <strong>GB82 •••• 5432</strong>" in page
    assert "Fay" in page
    assert client.post(f"{path}/payout-details/B-222222/confirmation").status_code == 404
    decided = client.post(f"{path}/payout-details/{details.ref}/confirmation", follow_redirects=True)
    assert "In use" in decided.text
    late = client.post(f"{path}/payout-details/{details.ref}/refusal")
    assert late.status_code == 409
    assert told() == ["PayoutDetailsProposed", "PayoutDetailsConfirmed"]


def test_a_change_cannot_be_confirmed_before_its_time(client: Client) -> None:
    make.program()
    partner, approver = make.partner(), make.staff(Role.FINANCE_APPROVER)
    finance, past = make.partner_user(Role.PARTNER_FINANCE, partner_id=partner.id), clock.now() - timedelta(days=9)
    first = actions.propose_payout_details(finance, partner, holder="L", account="GB82WEST12345698765432", now=past)
    actions.confirm_payout_details(approver, first, now=past)
    change = actions.propose_payout_details(
        finance, partner, holder="L", account="DE89370400440532013000", now=clock.now()
    )
    db.session.commit()
    client.as_(approver)
    path = f"/staff/partners/{partner.ref}"
    assert "it waits until" in client.get(path).text
    page = client.post(f"{path}/payout-details/{change.ref}/confirmation")
    assert (page.status_code, "waits for 72 hours" in page.text) == (409, True)
    assert client.post(f"{path}/payout-details/{change.ref}/refusal").status_code == 303


def test_an_agreement_in_force_makes_the_partner_active_once(app: Flask) -> None:
    partner = make.partner(state=PartnerState.ONBOARDING)
    actions.activate(partner, now=clock.now())
    actions.activate(partner, now=clock.now())
    db.session.commit()
    assert state_of(partner) is PartnerState.ACTIVE
    assert told() == ["PartnerMoved"]


def test_a_move_that_the_table_does_not_know_is_refused(app: Flask) -> None:
    partner = make.partner(state=PartnerState.CLOSED)
    with pytest.raises(Refused):
        actions.move(make.staff(), partner, PartnerState.ACTIVE, now=clock.now())
    with pytest.raises(Overtaken):
        actions.move(make.staff(), partner, PartnerState.ACTIVE, now=clock.now(), seen_version=7)


def test_forms_from_elsewhere_change_nothing(client: Client) -> None:
    partner = make.partner()
    client.as_(make.staff(Role.PARTNER_MANAGER, Role.FINANCE_APPROVER))
    assert client.post("/staff/partners/new", data=NEW, bare=True).status_code == 400
    for path in ("pause", "termination", "invitation", "payout-details/B-222222/refusal"):
        assert client.post(f"/staff/partners/{partner.ref}/{path}", data=NEW, bare=True).status_code == 400
    assert told() == []
