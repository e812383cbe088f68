from collections.abc import Callable
from datetime import datetime

import sqlalchemy as sa

from portal.extensions import db
from portal.refs import new_ref
from portal.unsent import queries
from portal.unsent.models import UnsentForm
from portal.unsent.rules import MOST, Typed
from portal.vault import seal


def keep(user_id: int, browser: str, typed: Typed, *, now: datetime) -> str:
    """Keep it for the person, and give its reference. Of too many the oldest go."""
    ref = new_ref("UF", UnsentForm.ref)
    sealed = seal(typed.to_text(), table="unsent_forms", row=ref, column="typed_sealed", partner=user_id)
    db.session.add(UnsentForm(ref=ref, user_id=user_id, browser=browser, typed_sealed=sealed, at=now))
    db.session.flush()
    own = sa.select(UnsentForm.id).where(UnsentForm.user_id == user_id).order_by(UnsentForm.id.desc())
    past = db.session.scalars(own.offset(MOST)).all()
    db.session.execute(sa.delete(UnsentForm).where(UnsentForm.id.in_(past)))
    return ref


def forget(user_id: int, browser: str, ref: str) -> None:
    """It is being sent: it goes in the same transaction, and stays where that is refused."""
    db.session.execute(sa.delete(UnsentForm).where(queries.is_own(user_id, browser), UnsentForm.ref == ref))


def forget_those_that(name_somebody: Callable[[str], bool]) -> int:
    """Throw away each that says something of a person who is erased, and say how many that were."""
    columns = (UnsentForm.id, UnsentForm.ref, UnsentForm.user_id, UnsentForm.typed_sealed)
    opened = (
        (row.id, queries.opened(row.typed_sealed, row.ref, row.user_id))
        for row in db.session.execute(sa.select(*columns))
    )
    named = [id_ for id_, typed in opened if typed is None or any(map(name_somebody, typed.texts))]
    db.session.execute(sa.delete(UnsentForm).where(UnsentForm.id.in_(named)))
    return len(named)
