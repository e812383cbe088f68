"""The pages on personal data: who is held, what becomes of it, and how long each class is kept."""

import io
import re
import zipfile

import pytest
import sqlalchemy as sa
from flask import Flask

from portal import clock, worker
from portal.auth.models import LoginSession, User
from portal.auth.rules import Role
from portal.config import Settings
from portal.extensions import db
from portal.privacy.models import Erasure, PersonExport
from portal.privacy.rules import TERMS, JobState, Keep
from portal.program import Program
from portal.referrals.models import Referral
from portal.scope import all_partners
from tests.privacy.canary import EMAIL, NAME
from tests.privacy.people import a_lead, account, begin, company, contact
from tests.support import agreements, make, sales
from tests.support.client import Client, client_of
from tests.support.make import PASSWORD

on_sqlite = pytest.mark.parametrize("app", ["sqlite"], indirect=True)
pytestmark = on_sqlite


@pytest.fixture
def settings(app: Flask) -> Settings:
    return begin(app)


@pytest.fixture
def admin(settings: Settings) -> User:
    return agreements.admin(has_password=True, name="Ada Admin")


@pytest.fixture
def page(app: Flask, admin: User) -> Client:
    return client_of(app).as_(admin)


def test_nobody_is_found_by_what_nobody_has(page: Client) -> None:
    assert "Nobody found" in page.post("/staff/privacy/search", data={"person": "nobody@words.example"}).text
    assert page.post("/staff/privacy/search", data={"person": " "}).status_code == 422


def test_an_account_and_a_contact_are_found_by_address_and_by_name(page: Client) -> None:
    user = make.partner_user(partner_id=company().id, name=NAME, email=EMAIL)
    lead = a_lead()
    first = sales.referral(lead, **contact()).ref
    sales.referral(a_lead(), **contact())
    for typed in (EMAIL.upper(), "quillfeather"):
        text = page.post("/staff/privacy/search", data={"person": typed}).text
        assert f"/staff/privacy/people/{user.ref}" in text
        assert "Contact in 2 referrals" in text
    assert EMAIL not in page.get("/staff/privacy/").text
    shown = page.get(f"/staff/privacy/people/{first}").text
    assert "This address is also an account" in shown
    assert first in shown


def test_a_person_page_says_what_is_held_why_and_until_when(page: Client) -> None:
    partner = agreements.company()
    signer = agreements.signatory(partner, name=NAME, email=EMAIL)
    agreement = agreements.sent(partner)
    agreements.signed(agreement, signer)
    text = page.get(f"/staff/privacy/people/{signer.ref}").text
    for said in ("Signed agreements", agreement.ref, "120 months after the agreement has ended", "Art. 6(1)(c)"):
        assert said in text, said
    stays = page.get(f"/staff/privacy/people/{signer.ref}/erasure").text
    assert "which is in force" in stays


def test_a_referral_page_says_why_and_until_when(app: Flask, settings: Settings) -> None:
    lead = a_lead()
    ref = sales.referral(lead, **contact()).ref
    client = client_of(app).as_(lead)
    for said in ("Why we keep this.", "they agreed to hear from us", "Until 6 months after it came to nothing"):
        assert said in client.get(f"/referrals/{ref}").text, said
    assert "6 months after a referral that came to nothing" in client.get("/referrals/new").text
    client.post(f"/referrals/{ref}/withdrawal", data={"version": 1})
    assert re.search(
        r"Until \d+ \w+ \d{4}; then what tells of the contact is erased", client.get(f"/referrals/{ref}").text
    )
    staff = client_of(app).as_(make.staff())
    assert "Why we keep this." in staff.get(f"/staff/referrals/{ref}").text


def test_purpose_basis_and_wording_are_kept_with_the_referral(settings: Settings) -> None:
    referral = sales.referral(a_lead(), **contact())
    assert (referral.purpose, referral.basis, referral.notice_number) == ("introduction", "consent", 1)
    for column in ("purpose", "basis", "notice_number"):
        changed = sa.update(Referral).where(Referral.ref == referral.ref).values({column: "2"})
        with pytest.raises(sa.exc.DBAPIError, match="frozen"):
            db.session.execute(all_partners(changed, "a test"))
        db.session.rollback()
        referral = db.session.scalars(all_partners(sa.select(Referral), "a test")).one()


def test_an_erasure_is_confirmed_with_the_address_and_carried_out(app: Flask, page: Client) -> None:
    user = make.partner_user(Role.PARTNER_ADMIN, partner_id=company().id, name=NAME, email=EMAIL).ref
    url = f"/staff/privacy/people/{user}/erasure"
    wrong = page.post(url, data={"reason": "asked", "address": "somebody@words.example"})
    assert (wrong.status_code, "This is not the address of this person" in wrong.text) == (422, True)
    assert page.post(url, data={"address": EMAIL}).status_code == 422
    right = page.post(url, data={"reason": "asked", "address": f" {EMAIL.upper()} "})
    assert right.status_code == 303
    assert "The worker looks through every text" in page.get(right.location).text
    db.session.commit()
    worker.run_until_idle(app, clock.now())
    done = page.get(right.location).text
    assert "Done on" in done
    assert NAME not in done
    assert page.get(f"/staff/privacy/people/{user}").status_code == 404
    assert page.get(f"/staff/privacy/people/{user}/erasure").status_code == 404
    assert "Nobody found" in page.post("/staff/privacy/search", data={"person": EMAIL}).text
    people = page.get(f"/staff/people/{user}").text
    assert f"Erased person {user}" in people
    opened = page.post(f"/staff/people/{user}/enabling")
    assert "Invite them anew" in opened.text
    assert account(user).disabled_at is not None


