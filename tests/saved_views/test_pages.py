"""Views of a list: saved from what is set, shown above it to whom they are shared with, and to nobody else."""

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from portal import clock
from portal.auth.models import User
from portal.auth.rules import Role
from portal.extensions import db
from portal.partners.models import Partner
from portal.saved_views import rules
from portal.saved_views.models import SavedView
from portal.scope import all_partners
from tests.support import make, sales
from tests.support.client import Client

OPEN = "state=submitted"
TAB = '<nav class="tabs" aria-label="Saved views">'


@pytest.fixture
def lead(app: Flask) -> User:
    sales.program()
    make.staff(Role.SALES_OWNER, name="Sam Okafor")
    return sales.lead(name="Ana Ferreira")


def colleague(lead: User) -> User:
    return make.partner_user(Role.PARTNER_MEMBER, partner_id=lead.partner_id, name="Ben Okoye")


def save(
    client: Client, name: str = "Open ones", query: str = OPEN, of: str = "referrals", **more: Any
) -> TestResponse:
    return client.post("/saved-views/", data={"of": of, "query": query, "name": name} | more)


def kept() -> list[SavedView]:
    db.session.expunge_all()
    return list(db.session.scalars(all_partners(sa.select(SavedView).order_by(SavedView.id), "a test")))


def test_what_is_set_is_saved_and_opened_by_its_tab(client: Client, lead: User) -> None:
    sales.referral(lead, clock.now())
    page = client.as_(lead).get(f"/referrals/?{OPEN}").text
    assert "Save this view" in page
    assert TAB not in page
    answer = save(client)
    assert answer.location == f"/referrals/?{OPEN}"
    page = client.get(answer.location).text
    assert TAB in page
    assert f'<a href="/referrals/?{OPEN}" aria-current="page">Open ones</a>' in page
    assert ">Yours alone. <a" in page
    assert "Save this view" not in page
    assert '<a href="/referrals/?view=all" aria-current="page">All</a>' in client.get("/referrals/?view=all").text


def test_a_bare_visit_opens_what_was_chosen_for_it_and_all_leaves_it(client: Client, lead: User) -> None:
    sales.referral(lead, clock.now())
    save(client.as_(lead), opens_first="y")
    assert client.get("/referrals/").location == f"/referrals/?{OPEN}"
    assert client.get("/referrals/?view=all").status_code == 200
    assert client.get("/referrals/?q=").status_code == 200
    (view,) = kept()
    client.post(f"/saved-views/{view.ref}", data={"name": "Open ones"})
    assert client.get("/referrals/").status_code == 200
    client.post(f"/saved-views/{view.ref}/opening", data={"opens_first": "y"})
    assert client.get("/referrals/").location == f"/referrals/?{OPEN}"
    client.post(f"/saved-views/{view.ref}/deletion")
    assert client.get("/referrals/").status_code == 200, "a view that is gone opens nothing"


def test_what_is_changed_in_an_open_view_is_saved_in_it(client: Client, lead: User) -> None:
    sales.referral(lead, clock.now())
    save(client.as_(lead))
    (view,) = kept()
    page = client.get(f"/referrals/?{OPEN}").text
    assert f'name="begun-with" value="{view.ref}"' in page
    assert "Save changes" not in page
    changed = f"{OPEN}&state=declined"
    page = client.get(f"/referrals/?{changed}&begun-with={view.ref}").text
    assert "Save changes to “Open ones”" in page
    assert "Save as a new view" in page
    answer = client.post(f"/saved-views/{view.ref}/choice", data={"query": changed})
    assert answer.location == f"/referrals/?{changed}"
    assert [each.choice for each in kept()] == [[["state", "submitted"], ["state", "declined"]]]
    assert ">Yours alone. <a" in client.get(answer.location).text
    assert client.post(f"/saved-views/{view.ref}/choice", data={"query": ""}).status_code == 409


def test_a_view_of_somebody_else_is_only_saved_as_a_new_one(client: Client, lead: User) -> None:
    sales.referral(lead, clock.now())
    save(client.as_(lead), is_shared="y")
    (view,) = kept()
    client.as_(colleague(lead))
    page = client.get(f"/referrals/?{OPEN}&state=declined&begun-with={view.ref}").text
    assert "Save this view" in page
    assert "Save changes" not in page
    assert client.post(f"/saved-views/{view.ref}/choice", data={"query": "state=declined"}).status_code == 404


