"""Who is told where two claims to one company meet: each side of its own, with the rule and the times."""

from typing import Any

from portal.conflicts import queries
from portal.conflicts.events import ClaimContested, ConflictEntered, ConflictLapsed, ConflictSetAside
from portal.events import reacts_to
from portal.notifications.actions import tell
from portal.notifications.messages import conflicts
from portal.notifications.readers import LEADS, Reader, company, company_of


@reacts_to(ConflictEntered)
def in_conflict(event: ConflictEntered) -> None:
    found = queries.one(event.conflict_id)
    ruling = found.Conflict.ruling
    tell(
        event,
        company(event, LEADS, also=[found.by_id]),
        lambda reader: conflicts.entered(ruling=ruling.for_claimant(reader.when), **_about(found, reader)),
    )


@reacts_to(ClaimContested)
def claim_stands(event: ClaimContested) -> None:
    found = queries.one(event.conflict_id)
    ruling = found.Conflict.ruling
    tell(
        event,
        company(event, LEADS, also=[found.holder_by_id]),
        lambda reader: conflicts.contested(
            company=found.held, ruling=ruling.for_holder(reader.when), ref=found.held_ref
        ),
    )


@reacts_to(ConflictSetAside)
def ruling_was_set_aside(event: ConflictSetAside) -> None:
    found = queries.one(event.conflict_id)
    tell(
        event,
        company(event, LEADS, also=[found.by_id]),
        lambda reader: conflicts.set_aside(**_about(found, reader)),
    )
    if found.Conflict.holder_id is not None and found.holder_by_id is not None:
        told = conflicts.set_aside_for_holder(company=found.held, ref=found.held_ref)
        readers = company_of(found.Conflict.holder_id, LEADS, event.at, also=[found.holder_by_id])
        tell(event, readers, lambda _: told, ref=found.Conflict.against_ref)


@reacts_to(ConflictLapsed)
def other_claim_ended(event: ConflictLapsed) -> None:
    found = queries.one(event.conflict_id)
    tell(
        event,
        company(event, LEADS, also=[found.by_id]),
        lambda reader: conflicts.lapsed(**_about(found, reader)),
    )


def _about(found: Any, reader: Reader) -> dict[str, str]:
    return {"company": found.company, "ref": found.ref, "due": reader.when(found.due_at)}
