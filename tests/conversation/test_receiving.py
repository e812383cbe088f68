"""An answer by mail counts as what it answers, for the person it was given out to, once."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from flask import Flask

from portal import clock, mail, mail_in
from portal.auth.models import RoleGrant, User
from portal.conversation import actions, queries, receiving, reply_address, rules
from portal.conversation.file_rules import ALLOWED
from portal.conversation.models import Message, RefusedMail
from portal.conversation.rules import REFUSED_MOST, REPLIES_AN_HOUR, REPLY_HOLDS, Reply, Trouble
from portal.extensions import db
from portal.notifications import jobs as deliveries
from portal.referrals import actions as referrals
from portal.referrals.rules import Status
from portal.scope import all_partners
from tests.conversation.people import Cast, cast
from tests.notifications.outbox import outbox
from tests.support import sales
from tests.support.client import Client
from tests.support.make import NOON
from tests.support.proof import nothing_broken

MAILS = Path(__file__).parent / "mails"
LATER = NOON + timedelta(hours=1)


@pytest.fixture
def people(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Cast:
    settings = replace(app.config["SETTINGS"], reply_address="reply@portal.example")
    monkeypatch.setitem(app.config, "SETTINGS", settings)
    return cast()


def given_out(people: Cast, user: User | None = None, kind: Reply = Reply.MESSAGE, at: datetime = NOON) -> str:
    return reply_address.make(kind, (user or people.ben).id, people.bens.id, at)


def letter(to: str, text: str = "Tuesday.", sender: str = "ben@brightwater.example", **headers: str) -> bytes:
    lines = [f"From: {sender}", f"To: {to}", *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items())]
    return "\n".join([*lines, "Content-Type: text/plain; charset=utf-8", "", text]).encode()


def said() -> list[Message]:
    return list(db.session.scalars(all_partners(sa.select(Message).order_by(Message.id), "a test")))


def refused() -> list[tuple[Trouble, str]]:
    rows = db.session.scalars(sa.select(RefusedMail).order_by(RefusedMail.id))
    return [(row.trouble, row.referral_ref) for row in rows]


def test_an_answer_lands_in_the_conversation_with_its_file(people: Cast) -> None:
    raw = (MAILS / "apple.eml").read_bytes().replace(b"REPLY", given_out(people).encode())
    ref = people.bens.ref
    assert receiving.receive(raw, now=LATER) == (f"The message on {ref} is taken.", None)
    (message,) = said()
    assert message.text == (
        f"Tuesday suits her. The plan is below.\n\nLeft out: Größen.docx is of a kind that is not taken: {ALLOWED}."
    )
    assert (message.author_id, message.by_mail, message.is_internal) == (people.ben.id, True, False)
    (shown,) = queries.talk(people.maya, sales.again(ref), []).said
    assert [each.name for each in shown.files] == ["plan.pdf"]
    assert {each.to for each in outbox("MessageSent")} == {people.maya.email}
    assert receiving.receive(raw, now=LATER).is_done
    assert len(said()) == 1
    nothing_broken()


@pytest.mark.parametrize("name", ["out_of_office", "bounce", "mailing_list"])
def test_machines_are_not_answered_and_not_taken(people: Cast, name: str) -> None:
    raw = (MAILS / f"{name}.eml").read_bytes().replace(b"REPLY", given_out(people).encode())
    outcome = receiving.receive(raw, now=LATER)
    assert (outcome.trouble, outcome.is_done) == (Trouble.AUTOMATIC, True)
    assert said() == []


def test_a_note_is_answered_by_a_note(people: Cast) -> None:
    to = given_out(people, people.sam, Reply.NOTE)
    assert receiving.receive(letter(to, sender=people.sam.email), now=LATER).is_done
    assert [(each.is_internal, each.author_id) for each in said()] == [(True, people.sam.id)]


def test_an_answer_to_a_question_moves_the_referral_on(people: Cast) -> None:
    referrals.ask(people.maya, people.bens, seen_version=people.bens.version, now=NOON, question="Who decides?")
    db.session.commit()
    to = given_out(people, kind=Reply.ANSWER)
    assert "The answer on" in receiving.receive(letter(to, "The CFO.", Message_ID="<1@x>"), now=LATER).sentence
    again = sales.again(people.bens.ref)
    assert (again.status, again.answer) == (Status.UNDER_REVIEW, "The CFO.")
    assert said() == []
    receiving.receive(letter(to, "And the board.", Message_ID="<2@x>"), now=LATER)
    assert [each.text for each in said()] == ["And the board."]


def test_an_answer_to_an_earlier_question_is_no_answer_to_the_next(people: Cast) -> None:
    to = given_out(people, kind=Reply.ANSWER)
    asked: dict[str, Any] = {"question": "Anything else?", "now": NOON + timedelta(minutes=5)}
    referrals.ask(people.maya, people.bens, seen_version=people.bens.version, **asked)
    db.session.commit()
    receiving.receive(letter(to, "The CFO."), now=LATER)
    assert sales.again(people.bens.ref).status is Status.NEEDS_INFO
    assert [each.text for each in said()] == ["The CFO."]


def close(people: Cast) -> None:
    people.ben.disabled_at = NOON


def take_role(people: Cast) -> None:
    db.session.execute(all_partners(sa.delete(RoleGrant).where(RoleGrant.user_id == people.ben.id), "a test"))


def nothing(_: Cast) -> None: ...


@pytest.mark.parametrize(
    ("change", "sender", "now", "trouble"),
    [
        (nothing, "ben@elsewhere.example", LATER, Trouble.OTHER_SENDER),
        (nothing, "ben@brightwater.example, ana@brightwater.example", LATER, Trouble.OTHER_SENDER),
        (nothing, "ben@brightwater.example", NOON + REPLY_HOLDS, Trouble.EXPIRED),
        (close, "ben@brightwater.example", LATER, Trouble.NOBODY),
        (take_role, "ben@brightwater.example", LATER, Trouble.NOBODY),
    ],
)
def test_what_does_not_fit_is_refused_and_remembered(
    people: Cast, change: Any, sender: str, now: datetime, trouble: Trouble
) -> None:
    change(people)
    db.session.commit()
    outcome = receiving.receive(letter(given_out(people), sender=sender), now=now)
    assert (outcome.trouble, outcome.is_done) == (trouble, False)
    assert said() == []
    assert [each for each, _ in refused()] == [trouble]


def test_an_address_that_was_changed_in_any_place_is_nobodys(people: Cast) -> None:
    true = given_out(people)
    mark = re.search(r"\+(\w+)@", true)
    assert mark is not None
    assert len(mark[1]) == 44
    for place in range(44):
        other = "a" if mark[1][place] != "a" else "b"
        forged = f"reply+{mark[1][:place]}{other}{mark[1][place + 1 :]}@portal.example"
        found = reply_address.read(forged)
        assert found is None or found == reply_address.read(true)  # the last letter holds bits that mean nothing
    for strange in (
        "reply+@portal.example",
        "reply@portal.example",
        true.replace("portal", "x"),
        "reply+é@portal.example",
    ):
        assert reply_address.read(strange) is None
    assert reply_address.read(true.upper()) == (Reply.MESSAGE, people.ben.id, people.bens.id, NOON)
    assert receiving.receive(letter("reply+forged@portal.example"), now=LATER).trouble is Trouble.UNKNOWN_ADDRESS


def test_only_so_many_an_hour(people: Cast) -> None:
    for number in range(REPLIES_AN_HOUR):
        assert receiving.receive(letter(given_out(people), Message_ID=f"<{number}@x>"), now=LATER).is_done
    one_more = letter(given_out(people), Message_ID="<more@x>")
    assert receiving.receive(one_more, now=LATER).trouble is Trouble.TOO_MANY
    assert receiving.receive(one_more, now=LATER + timedelta(hours=2)).trouble is None


def test_so_many_an_hour_are_those_of_one_person_on_one_referral(people: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "REPLIES_AN_HOUR", 1)
    other, hour = sales.referral(people.ben), timedelta(hours=1)
    elsewhere = reply_address.make(Reply.MESSAGE, people.ben.id, other.id, NOON)
    of_ana = letter(given_out(people, people.ana), sender=people.ana.email)
    for number, raw in enumerate((letter(given_out(people)), letter(elsewhere), of_ana)):
        assert receiving.receive(raw, now=LATER).trouble is None, number
    assert [(each.author_id, each.referral_id) for each in said()] == [
        (people.ben.id, people.bens.id),
        (people.ben.id, other.id),
        (people.ana.id, people.bens.id),
    ]
    another = letter(given_out(people), Message_ID="<another@x>")
    assert receiving.receive(another, now=LATER + hour - timedelta(seconds=1)).trouble is Trouble.TOO_MANY
    assert receiving.receive(another, now=LATER + hour).trouble is None


def test_who_reads_and_does_not_write_is_refused_by_mail_too(people: Cast) -> None:
    raw = [letter(given_out(people, reader), sender=reader.email) for reader in (people.audrey, people.fay)]
    assert [receiving.receive(each, now=LATER).trouble for each in raw] == [Trouble.NOT_ALLOWED, Trouble.NOBODY]
    assert said() == []


def test_an_answer_of_files_alone_moves_it_on_and_brings_them(people: Cast) -> None:
    referrals.ask(people.maya, people.bens, seen_version=people.bens.version, now=NOON, question="Who decides?")
    db.session.commit()
    part = "--b\nContent-Type: application/pdf; name=chart.pdf\n\n%PDF-1.7 x\n--b--"
    heads = f"From: {people.ben.email}\nTo: {given_out(people, kind=Reply.ANSWER)}"
    receiving.receive(f"{heads}\nContent-Type: multipart/mixed; boundary=b\n\n{part}".encode(), now=LATER)
    assert sales.again(people.bens.ref).answer == "See the files that came with it."
    (shown,) = queries.talk(people.maya, sales.again(people.bens.ref), []).said
    assert [each.name for each in shown.files] == ["chart.pdf"]


@pytest.mark.parametrize(
    ("raw", "trouble"),
    [
        (b"\x00" * 100, Trouble.UNKNOWN_ADDRESS),
        (b"From: ben@brightwater.example\nTo: TO\n\n> quoted", Trouble.EMPTY),
        (b"From: ben@brightwater.example\nTo: TO\n\n" + b"x" * (25 * 1024 * 1024), Trouble.TOO_LARGE),
    ],
)
def test_nothing_and_too_much_are_refused(people: Cast, raw: bytes, trouble: Trouble) -> None:
    assert receiving.receive(raw.replace(b"TO", given_out(people).encode()), now=LATER).trouble is trouble


def test_a_long_mail_is_cut_and_says_so(people: Cast) -> None:
    receiving.receive(letter(given_out(people), "word " * 3_000), now=LATER)
    (message,) = said()
    assert message.text.endswith("The mail was longer; the rest is left out.")


def test_a_flood_of_refusals_is_not_kept(people: Cast) -> None:
    db.session.execute(
        sa.insert(RefusedMail),
        [{"at": NOON, "sender": "x", "subject": "", "trouble": Trouble.EMPTY} for _ in range(REFUSED_MOST)],
    )
    db.session.commit()
    receiving.receive(b"To: nobody\n\nx", now=LATER)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(RefusedMail)) == REFUSED_MOST


def test_refused_mails_are_seen_by_admins(client: Client, people: Cast) -> None:
    ref, path = people.bens.ref, "/staff/jobs/refused-mails"
    assert client.as_(people.maya).get(path).status_code == 403
    client.as_(people.audrey)
    receiving.receive(letter(given_out(people), sender="x@x.example", Subject="Re: Nordlys"), now=LATER)
    page = client.get(path).text
    assert "It came from another address" in page
    assert ref in page


def test_our_mail_says_where_an_answer_goes_and_keeps_its_thread(
    app: Flask, people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail.init_app(app)
    sent: list[mail.Letter] = []
    monkeypatch.setattr(mail, "send", sent.append)
    actions.write(people.ben, people.bens, text="One", now=NOON)
    actions.write(people.maya, people.bens, text="@Sam?", is_internal=True, now=NOON)
    actions.write(people.maya, people.bens, text="Two", now=NOON)
    referrals.ask(people.maya, people.bens, seen_version=people.bens.version, now=NOON, question="Who?")
    db.session.commit()
    maya, sam, ben = ((each.email, each.id) for each in (people.maya, people.sam, people.ben))
    ref = people.bens.ref.lower()
    for row in deliveries.due(LATER, 100):
        deliveries.attempt(*row, LATER)
    by_kind = {each.subject.partition(": ")[2].partition(" (")[0] + each.to: each for each in sent}
    kinds = {name: reply_address.read(each.reply_to) for name, each in by_kind.items() if each.reply_to}
    assert {(name, found.kind, found.user_id) for name, found in kinds.items() if found} >= {
        ("conversation" + maya[0], Reply.MESSAGE, maya[1]),
        ("conversation" + ben[0], Reply.MESSAGE, ben[1]),
        ("note" + sam[0], Reply.NOTE, sam[1]),
        ("a question for you" + ben[0], Reply.ANSWER, ben[1]),
    }
    assert all(not each.reply_to for each in sent if each.subject.startswith("Decide by"))
    composed = mail.compose(by_kind["conversation" + ben[0]]).message()
    assert composed["References"] == composed["In-Reply-To"] == f"<{ref}.conversation@localhost>"
    assert reply_address.is_ours(composed["Reply-To"])
    assert "You can answer this mail" in str(composed)


@pytest.mark.parametrize(("sender", "code"), [("ben@brightwater.example", 0), ("x@x.example", 1)])
def test_a_mail_server_hands_a_mail_over(
    app: Flask, people: Cast, monkeypatch: pytest.MonkeyPatch, sender: str, code: int
) -> None:
    monkeypatch.setattr(mail_in, "load_settings", lambda: app.config["SETTINGS"])
    monkeypatch.setattr(mail_in, "create_app", lambda _: app)
    raw = letter(reply_address.make(Reply.MESSAGE, people.ben.id, people.bens.id, clock.now()), sender=sender)
    ended = CliRunner().invoke(mail_in.main, input=raw)
    assert ended.exit_code == code
    assert len(ended.output.strip().splitlines()) == 1
    assert len(said()) == 1 - code
