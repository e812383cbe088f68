"""Agreements as they come about: through the actions, each step by somebody who may take it."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from portal.agreements import actions, publishing
from portal.agreements.models import Agreement, AgreementTemplate, FeePlan
from portal.agreements.terms import Terms
from portal.auth.models import User
from portal.auth.rules import Role
from portal.extensions import db
from portal.partners import actions as partners
from portal.partners.models import Partner
from portal.scope import all_partners
from tests.support import make
from tests.support.make import NOON

TEXT = """Between **{{program_legal_name}}** and **{{partner_legal_name}}**, from {{effective_on}}.

## 4. Fees

**4.1** We pay {{rate}} of the net value of the first deal, on day {{payment_day}}.

**4.2** Taxes do not count.
"""


def person(*roles: Role, **given: Any) -> User:
    """Somebody with these roles, detached as the person of a request is."""
    made = make.user(*roles, **given)
    found = sa.select(User).where(User.id == made.id).options(selectinload(User.grants))
    user = db.session.scalars(all_partners(found, "a test").execution_options(populate_existing=True)).one()
    db.session.expunge(user)
    return user


def admin(**given: Any) -> User:
    return person(Role.PROGRAM_ADMIN, **given)


def signatory(partner: Partner, **given: Any) -> User:
    return person(Role.PARTNER_SIGNATORY, **{"partner_id": partner.id, "name": "Hana Novák"} | given)


def company(**given: Any) -> Partner:
    """A partner that is being taken on, through the action."""
    usual = {"name": "Harbour & Lane", "legal_name": "Harbour & Lane Ltd", "country": "GB", "address": ""}
    created = partners.create(None, now=NOON, **usual | given)
    db.session.commit()
    return created


def template(body: str = TEXT, now: datetime = NOON) -> AgreementTemplate:
    """A published text."""
    written = publishing.write_template(None, title="Referral agreement", body=body, now=now)
    publishing.publish_template(None, written, now=now)
    db.session.commit()
    return written


def plan(now: datetime = NOON, **given: Any) -> FeePlan:
    """A published plan."""
    usual: dict[str, Any] = {"name": "Standard", "currency": "EUR", "rate_bp": 1000, "clause": "4.1"}
    drafted = publishing.draft_plan(None, now=now, **usual | given)
    publishing.publish_plan(admin(), drafted, now=now)
    db.session.commit()
    return drafted


def draft(
    partner: Partner,
    *,
    text: AgreementTemplate | None = None,
    fees: FeePlan | None = None,
    now: datetime = NOON,
    **terms: Any,
) -> Agreement:
    text, fees = text or template(now=now), fees or plan(now=now)
    agreed = replace(Terms(currency=fees.currency, plan=fees.plan), **terms)
    prepared = actions.prepare(admin(), partner, template=text, plan=fees, terms=agreed, now=now)
    db.session.commit()
    return prepared


def sent(partner: Partner, *, now: datetime = NOON, **given: Any) -> Agreement:
    agreement = draft(partner, now=now, **given)
    actions.send(admin(), agreement, now=now)
    db.session.commit()
    return agreement


def signed(agreement: Agreement, by: User, *, now: datetime = NOON) -> None:
    actions.sign(
        by,
        agreement,
        seen_version=agreement.version,
        typed_name=by.name,
        consent=True,
        authority=True,
        address="203.0.113.7",
        user_agent="Tests",
        factor="password",
        now=now,
    )
    db.session.commit()


def in_force(partner: Partner, *, now: datetime = NOON, **given: Any) -> Agreement:
    agreement = sent(partner, now=now, **given)
    signed(agreement, signatory(partner), now=now + timedelta(hours=1))
    return agreement


def agreement(ref: str) -> Agreement:
    """As the database has it now."""
    wanted = sa.select(Agreement).where(Agreement.ref == ref).execution_options(populate_existing=True)
    return db.session.scalars(all_partners(wanted, "a test")).one()
