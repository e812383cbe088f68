from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.auth.models import User
from portal.auth.permissions import Permission
from portal.choices import fixed
from portal.criteria.rules import OUTCOME_LABEL
from portal.home.queue import Task
from portal.home.sources.source import Moment, Source, part
from portal.lookalikes.models import LookalikeFinding
from portal.partners.models import Partner
from portal.referrals.models import Referral
from portal.referrals.rules import FAR, Status

_Sender = aliased(User)
_CONFLICT = "conflict"
_READS = {_CONFLICT: "In conflict"} | {str(outcome): label for outcome, label in OUTCOME_LABEL.items()}


def _to_decide(user: User, now: Moment) -> sa.Select[Any]:
    """What we owe an answer on, and the reader decides."""
    # one by one: of an EXISTS, PostgreSQL reads the whole table before it begins
    alike = sa.select(sa.literal(1)).where(LookalikeFinding.ref == Referral.ref).limit(fixed(1)).scalar_subquery()
    owed = part(
        ref=Referral.ref,
        version=Referral.version,
        subject=Referral.company,
        partner=Partner.name,
        person=_Sender.name,
        step=sa.case((Referral.status == Status.CONFLICT, _CONFLICT), else_=Referral.reading["outcome"].as_string()),
        text=Referral.answer,
        number=sa.func.coalesce(alike, 0),
        due_at=Referral.due_at,
    )
    joined = owed.join(Partner, Partner.id == Referral.partner_id).join(_Sender, _Sender.id == Referral.by_id)
    return joined.where(Referral.due_at < FAR, ~decided_by_another(user)).order_by(Referral.due_at, Referral.id)


def decided_by_another(user: User) -> sa.ColumnElement[bool]:
    """What the reader entered, or decided before an appeal."""
    entered, decided = Referral.entered_by_id, Referral.first_decider_id
    return entered.is_not_distinct_from(user.id) | decided.is_not_distinct_from(user.id)


def _decide(row: Any, now: datetime) -> Task:
    return Task(
        title=f"{'Answered' if row.text else 'Decide'}: {row.subject}",
        about=_about(row),
        partner=row.partner,
        person=row.person,
        url=f"/staff/referrals/{row.ref}",
        due_at=row.due_at,
        is_promise=True,
        pick=f"{row.ref}.{row.version}",
    )


def _about(row: Any) -> str:
    if row.text:
        return f"“{row.text}”"
    return f"{_READS[row.step]}, a look-alike was found" if row.number else _READS[row.step]


TO_DECIDE = Source(Permission.DECIDE_REFERRALS, _to_decide, _decide)
