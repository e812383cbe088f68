from collections.abc import Sequence

import sqlalchemy as sa

from portal.extensions import Kept, db
from portal.fields.models import ReferralField
from portal.fields.rules import Kind, Question


def questions() -> tuple[Question, ...]:
    """What is asked now, in its order."""
    return tuple(
        Question(row.ref, row.label, row.hint, Kind(row.kind), tuple(row.choices), row.required)
        for row in _ASKED.read()
    )


_ASKED = Kept(
    sa.select(*(getattr(ReferralField, name) for name in ("ref", "label", "hint", "kind", "choices", "required")))
    .where(ReferralField.retired_at.is_(None))
    .order_by(ReferralField.position, ReferralField.id)
)


def fields() -> Sequence[ReferralField]:
    """All that were ever asked, those that are asked now first."""
    retired = ReferralField.retired_at.is_not(None)
    ordered = sa.select(ReferralField).order_by(retired, ReferralField.position, ReferralField.id)
    return db.session.scalars(ordered).all()


def field(ref: str) -> ReferralField:
    """404 where there is none of this name."""
    found: ReferralField = db.one_or_404(sa.select(ReferralField).where(ReferralField.ref == ref))
    return found
