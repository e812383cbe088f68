"""Everything that is held of a person, row by row, for whoever has the right to a copy."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from portal.activity.models import EventRow
from portal.agreements.models import Agreement, Signature
from portal.auth.models import RoleGrant, User
from portal.conversation.models import Message, MessageFile, RefusedMail
from portal.deals.models import Deal
from portal.documents.models import Document
from portal.documents.rules import DocumentKind
from portal.drafts.models import ReferralDraft
from portal.errors import Refused
from portal.evidence.models import EvidencePiece
from portal.extensions import Base, db
from portal.notifications.models import Delivery
from portal.partners.models import Partner, PayoutDetails
from portal.privacy import files
from portal.privacy.inventory import COLUMNS, FREE_TEXT
from portal.privacy.mentions import mentions_of
from portal.privacy.others import Own, without_others
from portal.privacy.rules import CLASSES, Kind, Subject
from portal.privacy.traces import Traces
from portal.referrals.models import Referral
from portal.saved_views.models import SavedView
from portal.scope import all_partners

_WHY = "a person is told everything that is held of them"
SECRETS = frozenset({"token_hash", "nonce", "sealed", "digest", "public_key", "credential_id", "password_hash", "id"})
"""What proves who somebody is: it is in no copy."""
Row = dict[str, Any]


@dataclass(frozen=True)
class Part:
    """Rows of one kind; the name is that of its file."""

    name: str
    title: str
    kind: Kind
    rows: list[Row]

    @property
    def why(self) -> str:
        return f"{CLASSES[self.kind].purpose}. {CLASSES[self.kind].basis}."


@dataclass(frozen=True)
class Dossier:
    name: str
    email: str
    parts: list[Part]
    papers: list[tuple[str, str]]
    """Of each stored file that is about the person: its name and its hash."""


def gather(subject: Subject, ref: str, released: Collection[str] = ()) -> Dossier:
    """Of `released` files somebody has looked at. Raises Refused where nothing is held of this person any more."""
    return _of_user(ref) if subject is Subject.USER else _of_contact(ref, released)


def _of_user(ref: str) -> Dossier:
    own = sa.select(User).where(User.ref == ref, User.erased_at.is_(None))
    user = db.session.scalar(all_partners(own, _WHY)) or _gone()
    signed = sa.select(Agreement.ref.label("agreement"), *_columns(Signature)).join(
        Agreement, Agreement.id == Signature.agreement_id
    )
    mine = sa.select(Referral.ref, Referral.company, Referral.status, Referral.received_at)
    did = sa.select(EventRow.at, EventRow.kind, EventRow.ref).order_by(EventRow.seq)
    details = sa.select(PayoutDetails.ref, PayoutDetails.state, PayoutDetails.proposed_at, PayoutDetails.confirmed_at)
    mails = sa.select(Delivery.created_at, Delivery.to_address, Delivery.subject, Delivery.lines, Delivery.sent_at)
    refused = sa.select(RefusedMail.at, RefusedMail.sender, RefusedMail.subject, RefusedMail.trouble)
    parts = [
        _part("account", "The account", Kind.ACCOUNT, sa.select(*_columns(User)).where(User.id == user.id)),
        _part("roles", "Roles", Kind.ACCOUNT, sa.select(*_columns(RoleGrant)).where(RoleGrant.user_id == user.id)),
        *_sign_in_parts(user),
        _part("mails", "Mails to the person", Kind.MAIL, mails.where(Delivery.user_id == user.id)),
        _part("signatures", "Signatures", Kind.AGREEMENT, signed.where(Signature.user_id == user.id)),
        _part("referrals", "Referrals that the person sent", Kind.ACCOUNT, mine.where(Referral.by_id == user.id)),
        _part("drafts", "Referrals that the person began", Kind.PROSPECT, _drafts_of(user)),
        _part("views", "Views of lists that the person keeps", Kind.ACCOUNT, _views_of(user)),
        _part("proof", "Proof that the person added", Kind.ACCOUNT, _added_proof(user)),
        _part("messages", "Messages that the person wrote", Kind.PROSPECT, _said(Message.author_id == user.id)),
        _part("payout-details", "Entered payout details", Kind.MONEY, details.where(_had_a_hand_in(user))),
        _part("activity", "What the person did", Kind.ACCOUNT, did.where(EventRow.by_id == user.id)),
        _part("refused-mails", "Mails that were not taken", Kind.MAIL, refused.where(RefusedMail.user_id == user.id)),
        _mentioned(Traces(names=[user.name], addresses=[user.email], phones=[user.phone])),
    ]
    papers = [*_papers_of(user), *((each.paper, each.sha256) for each in files.added_by(user))]
    return Dossier(user.name, user.email, [part for part in parts if part.rows], papers)


def _of_contact(ref: str, released: Collection[str]) -> Dossier:
    named = sa.select(Referral.contact_name, Referral.contact_email).where(
        Referral.ref == ref, Referral.erased_at.is_(None)
    )
    name, email = db.session.execute(all_partners(named, _WHY)).one_or_none() or _gone()
    told = sa.select(Partner.name.label("introduced_by"), *_columns(Referral)).join(
        Partner, Partner.id == Referral.partner_id
    )
    of_them = Referral.contact_email == email
    referrals = _part("referrals", "Introductions", Kind.PROSPECT, told.where(of_them).order_by(Referral.id))
    ids = sa.select(Referral.id).where(of_them)
    deals = _part(
        "deals", "What became of them", Kind.PROSPECT, sa.select(*_columns(Deal)).where(Deal.referral_id.in_(ids))
    )
    refs = [row["ref"] for part in (referrals, deals) for row in part.rows]
    mails = sa.select(Delivery.created_at, Delivery.ref, Delivery.subject, Delivery.lines).where(Delivery.ref.in_(refs))
    phones = [str(row["contact_phone"]) for row in referrals.rows]
    kept = files.about(email)
    parts = [
        referrals,
        deals,
        _part("proof", "Proof of the introduction", Kind.PROSPECT, _proof(*_columns(EvidencePiece), of=ids)),
        _part("messages", "What was said about the introduction", Kind.PROSPECT, _said(Message.referral_id.in_(ids))),
        Part("files", "Files about the introduction", Kind.PROSPECT, [each.listed(released) for each in kept]),
        _part("mails", "Mails about the introduction", Kind.MAIL, mails.order_by(Delivery.id)),
        _mentioned(Traces(names=[name], addresses=[email], phones=phones)),
    ]
    own = Own(name, email, phones, {str(row["introduced_by"]) for row in referrals.rows})
    papers = [(each.paper, each.sha256) for each in kept if each.goes_along(released)]
    return Dossier(name, email, _alone([part for part in parts if part.rows], own), papers)


def _alone(parts: list[Part], own: Own) -> list[Part]:
    """The parts without anybody else: all at once, for who is named in one is looked for in all."""
    rows = iter(without_others((row for part in parts for row in part.rows), own))
    return [replace(part, rows=[next(rows) for _ in part.rows]) for part in parts]


def _proof(*columns: Any, of: sa.Select[Any]) -> sa.Select[Any]:
    return sa.select(*columns).where(EvidencePiece.referral_id.in_(of)).order_by(EvidencePiece.id)


def _part(name: str, title: str, kind: Kind, wanted: Any) -> Part:
    rows = [dict(row._mapping) for row in db.session.execute(all_partners(wanted, _WHY))]
    return Part(name, title, kind, rows)


def _sign_in_parts(user: User) -> list[Part]:
    """From every table of sign-in traces, what is no secret."""
    parts = []
    for table in Base.metadata.sorted_tables:
        if Kind.SIGN_IN in COLUMNS.get(table.name, {}) and "user_id" in table.c:
            shown = [column for column in table.c if column.name not in SECRETS and not column.foreign_keys]
            wanted = sa.select(*shown).where(table.c.user_id == user.id)
            title = table.name.replace("_", " ").capitalize()
            parts.append(_part(table.name.replace("_", "-"), title, Kind.SIGN_IN, wanted))
    return parts


def _mentioned(traces: Traces) -> Part:
    rows = []
    for name, ids in mentions_of(traces).items():
        table = Base.metadata.tables[name]
        texts = [table.c[column] for column in FREE_TEXT[name].split()]
        ref = table.c.ref if "ref" in table.c else sa.literal("").label("ref")
        wanted = sa.select(ref, *texts).where(table.c.id.in_(ids))
        for row in db.session.execute(all_partners(wanted, _WHY)):
            said = {column: value for column, value in row._mapping.items() if traces.taken_out_of(value) != value}
            rows += [{"in": name, "ref": row.ref, "said": value} for value in said.values()]
    return Part("mentions", "Where others name the person", Kind.PROSPECT, rows)


def _papers_of(user: User) -> list[tuple[str, str]]:
    signed = sa.select(Signature.agreement_id).where(Signature.user_id == user.id)
    papers = (
        sa.select(Document.ref, Document.sha256)
        .join(Agreement, Agreement.ref == Document.ref)
        .where(Document.kind == DocumentKind.SIGNED_AGREEMENT, Document.sha256.is_not(None), Agreement.id.in_(signed))
    )
    return [(f"{row.ref}.pdf", str(row.sha256)) for row in db.session.execute(all_partners(papers, _WHY))]


def _drafts_of(user: User) -> sa.Select[Any]:
    return sa.select(ReferralDraft.ref, ReferralDraft.saved_at, ReferralDraft.typed).where(
        ReferralDraft.partner_id == user.partner_id, ReferralDraft.by_id == user.id
    )


def _views_of(user: User) -> sa.Select[Any]:
    columns = (SavedView.ref, SavedView.of_list, SavedView.name, SavedView.choice, SavedView.is_shared, SavedView.at)
    return sa.select(*columns).where(SavedView.owner_id == user.id).order_by(SavedView.id)


def _added_proof(user: User) -> sa.Select[Any]:
    columns: tuple[Any, ...] = (
        EvidencePiece.ref,
        EvidencePiece.kind,
        EvidencePiece.name,
        EvidencePiece.says,
        EvidencePiece.added_at,
    )
    return sa.select(*columns).where(EvidencePiece.added_by_id == user.id).order_by(EvidencePiece.id)


def _said(which: sa.ColumnElement[bool]) -> Any:
    wanted = sa.select(Referral.ref, Message.at, User.name.label("by"), Message.text, MessageFile.name.label("file"))
    joined = (
        wanted.join(Referral, Referral.id == Message.referral_id)
        .join(User, User.id == Message.author_id)
        .outerjoin(MessageFile, (MessageFile.message_id == Message.id) & MessageFile.sha256.is_not(None))
    )
    return joined.where(which).order_by(Message.id, MessageFile.id)


def _had_a_hand_in(user: User) -> sa.ColumnElement[bool]:
    return (PayoutDetails.proposed_by_id == user.id) | (PayoutDetails.confirmed_by_id == user.id)


def _columns(model: type[Base]) -> Sequence[Any]:
    """All that is no secret and no number of another row."""
    return [column for column in model.__table__.c if column.name not in SECRETS and not column.foreign_keys]


def _gone() -> Any:
    raise Refused("Nothing is held of this person any more.")


def plain(value: Any) -> Any:
    """As a file says it."""
    return value.isoformat() if isinstance(value, datetime) else str(value)
