"""Proof is added on a page of its own, shown on the referral's, and taken away as a file."""

import io
import re
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from portal import clock, storage, worker
from portal.auth.models import User
from portal.auth.rules import Role
from portal.errors import Refused
from portal.evidence import actions
from portal.evidence.files import offered
from portal.evidence.models import EvidencePiece, HeldFile
from portal.evidence.rules import HELD_FOR, MOST_PIECES, Grade
from portal.extensions import db
from portal.idempotency import FIELD, new_key
from portal.referrals.models import Referral
from portal.scope import all_partners
from tests.evidence.letters import PDF, PNG, eml
from tests.referrals.test_pages import TYPED
from tests.support import make, sales
from tests.support.client import Client
from tests.support.proof import broken_of_deals

WEBSITE = "calderfinch.example"


@pytest.fixture
def ana(app: Flask) -> User:
    sales.program()
    make.staff(Role.SALES_OWNER)
    return sales.lead(name="Ana Ferreira", email="ana@brightwater.example")


@pytest.fixture
def sent(ana: User) -> Referral:
    return sales.referral(ana, clock.now(), website=WEBSITE)


def pieces() -> list[EvidencePiece]:
    return list(db.session.scalars(all_partners(sa.select(EvidencePiece).order_by(EvidencePiece.id), "a test")))


def upload(*files: tuple[str, bytes]) -> dict[str, Any]:
    return {"proof_files": [(io.BytesIO(data), name) for name, data in files]}


def add(client: Client, ref: str, side: str = "", **typed: Any) -> TestResponse:
    return client.post(f"{side}/referrals/{ref}/evidence", data=typed, content_type="multipart/form-data")


def token_of(page: TestResponse) -> str:
    found = re.search(r'name="proof_token" type="hidden" value="([^"]+)"', page.text)
    assert found
    return found[1]


def test_their_answer_makes_it_an_a(client: Client, ana: User, sent: Referral) -> None:
    page = client.as_(ana).get(f"/referrals/{sent.ref}").text
    assert "Told, with no proof yet." in page
    letter = eml(cc="partners@portal.example", subject="Yes please")
    answer = add(client, sent.ref, **upload(("Re: intro.eml", letter)))
    assert answer.location.endswith(f"/referrals/{sent.ref}#evidence")
    page = client.get(f"/referrals/{sent.ref}").text
    assert 'aria-label="Grade A"' in page
    assert "Their own words" in page
    assert "“Yes please” · sent Tue 3 Nov" in page
    assert "added proof of the introduction. It counts as A." in page
    (piece,) = pieces()
    assert (piece.name, piece.size, piece.media_type) == ("Re: intro.eml", len(letter), "message/rfc822")
    assert storage.get(piece.sha256 or "") == letter
    assert f"SHA-256 {piece.sha256}" in page
    assert broken_of_deals() == []


def test_a_note_with_day_and_names_is_a_c_and_says_what_would_raise_it(
    client: Client, ana: User, sent: Referral
) -> None:
    add(
        client.as_(ana), sent.ref, proof_note="We called her together.", proof_on="2026-11-02", proof_people="Ruth, Ana"
    )
    page = client.get(f"/referrals/{sent.ref}").text
    assert 'aria-label="Grade C"' in page
    assert "with the one in which they answered, A." in page
    assert sales.grade_of(sales.again(sent.ref)) is Grade.C


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({}, "Choose a file, or write a note"),
        ({"proof_on": "2026-11-02", "proof_people": "Ruth"}, "Write in a sentence what was said."),
        ({"proof_note": "x", "proof_on": "2027-02-01"}, "That day lies ahead."),
        ({"proof_note": "x", "proof_on": "0026-11-02"}, "Look at the year once more."),
        ({"proof_note": "x", "proof_on": "tomorrow"}, "Please choose a day."),
        ((("a.exe", b"MZ\x90"),), "“a.exe” is none of what we keep"),
        ((("a.eml", b""),), "“a.eml” is empty."),
        ((("a.pdf", PDF), ("b.svg", b"<svg/>")), "“b.svg” is none of what we keep"),
        ({"proof_files": "words"}, "Choose a file, or write a note"),
    ],
)
def test_what_is_no_proof_comes_back_with_a_sentence(
    client: Client, ana: User, sent: Referral, typed: Any, said: str
) -> None:
    answer = add(client.as_(ana), sent.ref, **(upload(*typed) if isinstance(typed, tuple) else typed))
    assert (answer.status_code, pieces()) == (422, [])
    assert said in answer.text


def test_the_files_of_a_form_that_came_back_are_kept(client: Client, ana: User, sent: Referral) -> None:
    key = new_key()
    first = {"proof_on": "2999-01-01", FIELD: key}
    page = add(client.as_(ana), sent.ref, **first, **upload(("shot.png", PNG), ("paper.pdf", PDF)))
    assert "Leave out shot.png" in page.text
    token, (shot, _) = token_of(page), db.session.scalars(sa.select(HeldFile).order_by(HeldFile.id)).all()
    again = {"proof_on": "2026-11-02", "proof_people": "Ruth Calder", "proof_token": token, FIELD: key}
    answer = add(client, sent.ref, **again, proof_without=str(shot.id))
    assert answer.status_code == 303, answer.text
    assert [each.name for each in pieces()] == ["paper.pdf"]
    assert "Grade B" in client.get(f"/referrals/{sent.ref}").text


