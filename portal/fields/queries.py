from collections.abc import Mapping, Sequence
from json import loads
from typing import Any

import sqlalchemy as sa

from portal.extensions import Kept, db
from portal.fields.models import ReferralField
from portal.fields.rules import Kind, Question
from portal.json_rows import json_rows


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


_COLUMNS: dict[str, Any] = {
    name: getattr(ReferralField, name) for name in ("ref", "label", "hint", "kind", "required", "position", "id")
}
ASKED: Any = (
    sa.select(json_rows(**_COLUMNS, choices=sa.cast(ReferralField.choices, sa.Text)))
    .where(ReferralField.retired_at.is_(None))
    .scalar_subquery()
)
"""What is asked now, as a column of a statement that reads more: see `questions_as`."""


def questions_as(rows: Sequence[Mapping[str, Any]] | None) -> tuple[Question, ...]:
    """The same of an `ASKED` that was read already."""
    return tuple(
        Question(
            row["ref"],
            row["label"],
            row["hint"],
            Kind(row["kind"]),
            tuple(loads(row["choices"])),
            bool(row["required"]),
        )
        for row in sorted(rows or (), key=lambda row: (row["position"], row["id"]))
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
