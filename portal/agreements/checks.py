"""What must hold over all agreements."""

from collections.abc import Iterator

import sqlalchemy as sa

from portal.activity.models import EventRow
from portal.agreements.models import Agreement, Signature
from portal.agreements.moves import EVENT_OF
from portal.agreements.rules import IN_FORCE, AgreementState
from portal.agreements.texts import digest
from portal.documents.models import Document
from portal.documents.rules import DocumentKind
from portal.proof import check, rows

_WAS_SENT = Agreement.sent_at.is_not(None)
_WAS_SIGNED = Agreement.in_force_at.is_not(None)


@check("The text of every agreement has the hash that is kept with it")
def _text_has_its_hash(connection: sa.Connection) -> Iterator[str]:
    for row in rows(connection, sa.select(Agreement.ref, Agreement.body, Agreement.body_sha256)):
        if digest(row.body) != row.body_sha256:
            yield f"The text of agreement {row.ref} no longer has the hash {row.body_sha256}."


@check("Every agreement that came into force was signed by both sides, with the hash of its text")
def _signed_by_both(connection: sa.Connection) -> Iterator[str]:
    good = (
        sa.select(sa.func.count())
        .where(Signature.agreement_id == Agreement.id, Signature.document_sha256 == Agreement.body_sha256)
        .scalar_subquery()
    )
    wrong = sa.select(Agreement.ref, good.label("good")).where(
        sa.or_(_WAS_SIGNED, Agreement.state == IN_FORCE), good != 2
    )
    for row in rows(connection, wrong):
        yield f"Agreement {row.ref} came into force with {row.good} of 2 signatures on its text."


@check("No signature stands under a text that nobody was sent")
def _signed_what_was_sent(connection: sa.Connection) -> Iterator[str]:
    unsent = sa.select(Agreement.ref).join(Signature, Signature.agreement_id == Agreement.id).where(~_WAS_SENT)
    for row in rows(connection, unsent):
        yield f"Agreement {row.ref} is signed and was never sent."


@check("A partner has at most one agreement in force")
def _one_in_force(connection: sa.Connection) -> Iterator[str]:
    several = (
        sa.select(Agreement.partner_id, sa.func.count().label("count"))
        .where(Agreement.state == IN_FORCE)
        .group_by(Agreement.partner_id)
        .having(sa.func.count() > 1)
    )
    for row in rows(connection, several):
        yield f"Partner row {row.partner_id} has {row.count} agreements in force."


@check("Every state of an agreement has its event")
def _state_has_event(connection: sa.Connection) -> Iterator[str]:
    for state, kinds in EVENT_OF.items():
        told = sa.exists().where(EventRow.ref == Agreement.ref, EventRow.kind.in_(kinds))
        for row in rows(connection, sa.select(Agreement.ref).where(Agreement.state == state, ~told)):
            yield f"Agreement {row.ref} is {AgreementState(state).value}, and no event says how it came to that."


@check("What was sent has its paper, and what was signed has its signed one")
def _has_papers(connection: sa.Connection) -> Iterator[str]:
    for kind, when in ((DocumentKind.AGREEMENT, _WAS_SENT), (DocumentKind.SIGNED_AGREEMENT, _WAS_SIGNED)):
        paper = sa.exists().where(Document.ref == Agreement.ref, Document.kind == kind)
        for row in rows(connection, sa.select(Agreement.ref).where(when, ~paper)):
            yield f"Agreement {row.ref} has no document of the kind {kind.value}."
