"""Files in a copy. Nothing can be taken out of a file, and it may name others (Art. 15(4) GDPR): a contact's copy lists
each, and has those that the person added, and those that one of our people looked at and let go along."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from portal.auth.models import User
from portal.conversation.file_rules import ENDING, download_name
from portal.conversation.models import Message, MessageFile
from portal.errors import Refused
from portal.evidence.files import EXTENSIONS
from portal.evidence.models import EvidencePiece
from portal.extensions import db
from portal.privacy.rules import Subject
from portal.referrals.models import Referral
from portal.scope import all_partners

_WHY = "a person is told which files are held of them"
_ENDINGS = {**EXTENSIONS, **ENDING}
WITHIN = "In this copy, in the folder “papers”."
LATER = "It may name others. It is handed over after one of our people has looked at it."


@dataclass(frozen=True, kw_only=True)
class File:
    ref: str
    referral: str
    name: str
    at: datetime
    media_type: str
    size: int
    sha256: str
    is_own: bool
    """The person added it."""

    @property
    def kind(self) -> str:
        return _ENDINGS[self.media_type].upper()

    @property
    def url(self) -> str:
        """Where our people look at it."""
        is_proof = self.ref.startswith("EV-")
        return (
            f"/staff/referrals/{self.referral}/evidence/{self.ref}"
            if is_proof
            else f"/staff/referrals/files/{self.ref}"
        )

    @property
    def paper(self) -> str:
        """Its name in the copy: that of another's file may name somebody, too."""
        return f"{self.ref} {download_name(self.name)}" if self.is_own else f"{self.ref}.{_ENDINGS[self.media_type]}"

    def goes_along(self, released: Collection[str]) -> bool:
        return self.is_own or self.ref in released

    def listed(self, released: Collection[str]) -> dict[str, Any]:
        """As the copy tells of it, whether it is in it or not."""
        return {
            "ref": self.ref,
            "introduction": self.referral,
            "name": self.name,
            "added_at": self.at,
            "kind": self.kind,
            "size": self.size,
            "sha256": self.sha256,
            "handed_over": WITHIN if self.goes_along(released) else LATER,
        }


def about(email: str) -> list[File]:
    """Proof of the contact's introductions, and what went with messages about them."""
    return _found(Referral.contact_email == email, User.email == email)


def added_by(user: User) -> list[File]:
    return _found(User.id == user.id, sa.true())


def of_person(subject: Subject, ref: str) -> list[File]:
    """All that is held of a contact; nothing of an account, whose files are its own and always go along."""
    if subject is Subject.USER:
        return []
    named = sa.select(Referral.contact_email).where(Referral.ref == ref, Referral.erased_at.is_(None)).scalar_subquery()
    return _found(Referral.contact_email == named, User.email == named)


def to_look_at(subject: Subject, ref: str) -> list[File]:
    """What goes along with the copy only after somebody has looked at it; nothing of an account's own."""
    return [each for each in of_person(subject, ref) if not each.is_own]


def looked_at(people: Collection[tuple[Subject, str]], refs: Collection[str]) -> list[File]:
    """Those files. Raises Refused, naming it, for one that no copy of these people waits for."""
    there = {each.ref: each for subject, ref in people for each in to_look_at(subject, ref)} if refs else {}
    for ref in refs:
        if ref not in there:
            raise Refused(f"{ref} is no file that is to be looked at for this copy.")
    return [there[ref] for ref in sorted(set(refs))]


def _found(which: sa.ColumnElement[bool], is_own: sa.ColumnElement[bool]) -> list[File]:
    own = is_own.label("is_own")
    proof = (
        _columns(EvidencePiece, EvidencePiece.added_at, own)
        .join(Referral, Referral.id == EvidencePiece.referral_id)
        .join(User, User.id == EvidencePiece.added_by_id)
    )
    attached = (
        _columns(MessageFile, Message.at, own)
        .join(Message, (Message.id == MessageFile.message_id) & (Message.partner_id == MessageFile.partner_id))
        .join(Referral, Referral.id == Message.referral_id)
        .join(User, User.id == Message.author_id)
    )
    both = sa.union_all(
        proof.where(which, EvidencePiece.sha256.is_not(None)), attached.where(which, MessageFile.sha256.is_not(None))
    )
    rows = db.session.execute(all_partners(both.order_by("at", "ref"), _WHY))
    return [File(**row._mapping) for row in rows]


def _columns(of: Any, at: Any, own: Any) -> sa.Select[Any]:
    found = (of.ref.label("ref"), Referral.ref.label("referral"), of.name.label("name"), at.label("at"))
    return sa.select(*found, of.media_type, of.size, of.sha256, own).select_from(of)
