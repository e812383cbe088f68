"""Proof is added to a referral, or kept for a form that came back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from portal import storage
from portal.auth.models import User
from portal.errors import Refused
from portal.events import publish
from portal.evidence import mails, queries
from portal.evidence.events import EvidenceAdded
from portal.evidence.files import FIELD, Offered, offered
from portal.evidence.models import EvidencePiece, HeldFile
from portal.evidence.rules import (
    MOST_HELD,
    MOST_PIECES,
    Finding,
    Grade,
    Parties,
    PieceKind,
    Shown,
    finding,
    grade,
)
from portal.extensions import db
from portal.refs import new_ref


@dataclass(frozen=True)
class Proof:
    """What somebody offers at once: files, and what they say about them; without files it is a note."""

    files: Sequence[Offered] = ()
    says: str = ""
    happened_on: date | None = None
    people: str = ""

    @property
    def is_empty(self) -> bool:
        return not (self.files or self.says or self.people or self.happened_on)


@dataclass(frozen=True, kw_only=True)
class Introduced:
    """The referral that proof is for."""

    id: int
    ref: str
    partner_id: int
    company: str
    domain: str
    contact_name: str
    contact_email: str


def introduced(referral: Any) -> Introduced:
    return Introduced(**{name: getattr(referral, name) for name in Introduced.__dataclass_fields__})


def add(by: User, referral: Introduced, proof: Proof, *, now: datetime) -> Grade:
    """Keep the proof, each file once, and say which grade the referral has by it.

    Raises Refused for too many pieces, for a note without words, and for a day that lies ahead."""
    if proof.is_empty:
        raise Refused("Choose a file, or write a note of the call or meeting.", "proof_note")
    if not proof.files and not proof.says:
        raise Refused("Write in a sentence what was said.", "proof_note")
    if proof.happened_on and proof.happened_on > now.date():
        raise Refused("That day lies ahead.", "proof_on")
    there = queries.pieces(referral.partner_id, referral.id)
    known = {each.sha256 for each in there} - {None}
    made = [each for each in _pieces(by, referral, proof, now) if each.sha256 not in known]
    if not made:
        raise Refused("That is among the proof already.", FIELD)
    if len(there) + len(made) > MOST_PIECES:
        raise Refused(f"A referral has at most {MOST_PIECES} pieces of proof, and has {len(there)}.", FIELD)
    db.session.add_all(made)
    db.session.flush()
    then = grade(each.finding for each in (*there, *made))
    publish(EvidenceAdded(by=by.id, at=now, ref=referral.ref, partner_id=referral.partner_id, grade=then))
    return then


def read_again(referral: Introduced) -> None:
    """The contact or the company was corrected: what each piece shows is read against who they are now."""
    parties = _parties(referral)
    for each in queries.pieces(referral.partner_id, referral.id):
        each.finding = _finding(each, parties)
    db.session.flush()


def hold(by: User, token: str, files: Sequence[Offered], *, now: datetime, without: Sequence[int] = ()) -> None:
    """Keep the files of a form that came back; those of the rows `without` wait for it no longer.

    Raises Refused where too many wait."""
    waiting = {each.sha256: each for each in queries.held(by.id, token)}
    _leave_out(waiting.values(), without)
    fresh = {kept.sha256: (each, kept) for each in files for kept in [storage.put(each.data, each.type.media_type)]}
    fresh = {sha256: pair for sha256, pair in fresh.items() if sha256 not in waiting}
    if len(waiting) + len(fresh) > MOST_PIECES:
        raise Refused(f"At most {MOST_PIECES} files, please.", FIELD)
    if fresh and queries.held_count(by.id) + len(fresh) > MOST_HELD:
        raise Refused("Too many of your files wait for a form that was not sent. Tomorrow there is room again.", FIELD)
    for each, kept in fresh.values():
        row = {"name": each.name, "size": kept.size, "sha256": kept.sha256}
        db.session.add(HeldFile(user_id=by.id, token=token, at=now, **row))
    db.session.flush()


def held_files(by: User, token: str, without: Sequence[int] = ()) -> list[Offered]:
    """What waits for this form, but for what the person leaves out; it waits no longer."""
    waiting = queries.held(by.id, token)
    _leave_out(waiting, without)
    taken = [each for each in waiting if each.id not in without and storage.exists(each.sha256)]
    for each in taken:
        db.session.delete(each)
    return [offered(each.name, storage.get(each.sha256)) for each in taken]


def _leave_out(waiting: Iterable[HeldFile], without: Sequence[int]) -> None:
    """They stand in no form any more; the files go with the others that nobody came back for."""
    for each in waiting:
        if each.id in without:
            each.token = ""


def _pieces(by: User, referral: Introduced, proof: Proof, now: datetime) -> list[EvidencePiece]:
    parties = _parties(referral)
    told: dict[str, Any] = {
        "partner_id": referral.partner_id,
        "referral_id": referral.id,
        "says": proof.says,
        "happened_on": proof.happened_on,
        "people": proof.people,
        "added_at": now,
        "added_by_id": by.id,
    }
    files = {each.data: each for each in proof.files}.values()
    parts: list[dict[str, Any]] = [_of_file(each) for each in files] or [{"kind": PieceKind.NOTE}]
    made = [EvidencePiece(**told, **_NO_MAIL | each) for each in parts]
    for each in made:
        each.ref, each.finding = new_ref("EV", EvidencePiece.ref), _finding(each, parties)
    return made


_NO_MAIL: dict[str, Any] = {"sender": "", "recipients": [], "names_us": False}


def _of_file(file: Offered) -> dict[str, Any]:
    kept = storage.put(file.data, file.type.media_type)
    values: dict[str, Any] = {
        "kind": file.type.kind,
        "name": file.name,
        "size": kept.size,
        "media_type": kept.media_type,
        "sha256": kept.sha256,
    }
    if file.type.kind is PieceKind.MAIL:
        mail = mails.read(file.data)
        names = ("sender", "recipients", "subject", "message_id", "sent_at")
        values |= {name: getattr(mail, name) for name in names} | {"names_us": mail.names(queries.our_names())}
        values["recipients"] = list(mail.recipients)
    return values


def _finding(piece: EvidencePiece, parties: Parties) -> Finding:
    return finding(
        Shown(
            kind=piece.kind,
            says=piece.says,
            on=piece.happened_on,
            people=piece.people,
            sender=piece.sender,
            recipients=tuple(piece.recipients),
            names_us=piece.names_us,
        ),
        parties,
    )


def _parties(referral: Introduced) -> Parties:
    told = {name: getattr(referral, name) for name in ("domain", "contact_name", "contact_email")}
    return queries.parties(referral.partner_id, **told)
