"""Documents that are asked for become files."""

from datetime import datetime

from portal import attempts, storage
from portal.documents.models import Document
from portal.documents.rules import DocumentState
from portal.pdf import Unprintable, typesetter


def due(now: datetime, limit: int) -> list[tuple[int, int]]:
    return attempts.due(Document, now, limit)


def attempt(document_id: int, number: int, now: datetime) -> None:
    """Make the PDF and keep it. No transaction is open while it is set."""
    source = attempts.claim(Document, document_id, number, now, Document.html, Document.data)
    if source is None:
        return
    try:
        stored = storage.put(typesetter.render(source.html, source.data), "application/pdf")
    except (Unprintable, OSError) as failure:
        attempts.fail(Document, document_id, number, now, str(failure))
    else:
        attempts.succeed(
            Document,
            document_id,
            number,
            state=DocumentState.MADE,
            sha256=stored.sha256,
            size=stored.size,
            made_at=now,
        )
