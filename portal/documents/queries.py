from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import defer

from portal.documents.models import Document
from portal.documents.rules import DocumentKind, DocumentState
from portal.extensions import db
from portal.scope import all_partners, owned_by

WITHOUT_SOURCE = defer(Document.html, raiseload=True), defer(Document.data, raiseload=True)


def document_of(kind: DocumentKind, ref: str, *, partner_id: int) -> Document | None:
    """The document of a record that the caller has loaded in its own scope; not yet made where sha256 is None."""
    wanted = sa.select(Document).where(Document.kind == kind, Document.ref == ref, Document.partner_id == partner_id)
    return db.session.scalar(owned_by(wanted.options(*WITHOUT_SOURCE), partner_id))


def given_up(limit: int = 100) -> Sequence[Document]:
    """Documents that could not be made, for the page on the health of jobs."""
    dead = sa.select(Document).where(Document.state == DocumentState.DEAD).order_by(Document.created_at.desc())
    return db.session.scalars(all_partners(dead.options(*WITHOUT_SOURCE).limit(limit), "job health")).all()


def waiting(limit: int = 100) -> int:
    """How many documents are still to be made, counted up to the limit."""
    some = sa.select(Document.id).where(Document.state == DocumentState.PENDING).limit(limit).subquery()
    return db.session.scalar(all_partners(sa.select(sa.func.count()).select_from(some), "job health")) or 0
