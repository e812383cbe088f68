"""Fees that are approved and on no statement yet: finance issues what can be paid, and whoever looks after partners
asks for what is missing."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from portal.auth.models import User
from portal.auth.permissions import Permission
from portal.choices import fixed
from portal.fees.models import FeeLine
from portal.fees.rules import LineState
from portal.formats import counted, money
from portal.home.queue import MOST, Task
from portal.home.sources.source import Moment, Source, part
from portal.partners.models import Partner
from portal.partners.rules import payout_block
from portal.payouts.standing import CHANGE_WAITS, HAS_DETAILS, LACKS, with_details

_APPROVED = FeeLine.state == LineState.APPROVED
_FEES, _MINOR = sa.func.count(FeeLine.id), sa.func.sum(FeeLine.amount_minor)
_ALL = 100_000
"""Partners. A limit is where a database begins anew: without one it reads the fees first."""


def _to_issue(user: User, now: Moment) -> sa.Select[Any]:
    """Of partners that can be paid, by currency, the oldest first."""
    first = sa.func.min(FeeLine.id).label("first_id")
    by = (FeeLine.partner_id, FeeLine.currency)
    e = sa.select(*by, _FEES.label("fees"), _MINOR.label("minor"), first).where(_APPROVED).group_by(*by).subquery().c
    can_be_paid = part(ref=Partner.ref, partner=Partner.name, number=e.fees, minor=e.minor, currency=e.currency)
    joined = with_details(can_be_paid.join(Partner, Partner.id == e.partner_id))
    return joined.where(~LACKS).order_by(e.first_id)


def _to_ask_for(user: User, now: Moment) -> sa.Select[Any]:
    """Of partners that lack something, by currency. They are few, and looked for first, step by step, so that what all
    others earned is neither read nor added up."""
    lack: tuple[Any, ...] = (
        Partner.id,
        Partner.ref,
        Partner.name,
        CHANGE_WAITS.label("waits"),
        HAS_DETAILS.label("has"),
    )
    lacking = with_details(sa.select(*lack).select_from(Partner)).where(LACKS)
    each = lacking.limit(fixed(_ALL)).subquery().c
    some = sa.select(FeeLine.id).where(FeeLine.partner_id == each.id, _APPROVED).limit(fixed(1)).scalar_subquery()
    few = sa.select(*each).where(some.is_not(None)).order_by(each.id).limit(fixed(MOST)).subquery()
    p = few.c
    step = sa.case((p.waits, "change"), (p.has, "tax form"), else_="details")
    told = part(ref=p.ref, partner=p.name, step=step, currency=FeeLine.currency, number=_FEES, minor=_MINOR)
    joined = told.select_from(few).outerjoin(FeeLine, (FeeLine.partner_id == p.id) & _APPROVED)
    return joined.group_by(p.id, p.ref, p.name, p.waits, p.has, FeeLine.currency)


def _issue(row: Any, now: datetime) -> Task:
    about = f"{money(int(row.minor), row.currency)}, {counted(row.number, 'fee')} approved"
    return Task(title=f"Issue a statement: {row.partner}", about=about, partner=row.partner, url="/staff/payouts/")


def _ask_for(row: Any, now: datetime) -> Task:
    missing = payout_block(has_details=row.step != "details", change_waits=row.step == "change", tax_form_on=None)
    about = f"{money(int(row.minor), row.currency)} waits. {missing}"
    url = f"/staff/partners/{row.ref}"
    return Task(title=f"Talk to: {row.partner}", about=about, partner=row.partner, url=url)


TO_ISSUE = Source(Permission.APPROVE_FEES, _to_issue, _issue)
TO_ASK_FOR = Source(Permission.MANAGE_PARTNERS, _to_ask_for, _ask_for)