def test_pages_of_an_erased_contact_say_so(app: Flask, page: Client) -> None:
    lead = a_lead()
    deal = sales.qualified(lead, **contact())
    referral = sales.again(_ref_of(deal.referral_id)).ref
    opened = deal.ref
    page.post(f"/staff/privacy/people/{referral}/erasure", data={"reason": "consent", "address": EMAIL})
    db.session.commit()
    worker.run_until_idle(app, clock.now())
    for path in (f"/staff/referrals/{referral}", f"/staff/deals/{opened}", "/staff/referrals/", "/staff/activity/"):
        response = page.get(path)
        assert (response.status_code, NAME in response.text, EMAIL in response.text) == (200, False, False), path
    assert "was erased on" in page.get(f"/staff/referrals/{referral}").text
    partner = client_of(app).as_(account(lead.ref))
    assert "What was held of the contact is erased." in partner.get(f"/referrals/{referral}").text


def test_nobody_erases_themselves_or_the_last_admin(page: Client, admin: User) -> None:
    own = page.post(f"/staff/privacy/people/{admin.ref}/erasure", data={"reason": "asked", "address": admin.email})
    assert "You cannot erase yourself" in own.text
    assert "Erase …" not in page.get(f"/staff/privacy/people/{admin.ref}").text
    second = client_of(page.application).as_(agreements.admin(has_password=True))
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Erasure)) == 0
    assert second.get(f"/staff/privacy/people/{admin.ref}").status_code == 200


def test_a_person_is_erased_once_at_a_time(page: Client) -> None:
    user = make.staff(name=NAME, email=EMAIL).ref
    told = {"reason": "asked", "address": EMAIL}
    assert page.post(f"/staff/privacy/people/{user}/erasure", data=told).status_code == 303
    again = page.post(f"/staff/privacy/people/{user}/erasure", data=told)
    assert "is being erased already" in again.text


def test_a_copy_is_for_whoever_asked(app: Flask, page: Client) -> None:
    ref = sales.referral(a_lead(), **contact()).ref
    assert page.post(f"/staff/privacy/people/{ref}/copies").status_code == 303
    assert "The copy is being made" in page.get(f"/staff/privacy/people/{ref}").text
    db.session.commit()
    worker.run_until_idle(app, clock.now())
    text = page.get(f"/staff/privacy/people/{ref}").text
    (path,) = set(re.findall(r"/staff/privacy/copies/X-\w+", text))
    response = page.get(path)
    assert response.headers["Content-Disposition"] == f'attachment; filename="{path.rpartition("/")[2]}.zip"'
    assert "everything.json" in zipfile.ZipFile(io.BytesIO(response.data)).namelist()
    assert client_of(app).as_(agreements.admin(has_password=True)).get(path).status_code == 404
    assert db.session.scalars(sa.select(PersonExport.state)).one() is JobState.DONE


def test_a_copy_and_an_erasure_ask_again_who_it_is(app: Flask, page: Client, admin: User) -> None:
    ref = sales.referral(a_lead(), **contact()).ref
    stale = sa.update(LoginSession).where(LoginSession.user_id == admin.id)
    db.session.execute(all_partners(stale.values(proved_at=admin.created_at), "a test"))
    db.session.commit()
    for url, typed in (("copies", {}), ("erasure", {"reason": "asked", "address": EMAIL})):
        asked = page.post(f"/staff/privacy/people/{ref}/{url}", data=typed)
        assert asked.status_code == 422
        assert EMAIL in asked.text, "what is being decided"
        assert "proof_password" in asked.text
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Erasure)) == 0
    typed = {"reason": "asked", "address": EMAIL, "proof_password": PASSWORD}
    assert page.post(f"/staff/privacy/people/{ref}/erasure", data=typed).status_code == 303


def test_times_are_set_within_the_law_and_shown_to_whoever_sees_settings(app: Flask, page: Client) -> None:
    usual = {str(keep): term.usual for keep, term in TERMS.items()}
    short = page.post("/staff/settings/retention", data=usual | {"money": 12})
    assert (short.status_code, "At least 96 months" in short.text) == (422, True)
    saved = page.post("/staff/settings/retention", data=usual | {"mail": 24})
    assert saved.status_code == 303
    assert db.session.scalars(sa.select(Program.retention)).one()[Keep.MAIL] == 24
    auditor = client_of(app).as_(make.staff(Role.AUDITOR))
    text = auditor.get("/staff/settings/retention").text
    assert "24 months after they were written" in text
    assert '<form method="post" class="stack"' not in text
    assert "No run has looked yet" in text
    db.session.commit()
    worker.run_until_idle(app, clock.now())
    assert "The last run ended" in page.get("/staff/settings/retention").text


def _ref_of(referral_id: int | None) -> str:
    wanted = sa.select(Referral.ref).where(Referral.id == referral_id)
    return str(db.session.scalar(all_partners(wanted, "a test")))
