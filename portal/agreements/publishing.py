"""What agreements are made from, fee plans and the text: drafted by one, put to use for good."""

import re
from datetime import datetime
from typing import TypeVar

import sqlalchemy as sa

from portal.agreements import events, queries, texts
from portal.agreements.models import AgreementTemplate, FeePlan
from portal.agreements.plans import PlanRule
from portal.auth.holders import holders, names
from portal.auth.models import User
from portal.auth.permissions import Permission
from portal.errors import Refused
from portal.events import publish
from portal.extensions import db
from portal.money import currency_of
from portal.refs import new_ref

Kind = TypeVar("Kind", FeePlan, AgreementTemplate)


def draft_plan(by: User | None, *, name: str, currency: str, rate_bp: int, clause: str, now: datetime) -> FeePlan:
    """The next version of the plan of this name, or its first. `by` is None for the set-up."""
    slug = "-".join(re.findall(r"[a-z0-9]+", name.lower()))[:40].strip("-")
    if not slug:
        raise Refused("Give the plan a name of letters or digits.", "name")
    rule = PlanRule(name="first-deal", rate_bp=rate_bp, clause=clause)
    plan = FeePlan(
        ref=new_ref("F", FeePlan.ref),
        slug=slug,
        number=queries.next_version(slug),
        name=name,
        currency=currency_of(currency),
        rules=[rule.to_data()],
        created_by_id=by.id if by else None,
        created_at=now,
    )
    db.session.add(plan)
    db.session.flush()
    _tell_of_plan(events.FeePlanDrafted, by, plan, now)
    return plan


def publish_plan(by: User, plan: FeePlan, *, now: datetime) -> None:
    """Somebody else than its author puts the plan to use; from then on it never changes."""
    plan = _locked(plan)
    if plan.published_at is not None:
        raise Refused(f"Version {plan.number} of {plan.name} is already published.")
    if plan.created_by_id == by.id:
        others = holders(Permission.PUBLISH_FEE_PLANS, but=by.id)
        who = f"{names(others)} can" if others else "invite a second person as finance approver or program admin"
        raise Refused(f"You wrote this version, so somebody else publishes it: {who}.")
    plan.published_by_id, plan.published_at = by.id, now
    db.session.flush()
    _tell_of_plan(events.FeePlanPublished, by, plan, now)


def write_template(by: User | None, *, title: str, body: str, now: datetime) -> AgreementTemplate:
    """A new version of the text, as a draft. `by` is None for the set-up."""
    texts.check_template(body)
    newest = queries.newest_template()
    template = AgreementTemplate(
        number=newest.number + 1 if newest else 1,
        title=title,
        body=body,
        created_by_id=by.id if by else None,
        created_at=now,
    )
    db.session.add(template)
    db.session.flush()
    _tell_of_template(events.TemplateWritten, by, template, now)
    return template


def rewrite_template(by: User, template: AgreementTemplate, *, title: str, body: str, now: datetime) -> None:
    """Change a draft; what is published stays as it is."""
    texts.check_template(body)
    template = _locked(template)
    if template.published_at is not None:
        raise Refused(f"Version {template.number} is published and stays as it is. Write a new version.")
    template.title, template.body, template.created_by_id = title, body, by.id
    db.session.flush()
    _tell_of_template(events.TemplateWritten, by, template, now)


def publish_template(by: User | None, template: AgreementTemplate, *, now: datetime) -> None:
    template = _locked(template)
    if template.published_at is not None:
        raise Refused(f"Version {template.number} is already published.")
    texts.check_template(template.body)
    template.published_at = now
    db.session.flush()
    _tell_of_template(events.TemplatePublished, by, template, now)


def _locked(row: Kind) -> Kind:
    """The row as it is now; nobody else changes it until this transaction ends."""
    kind = type(row)
    fresh = sa.select(kind).where(kind.id == row.id).with_for_update().execution_options(populate_existing=True)
    return db.session.scalars(fresh).one()


def _tell_of_plan(
    told: type[events.FeePlanDrafted | events.FeePlanPublished], by: User | None, plan: FeePlan, now: datetime
) -> None:
    who = by.id if by else None
    publish(told(by=who, at=now, ref=plan.ref, plan_id=plan.id, name=plan.name, number=plan.number))


def _tell_of_template(
    told: type[events.TemplateWritten | events.TemplatePublished],
    by: User | None,
    template: AgreementTemplate,
    now: datetime,
) -> None:
    ref = f"T-{template.number}"
    publish(told(by=by.id if by else None, at=now, ref=ref, template_id=template.id, number=template.number))
