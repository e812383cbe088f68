"""Files of proof hold personal data: a copy has them, an erasure and the end of their time take them away."""

import io
import zipfile
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from portal import clock, storage, worker
from portal.auth.models import User
from portal.config import Settings
from portal.evidence import actions as evidence
from portal.evidence.files import offered
from portal.evidence.models import EvidencePiece, HeldFile
from portal.evidence.rules import Grade
from portal.extensions import db
from portal.idempotency import new_key
from portal.privacy import actions, packing
from portal.privacy.rules import Reason, Subject
from portal.referrals.models import Referral
from portal.scope import all_partners
from tests.evidence.letters import PNG, eml
from tests.privacy import canary
from tests.privacy.canary import EMAIL, NAME
from tests.privacy.people import a_lead, begin, contact
from tests.support import make, sales

AT = "calderfinch.example"


@pytest.fixture
def settings(app: Flask) -> Settings:
    return begin(app)


def proven(by: User, letter: bytes, **given: str) -> Referral:
    sent = sales.referral(by, clock.now(), **given)
    files = [offered("a.eml", letter), offered(f"{NAME}.png", PNG + letter)]
    said = evidence.Proof(files, f"{NAME} said yes", clock.now().date() - timedelta(days=1), f"{NAME}, Ana")
    assert evidence.add(by, evidence.introduced(sent), said, now=clock.now()) is Grade.A
    db.session.commit()
    return sent


def erased(app: Flask, subject: Subject, ref: str) -> None:
    actions.ask_for_erasure(None, subject, ref, reason=Reason.ASKED, now=clock.now())
    db.session.commit()
    worker.run_until_idle(app, clock.now())


def pieces() -> list[EvidencePiece]:
    found = sa.select(EvidencePiece).order_by(EvidencePiece.id).execution_options(populate_existing=True)
    return list(db.session.scalars(all_partners(found, "a test")))


def hashes() -> list[str]:
    return [each.sha256 for each in pieces() if each.sha256]


def letter() -> bytes:
    return eml(sender=f"{NAME} <{EMAIL}>", cc="partners@portal.example")


def test_the_contacts_files_and_words_go_and_the_grade_stays(app: Flask, settings: Settings) -> None:
    sent = proven(a_lead(), letter(), **contact(website="canary.example"))
    files = hashes()
    erased(app, Subject.PROSPECT, sent.ref)
    for piece in pieces():
        assert (piece.sha256, piece.name, piece.says, piece.people, piece.sender) == (None, "", "", "", "")
        assert (piece.subject, piece.message_id, piece.recipients) == ("", "", [])
    assert min(each.finding for each in pieces()) == "prospect_wrote"
    assert len(files) == 2
    assert not any(map(storage.exists, files))
    assert canary.traces(settings) == []


def test_a_mail_that_names_somebody_who_is_erased_goes_as_a_whole(app: Flask, settings: Settings) -> None:
    ana = a_lead(email=EMAIL, name=NAME)
    others = sales.lead()
    kept = eml(sender="Ruth <ruth@calderfinch.example>", to="ana@x.example", cc="partners@portal.example")
    hidden = eml(
        sender="Ruth <ruth@calderfinch.example>", to="x@x.example", text=f"Grüße an {NAME}, Lumen CRM", cte="base64"
    )
    assert NAME.encode() not in hidden, "it stands in it in an encoding"
    by_others = sales.referral(others, clock.now(), website=AT)
    for file in (kept, hidden):
        proof = evidence.Proof([offered("a.eml", file)])
        evidence.add(others, evidence.introduced(by_others), proof, now=clock.now())
    evidence.hold(ana, new_key(), [offered("b.eml", eml(subject="Mine"))], now=clock.now())
    db.session.commit()
    files = [*hashes(), *db.session.scalars(sa.select(HeldFile.sha256))]
    db.session.commit()
    erased(app, Subject.USER, ana.ref)
    assert [bool(each.sha256) for each in pieces()] == [True, False]
    assert db.session.scalars(sa.select(HeldFile)).all() == []
    assert [storage.exists(each) for each in files] == [True, False, False]


def test_what_somebody_added_is_in_their_copy(settings: Settings) -> None:
    ana = a_lead()
    proven(ana, letter(), **contact(website="canary.example"))
    packed = packing.package([(Subject.USER, ana.ref)], clock.now(), lambda _: b"%PDF")
    copy = zipfile.ZipFile(io.BytesIO(packed))
    assert b"a.eml" in copy.read("csv/proof.csv")
    assert copy.read(f"papers/{pieces()[0].ref} a.eml") == letter()


def test_two_referrals_with_the_same_file_lose_it_one_by_one(app: Flask, settings: Settings) -> None:
    lead = a_lead()
    first = proven(lead, letter(), **contact(website="canary.example"))
    other = sales.referral(lead, clock.now(), website=AT)
    for each in (first, other):
        evidence.add(make.staff(), evidence.introduced(each), evidence.Proof([offered("a.png", PNG)]), now=clock.now())
    db.session.commit()
    erased(app, Subject.PROSPECT, first.ref)
    assert [bool(each.sha256) for each in pieces()] == [False, False, False, True]
