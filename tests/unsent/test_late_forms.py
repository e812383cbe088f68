"""A form that is sent after its session has ended loses nothing that was typed into it."""

from datetime import timedelta
from io import BytesIO

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from portal import clock
from portal.auth.devices import this_browser
from portal.auth.models import LoginSession, User
from portal.auth.rules import Role
from portal.auth.sessions import end_sessions
from portal.extensions import db
from portal.scope import all_partners
from portal.unsent import actions, jobs
from portal.unsent.models import UnsentForm
from portal.unsent.rules import KEPT_FOR, MOST, Typed
from tests.auth.test_view_as import address
from tests.support import make, sales
from tests.support.client import CSRF, Client

QUESTION = 'Could "Täglich" decide\nbefore <Friday>, Ms Berger?'
HEADERS = {"Accept": "text/html", "Referer": "http://localhost/account/?from=mail", "Sec-Fetch-Site": "same-origin"}
PROFILE = {"name": QUESTION, "phone": "+49 30 1", "theme": "dark", "time_zone": ""}


def signed_in(client: Client, user: User) -> User:
    client.signed_out().post("/login", data={"email": user.email, "password": make.PASSWORD})
    return user


@pytest.fixture
def ana(client: Client) -> User:
    make.program()
    return signed_in(client, make.partner_user(has_password=True))


def ended(user: User) -> None:
    end_sessions(user.id, clock.now())
    db.session.commit()


def late(client: Client, **data: str) -> TestResponse:
    return client.post("/account/", data=PROFILE | data, headers=HEADERS)


def again(client: Client, user: User, late_answer: TestResponse) -> TestResponse:
    """Sign in where the answer leads to, and go on to where that leads."""
    answer = client.post(late_answer.location, data={"email": user.email, "password": make.PASSWORD})
    return client.get(client.get(answer.location).location.partition("#")[0])


def test_what_was_typed_stands_on_the_form_again(client: Client, ana: User) -> None:
    ended(ana)
    answer = late(client)
    assert "What you typed is kept" in client.get(answer.location).text
    page = again(client, ana, answer)
    assert (page.status_code, page.request.args["from"]) == (200, "mail")
    assert "Could &quot;Täglich&quot; decide\nbefore &lt;Friday&gt;, Ms Berger?" in page.text
    assert "Not sent yet" in page.text
    assert 'data-theme="dark"' not in page.text


def test_it_goes_once_it_is_sent_and_stays_while_it_is_refused(client: Client, ana: User) -> None:
    ended(ana)
    again(client, ana, late(client))
    kept = db.session.scalars(sa.select(UnsentForm.ref)).one()
    assert late(client, name="", unsent=kept).status_code == 422
    assert count() == 1
    assert late(client, name="Ana", unsent=kept).status_code == 303
    assert count() == 0


def test_what_comes_too_late_twice_is_kept_once(client: Client, ana: User) -> None:
    ended(ana)
    again(client, ana, late(client))
    ended(ana)
    late(client, unsent=db.session.scalars(sa.select(UnsentForm.ref)).one())
    assert count() == 1


def test_nobody_else_is_shown_it(app: Flask, client: Client, ana: User) -> None:
    other = make.partner_user(has_password=True)
    ended(ana)
    back = late(client).location
    page = client.post(back, data={"email": other.email, "password": make.PASSWORD}, follow_redirects=True)
    assert "Nothing waits here to be sent" in page.text
    ref = db.session.scalars(sa.select(UnsentForm.ref)).one()
    assert "Friday" not in client.get(f"/account/?unsent={ref}").text
    elsewhere = app.test_client()
    signed_in(elsewhere, ana)  # type: ignore[arg-type]
    assert "Friday" not in elsewhere.get(f"/account/?unsent={ref}").text
    assert late(client, name="Other", unsent=ref).status_code == 303
    assert count() == 1


@pytest.mark.parametrize("over", ["expired", "signed out", "old page"])
def test_it_does_not_matter_what_ended_it(client: Client, ana: User, over: str) -> None:
    if over == "expired":
        past = sa.update(LoginSession).values(last_used_at=clock.now() - timedelta(days=3))
        db.session.execute(past)
        db.session.commit()
        answer = late(client)
    elif over == "signed out":
        client.post("/logout")
        answer = late(client, csrf_token="of the session before")
    else:
        answer = late(client, csrf_token="of yesterday")
        assert answer.location.startswith("/account/unsent?")
        assert "before &lt;Friday&gt;" in client.get(answer.location, follow_redirects=True).text
        return
    assert "before &lt;Friday&gt;" in again(client, ana, answer).text


def test_a_form_of_another_site_keeps_nothing(client: Client, ana: User) -> None:
    for sent_by in ({}, {"Sec-Fetch-Site": "none"}):
        headers = {"Accept": "text/html", **sent_by}
        answer = client.post("/account/", data=PROFILE | {"csrf_token": "forged"}, headers=headers)
        assert answer.status_code == 400
    assert count() == 0


def test_nothing_is_kept_of_secrets_scripts_and_strangers(app: Flask, client: Client, ana: User) -> None:
    stranger = app.test_client()
    with stranger.session_transaction() as session:
        session["csrf_token"] = CSRF
    ended(ana)
    typed = {"current": make.PASSWORD, "password": "another sentence to remember"}
    client.post("/account/password", data=typed, headers=HEADERS)
    client.post("/account/", data=PROFILE, headers=HEADERS | {"Accept": "application/json"})
    assert late(stranger).location == "/login"  # type: ignore[arg-type]
    assert count() == 0


