from datetime import datetime
from typing import Any

from portal import attempts
from portal.documents.models import Document
from portal.documents.rules import DocumentKind, DocumentState
from portal.errors import Refused
from portal.extensions import db


def ask_for(
    kind: DocumentKind,
    ref: str,
    *,
    partner_id: int,
    title: str,
    html: str,
    now: datetime,
    data: dict[str, Any] | None = None,
) -> Document:
    """Have a PDF made by the worker: of this complete page, with `data` attached as terms.json."""
    document = Document(
        kind=kind, ref=ref, partner_id=partner_id, title=title, html=html, data=data, **attempts.asked(now)
    )
    db.session.add(document)
    db.session.flush()
    return document


def ask_again(document: Document, *, now: datetime) -> None:
    """Another round of attempts for a document that was given up. Raises Refused for any other."""
    if document.state is not DocumentState.DEAD:
        raise Refused("Only a document that could not be made is asked for again.")
    for name, value in attempts.again(now).items():
        setattr(document, name, value)
    db.session.flush()
