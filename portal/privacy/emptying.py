"""Rows that say nothing of a person any more: what each class of data becomes, whoever asked for it, person or night.

Nothing here commits. Which columns hold something of a person is the inventory's to say, never this file's."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from portal.agreements.models import Agreement, Signature
from portal.auth.models import User
from portal.conversation.models import Message, MessageFile, RefusedMail
from portal.deals.models import Deal
from portal.deals.rules import OPEN as OPEN_DEALS
from portal.documents.models import Document
from portal.documents.rules import DocumentKind, DocumentState
from portal.drafts.models import ReferralDraft
from portal.evidence.models import EvidencePiece
from portal.extensions import Base, db
from portal.lookalikes import actions as lookalikes
from portal.notifications.models import Delivery
from portal.notifications.rules import DeliveryState
from portal.partners.models import PayoutDetails
from portal.privacy.inventory import COLUMNS, FILES
from portal.privacy.models import PersonExport
from portal.privacy.rules import ERASED_CONTACT, FIND_ANOTHER, JobState, Kind, pseudonym, pseudonym_address
from portal.privacy.traces import TAKEN_OUT, reading_without_words
from portal.referrals.models import Referral
from portal.saved_views.models import SavedView
from portal.scope import all_partners

_WHY = "personal data is erased wherever it is"
CONTACT = {"contact_name": ERASED_CONTACT}
PAPERS_OF_AGREEMENTS = (DocumentKind.AGREEMENT, DocumentKind.SIGNED_AGREEMENT)


@dataclass
class Left:
    """What was emptied, and what has to follow outside of the database."""

    counts: Counter[str] = field(default_factory=Counter)
    mails: list[str] = field(default_factory=list)
    """Message ids of mails that may lie in a folder."""
    files: list[str] = field(default_factory=list)
    """Hashes of stored files that no row names any more."""
    is_mail_under_way: bool = False
    """A worker had one of the mails in its hands: it may write it down once more."""

    @classmethod
    def from_data(cls, counts: dict[str, int], leftovers: dict[str, Any]) -> "Left":
        return cls(
            Counter(counts), [*leftovers.get("mails", [])], [*leftovers.get("files", [])], bool(leftovers.get("late"))
        )

    def to_data(self) -> dict[str, Any]:
        """Ids and hashes, never words."""
        return {"mails": self.mails, "files": self.files, "late": self.is_mail_under_way}


def empty_referral(referral: Referral, left: Left, *, now: datetime) -> None:
    """The contact, and everything that was told about them; the company, the dates and the decision stay."""
    values: dict[str, Any] = {name: _empty(Referral, name) for name in _columns("referrals", Kind.PROSPECT)}
    values |= CONTACT | {"reading": reading_without_words(referral.reading), "erased_at": now}
    for name, value in values.items():
        setattr(referral, name, value)
    _empty_beside("referral_id", referral.id)
    _empty_proof(referral, left)
    of_it = sa.select(Deal).where(Deal.referral_id == referral.id).with_for_update()
    refs = [referral.ref]
    for deal in db.session.scalars(all_partners(of_it, _WHY)):
        deal.next_step, deal.close_note = FIND_ANOTHER if deal.stage in OPEN_DEALS else "", ""
        deal.before = None
        _empty_beside("deal_id", deal.id)
        refs.append(deal.ref)
    empty_conversation(referral, left, now)
    empty_mails(Delivery.ref.in_(refs), left, keep_address=True)
    lookalikes.forget_contact(referral.ref)
    take_exports_away(PersonExport.subject_ref.in_(refs), left)
    left.counts["prospects"] += 1
    db.session.flush()


def _empty_proof(referral: Referral, left: Left) -> None:
    """The files and what was said of them; that there was proof, of which kind and grade, stays."""
    of_it = EvidencePiece.referral_id == referral.id
    hashes = db.session.scalars(all_partners(sa.select(EvidencePiece.sha256).where(of_it), _WHY))
    left.files += [sha256 for sha256 in hashes if sha256]
    nothing = {name: _empty(EvidencePiece, name) for name in _columns("evidence_pieces", Kind.PROSPECT)}
    db.session.execute(_all(sa.update(EvidencePiece).where(of_it)).values(nothing | {"sha256": None}))


def _empty_beside(column: str, record_id: int) -> None:
    """What was noted for the referral or the deal, in tables of their own."""
    for table in Base.metadata.sorted_tables:
        names = COLUMNS.get(table.name, {}).get(Kind.PROSPECT, "").split()
        if names and column in table.c and table.name != Deal.__tablename__:
            noted = sa.update(table).where(table.c[column] == record_id)
            db.session.execute(all_partners(noted, _WHY).values({name: _nothing(table.c[name]) for name in names}))


def _nothing(column: sa.Column[Any]) -> Any:
    """Where words stood; JSON that is a list of them stays a list."""
    if not isinstance(column.type, sa.JSON):
        return TAKEN_OUT
    return None if column.nullable else []


def empty_conversation(referral: Referral, left: Left, now: datetime) -> None:
    """Who wrote when stays; what was written, and the files, do not."""
    said = Message.referral_id == referral.id
    db.session.execute(_all(sa.update(Message).where(said)).values(text=TAKEN_OUT, mentions=[]))
    of_it = MessageFile.message_id.in_(sa.select(Message.id).where(said)) & MessageFile.sha256.is_not(None)
    hashes = db.session.scalars(all_partners(sa.select(MessageFile.sha256).where(of_it), _WHY))
    left.files += [sha256 for sha256 in hashes if sha256]
    db.session.execute(_all(sa.update(MessageFile).where(of_it)).values(name="", sha256=None, erased_at=now))


def empty_account(user: User, left: Left, *, now: datetime) -> None:
    """The account becomes a pseudonym that nobody can sign in with; mails to the person are emptied."""
    empty_mails(Delivery.user_id == user.id, left)
    delete_traces(user, left)
    refused = (RefusedMail.user_id == user.id) | (RefusedMail.sender == user.email)
    db.session.execute(all_partners(sa.delete(RefusedMail).where(refused), _WHY))
    for name in _columns("users", Kind.ACCOUNT):
        setattr(user, name, _empty(User, name))
    user.name, user.email = pseudonym(user.ref), pseudonym_address(user.ref)
    user.factor_since = user.first_views = user.visited_at = user.visited_before_at = None
    user.disabled_at = user.disabled_at or now
    user.erased_at = now
    take_exports_away(PersonExport.subject_ref == user.ref, left)
    db.session.execute(_all(sa.delete(ReferralDraft).where(ReferralDraft.by_id == user.id)))
    db.session.execute(_all(sa.delete(SavedView).where(SavedView.owner_id == user.id)))
    left.counts["accounts"] += 1
    db.session.flush()


def delete_traces(user: User, left: Left) -> None:
    """Every row by which the person signed in."""
    unlinked = sa.update(Delivery).where(Delivery.user_id == user.id).values(link_id=None)
    db.session.execute(_all(unlinked))
    for table in reversed(Base.metadata.sorted_tables):
        if Kind.SIGN_IN not in COLUMNS.get(table.name, {}):
            continue
        owner = table.c.user_id == user.id if "user_id" in table.c else table.c.email == user.email
        deleted = db.session.execute(all_partners(sa.delete(table).where(owner), _WHY))
        left.counts["traces"] += deleted.rowcount  # type: ignore[attr-defined]


def empty_mails(which: sa.ColumnElement[bool], left: Left, *, keep_address: bool = False) -> None:
    """That they were written, and when, stays; those that wait are never sent."""
    columns = (Delivery.message_id, Delivery.state, Delivery.attempts)
    for row in db.session.execute(all_partners(sa.select(*columns).where(which), _WHY)):
        left.mails.append(row.message_id)
        left.is_mail_under_way |= row.state is DeliveryState.PENDING and bool(row.attempts)
    unsent = sa.case((Delivery.state == DeliveryState.SENT, Delivery.state), else_=DeliveryState.ERASED)
    values: dict[str, Any] = {"subject": "", "lines": [], "error": "", "state": unsent}
    emptied = sa.update(Delivery).where(which)
    done = db.session.execute(_all(emptied).values(values if keep_address else values | {"to_address": ""}))
    left.counts["mails"] += done.rowcount  # type: ignore[attr-defined]


def empty_signatures(agreement: Agreement, left: Left) -> None:
    """Once the law no longer asks for them: the hashes, the time and the wording stay, the person does not."""
    signed = sa.select(Signature.id, User.ref).join(User, User.id == Signature.user_id)
    for row in db.session.execute(all_partners(signed.where(Signature.agreement_id == agreement.id), _WHY)).all():
        nobody = {"typed_name": pseudonym(row.ref), "email": "", "address": "", "user_agent": ""}
        db.session.execute(_all(sa.update(Signature).where(Signature.id == row.id)).values(nobody))
    agreement.reason = ""
    empty_papers(PAPERS_OF_AGREEMENTS, agreement.ref, left)
    left.counts["agreements"] += 1
    db.session.flush()


def empty_papers(kinds: Sequence[DocumentKind], ref: str, left: Left) -> None:
    """The source goes, and the file where no other document has the same bytes."""
    of_it = Document.kind.in_(kinds) & (Document.ref == ref)
    hashes = db.session.scalars(all_partners(sa.select(Document.sha256).where(of_it), _WHY))
    left.files += [sha256 for sha256 in hashes if sha256]
    gone = {"html": "", "data": None, "sha256": None, "state": DocumentState.ERASED, "title": ""}
    db.session.execute(_all(sa.update(Document).where(of_it)).values(gone))


def empty_payout_details(details: PayoutDetails, left: Left) -> None:
    details.holder, details.account_sealed, details.account_masked = "", "", ""
    left.counts["payments"] += 1
    db.session.flush()


def take_exports_away(which: sa.ColumnElement[bool], left: Left) -> None:
    """Copies of what was held, and the orders to make one."""
    of_them = which & (PersonExport.state != JobState.GONE)
    left.files += [sha256 for sha256 in db.session.scalars(sa.select(PersonExport.sha256).where(of_them)) if sha256]
    db.session.execute(sa.update(PersonExport).where(of_them).values(state=JobState.GONE, sha256=None, size=None))


def is_named(sha256: str) -> bool:
    """Whether a row still leads to the file."""
    leading = (Base.metadata.tables[table].c[name] for table, names in FILES.items() for name in names.split())
    found = (sa.select(column).where(column == sha256).limit(1) for column in leading)
    return any(db.session.scalar(all_partners(each, _WHY)) is not None for each in found)


def _columns(table: str, kind: Kind) -> list[str]:
    return COLUMNS[table][kind].split()


def _empty(model: type[Base], name: str) -> Any:
    column = model.__table__.c[name]
    if column.nullable:
        return None
    return [] if isinstance(column.type, sa.JSON) else ""


def _all(change: Any) -> Any:
    return all_partners(change.execution_options(synchronize_session=False), _WHY)