def test_a_lead_changes_what_a_colleague_shares_who_reads_that_it_was_them(client: Client, lead: User) -> None:
    other = make.partner_user(Role.PARTNER_ADMIN, partner_id=lead.partner_id, name="Kim Osei")
    sales.referral(lead, clock.now())
    save(client.as_(lead), is_shared="y")
    (view,) = kept()
    changed = f"{OPEN}&state=declined"
    page = client.as_(other).get(f"/referrals/?{changed}&begun-with={view.ref}").text
    assert "Save changes to “Open ones”" in page
    assert client.post(f"/saved-views/{view.ref}/choice", data={"query": changed}).status_code == 303
    assert kept()[0].choice == [["state", "submitted"], ["state", "declined"]]
    assert (
        "Kim Osei changed a shared view of the list of referrals."
        in client.as_(lead).get(f"/saved-views/{view.ref}").text
    )


def test_a_view_of_a_colleague_is_not_given_a_filter_that_their_list_has_not(client: Client, lead: User) -> None:
    member = colleague(lead)
    save(client.as_(lead), is_shared="y")
    (view,) = kept()
    theirs = sa.update(SavedView).where(SavedView.id == view.id).values(owner_id=member.id)
    db.session.execute(all_partners(theirs, "a lead who became a member"))
    db.session.commit()
    answer = client.as_(lead).post(f"/saved-views/{view.ref}/choice", data={"query": f"by={lead.ref}"})
    assert (answer.status_code, "Ben Okoye, whose view it is" in answer.text) == (409, True)
    assert kept()[0].choice == [["state", "submitted"]]


def test_drafts_stand_where_a_bare_visit_leads(client: Client, lead: User) -> None:
    client.as_(lead).post("/referrals/drafts", data={"company": "Begun AS", "form_key": "k" * 32})
    save(client, opens_first="y")
    shown = {
        query: "nothing is lost" in client.get(f"/referrals/?{query}").text for query in (OPEN, "view=all", "q=Nordlys")
    }
    assert shown == {OPEN: True, "view=all": True, "q=Nordlys": False}
    assert ">Begun AS</a><span" in client.get("/referrals/?view=all").text


def test_a_lead_shares_with_the_company_and_with_nobody_else(client: Client, lead: User) -> None:
    member, stranger = colleague(lead), sales.lead()
    save(client.as_(lead), is_shared="y")
    save(client, "For me", "state=declined")
    assert [each.is_shared for each in kept()] == [True, False]
    ref, private = (each.ref for each in kept())
    page = client.as_(member).get("/referrals/").text
    assert ("Open ones" in page, "For me" in page) == (True, False)
    assert "Shared by a colleague." in client.get(f"/referrals/?{OPEN}").text
    page = client.get(f"/saved-views/{ref}").text
    assert ("shared by Ana Ferreira" in page, "Delete" in page) == (True, False)
    client.post(f"/saved-views/{ref}/opening", data={"opens_first": "y"})
    assert client.get("/referrals/").location == f"/referrals/?{OPEN}"
    for path in (f"/saved-views/{ref}", f"/saved-views/{ref}/deletion"):
        assert client.post(path, data={"name": "Mine"}).status_code == 404
    assert client.get(f"/saved-views/{private}").status_code == 404
    assert "Open ones" not in client.as_(stranger).get("/referrals/").text
    assert client.get(f"/saved-views/{ref}").status_code == 404
    assert client.post(f"/saved-views/{ref}/opening", data={"opens_first": "y"}).status_code == 404
    client.as_(lead).post(f"/saved-views/{ref}/sharing/end")
    assert client.as_(member).get("/referrals/").status_code == 200, "what is shared no more opens nothing"


def test_a_member_keeps_views_and_shares_none_and_sees_none_of_what_their_list_has_not(
    client: Client, lead: User
) -> None:
    member = colleague(lead)
    save(client.as_(member), is_shared="y")
    assert [each.is_shared for each in kept()] == [False]
    assert client.post(f"/saved-views/{kept()[0].ref}/sharing").status_code == 403
    save(client.as_(lead), "By Ben", f"by={member.ref}", is_shared="y")
    assert "By Ben" in client.get("/referrals/").text
    assert "By Ben" not in client.as_(member).get("/referrals/").text


def test_another_lead_looks_after_what_is_shared_and_not_after_the_rest(client: Client, lead: User) -> None:
    other = make.partner_user(Role.PARTNER_ADMIN, partner_id=lead.partner_id)
    save(client.as_(lead), is_shared="y")
    save(client, "For me", "state=declined")
    shared, private = (each.ref for each in kept())
    assert client.as_(other).post(f"/saved-views/{private}", data={"name": "Theirs"}).status_code == 404
    assert client.post(f"/saved-views/{shared}", data={"name": "for ME"}).status_code == 422, "its owner has that name"
    assert client.post(f"/saved-views/{shared}", data={"name": "Waiting"}).status_code == 303
    assert client.post(f"/saved-views/{shared}/sharing/end").location == "/referrals/?view=all"
    assert [(each.name, each.is_shared) for each in kept()] == [("Waiting", False), ("For me", False)]


