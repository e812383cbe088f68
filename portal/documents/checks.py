from collections.abc import Iterator

import sqlalchemy as sa

from portal import storage
from portal.documents.models import Document
from portal.documents.rules import DocumentState
from portal.proof import check, rows


@check("Every document that was made is there, as it was made")
def files(connection: sa.Connection) -> Iterator[str]:
    made = sa.select(Document.kind, Document.ref, Document.sha256).where(Document.state == DocumentState.MADE)
    for row in rows(connection, made):
        try:
            storage.get(row.sha256)
        except FileNotFoundError:
            yield f"The file of {row.kind} {row.ref} is missing from the store: {row.sha256}."
        except storage.Damaged:
            yield f"The file of {row.kind} {row.ref} has changed since it was made: {row.sha256}."
