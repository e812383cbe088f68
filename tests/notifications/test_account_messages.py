from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.auth import actions, invitations, links
from portal.auth.links import find
from portal.auth.models import User
from portal.auth.rules import LinkPurpose, Role
from portal.extensions import db
from portal.notifications import jobs
from portal.notifications.models import Delivery
from portal.scope import all_partners
from tests.notifications.outbox import outbox, outbox_is_complete
from tests.support import make
from tests.support.mailing import mails_go_to
from tests.support.make import NOON

PASSWORD = "seven green lamps at noon"


@pytest.fixture
def folder(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    mails_go_to(app, monkeypatch, tmp_path.as_uri())
    make.program()
    return tmp_path


def _invited(**given: str) -> User:
    lead = make.partner_user(name="Ana", partner_id=make.partner(name="Brightwater").id)
    invited = invitations.invite(
        lead,
        email="ben@brightwater.example",
        name="Ben",
        roles=frozenset({Role.PARTNER_MEMBER}),
        partner_id=lead.partner_id,
        now=NOON,
    )
    db.session.commit()
    return invited


def test_an_invitation_says_who_invites_where_and_until_when(app: Flask) -> None:
    make.program()
    _invited()
    (written,) = outbox("UserInvited")
    assert written.to == "ben@brightwater.example"
    assert written.subject == "You are invited to Brightwater in Lumen partners"
    assert "Ana opened an account for you." in written.text
    assert "works once, until Wed 25 Nov, 12:00" in written.text
    outbox_is_complete()


def test_the_link_is_in_the_mail_and_nowhere_in_the_database(folder: Path) -> None:
    links.new(None, make.staff(), LinkPurpose.RESET, NOON)
    _invited()
    (row,) = db.session.scalars(all_partners(sa.select(Delivery), "a test"))
    assert row.action_path == ""
    expected = row.link_id
    jobs.attempt(row.id, 0, NOON)
    (file,) = folder.glob("*.eml")
    sent = file.read_text().replace("=\n", "")
    token = sent.partition("/invitation/")[2].split()[0].replace("=2E", ".")
    link, user = find(token, LinkPurpose.INVITATION, NOON)
    assert (link.id, user.email) == (expected, "ben@brightwater.example")


def test_a_forgotten_password_is_answered_by_a_link(folder: Path) -> None:
    user = make.staff(password_hash="x", accepted_at=NOON)
    actions.ask_reset(user, now=NOON)
    db.session.commit()
    (written,) = outbox("PasswordResetAsked")
    assert written.to == user.email
    assert "until Wed 18 Nov, 13:00" in written.text
    outbox_is_complete()


def test_a_changed_password_is_told_to_its_owner(app: Flask) -> None:
    make.program()
    user = _invited()
    link = links.new(None, user, LinkPurpose.RESET, NOON)
    actions.reset_password(link, user, password=PASSWORD, now=NOON)
    db.session.commit()
    (written,) = outbox("PasswordChanged")
    assert written.to == user.email
    assert "It was not you?" in written.text
    outbox_is_complete()


def test_an_unknown_address_is_told_nothing(app: Flask) -> None:
    make.program()
    actions.ask_reset(None, now=NOON)
    db.session.commit()
    assert outbox() == []
