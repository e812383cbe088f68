import sqlalchemy as sa
from sqlalchemy.orm import defer

from portal.documents.models import Document
from portal.documents.rules import DocumentKind
from portal.extensions import db
from portal.scope import owned_by

WITHOUT_SOURCE = defer(Document.html, raiseload=True), defer(Document.data, raiseload=True)


def document_of(kind: DocumentKind, ref: str, *, partner_id: int) -> Document | None:
    """The document of a record that the caller has loaded in its own scope; not yet made where sha256 is None."""
    wanted = sa.select(Document).where(Document.kind == kind, Document.ref == ref, Document.partner_id == partner_id)
    return db.session.scalar(owned_by(wanted.options(*WITHOUT_SOURCE), partner_id))