@pytest.mark.parametrize(
    ("name", "query", "said"),
    [
        ("open ONES", "state=declined", "called “open ONES” already"),
        ("", OPEN, "Please give it a name."),
        ("Nothing", "sort=due", "Nothing is set in this list."),
        ("Gone", "state=nowhere", "there is no “nowhere” any more"),
        ("Who", "country=A", "say first which one you mean"),
    ],
)
def test_what_cannot_be_saved_is_said(client: Client, lead: User, name: str, query: str, said: str) -> None:
    save(client.as_(lead))
    answer = save(client, name, query)
    assert (answer.status_code, said in answer.text) == (422, True), answer.text
    assert len(kept()) == 1


def test_there_are_twenty_at_most(client: Client, lead: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "MOST", 1)
    save(client.as_(lead))
    assert "You keep 1 views of this list already." in save(client, "Another", "q=x").text


def test_staff_share_with_staff_on_their_own_lists(client: Client, lead: User) -> None:
    maya, auditor = make.staff(Role.QUALIFIER, name="Maya Lindqvist"), make.staff(Role.AUDITOR)
    partner = f"partner={lead.partner_id}"
    assert save(client.as_(maya), "Late", "overdue=yes", "staff_referrals", is_shared="y").status_code == 303
    assert save(client, "Proposals", "stage=proposal", "staff_deals", is_shared="y").status_code == 303
    assert save(client, "Theirs", OPEN, "referrals").status_code == 404, "a list of partners"
    page = client.as_(auditor).get("/staff/referrals/").text
    assert ("Late" in page, "Proposals" in page, partner in page) == (True, False, False)
    assert "Proposals" in client.get("/staff/deals/").text
    save(client, "Mine", "overdue=yes", "staff_deals", is_shared="y")
    assert kept()[-1].is_shared is False, "an auditor changes nothing for others"
    assert TAB not in client.as_(lead).get("/referrals/").text
    assert client.get(f"/saved-views/{kept()[0].ref}").status_code == 404


def test_a_view_of_what_is_gone_opens_with_a_sentence(client: Client, lead: User) -> None:
    maya = make.staff(Role.QUALIFIER)
    owner = make.staff(Role.SALES_OWNER, name="Lea Roth")
    save(client.as_(maya), "Lea's", f"owner={owner.ref}", "staff_deals")
    (view,) = kept()
    view.choice = [["owner", "U-222222"], ["stage", "gone"]]
    db.session.commit()
    page = client.get("/staff/deals/?owner=U-222222&stage=gone").text
    assert "Owner: there is no “U-222222” any more." in page
    assert 'aria-current="page">Lea&#39;s</a>' in page
    assert "Stage: there is no “gone” any more." in client.get(f"/saved-views/{view.ref}").text


def test_the_file_of_a_view_has_what_it_shows(client: Client, lead: User) -> None:
    sales.referral(lead, clock.now(), company="Nordlys AS", country="NO")
    sales.referral(lead, clock.now(), company="Vetter GmbH", website="vetter.example", country="DE")
    query = "country=DE"
    save(client.as_(lead), "Germans", query)
    assert f'name="query" value="{query}"' in client.get(f"/referrals/?{query}").text
    text = client.post("/referrals/export", data={"query": query, "format": "csv"}).text
    assert ("Vetter GmbH" in text, "Nordlys AS" in text) == (True, False)


def test_whoever_looks_on_sees_what_is_shared_and_changes_nothing(client: Client, lead: User) -> None:
    save(client.as_(lead), is_shared="y")
    save(client, "For me", "state=declined")
    wanted = sa.select(Partner.ref).where(Partner.id == lead.partner_id)
    company = db.session.scalar(all_partners(wanted, "a test"))
    why = {"reason": "They asked what a tab means."}
    client.as_(make.staff(Role.PARTNER_MANAGER)).post(f"/staff/partners/{company}/people/{lead.ref}/viewing", data=why)
    page = client.get("/referrals/?view=all").text
    assert ("You look on as" in page, "Open ones" in page, "For me" in page) == (True, True, False)
    assert client.get(f"/saved-views/{kept()[1].ref}").status_code == 404
