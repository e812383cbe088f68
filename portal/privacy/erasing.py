"""Carrying out the order to erase a person: first what others wrote of them, then their own rows, then what is left in
files. Each step can be done twice, so that one that was interrupted is begun again."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

import sqlalchemy as sa

from portal.auth.models import User
from portal.database import only_reading
from portal.events import publish
from portal.extensions import Base, db
from portal.privacy import emptying, listing
from portal.privacy.emptying import Left
from portal.privacy.events import ContactErased, PersonErased
from portal.privacy.inventory import COLUMNS, FREE_TEXT
from portal.privacy.models import Erasure
from portal.privacy.rules import Kind, Subject
from portal.privacy.traces import Traces
from portal.referrals import actions as referrals
from portal.referrals.models import Referral
from portal.referrals.rules import OPEN
from portal.scope import all_partners

_WHY = "personal data is erased wherever it is"
_AT_A_TIME = 200
T = TypeVar("T")


def carry_out(erasure: Erasure, now: datetime) -> Left:
    """Empty the rows and commit; gives what is left to be swept. Done before, it only says that again."""
    if erasure.erased_at is not None:
        return Left.from_data(erasure.counts, erasure.leftovers)
    people, contacts = _rows(erasure)
    if contacts:
        erasure.refs = _refs_of(_address([], contacts))
    erasure.digest = listing.digest_of(_address(people, contacts), erasure.salt)
    _take_out_of_free_text(erasure, _traces(people, contacts))
    people, contacts = _rows(erasure, lock=True)
    left = Left.from_data(erasure.counts, erasure.leftovers)
    for user in people:
        emptying.empty_account(user, left, now=now)
    for referral in contacts:
        _erase_contact(erasure, referral, left, now)
    _keep(erasure, left)
    erasure.erased_at = now
    told = {"erasure_ref": erasure.ref, "reason": erasure.reason, "digest": erasure.digest}
    publish(PersonErased(by=erasure.by_id, at=now, ref=erasure.subject_ref, **told))
    db.session.commit()
    return left


def entry_of(erasure: Erasure) -> listing.Entry:
    """What the list keeps of it. Raises ValueError for one that was not carried out."""
    if erasure.erased_at is None:
        raise ValueError(f"{erasure.ref} was not carried out")
    return listing.Entry(
        ref=erasure.ref,
        subject=erasure.subject,
        refs=tuple(erasure.refs),
        reason=erasure.reason,
        at=erasure.erased_at,
        salt=erasure.salt,
        digest=erasure.digest,
    )


def _rows(erasure: Erasure, *, lock: bool = False) -> tuple[Sequence[User], Sequence[Referral]]:
    """The account, or the referrals, that still say something of the person."""
    model: Any = User if erasure.subject is Subject.USER else Referral
    wanted = sa.select(model).where(model.ref.in_(erasure.refs), model.erased_at.is_(None)).order_by(model.id)
    if lock:
        wanted = wanted.with_for_update().execution_options(populate_existing=True)
    found = db.session.scalars(all_partners(wanted, _WHY)).all()
    return (found, []) if erasure.subject is Subject.USER else ([], found)


def _refs_of(email: str) -> list[str]:
    """Every referral that names this contact by now, whoever sent it."""
    found = sa.select(Referral.ref).where(Referral.contact_email == email).order_by(Referral.id)
    return list(db.session.scalars(all_partners(found, _WHY)))


def _address(people: Sequence[User], contacts: Sequence[Referral]) -> str:
    return next((*(user.email for user in people), *(each.contact_email for each in contacts)), "")


def _traces(people: Sequence[User], contacts: Sequence[Referral]) -> Traces:
    own = [str(getattr(user, name) or "") for user in people for name in COLUMNS["users"][Kind.ACCOUNT].split()]
    return Traces(
        names=[*(user.name for user in people), *(each.contact_name for each in contacts)],
        addresses=[*own, *(each.contact_email for each in contacts)],
        phones=[each.contact_phone for each in contacts],
    )


def _erase_contact(erasure: Erasure, referral: Referral, left: Left, now: datetime) -> None:
    emptying.empty_referral(referral, left, now=now)
    publish(ContactErased(by=erasure.by_id, at=now, ref=referral.ref, partner_id=referral.partner_id))
    if referral.status in OPEN:
        referrals.end_without_contact(erasure.by_id, referral, now=now)


def _take_out_of_free_text(erasure: Erasure, traces: Traces) -> None:
    """Others' words keep their sense without the person. Looked for without a lock, changed a few rows at a time."""
    for table, ids in _mentions(traces).items():
        for some in _by(_AT_A_TIME, ids):
            left = Left.from_data(erasure.counts, erasure.leftovers)
            _change(Base.metadata.tables[table], some, traces, left)
            _keep(erasure, left)
            db.session.commit()


def _mentions(traces: Traces) -> dict[str, list[int]]:
    """Where a person's strings stand in what others wrote: ids by table."""
    found = {}
    db.session.commit()
    with only_reading():
        for name, columns in FREE_TEXT.items() if traces.strings else ():
            table = Base.metadata.tables[name]
            texts = [sa.cast(table.c[column], sa.Text) for column in columns.split()]
            named = sa.or_(*(text.icontains(each, autoescape=True) for text in texts for each in traces.stored))
            found[name] = list(db.session.scalars(all_partners(sa.select(table.c.id).where(named), _WHY)))
        db.session.rollback()
    return found


def _change(table: sa.Table, ids: Sequence[int], traces: Traces, left: Left) -> None:
    names = FREE_TEXT[table.name].split()
    wanted = sa.select(table).where(table.c.id.in_(ids)).with_for_update()
    for row in db.session.execute(all_partners(wanted, _WHY)).all():
        before = {name: getattr(row, name) for name in names}
        after = {name: traces.taken_out_of(value) for name, value in before.items()}
        if after == before:
            continue
        version = {"version": row.version + 1} if "version" in table.c else {}
        changed = sa.update(table).where(table.c.id == row.id).values(after | version)
        db.session.execute(all_partners(changed, _WHY))
        left.counts["mentions"] += 1
        if table.name == "deliveries":
            left.mails.append(row.message_id)
            left.is_mail_under_way |= row.state == "pending" and bool(row.attempts)


def _keep(erasure: Erasure, left: Left) -> None:
    erasure.counts, erasure.leftovers = dict(left.counts), left.to_data()
    db.session.flush()


def _by(size: int, items: Iterable[T]) -> Iterable[list[T]]:
    rest = iter(items)
    while some := list(islice(rest, size)):
        yield some
