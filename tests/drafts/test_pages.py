"""A referral is saved as it is typed, seen by its author alone, and gone once it is sent."""

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from portal import clock
from portal.auth.models import User
from portal.auth.rules import Role
from portal.drafts import actions, rules
from portal.drafts.models import ReferralDraft
from portal.extensions import db
from portal.idempotency import FIELD, new_key
from portal.referrals.models import Referral
from portal.scope import all_partners
from tests.referrals.test_pages import TYPED
from tests.support import make, sales
from tests.support.client import Client

SCRIPT = {"Accept": "application/json"}
BUTTON = {"Accept": "text/html"}


@pytest.fixture
def ana(app: Flask) -> User:
    sales.program()
    return sales.lead(name="Ana Ferreira")


def rows(model: type[Any]) -> list[Any]:
    return list(db.session.scalars(all_partners(sa.select(model), "a test")))


def told(response: Any) -> dict[str, str]:
    return dict(response.get_json())


def begun(by: User, **typed: str) -> str:
    draft = actions.keep(by, ref="", form_key=new_key(), typed={"company": "Calder"} | typed, now=clock.now())
    db.session.commit()
    return draft.ref


def test_what_is_typed_is_saved_by_the_script_and_said_with_the_time(client: Client, ana: User) -> None:
    typed = {"company": "Calder", "employees": "lots", FIELD: new_key()}
    saved = client.as_(ana).post("/referrals/drafts", data=typed, headers=SCRIPT)
    assert saved.status_code == 200
    assert told(saved)["says"].startswith("Saved ")
    again = client.post("/referrals/drafts", data=typed | {"need": "Order."}, headers=SCRIPT)
    assert told(again)["ref"] == told(saved)["ref"], "a form that was not told its reference yet makes one draft"
    (draft,) = rows(ReferralDraft)
    assert draft.typed == {"company": "Calder", "employees": "lots", "need": "Order."}
    assert rows(Referral) == []
    page = client.get(f"/referrals/new?draft={draft.ref}").text
    assert 'value="lots"' in page, "as it was typed, right or wrong"
    assert "Order." in page


def test_without_a_script_a_button_saves_and_the_list_goes_on_with_it(client: Client, ana: User) -> None:
    page = client.as_(ana).post("/referrals/drafts", data=TYPED, headers=BUTTON, follow_redirects=True).text
    (draft,) = rows(ReferralDraft)
    assert "1 draft, nothing is lost" in page
    assert f'href="/referrals/new?draft={draft.ref}"' in page
    gone = client.post(f"/referrals/drafts/{draft.ref}/deletion", follow_redirects=True).text
    assert "nothing is lost" not in gone
    assert rows(ReferralDraft) == []


def test_sending_a_draft_deletes_it_and_it_is_not_sent_twice(client: Client, ana: User) -> None:
    ref = begun(ana)
    sent = client.as_(ana).post("/referrals/new", data=TYPED | {"draft": ref})
    assert sent.status_code == 303
    assert rows(ReferralDraft) == []
    other_tab = client.post("/referrals/new", data=TYPED | {"draft": ref, "website": "other.example"})
    assert other_tab.status_code == 422
    assert "sent or deleted, perhaps in another tab" in other_tab.text
    assert 'name="draft" type="hidden" value=""' in other_tab.text, "sent once more, it is sent"
    assert len(rows(Referral)) == 1


def test_a_refused_referral_keeps_its_draft(client: Client, ana: User) -> None:
    client.as_(ana).post("/referrals/new", data=TYPED)
    ref = begun(ana)
    assert client.post("/referrals/new", data=TYPED | {"draft": ref}).status_code == 422
    assert [draft.ref for draft in rows(ReferralDraft)] == [ref]


def test_a_form_that_was_saved_while_it_was_sent_leaves_no_draft(client: Client, ana: User) -> None:
    key = {FIELD: new_key()}
    client.as_(ana).post("/referrals/drafts", data=TYPED | key, headers=SCRIPT)
    assert client.post("/referrals/new", data=TYPED | key).status_code == 303
    late = client.post("/referrals/drafts", data=TYPED | key, headers=SCRIPT)
    assert (late.status_code, told(late)["says"]) == (409, rules.GONE)
    assert rows(ReferralDraft) == []


def test_nobody_else_sees_a_draft(client: Client, ana: User) -> None:
    colleague = make.partner_user(Role.PARTNER_ADMIN, partner_id=ana.partner_id)
    ref = begun(ana)
    assert client.as_(colleague).get(f"/referrals/new?draft={ref}").status_code == 404
    assert "nothing is lost" not in client.get("/referrals/").text
    assert client.post(f"/referrals/drafts/{ref}/deletion").status_code == 404
    assert client.post("/referrals/drafts", data={"draft": ref}, headers=SCRIPT).status_code == 409


def test_of_too_many_drafts_the_last_is_refused(client: Client, ana: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "MOST", 2)
    begun(ana)
    ref = begun(ana)
    client.as_(ana)
    assert client.post("/referrals/drafts", data={"company": "A"}, headers=SCRIPT).get_json()["says"] == rules.FULL
    page = client.post("/referrals/drafts", data=TYPED, headers=BUTTON)
    assert (page.status_code, rules.FULL in page.text, "Ruth Calder" in page.text) == (422, True, True)
    assert client.post("/referrals/drafts", data={"draft": ref, "company": "B"}, headers=SCRIPT).status_code == 200
