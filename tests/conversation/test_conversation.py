"""What is said on a referral: whom it reaches, who reads it, and what is new to whom."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.auth.models import User
from portal.auth.rules import Role
from portal.conversation import actions, queries
from portal.conversation.file_rules import look
from portal.conversation.models import Conversation, Message
from portal.conversation.rules import SHOWN
from portal.errors import Refused
from portal.extensions import db
from portal.referrals.models import Referral
from portal.scope import all_partners
from tests.conversation.people import Cast, cast
from tests.notifications.outbox import outbox, told
from tests.support import make, sales
from tests.support.make import NOON
from tests.support.proof import nothing_broken

PDF = b"%PDF-1.7\nsmall"


@pytest.fixture
def people(app: Flask) -> Cast:
    return cast()


def say(by: User, referral: Referral, text: str, **given: object) -> Message:
    made = actions.write(by, referral, text=text, now=NOON, **given)  # type: ignore[arg-type]
    db.session.commit()
    return made


def seen(by: User, referral: Referral) -> list[str]:
    return [str(each.text) for each in queries.talk(by, referral, [referral.ref]).said]


def test_a_partners_message_reaches_who_has_the_referral(people: Cast) -> None:
    say(people.ben, people.bens, "Did you reach her?")
    assert told("MessageSent") == {people.maya.email}
    (mail,) = outbox("MessageSent")
    assert "Ben Okafor of Brightwater writes:" in mail.text
    assert "Did you reach her?" in mail.text
    assert mail.path == f"/staff/referrals/{people.bens.ref}#conversation"
    nothing_broken()


def test_our_answer_reaches_who_introduced_them_and_who_wrote(people: Cast) -> None:
    say(people.ana, people.bens, "I know them, too.")
    say(people.maya, people.bens, "Yes, on Tuesday.")
    written = [each for each in outbox("MessageSent") if "Tuesday" in each.text]
    assert {each.to for each in written} == {people.ana.email, people.ben.email}
    assert "Maya Lind of Lumen CRM writes:" in written[0].text


def test_a_note_is_for_our_own_people_and_tells_those_who_are_mentioned(people: Cast) -> None:
    say(people.maya, people.bens, "@Sam please call. @Ben must not know.", is_internal=True)
    assert told("NoteWritten") == {people.sam.email}
    assert seen(people.sam, people.bens) == ['<b class="mention">@Sam</b> please call. @Ben must not know.']
    assert seen(people.ben, people.bens) == seen(people.ana, people.bens) == []
    with pytest.raises(Refused, match="people of the program"):
        say(people.ben, people.bens, "A note", is_internal=True)
    nothing_broken()


def test_a_mention_tells_a_colleague_who_may_read_it_and_nobody_else(people: Cast) -> None:
    say(people.ben, people.bens, "@Ana knows more; @Carl and @Kim do not. @Sam?")
    assert told("MessageSent") == {people.maya.email, people.ana.email}
    assert "mentions you" in next(each.text for each in outbox("MessageSent") if each.to == people.ana.email)


def test_who_has_it_is_its_owner_once_it_is_qualified(people: Cast) -> None:
    deal = sales.qualified(people.ben)
    referral = db.session.scalars(
        all_partners(sa.select(Referral).where(Referral.id == deal.referral_id), "a test")
    ).one()
    say(people.ben, referral, "When do you call?")
    assert told("MessageSent") == {people.sam.email}
    contact = queries.talk(people.ben, referral, []).contact
    assert contact is not None
    assert (contact.name, contact.phone) == ("Sam Ortega", people.sam.phone)


def test_nobody_of_another_company_and_no_colleague_without_reach_writes_or_reads(people: Cast) -> None:
    say(people.ben, people.bens, "Ours alone")
    for stranger in (people.carl, people.kim):
        assert queries.visible_to(stranger).compile() is not None
        assert db.session.scalars(queries.visible_to(stranger)).all() == []
        with pytest.raises(Exception, match="404"):
            queries.to_write(stranger, people.bens.ref)
    for reader in (people.audrey, people.fay):
        with pytest.raises(Refused, match="and not write"):
            say(reader, people.bens, "I only read")


def test_what_is_new_is_counted_until_it_is_read(people: Cast) -> None:
    first = say(people.maya, people.bens, "One")
    say(people.maya, people.bens, "For us", is_internal=True)
    last = say(people.maya, people.bens, "Two")
    assert queries.unread(people.ben, [people.bens.id]) == {people.bens.id: 2}
    assert queries.unread(people.sam, [people.bens.id]) == {people.bens.id: 3}
    assert queries.unread(people.maya, [people.bens.id]) == {}
    actions.read(people.ben, people.bens, last.id)
    actions.read(people.ben, people.bens, first.id)
    assert queries.unread(people.ben, [people.bens.id]) == {}
    assert queries.unread(people.carl, [people.bens.id]) == {}


def test_a_partner_waits_from_their_first_word_until_one_of_ours(people: Cast) -> None:
    def since() -> object:
        return db.session.scalar(all_partners(sa.select(Conversation.waits_since), "a test"))

    say(people.ben, people.bens, "One")
    actions.write(people.ben, people.bens, text="Two", now=NOON + timedelta(hours=2))
    assert since() == NOON
    say(people.maya, people.bens, "For us", is_internal=True)
    assert since() == NOON
    say(people.maya, people.bens, "An answer")
    assert since() is None


def test_files_go_along_and_are_kept_as_they_were(people: Cast) -> None:
    made = say(people.ben, people.bens, "", files=[look("C:\\papers\\plan.pdf", PDF), look("list.csv", b"a,b\n1,2")])
    (said,) = queries.talk(people.maya, people.bens, []).said
    assert [each.name for each in said.files] in (["plan.pdf", "list.csv"], ["list.csv", "plan.pdf"])
    assert queries.file(people.ben, said.files[0].ref).message_id == made.id
    for stranger in (people.carl, people.kim):
        with pytest.raises(Exception, match="404"):
            queries.file(stranger, said.files[0].ref)
    note = say(people.maya, people.bens, "", files=[look("secret.pdf", PDF)], is_internal=True)
    (secret,) = (each for each in queries.talk(people.maya, people.bens, []).said if each.id == note.id)
    assert queries.file(people.sam, secret.files[0].ref).name == "secret.pdf"
    with pytest.raises(Exception, match="404"):
        queries.file(people.ben, secret.files[0].ref)
    nothing_broken()


def test_six_files_and_an_empty_message_are_refused(people: Cast) -> None:
    with pytest.raises(Refused, match="Up to 5 files"):
        say(people.ben, people.bens, "Look", files=[look(f"{n}.pdf", PDF) for n in range(6)])
    with pytest.raises(Refused, match="write something"):
        say(people.ben, people.bens, "  \x00\n ")


def test_the_page_shows_the_latest_and_the_rest_is_read_page_by_page(people: Cast) -> None:
    for number in range(SHOWN + 3):
        if number == SHOWN:
            assert not queries.talk(people.ben, people.bens, []).has_earlier
        actions.write(people.ben, people.bens, text=f"Number {number}", now=NOON + timedelta(minutes=number))
    talk = queries.talk(people.ben, people.bens, [people.bens.ref])
    assert (str(talk.said[0].text), str(talk.said[-1].text)) == ("Number 3", f"Number {SHOWN + 2}")
    assert talk.has_earlier
    assert {entry.kind for entry in talk.told} == {"ReferralSubmitted"}
    page = queries.page(people.ben, people.bens, token=None, url=str)
    assert [row.text for row in page.rows][-1] == "Number 0"


def test_those_who_acted_or_wrote_are_named_by_the_same_question(people: Cast) -> None:
    say(people.sam, people.bens, "How many people?")
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, sql: str, *_: Any) -> None:
        asked.append(sql)

    sa.event.listen(db.engine, "before_cursor_execute", note)
    try:
        found = queries.talk(people.ana, people.bens, [people.bens.ref])
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", note)
    assert ([each.by for each in found.said], found.told[-1].by) == ([people.sam.name], people.ben.name)
    assert len([sql for sql in asked if not sql.startswith("BEGIN")]) == 1


def test_the_database_refuses_what_the_code_would_never_do(people: Cast) -> None:
    made = say(people.ben, people.bens, "As it was")
    carl, ben, ana = people.carl.id, people.ben.id, people.ana.id
    row: dict[str, Any] = {"partner_id": people.bens.partner_id, "referral_id": people.bens.id, "at": NOON}
    row |= {"text": "x", "mentions": [], "by_mail": False}
    for change in (
        sa.update(Message).where(Message.id == made.id).values(author_id=ana),
        sa.delete(Message).where(Message.id == made.id),
    ):
        with pytest.raises(sa.exc.DBAPIError):
            db.session.execute(all_partners(change, "a test"))
        db.session.rollback()
    for author, is_internal in ((carl, False), (ben, True)):
        with pytest.raises(sa.exc.DBAPIError, match="its own sides"):
            db.session.execute(sa.insert(Message).values(**row, author_id=author, is_internal=is_internal))
        db.session.rollback()


def test_whoever_is_closed_is_not_told_and_the_leads_are_instead(people: Cast) -> None:
    people.ben.disabled_at = NOON
    db.session.commit()
    say(people.maya, people.bens, "Anybody there?")
    assert told("MessageSent") == {people.ana.email}
    make.staff(Role.QUALIFIER)