@pytest.mark.parametrize(
    "change",
    [
        sa.update(LoginSession).values(awaits_factor=True),
        sa.update(User).values(disabled_at=clock.now()),
    ],
)
def test_nothing_is_kept_before_the_second_factor_or_for_a_closed_account(
    client: Client, ana: User, change: sa.Update
) -> None:
    ended(ana)
    db.session.execute(all_partners(change, "a test"))
    db.session.commit()
    assert late(client).location == "/login"
    assert count() == 0


def test_whoever_looks_on_keeps_nothing_and_reads_nothing(app: Flask, client: Client, ana: User) -> None:
    client.as_(make.staff(Role.PARTNER_MANAGER))
    client.post(address(ana), data={"reason": "She called."})
    cookie = client.get_cookie("device")
    assert cookie is not None
    with app.test_request_context(headers={"Cookie": f"device={cookie.value}"}):
        browser = this_browser()
    typed = Typed("/account/", "/account/", (("name", "Could they decide before Friday, please, Ms Berger?"),))
    kept = actions.keep(ana.id, browser, typed, now=clock.now())
    db.session.commit()
    assert late(client, csrf_token="of yesterday").status_code == 400
    assert count() == 1
    assert "Friday" not in client.get(f"/team/?unsent={kept}").text


def test_it_is_stored_sealed_and_a_few_at_a_time(client: Client, ana: User) -> None:
    ended(ana)
    for _ in range(MOST + 2):
        late(client)
    stored = db.session.execute(sa.select(UnsentForm.__table__)).all()
    assert len(stored) == MOST
    assert not [row for row in stored if "Friday" in str(row) or "/account/" in str(row)]


def test_whoever_comes_back_another_way_is_told_of_it(client: Client, ana: User) -> None:
    ended(ana)
    late(client)
    signed_in(client, ana)
    page = client.get("/account/")
    assert "What you typed is kept for a day" in page.text
    assert "/account/unsent?unsent=UF-" in page.text


def test_after_a_day_it_is_gone(client: Client, ana: User) -> None:
    ended(ana)
    answer = late(client)
    now = clock.now() + KEPT_FOR + timedelta(minutes=1)
    db.session.execute(sa.update(UnsentForm).values(at=clock.now() - KEPT_FOR - timedelta(minutes=1)))
    db.session.commit()
    assert "Friday" not in again(client, ana, answer).text
    for id_, number in jobs.due(now, 10):
        jobs.attempt(id_, number, now)
    assert (count(), jobs.due(now, 10)) == (0, [])


def test_files_are_named_to_be_chosen_again(client: Client) -> None:
    sales.program()
    user = sales.detached(sales.lead(has_password=True))
    ref = sales.referral(user).ref
    signed_in(client, user)
    ended(user)
    data = {"text": "See the two attached offers, please.", "files": (BytesIO(b"%PDF"), "offer.pdf")}
    answer = client.post(
        f"/referrals/{ref}/messages", data=data, headers=HEADERS | {"Referer": f"http://localhost/referrals/{ref}"}
    )
    page = again(client, user, answer)
    assert "See the two attached offers, please.</textarea>" in page.text
    assert "Choose again, since files are not kept: offer.pdf." in page.text


@pytest.mark.parametrize("back_in", [False, True])
def test_what_is_saved_while_it_is_typed_is_kept_once_and_says_where(client: Client, back_in: bool) -> None:
    sales.program()
    user = sales.detached(sales.lead(has_password=True))
    signed_in(client, user)
    if not back_in:
        ended(user)
    script = HEADERS | {"Accept": "application/json", "Referer": "http://localhost/referrals/new"}
    typed = {"company": "Calder & Finch", "need": "Task sheets on paper.", "csrf_token": "of before"}
    first = client.post("/referrals/drafts", data=typed, headers=script).get_json()
    second = client.post("/referrals/drafts", data=typed | {"unsent": first["kept"]}, headers=script)
    told = second.get_json()
    assert (second.status_code, count()) == (401, 1)
    assert told["says"].startswith("This page is from before" if back_in else "Your session has ended")
    assert "kept for a day" in told["says"]
    if not back_in:
        told["way"] = client.post(told["way"], data={"email": user.email, "password": make.PASSWORD}).location
    page = client.get(told["way"], follow_redirects=True)
    assert page.request.path == "/referrals/new"
    assert "Task sheets on paper.</textarea>" in page.text
    assert 'value="Calder &amp; Finch"' in page.text
    assert '<details class="fold" open>' not in page.text, "nothing was typed there"
    saved = client.post(
        "/referrals/drafts", data={"company": "Calder", "unsent": second.get_json()["kept"]}, headers=script
    )
    assert (saved.status_code, count()) == (200, 0)


def test_a_script_of_somebody_unknown_is_told_to_copy_what_was_typed(client: Client, ana: User) -> None:
    script = {"Accept": "application/json"}
    answer = client.signed_out().post("/referrals/drafts", data={"company": "Calder"}, headers=script)
    assert (answer.status_code, count()) == (401, 0)
    assert answer.get_json()["way"] == "/login"
    assert "Copy what you typed" in answer.get_json()["says"]


def test_whoever_is_erased_is_erased_from_it(client: Client, ana: User) -> None:
    actions.keep(ana.id, "a browser", Typed("/", "/", (("note", "Met Erika Berger"),)), now=clock.now())
    actions.keep(ana.id, "a browser", Typed("/", "/", (("note", "Met somebody"),)), now=clock.now())
    assert actions.forget_those_that(lambda text: "Berger" in text) == 1
    db.session.commit()
    assert count() == 1


def count() -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(UnsentForm)) or 0