def test_a_kept_file_is_its_owners_alone(client: Client, ana: User, sent: Referral) -> None:
    page = add(client.as_(ana), sent.ref, proof_on="2999-01-01", **upload(("shot.png", PNG)))
    carl = sales.lead()
    own = sales.referral(carl, clock.now())
    token = token_of(page)
    answer = add(client.as_(carl), own.ref, proof_token=token, proof_note="Called.")
    assert answer.status_code == 303
    assert [each.name for each in pieces()] == [""]


def test_files_that_nobody_came_back_for_are_gone_after_a_day(app: Flask, client: Client, ana: User) -> None:
    sent = sales.referral(ana, clock.now())
    add(client.as_(ana), sent.ref, proof_note="Called.", **upload(("paper.pdf", PDF)))
    other = sales.referral(ana, clock.now())
    add(client, other.ref, proof_on="2999-01-01", **upload(("paper.pdf", PDF), ("shot.png", PNG)))
    paper, shot = db.session.scalars(sa.select(HeldFile.sha256).order_by(HeldFile.id)).all()
    db.session.commit()
    worker.run_until_idle(app, clock.now() + HELD_FOR - timedelta(minutes=1))
    assert storage.exists(shot)
    worker.run_until_idle(app, clock.now() + HELD_FOR + timedelta(minutes=1))
    assert db.session.scalars(sa.select(HeldFile)).all() == []
    assert not storage.exists(shot)
    assert storage.exists(paper), "it is the proof of another referral"


def test_the_same_file_is_proof_once(client: Client, ana: User, sent: Referral) -> None:
    add(client.as_(ana), sent.ref, **upload(("a.pdf", PDF)))
    answer = add(client, sent.ref, **upload(("b.pdf", PDF)))
    assert "That is among the proof already." in answer.text
    assert len(pieces()) == 1


def test_there_are_ten_at_most(ana: User, sent: Referral) -> None:
    about = actions.introduced(sent)
    for n in range(MOST_PIECES):
        actions.add(ana, about, actions.Proof(says=f"Note {n}"), now=clock.now())
    with pytest.raises(Refused, match="at most 10 pieces"):
        actions.add(ana, about, actions.Proof(says="One more"), now=clock.now())


def test_a_file_is_taken_away_and_never_shown(client: Client, ana: User, sent: Referral) -> None:
    page = b"From: a@x.example\nTo: b@x.example\n\n<script>alert(1)</script>"
    add(client.as_(ana), sent.ref, **upload(("x.html", page)))
    (piece,) = pieces()
    answer = client.get(f"/referrals/{sent.ref}/evidence/{piece.ref}")
    assert answer.data == page
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{piece.ref}.eml"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.mimetype == "message/rfc822"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    maya = make.staff(Role.QUALIFIER)
    assert client.as_(maya).get(f"/staff/referrals/{sent.ref}/evidence/{piece.ref}").data == page


def test_a_file_belongs_to_its_referral(client: Client, ana: User, sent: Referral) -> None:
    add(client.as_(ana), sent.ref, **upload(("a.pdf", PDF)))
    (piece,) = pieces()
    own, others = sales.referral(ana, clock.now()), sales.lead()
    assert client.get(f"/referrals/{own.ref}/evidence/{piece.ref}").status_code == 404
    foreign = sales.referral(others, clock.now())
    client.as_(others)
    for ref in (sent.ref, foreign.ref):
        assert client.get(f"/referrals/{ref}/evidence/{piece.ref}").status_code == 404
    member = make.partner_user(Role.PARTNER_MEMBER, partner_id=ana.partner_id)
    assert client.as_(member).get(f"/referrals/{sent.ref}/evidence/{piece.ref}").status_code == 404


def test_a_note_has_no_file(client: Client, ana: User, sent: Referral) -> None:
    add(client.as_(ana), sent.ref, proof_note="Called.")
    (piece,) = pieces()
    assert client.get(f"/referrals/{sent.ref}/evidence/{piece.ref}").status_code == 404


def test_proof_is_added_while_it_is_open_or_protected(client: Client, ana: User) -> None:
    deal = sales.qualified(ana, clock.now())
    referral = db.session.scalars(
        all_partners(sa.select(Referral).where(Referral.id == deal.referral_id), "a test")
    ).one()
    assert "Add proof" in client.as_(ana).get(f"/referrals/{referral.ref}").text
    assert add(client, referral.ref, proof_note="Called.").status_code == 303
    gone = sales.referral(ana, clock.now())
    client.post(f"/referrals/{gone.ref}/withdrawal", data={"version": gone.version})
    assert "Add proof" not in client.get(f"/referrals/{gone.ref}").text
    assert add(client, gone.ref, proof_note="Called.").status_code == 409
    maya = make.staff(Role.PARTNER_MANAGER, name="Maya Lindqvist")
    assert add(client.as_(maya), gone.ref, "/staff", proof_note="They called us too.").status_code == 303
    assert "by Maya Lindqvist" in client.get(f"/staff/referrals/{gone.ref}").text


