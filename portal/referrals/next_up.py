"""After one decision the next: which referral waits, the most urgent first."""

from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from markupsafe import Markup

from portal.auth.models import User
from portal.auth.permissions import Permission
from portal.extensions import db
from portal.formats import words
from portal.referrals.models import Referral
from portal.referrals.queries import visible_to
from portal.referrals.rules import FAR


class NextUp(NamedTuple):
    ref: str
    company: str
    due_at: datetime


def next_up(user: User, *, after: Referral | None = None) -> NextUp | None:
    """The first that this person can decide; after one that still waits, the one that follows it. None at the end."""
    if not user.may(Permission.DECIDE_REFERRALS):
        return None
    key: Any = (Referral.due_at, Referral.id)
    waits = visible_to(user, Referral.ref, Referral.company, Referral.due_at).where(
        Referral.due_at < FAR,
        Referral.entered_by_id.is_distinct_from(user.id),
        Referral.first_decider_id.is_distinct_from(user.id),
    )
    if after is not None and after.due_at < FAR:
        waits = waits.where(sa.tuple_(*key) > (after.due_at, after.id))
    row = db.session.execute(waits.order_by(*key).limit(1)).one_or_none()
    return NextUp(*row) if row else None


def and_next(sentence: str, user: User) -> str:
    """The sentence of a decision, with the way to the next one."""
    found = next_up(user)
    if found is None:
        return f"{sentence} Nothing else waits for a decision."
    link = Markup('<a href="/staff/referrals/{}" data-key="n">{}</a>').format(found.ref, found.company)
    return Markup("{} Next: {}, due {}.").format(sentence, link, words().when(found.due_at))
