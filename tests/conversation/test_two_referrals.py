"""One conversation beside another of the same company: what is said, read, awaited and attached stays with its own."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.exceptions import NotFound

from portal.auth.models import User
from portal.conversation import actions, queries, reply_address
from portal.conversation.file_rules import look
from portal.conversation.models import Conversation, Message, MessageFile
from portal.conversation.rules import FILES_MOST
from portal.extensions import db
from portal.notifications.replying import reply_of
from portal.referrals.models import Referral
from portal.scope import all_partners
from tests.conversation.people import Cast, cast
from tests.support import sales
from tests.support.make import NOON

HOUR = timedelta(hours=1)
PDF = b"%PDF-1.7\nsmall"


@pytest.fixture
def people(app: Flask) -> Cast:
    return cast()


@pytest.fixture
def other(people: Cast) -> Referral:
    """Ben's second one."""
    return sales.referral(people.ben)


def say(by: User, referral: Referral, text: str, hours: int = 0, **given: object) -> Message:
    return actions.write(by, referral, text=text, now=NOON + hours * HOUR, **given)  # type: ignore[arg-type]


def test_each_shows_its_own_words_and_files(people: Cast, other: Referral) -> None:
    say(people.maya, people.bens, "Of the first", files=[look("first.pdf", PDF)])
    say(people.maya, other, "Of the second", files=[look("second.pdf", PDF)])
    for reader in (people.ben, people.ana, people.sam):
        for referral, word in ((people.bens, "first"), (other, "second")):
            whole = queries.page(reader, referral, token=None, url=str).rows
            shown = queries.talk(reader, referral, [referral.ref]).said
            assert [row.text for row in whole] == [str(each.text) for each in shown] == [f"Of the {word}"]
            (kept,) = shown[0].files
            assert queries.file(reader, kept.ref).name == f"{word}.pdf"
        assert queries.to_write(reader, other.ref).id == other.id
        with pytest.raises(NotFound):
            queries.to_write(reader, "R-222222")


def test_an_answer_to_a_mail_belongs_to_what_the_mail_was_about(
    app: Flask, people: Cast, other: Referral, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "SETTINGS", replace(app.config["SETTINGS"], reply_address="talk@portal.example"))
    ben = people.ben.id, people.ben.partner_id
    for referral_id, ref in [(each.id, each.ref) for each in (people.bens, other)]:
        given = reply_of(*ben, "MessageSent", {"action_path": f"/referrals/{ref}", "at": NOON})
        found = reply_address.read(given["reply_to"])
        assert (found and found.referral_id, given["thread"]) == (referral_id, f"{ref.lower()}.conversation")
    unknown = reply_of(*ben, "MessageSent", {"action_path": "/referrals/R-2222", "at": NOON})
    assert unknown == {"thread": "r-2222.conversation"}


def test_a_file_that_was_erased_is_gone(people: Cast) -> None:
    say(people.ben, people.bens, "", files=[look("plan.pdf", PDF)])
    kept = db.session.scalars(all_partners(sa.select(MessageFile), "a test")).one()
    kept.sha256, kept.erased_at = None, NOON
    db.session.flush()
    with pytest.raises(NotFound):
        queries.file(people.ben, kept.ref)


def test_five_files_are_not_too_many(people: Cast) -> None:
    say(people.ben, people.bens, "", files=[look(f"{number}.pdf", PDF) for number in range(FILES_MOST)])
    (said,) = queries.talk(people.ben, people.bens, []).said
    assert len(said.files) == FILES_MOST


def test_what_is_new_is_counted_for_each_alone(people: Cast, other: Referral) -> None:
    both = [people.bens.id, other.id]
    first = say(people.maya, people.bens, "One")
    say(people.maya, other, "Another", 1)
    say(people.ana, other, "And another", 2)
    assert queries.unread(people.ben, both) == {people.bens.id: 1, other.id: 2}
    assert queries.unread(people.ben, [other.id]) == {other.id: 2}
    assert queries.unread(people.ana, both) == {people.bens.id: 1}, "who writes has read what was said before"
    actions.read(people.ben, people.bens, first.id)
    assert queries.unread(people.ben, both) == {other.id: 2}
    assert queries.unread(people.kim, both) == {}


def test_the_newest_is_that_of_the_referral_up_to_the_moment(people: Cast, other: Referral) -> None:
    first, second = say(people.maya, people.bens, "One"), say(people.maya, people.bens, "Two", 2)
    say(people.maya, other, "Elsewhere", 1)
    found = {
        hours: queries.last_id(people.ben, people.bens.id, until=NOON + hours * HOUR) for hours in (-1, 0, 1, 2, 3)
    }
    assert found == {-1: 0, 0: first.id, 1: first.id, 2: second.id, 3: second.id}


def test_an_answer_on_one_leaves_the_other_waiting(people: Cast, other: Referral) -> None:
    say(people.ben, people.bens, "Hello?")
    say(people.ben, other, "And here?", 1)
    say(people.maya, people.bens, "Yes.", 2)
    waiting = sa.select(Conversation.waits_since).order_by(Conversation.referral_id)
    assert list(db.session.scalars(all_partners(waiting, "a test"))) == [None, NOON + HOUR]
