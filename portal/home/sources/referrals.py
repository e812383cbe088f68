from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.auth.models import User
from portal.auth.permissions import Permission
from portal.criteria.rules import OUTCOME_LABEL, Outcome
from portal.home.queue import Task
from portal.home.sources.source import Moment, Source, part
from portal.lookalikes.models import LookalikeFinding
from portal.partners.models import Partner
from portal.referrals.models import Referral
from portal.referrals.rules import FAR, Status

_Sender = aliased(User)


def _to_decide(user: User, now: Moment) -> sa.Select[Any]:
    """What we owe an answer on, and the reader decides."""
    alike = sa.exists().where(LookalikeFinding.ref == Referral.ref)
    owed = part(
        ref=Referral.ref,
        version=Referral.version,
        subject=Referral.company,
        partner=Partner.name,
        person=_Sender.name,
        step=sa.case((Referral.status == Status.CONFLICT, "conflict"), else_=Referral.reading["outcome"].as_string()),
        text=Referral.answer,
        number=sa.case((alike, 1), else_=0),
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
    reads = "In conflict" if row.step == "conflict" else OUTCOME_LABEL[Outcome(row.step)]
    return f"{reads}, a look-alike was found" if row.number else reads


TO_DECIDE = Source(Permission.DECIDE_REFERRALS, _to_decide, _decide)
