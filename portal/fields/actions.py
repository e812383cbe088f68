from collections.abc import Sequence
from datetime import datetime

from portal.auth.models import User
from portal.errors import Overtaken, Refused
from portal.events import publish
from portal.extensions import db
from portal.fields import queries, rules
from portal.fields.events import FieldAdded, FieldChanged, FieldMoved, FieldRetired, FieldReturned
from portal.fields.models import ReferralField
from portal.fields.rules import Kind
from portal.refs import new_ref


def add(
    by: User, *, label: str, hint: str, kind: Kind, choices: Sequence[str], required: bool, now: datetime
) -> ReferralField:
    """Ask one more question, after the others. Raises Refused for one that is asked already, or too many."""
    asked = _asked()
    rules.check_room(len(asked))
    _check_label(label, asked)
    field = ReferralField(
        ref=new_ref("Q", ReferralField.ref),
        position=max((each.position for each in asked), default=0) + 1,
        label=label,
        hint=hint,
        kind=kind,
        choices=list(choices),
        required=required,
    )
    db.session.add(field)
    db.session.flush()
    publish(FieldAdded(by=by.id, at=now, ref=field.ref))
    return field


def change(
    by: User,
    field: ReferralField,
    *,
    seen_version: int,
    label: str,
    hint: str,
    choices: Sequence[str],
    required: bool,
    now: datetime,
) -> None:
    """Word it anew. Referrals that were sent keep the question as it was asked; of which kind it is stays."""
    if field.version != seen_version:
        raise Overtaken
    _check_label(label, [each for each in _asked() if each.id != field.id])
    field.label, field.hint, field.choices, field.required = label, hint, list(choices), required
    db.session.flush()
    publish(FieldChanged(by=by.id, at=now, ref=field.ref))


def move_up(by: User, field: ReferralField, *, now: datetime) -> None:
    """Ask it one place earlier; the first one stays where it is."""
    before = [each for each in _asked() if each.position < field.position]
    if not before or field.retired_at is not None:
        return
    other = before[-1]
    other.position, field.position = field.position, other.position
    db.session.flush()
    publish(FieldMoved(by=by.id, at=now, ref=field.ref))


def retire(by: User, field: ReferralField, *, now: datetime) -> None:
    """Ask it no more. What was answered stays on the referrals."""
    if field.retired_at is None:
        field.retired_at = now
        db.session.flush()
        publish(FieldRetired(by=by.id, at=now, ref=field.ref))


def put_back(by: User, field: ReferralField, *, now: datetime) -> None:
    """Ask it again, after the others. Raises Refused where too many are asked by now."""
    if field.retired_at is None:
        return
    asked = _asked()
    rules.check_room(len(asked))
    _check_label(field.label, asked)
    field.retired_at, field.position = None, max((each.position for each in asked), default=0) + 1
    db.session.flush()
    publish(FieldReturned(by=by.id, at=now, ref=field.ref))


def _asked() -> list[ReferralField]:
    return [each for each in queries.fields() if each.retired_at is None]


def _check_label(label: str, others: Sequence[ReferralField]) -> None:
    if any(each.label.casefold() == label.casefold() for each in others):
        raise Refused("This is asked already.", "label")
