from datetime import datetime
from functools import partial
from typing import Any

import sqlalchemy as sa

from portal.appeals.models import Appeal
from portal.appeals.rules import AppealState
from portal.auth.models import User
from portal.auth.permissions import Permission
from portal.home.queue import Task
from portal.home.sources.source import Moment, Source, part
from portal.partners.models import Partner
from portal.protections.models import Extension
from portal.protections.rules import ExtensionState
from portal.referrals.models import Referral
from portal.sla.models import SlaClock
from portal.sla.rules import ClockKind


def _extensions(user: User, now: Moment) -> sa.Select[Any]:
    asked = _promised(Extension, user, Referral.ref, Extension.asked_at, Extension.happened)
    return asked.where(Extension.state == ExtensionState.ASKED)


def _appeals(user: User, now: Moment) -> sa.Select[Any]:
    """Against decisions of others."""
    others = Appeal.against_id.is_distinct_from(user.id)
    return _promised(Appeal, user, Appeal.ref, Appeal.opened_at, Appeal.text).where(
        Appeal.state == AppealState.OPEN, others
    )


def _promised(of: Any, user: User, ref: Any, since: Any, text: Any) -> sa.Select[Any]:
    """What a partner asked and we promised to answer, but for referrals that the reader entered."""
    told = {"subject": Referral.company, "partner": Partner.name, "person": User.name, "text": text}
    return (
        part(ref=ref, since=since, due_at=SlaClock.due_at, **told)
        .select_from(of)
        .join(Referral, Referral.id == of.referral_id)
        .join(Partner, Partner.id == of.partner_id)
        .join(User, User.id == of.by_id)
        .join(SlaClock, (SlaClock.ref == of.ref) & (SlaClock.kind == ClockKind.DECISION))
        .where(Referral.entered_by_id.is_distinct_from(user.id))
        .order_by(since, of.id)
    )


def _tell(row: Any, now: datetime, *, verb: str, path: str) -> Task:
    return Task(
        title=f"{verb}: {row.subject}",
        about=f"“{row.text}”",
        partner=row.partner,
        person=row.person,
        url=path.format(row.ref),
        due_at=row.due_at,
        since=row.since,
        is_promise=True,
    )


EXTENSIONS = Source(
    Permission.DECIDE_CLAIMS,
    _extensions,
    partial(_tell, verb="Decide on the extension", path="/staff/referrals/{}/extension"),
)
APPEALS = Source(Permission.DECIDE_CLAIMS, _appeals, partial(_tell, verb="Answer the appeal", path="/staff/appeals/{}"))