@pytest.mark.parametrize("change", ["sha256 = 'x'", "kind = 'pdf'", "size = 1", "happened_on = '2020-01-01'"])
def test_what_was_added_stays_as_it_was(client: Client, ana: User, sent: Referral, change: str) -> None:
    add(client.as_(ana), sent.ref, **upload(("shot.png", PNG)))
    with pytest.raises(sa.exc.DBAPIError):
        db.session.execute(sa.text(f"UPDATE evidence_pieces SET {change}"))  # noqa: S608
    db.session.rollback()
    with pytest.raises(sa.exc.DBAPIError):
        db.session.execute(sa.text("DELETE FROM evidence_pieces"))
    db.session.rollback()


def test_a_corrected_contact_is_read_again(ana: User, sent: Referral) -> None:
    letter = offered("a.eml", eml(sender="zoe@othername.example", cc="partners@portal.example"))
    assert actions.add(ana, actions.introduced(sent), actions.Proof([letter]), now=clock.now()) is Grade.D
    sent.domain = "othername.example"
    actions.read_again(actions.introduced(sent))
    assert sales.grade_of(sent) is Grade.A


def test_a_lost_file_is_noticed(client: Client, ana: User, sent: Referral) -> None:
    add(client.as_(ana), sent.ref, **upload(("shot.png", PNG)))
    (piece,) = pieces()
    storage.delete(piece.sha256 or "")
    assert any(f"The file of proof {piece.ref} is missing" in each for each in broken_of_deals())


def send(client: Client, path: str = "/referrals/new", *files: tuple[str, bytes], **typed: str) -> TestResponse:
    data = TYPED | typed | upload(*files)
    return client.post(path, data=data, content_type="multipart/form-data", headers={"Accept": "text/html"})


def test_a_referral_is_sent_with_its_proof(client: Client, ana: User) -> None:
    answer = send(client.as_(ana), "/referrals/new", ("a.eml", eml(cc="partners@portal.example")))
    page = client.get(answer.location).text
    assert "Grade A" in page
    assert pieces()[0].added_by_id == ana.id


def test_without_proof_it_is_sent_all_the_same(client: Client, ana: User) -> None:
    assert send(client.as_(ana)).status_code == 303
    assert pieces() == []


def test_files_survive_another_mistake_of_the_form(client: Client, ana: User) -> None:
    page = send(client.as_(ana), "/referrals/new", ("a.eml", eml(cc="partners@portal.example")), company="")
    assert (page.status_code, "Leave out a.eml" in page.text) == (422, True)
    again = send(client, "/referrals/new", ("shot.png", PNG), proof_token=token_of(page), consent="")
    assert "Leave out a.eml" in again.text
    assert "Leave out shot.png" in again.text
    assert send(client, proof_token=token_of(page)).status_code == 303
    assert [each.name for each in pieces()] == ["a.eml", "shot.png"]
    assert db.session.scalars(sa.select(HeldFile)).all() == []


def test_files_survive_the_look_at_how_it_reads_and_the_draft(client: Client, ana: User) -> None:
    page = send(client.as_(ana), "/referrals/reading", ("a.eml", eml()))
    assert "Leave out a.eml" in page.text
    kept = send(client, "/referrals/drafts", ("shot.png", PNG), proof_token=token_of(page))
    assert kept.status_code == 303
    (ref,) = re.findall(r"draft=(RD-\w+)", client.get("/referrals/").text)[:1]
    page = client.get(f"/referrals/new?draft={ref}")
    assert "The files that you chose wait for this form" in page.text
    assert send(client, proof_token=token_of(page), draft=ref).status_code == 303
    assert [each.name for each in pieces()] == ["a.eml", "shot.png"]


def test_a_file_that_is_none_stops_the_referral_and_keeps_the_others(client: Client, ana: User) -> None:
    page = send(client.as_(ana), "/referrals/new", ("a.exe", b"MZ"), ("b.pdf", PDF))
    assert "“a.exe” is none of what we keep" in page.text
    assert "Leave out b.pdf" in page.text


def test_a_form_that_is_sent_twice_adds_its_proof_once(client: Client, ana: User) -> None:
    key = {FIELD: new_key()}
    first = send(client.as_(ana), "/referrals/new", ("b.pdf", PDF), **key)
    assert send(client, "/referrals/new", ("b.pdf", PDF), **key).location == first.location
    assert len(pieces()) == 1


def test_a_file_to_leave_out_has_a_number_that_can_be_one(client: Client, ana: User, sent: Referral) -> None:
    typed: dict[str, Any] = {"proof_without": ["9" * 5_000, "9" * 19, "x", ""], "proof_note": "We spoke"}
    assert add(client.as_(ana), sent.ref, **typed).status_code == 303
