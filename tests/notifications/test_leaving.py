"""Mails turned off from a mail: by the mail program itself, without signing in, once or ten times, and back again."""

from email import message_from_bytes
from email.message import Message
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.auth.models import User
from portal.auth.rules import Role
from portal.extensions import db
from portal.headers import is_from_anywhere
from portal.notifications import jobs, leaving
from portal.notifications.actions import NOBODY_THERE
from portal.notifications.leaving import kinds_of, off_path
from portal.notifications.models import Delivery
from portal.notifications.paces import KINDS, MailKind
from portal.scope import all_partners
from tests.notifications.test_paces import choose, gather
from tests.support import agreements, make, sales
from tests.support.client import Client
from tests.support.mailing import mails_go_to
from tests.support.make import NOON

CLICK = {"List-Unsubscribe": "One-Click"}
ELSEWHERE: tuple[dict[str, str], ...] = (
    {},
    {"Origin": "null"},
    {"Origin": "https://mail.example"},
    {"Sec-Fetch-Site": "cross-site"},
)
LABEL = KINDS[MailKind.REFERRALS].label


@pytest.fixture
def lead(app: Flask) -> User:
    sales.program()
    return sales.lead(time_zone="Europe/Berlin")


@pytest.fixture
def folder(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    mails_go_to(app, monkeypatch, tmp_path.as_uri())
    return tmp_path


def chosen(user: User) -> object:
    db.session.rollback()
    return db.session.scalar(all_partners(sa.select(User.mails).where(User.id == user.id), "a test"))


def sent(folder: Path, which: sa.ColumnElement[bool]) -> Message:
    """The one message of these, as it went out."""
    wanted = all_partners(sa.select(Delivery.id, Delivery.message_id).where(which), "a test")
    ((delivery_id, message_id),) = db.session.execute(wanted).all()
    jobs.attempt(delivery_id, 0, NOON)
    (file,) = folder.glob(f"*{message_id[:8]}*.eml")
    return message_from_bytes(file.read_bytes())


@pytest.mark.parametrize(
    ("event", "kinds"),
    [
        ("ReferralSubmitted", ["referrals"]),
        ("DealUpdateGiven", ["referrals"]),
        ("MessageSent", ["talk"]),
        ("ConflictEntered", ["claims"]),
        ("ClockBreached", ["promises"]),
        ("TaskDue", ["tasks"]),
        *((each, []) for each in ("PasswordChanged", "AgreementSent", "UserInvited", "EmergencyAsked", "", "Unheard")),
    ],
)
def test_only_what_is_chosen_can_be_turned_off(event: str, kinds: list[str]) -> None:
    assert [str(kind) for kind in kinds_of(event)] == kinds


def test_one_click_is_answered_wherever_it_comes_from(client: Client, lead: User) -> None:
    choose(lead, referrals="daily", talk="daily")
    colleague = make.partner_user(partner_id=lead.partner_id)
    path = off_path(lead.id, [MailKind.REFERRALS])
    page = client.get(path).text
    assert LABEL in page
    assert "Nothing has happened yet." in page
    assert chosen(lead) == {"referrals": "daily", "talk": "daily"}
    for origin in ELSEWHERE:
        done = client.post(path, data=CLICK, headers=origin, bare=True)
        assert (done.status_code, LABEL in done.text, "These mails are off" in done.text) == (200, True, True)
        assert chosen(lead) == {"referrals": "never", "talk": "daily"}
    assert chosen(colleague) is None
    assert "What comes in any case" in done.text
    assert "Agreements" in done.text
    for private in (lead.name, lead.email, "@"):
        assert private not in page + done.text


def test_a_program_that_only_tries_the_address_changes_nothing(client: Client, lead: User) -> None:
    path = off_path(lead.id, [MailKind.REFERRALS])
    for said in ({}, {"List-Unsubscribe": "no"}):
        assert client.post(path, data=said, bare=True).status_code == 400
    assert client.head(path).status_code == 200
    assert chosen(lead) is None


def test_it_is_undone_as_it_was_but_for_what_was_chosen_since(client: Client, lead: User) -> None:
    choose(lead, referrals="daily")
    both = off_path(lead.id, [MailKind.REFERRALS, MailKind.TALK])
    undo = client.post(both, data=CLICK, bare=True).text.partition('action="')[2].partition('"')[0]
    assert client.post(undo, bare=True).status_code == 400
    assert client.post(undo, headers={"Origin": "https://mail.example"}).status_code == 400
    assert chosen(lead) == {"referrals": "never", "talk": "never"}
    assert "come again" in client.post(undo).text
    assert chosen(lead) == {"referrals": "daily"}
    choose(lead, talk="never", referrals="at_once")
    client.post(undo)
    assert chosen(lead) is None
    assert client.get(undo).status_code == 405


def test_undone_after_it_was_off_already_they_come_at_once(lead: User) -> None:
    choose(lead, referrals="never")
    leaving.turn_on(leaving.turn_off(lead.id, [MailKind.REFERRALS]))
    db.session.commit()
    assert chosen(lead) is None


def test_whoever_has_left_is_answered_the_same_and_nothing_is_written(client: Client, lead: User) -> None:
    path = off_path(lead.id, [MailKind.REFERRALS])
    there = [client.get(path).text, client.post(path, data=CLICK, bare=True).text]
    choose(lead)
    left = sa.update(User).where(User.id == lead.id).values(disabled_at=NOON)
    db.session.execute(all_partners(left, "a test"))
    db.session.commit()
    gone = [client.get(path).text, client.post(path, data=CLICK, bare=True).text]
    assert [_without_marks(each) for each in gone] == [_without_marks(each) for each in there]
    assert chosen(lead) is None
    nobody = off_path(987_654, [MailKind.REFERRALS])
    assert client.post(nobody, data=CLICK, bare=True).status_code == 200


def _without_marks(page: str) -> list[str]:
    return [line for line in page.splitlines() if "idempotency_key" not in line and "csrf_token" not in line]


def test_a_link_does_the_one_thing_that_it_was_signed_for(client: Client, lead: User) -> None:
    path = off_path(lead.id, [MailKind.REFERRALS])
    forged = (path[:-1] + ("a" if path[-1] != "a" else "b"), path.replace("/off/", "/on/"), "/mails/off/x")
    for each in forged:
        found = client.post(each, data=CLICK)
        assert (found.status_code, "not one of ours" in found.text) == (404, True), each
    assert chosen(lead) is None


def test_a_mail_says_how_it_is_turned_off(lead: User, folder: Path) -> None:
    sales.referral(lead)
    db.session.commit()
    letter = sent(folder, Delivery.user_id == lead.id)
    off = letter["List-Unsubscribe"].strip()
    assert off.startswith("<http")
    assert leaving.read_off(off.rpartition("/")[2].rstrip(">")) == (lead.id, [MailKind.REFERRALS])
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    text, html = (str(part.get_payload(decode=True)) for part in letter.walk() if not part.is_multipart())
    assert off.strip("<>") in text
    assert off.strip("<>") in html


def test_the_days_mail_turns_off_what_comes_in_it(lead: User, folder: Path) -> None:
    choose(lead, referrals="daily", money="daily", talk="never")
    sales.referral(lead)
    db.session.commit()
    gather(NOON.replace(month=12))
    off = sent(folder, Delivery.event_kind == "Digest")["List-Unsubscribe"]
    assert leaving.read_off(off.rpartition("/")[2].rstrip(">"))[1] == [MailKind.REFERRALS, MailKind.MONEY]


def test_what_has_to_come_has_no_way_out(app: Flask, lead: User, folder: Path) -> None:
    manager, company = make.staff(Role.PARTNER_MANAGER), agreements.company(name="Harbour")
    signatory = agreements.signatory(company)
    agreements.sent(company)
    db.session.commit()
    assert sent(folder, Delivery.user_id == signatory.id)["List-Unsubscribe"] is None
    letter = {"link_id": None, "lines": [NOBODY_THERE, "One"]}
    assert leaving.ways_out(letter, "ReferralSubmitted", manager.id) == {}
    assert leaving.ways_out(letter | {"lines": ["One"]}, "ReferralSubmitted", None) == {}
    assert leaving.ways_out(letter | {"lines": ["One"], "link_id": 1}, "ReferralSubmitted", manager.id) == {}
    assert "off_path" in leaving.ways_out(letter | {"lines": ["One"]}, "ReferralSubmitted", manager.id)


def test_nothing_else_is_posted_from_anywhere(app: Flask) -> None:
    views = app.view_functions
    assert [name for name in views if is_from_anywhere(views[name])] == ["leaving.turn_off"]
