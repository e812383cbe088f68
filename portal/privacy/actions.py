"""What is asked for here is done by the worker: it may take a while, and outlasts a restart."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

import sqlalchemy as sa

from portal import attempts
from portal.auth import queries as accounts
from portal.auth.models import User
from portal.errors import Refused
from portal.events import publish
from portal.extensions import db
from portal.privacy import queries, rules
from portal.privacy.events import ErasureAsked, FileReleased, PersonExportAsked, RetentionChanged
from portal.privacy.files import File, looked_at
from portal.privacy.listing import new_salt
from portal.privacy.models import Erasure, PersonExport
from portal.privacy.rules import JobState, Keep, Reason, Subject
from portal.program import Program
from portal.refs import new_ref

PROGRAM_REF = "PROGRAM"


def ask_for_export(
    by: User, subject: Subject, ref: str, *, released: Collection[str] = (), now: datetime
) -> PersonExport:
    """Have everything about the person put into one file, for whoever asks. One that is being made is given again.

    Of `released` files they say that they have looked at them. Raises Refused for one that is not this copy's."""
    files = looked_at([(subject, ref)], released)
    refs = [each.ref for each in files]
    waiting = sa.select(PersonExport).where(
        PersonExport.subject_ref == ref, PersonExport.by_id == by.id, PersonExport.state == JobState.PENDING
    )
    for found in db.session.scalars(waiting):
        if found.released == refs:
            return found
    export = PersonExport(
        ref=new_ref("X", PersonExport.ref),
        subject=subject,
        subject_ref=ref,
        by_id=by.id,
        released=refs,
        **attempts.asked(now),
    )
    db.session.add(export)
    db.session.flush()
    publish(PersonExportAsked(by=by.id, at=now, ref=export.ref, subject_ref=ref))
    record_release(by, files, now=now)
    return export


def record_release(by: User, files: Iterable[File], *, now: datetime) -> None:
    """Who looked at which file before it was handed over."""
    for each in files:
        publish(FileReleased(by=by.id, at=now, ref=each.referral, file_ref=each.ref))


def ask_for_erasure(by: User | None, subject: Subject, ref: str, *, reason: Reason, now: datetime) -> Erasure:
    """Have the person erased; `by` is None on the command line.

    Raises Refused for oneself, for the last program admin, and while an order waits already."""
    if subject is Subject.USER:
        _check_account(by, ref)
    waiting = sa.select(Erasure.ref).where(Erasure.subject_ref == ref, Erasure.state == JobState.PENDING)
    if db.session.scalar(waiting) is not None:
        raise Refused("This person is being erased already.")
    erasure = Erasure(
        ref=new_ref("ER", Erasure.ref),
        subject=subject,
        subject_ref=ref,
        refs=[ref],
        reason=reason,
        by_id=by.id if by else None,
        salt=new_salt(),
        **attempts.asked(now),
    )
    db.session.add(erasure)
    db.session.flush()
    publish(ErasureAsked(by=erasure.by_id, at=now, ref=erasure.ref, subject_ref=ref, reason=reason))
    return erasure


def try_again(erasure: Erasure, *, now: datetime) -> None:
    """Another round for an order that was given up. Raises Refused for any other."""
    if erasure.state is not JobState.DEAD:
        raise Refused("Only an erasure that was given up is tried again.")
    for name, value in attempts.again(now).items():
        setattr(erasure, name, value)
    db.session.flush()


def change_retention(by: User, months: Mapping[Keep, int], *, now: datetime) -> None:
    """What holds from the next night on. Raises Refused naming the class."""
    rules.check_months(months)
    program = db.session.scalars(sa.select(Program)).one()
    program.retention = {str(keep): number for keep, number in months.items()}
    db.session.flush()
    publish(RetentionChanged(by=by.id, at=now, ref=PROGRAM_REF))


def _check_account(by: User | None, ref: str) -> None:
    user = queries.account(ref)
    if by is not None and user.id == by.id:
        raise Refused("You cannot erase yourself. Ask a colleague who manages personal data.")
    if accounts.is_last_admin(user.id):
        raise Refused(f"{user.name} is the last program admin. Make someone else one first.")
