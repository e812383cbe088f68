"""Another mail address: asked for while signed in, confirmed at both ends, stopped from either."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import IntegrityError

from portal import clock
from portal.auth import addresses, links, queries
from portal.auth.models import AccountLink, AddressChange, User
from portal.auth.rules import AddressEnd, Role
from portal.errors import Overtaken, Refused
from portal.extensions import db
from portal.proof import broken
from tests.auth.test_links import stored, told
from tests.support import make
from tests.support.client import Client, client_of
from tests.support.mailing import mails
from tests.support.make import PASSWORD

OLD, NEW = "ana@lane.example", "ana@lane-group.example"
BOTH = (AddressEnd.OLD, AddressEnd.NEW)


def asked(client: Client, address: str = NEW) -> User:
    """Ana, who is signed in and has asked for it."""
    make.program()
    ana = make.partner_user(email=OLD, name="Ana", has_password=True)
    assert client.as_(ana).post("/account/address", data={"address": address}).status_code == 303
    return ana


def path_to(end: AddressEnd) -> str:
    newest = sa.select(AccountLink).where(AccountLink.purpose == addresses.PURPOSES[end])
    return links.path_of(db.session.scalars(newest.order_by(AccountLink.id.desc()).limit(1)).one())


def say(client: Client, end: AddressEnd, what: str = "confirmation") -> str:
    page = client.post(f"{path_to(end)}/{what}")
    assert page.status_code == 200
    return page.text


def address_of(user: User) -> str:
    return queries.oneself(user).email


@pytest.mark.parametrize("order", [BOTH, BOTH[::-1]])
def test_the_address_changes_once_both_ends_have_confirmed(client: Client, order: tuple[AddressEnd, ...]) -> None:
    ana, elsewhere = asked(client), client_of(client.application)
    assert [(mail.to_address, mail.link_id is not None) for mail in mails()] == [(OLD, True), (NEW, True)]
    assert "One more to go" in say(elsewhere, order[0])
    assert address_of(ana) == OLD
    assert "Confirmed" in client.get("/account/address").text
    assert "The address was changed" in say(elsewhere, order[1])
    assert address_of(ana) == NEW
    assert [mail.to_address for mail in mails("AddressChanged")] == [OLD, NEW]
    assert elsewhere.post("/login", data={"email": OLD, "password": PASSWORD}).status_code == 422
    assert elsewhere.post("/login", data={"email": NEW, "password": PASSWORD}).status_code == 303
    assert told() == ["AddressChangeAsked", *["AddressChangeConfirmed"] * 2, "AddressChanged"]
    assert [each for each in broken() if "came to be active" not in each] == []


def test_every_session_ends_but_the_one_that_confirms(client: Client) -> None:
    ana = asked(client)
    other = client_of(client.application).as_(ana)
    for end in BOTH:
        say(client, end)
    assert client.get("/account/").status_code == 200
    assert other.get("/account/").status_code == 302


def test_confirmed_from_a_browser_that_is_signed_in_as_nobody_all_end(client: Client) -> None:
    asked(client)
    stranger = client_of(client.application).as_(make.partner_user())
    for end in BOTH:
        say(stranger, end)
    assert client.get("/account/").status_code == 302
    assert stranger.get("/account/").status_code == 200


def test_looking_at_a_link_changes_nothing_and_confirming_twice_is_once(client: Client) -> None:
    ana = asked(client)
    for end in BOTH:
        assert "Both addresses have to confirm it" in client.get(path_to(end)).text
    for _ in range(2):
        say(client, AddressEnd.OLD)
    assert "You confirmed it here" in client.get(path_to(AddressEnd.OLD)).text
    assert address_of(ana) == OLD
    assert told().count("AddressChangeConfirmed") == 1


@pytest.mark.parametrize("end", BOTH)
def test_either_end_stops_it(client: Client, end: AddressEnd) -> None:
    ana = asked(client)
    say(client, AddressEnd.OLD)
    assert "The change was stopped" in say(client, end, "refusal")
    for other in BOTH:
        assert client.get(path_to(other)).status_code == 410
        assert client.post(f"{path_to(other)}/confirmation").status_code == 410
        assert client.post(f"{path_to(other)}/refusal").status_code == 410
    assert address_of(ana) == OLD
    assert [mail.to_address for mail in mails("AddressChangeStopped")] == [OLD]


def test_the_new_end_learns_nothing_of_the_old_one(client: Client) -> None:
    asked(client)
    page = client_of(client.application).get(path_to(AddressEnd.NEW)).text
    assert "Ana" in page
    assert NEW in page
    assert OLD not in page + mails()[1].subject + "".join(mails()[1].lines)


def test_the_person_stops_it_or_asks_anew(client: Client) -> None:
    ana = asked(client)
    first = path_to(AddressEnd.NEW)
    client.post("/account/address", data={"address": "another@lane.example"})
    assert client.get(first).status_code == 410
    assert "another@lane.example" in client.get("/account/address").text
    assert client.post("/account/address/withdrawal").status_code == 303
    assert "A change is under way" not in client.get("/account/address").text
    assert client.post("/account/address/withdrawal").status_code == 409
    assert client.get(path_to(AddressEnd.OLD)).status_code == 410
    assert address_of(ana) == OLD


def test_both_have_a_day(client: Client) -> None:
    make.program()
    ana = make.partner_user(email=OLD, has_password=True)
    begun = clock.now() - timedelta(hours=24)
    addresses.ask(ana, address=NEW, now=begun)
    db.session.commit()
    assert "expired" in client.get(path_to(AddressEnd.OLD)).text
    assert client.post(f"{path_to(AddressEnd.NEW)}/confirmation").status_code == 410
    assert "A change is under way" not in client.as_(ana).get("/account/address").text


def test_a_new_password_ends_a_wish_that_somebody_else_may_have_had(client: Client) -> None:
    asked(client)
    client.post("/account/password", data={"current": PASSWORD, "password": "quite another sentence"})
    assert client.get(path_to(AddressEnd.OLD)).status_code == 410
    assert "A change is under way" not in client.get("/account/address").text


def test_an_address_of_another_account_is_answered_like_any(client: Client) -> None:
    make.partner_user(email=NEW, has_password=True)
    asked(client)
    taken = client.get("/account/address").text
    free = client_of(client.application)
    free.as_(make.partner_user(email="ben@lane.example", has_password=True, name="Ana"))
    free.post("/account/address", data={"address": "free@lane.example"})
    plain = free.get("/account/address").text.replace("ben@lane.example", OLD).replace("free@lane.example", NEW)
    assert _without_tokens(taken) == _without_tokens(plain)
    assert [(mail.to_address, mail.link_id is not None) for mail in mails()][:2] == [(OLD, True), (NEW, False)]
    assert "Somebody typed your address" in mails()[1].subject
    assert "lane" not in "".join(mails()[1].lines)


def test_an_address_that_was_taken_meanwhile_changes_nothing(client: Client) -> None:
    ana = asked(client)
    say(client, AddressEnd.OLD)
    make.partner_user(email=NEW)
    assert client.post(f"{path_to(AddressEnd.NEW)}/confirmation").status_code == 409
    assert address_of(ana) == OLD


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Please give the mail address."),
        ("no address", "This is not a mail address."),
        ("a" * 300 + "@lane.example", "up to 254 characters"),
        (OLD.upper(), "This is your address already."),
    ],
)
def test_an_address_that_will_not_do_is_refused_in_words(client: Client, typed: str, sentence: str) -> None:
    client.as_(make.partner_user(email=OLD))
    page = client.post("/account/address", data={"address": typed})
    assert (page.status_code, sentence in page.text) == (422, True)
    assert not mails()


def test_whoever_did_not_just_show_who_they_are_is_asked_first(client: Client) -> None:
    ana = make.partner_user(email=OLD, has_password=True)
    client.as_(ana)
    db.session.execute(sa.text("UPDATE login_sessions SET proved_at = NULL"))
    db.session.commit()
    page = client.post("/account/address", data={"address": NEW})
    assert (page.status_code, "Change your mail address" in page.text) == (422, True)
    assert not mails()
    wrong = {"address": NEW, "proof_password": "not this one, no"}
    assert client.post("/account/address", data=wrong).status_code == 422
    assert client.post("/account/address", data=wrong | {"proof_password": PASSWORD}).status_code == 303
    assert len(mails()) == 2


def test_nobody_is_flooded_with_mail(client: Client) -> None:
    asked(client)
    answers = [client.post("/account/address", data={"address": f"n{n}@lane.example"}) for n in range(5)]
    assert [answer.status_code for answer in answers] == [303, 303, 303, 303, 429]
    assert int(answers[-1].headers["Retry-After"]) > 0


def test_a_closed_account_changes_nothing(client: Client) -> None:
    ana, admin = asked(client), make.staff(Role.PROGRAM_ADMIN)
    path = path_to(AddressEnd.OLD)
    client_of(client.application).as_(admin).post(f"/staff/people/{ana.ref}/disabling")
    assert client.get(path).status_code == 404


def test_of_two_ends_that_answer_at_once_the_later_finds_it_settled(app: Flask) -> None:
    make.program()
    ana, now = make.partner_user(email=OLD), clock.now()
    addresses.ask(ana, address=NEW, now=now)
    change = db.session.scalars(sa.select(AddressChange)).one()
    addresses.refuse(change, stored(ana), AddressEnd.NEW, now=now)
    for answer in (addresses.confirm, addresses.refuse):
        with pytest.raises(Overtaken):
            answer(change, stored(ana), AddressEnd.OLD, now=now)
    with pytest.raises(Refused, match="No change"):
        addresses.withdraw(ana, now=now)


def test_the_database_too_wants_both_ends(app: Flask) -> None:
    make.program()
    ana, now = make.partner_user(email=OLD), clock.now()
    addresses.ask(ana, address=NEW, now=now)
    change = db.session.scalars(sa.select(AddressChange)).one()
    change.old_confirmed_at = change.done_at = now
    with pytest.raises(IntegrityError):
        db.session.flush()
    db.session.rollback()


def _without_tokens(page: str) -> str:
    content = page.partition("<main")[2].partition("</main>")[0]
    return "\n".join(line for line in content.splitlines() if "token" not in line and "idempotency" not in line)
