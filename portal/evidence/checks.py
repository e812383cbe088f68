from collections.abc import Iterator

import sqlalchemy as sa

from portal import storage
from portal.evidence.models import EvidencePiece, HeldFile
from portal.proof import check, rows


@check("Each file of proof is there, as it was added")
def files(connection: sa.Connection) -> Iterator[str]:
    kept = sa.select(EvidencePiece.ref, EvidencePiece.sha256).where(EvidencePiece.sha256.is_not(None))
    for ref, sha256 in rows(connection, kept):
        yield from _missing(f"proof {ref}", sha256)
    for id_, sha256 in rows(connection, sa.select(HeldFile.id, HeldFile.sha256)):
        yield from _missing(f"form {id_}", sha256)


def _missing(of: str, sha256: str) -> Iterator[str]:
    try:
        storage.get(sha256)
    except FileNotFoundError:
        yield f"The file of {of} is missing from the store: {sha256}."
    except storage.Damaged:
        yield f"The file of {of} has changed since it was added: {sha256}."
