from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from portal.auth.models import User
from portal.evidence.models import EvidencePiece, HeldFile
from portal.evidence.rules import Parties
from portal.extensions import Kept, db
from portal.json_rows import json_rows
from portal.lookalikes.domains import is_of_a_mail_provider
from portal.program import the_program
from portal.scope import all_partners, owned_by

_By = User.__table__.alias("evidence_by")


def beside(referral_id: Any) -> sa.ScalarSelect[Any]:
    """The pieces of a referral, as a column of the statement that reads it: see `shown.card`."""
    piece = EvidencePiece
    columns = {name: getattr(piece, name) for name in ("id", "ref", "kind", "finding", "name", "size", "sha256")}
    said = {name: getattr(piece, name) for name in ("says", "happened_on", "people", "subject", "sent_at", "added_at")}
    return (
        sa.select(json_rows(**columns, **said, by=_By.c.name))
        .join(_By, _By.c.id == piece.added_by_id)
        .where(piece.referral_id == referral_id)
        .scalar_subquery()
    )


def piece(partner_id: int, referral_id: int, ref: str) -> EvidencePiece:
    """One of a referral that the caller has loaded in its own scope; 404 for any other, and where its file is gone."""
    wanted = sa.select(EvidencePiece).where(
        EvidencePiece.partner_id == partner_id, EvidencePiece.referral_id == referral_id, EvidencePiece.ref == ref
    )
    found: EvidencePiece = db.one_or_404(owned_by(wanted.where(EvidencePiece.sha256.is_not(None)), partner_id))
    return found


def pieces(partner_id: int, referral_id: int) -> Sequence[EvidencePiece]:
    of_it = sa.select(EvidencePiece).where(
        EvidencePiece.partner_id == partner_id, EvidencePiece.referral_id == referral_id
    )
    return db.session.scalars(owned_by(of_it.order_by(EvidencePiece.id), partner_id)).all()


def held(user_id: int, token: str) -> Sequence[HeldFile]:
    """What waits for the next try of this person's form. Nothing does where it is the first one."""
    ids = _HELD.read({"whose": user_id, "token": token}).scalars().all()
    if not ids:
        return []
    return db.session.scalars(sa.select(HeldFile).where(HeldFile.id.in_(ids)).order_by(HeldFile.id)).all()


_HELD = Kept(
    sa.select(HeldFile.id).where(HeldFile.user_id == sa.bindparam("whose"), HeldFile.token == sa.bindparam("token"))
)


def held_count(user_id: int) -> int:
    own = sa.select(sa.func.count()).select_from(HeldFile).where(HeldFile.user_id == user_id)
    return int(db.session.scalar(own) or 0)


def parties(partner_id: int, *, domain: str, contact_name: str, contact_email: str) -> Parties:
    """Who is who: the partner's people by their addresses, and by their domain where it is no mail provider's."""
    own = sa.select(User.email).where(User.partner_id == partner_id, User.erased_at.is_(None))
    ours = sa.select(User.email).where(User.partner_id.is_(None), User.erased_at.is_(None))
    addresses = frozenset(db.session.scalars(owned_by(own, partner_id)))
    program = the_program()
    staff = [*db.session.scalars(all_partners(ours, "the domains of our own people"))]
    return Parties(
        prospect_domain=domain,
        contact_name=contact_name,
        contact_email=contact_email,
        partner_domains=_domains(addresses) - {domain},
        partner_addresses=addresses,
        our_domains=_domains([*staff, program.contact_email if program else ""]),
    )


def our_names() -> list[str]:
    """What we are called where somebody writes of us."""
    program = the_program()
    return [program.company_name, program.legal_name, program.name] if program else []


def _domains(addresses: Any) -> frozenset[str]:
    hosts = {each.rpartition("@")[2] for each in addresses if "@" in each}
    return frozenset(host for host in hosts if not is_of_a_mail_provider(host))
