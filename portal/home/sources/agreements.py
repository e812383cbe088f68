from datetime import datetime
from typing import Any

import sqlalchemy as sa

from portal.agreements.models import Agreement
from portal.agreements.rules import AWAITS_SIGNATURE, AgreementState
from portal.auth.models import User
from portal.auth.permissions import Permission
from portal.home.queue import Task
from portal.home.sources.source import Moment, Source, part, task
from portal.partners.models import Partner
from portal.partners.rules import PartnerState

_SAYS = {
    AgreementState.DRAFT: ("Send the agreement", "prepared, not sent"),
    AgreementState.SENT: ("Talk to", "agreement sent, not opened"),
    AgreementState.VIEWED: ("Talk to", "agreement opened, not signed"),
}


def _unsigned(user: User, now: Moment) -> sa.Select[Any]:
    made = Agreement
    unsigned = part(
        ref=made.ref,
        partner=Partner.name,
        step=made.state,
        since=sa.func.coalesce(made.sent_at, made.created_at),
        due_on=sa.case((made.state.in_(AWAITS_SIGNATURE), made.sign_by)),
    )
    joined = unsigned.select_from(made).join(Partner, Partner.id == made.partner_id)
    return joined.where(made.state.in_(_SAYS)).order_by(made.created_at, made.id)


def _see_to_it(row: Any, now: datetime) -> Task:
    verb, about = _SAYS[AgreementState(row.step)]
    return task(f"{verb}: {row.partner}", about, f"/staff/agreements/{row.ref}", row)


def _missing(user: User, now: Moment) -> sa.Select[Any]:
    without = part(ref=Partner.ref, partner=Partner.name, since=Partner.state_since)
    none = ~sa.exists().where(Agreement.partner_id == Partner.id)
    return without.where(Partner.state == PartnerState.ONBOARDING, none).order_by(Partner.state_since, Partner.id)


def _prepare(row: Any, now: datetime) -> Task:
    url = f"/staff/partners/{row.ref}"
    return task(f"Prepare the agreement: {row.partner}", "a new partner without one", url, row)


UNSIGNED = Source(Permission.SEND_AGREEMENTS, _unsigned, _see_to_it)
MISSING = Source(Permission.MANAGE_PARTNERS, _missing, _prepare)
