"""How the story begins: the program with its staff, and a company that signs its agreement."""

from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from portal.agreements import actions as agreements
from portal.agreements import publishing
from portal.agreements.models import AgreementTemplate, FeePlan
from portal.agreements.terms import Terms
from portal.auth import invitations
from portal.auth.rules import PARTNER_ROLES, STAFF_ROLES, Role
from portal.content import pieces
from portal.criteria import actions as criteria
from portal.criteria.words import default_data
from portal.engagement import actions as engagement
from portal.engagement.rules import SHIPPED
from portal.extensions import db
from portal.fields import actions as fields
from portal.fields.rules import Kind as FieldKind
from portal.partners import actions as partners
from portal.resources import actions as resources
from portal.resources.rules import ResourceKind
from portal.sla.models import BusinessCalendar
from tests.access.cast import Company, Staff
from tests.support import make

(TEXT,) = pieces(Path(__file__).parents[2] / "content", "agreement")


def begin(now: datetime) -> Staff:
    """The program, with one person for each role of staff."""
    make.program()
    week = [[[540, 1020]]] * 5 + [[], []]
    make.saved(BusinessCalendar(time_zone="Europe/Berlin", week=week, holidays=[]))
    staff = Staff(
        {str(role): make.staff(role, name=f"Staff {role}", has_password=True) for role in STAFF_ROLES},
        make.staff(Role.SALES_OWNER, name="Second owner", has_password=True),
    )
    criteria.publish(staff["program_admin"], criteria.draft(None, data=default_data(), now=now), now=now)
    criteria.draft(staff["content_editor"], data=default_data() | {"min_points": 41}, now=now)
    engagement.draft(staff["partner_manager"], data=SHIPPED.to_data() | {"customer": False}, seen_number=1, now=now)
    question: dict[str, Any] = {"hint": "", "kind": FieldKind.TEXT, "choices": (), "required": False}
    staff.refs["field"] = fields.add(staff["program_admin"], label="Asked too", **question, now=now).ref
    template = publishing.write_template(staff["program_admin"], title=TEXT.title, body=TEXT.body, now=now)
    publishing.publish_template(staff["program_admin"], template, now=now)
    publishing.write_template(staff["program_admin"], title="The next one", body=TEXT.body, now=now)
    for publisher in (staff["finance_approver"], None):
        plan = publishing.draft_plan(
            staff["program_admin"], name="Standard", currency="EUR", rate_bp=1000, clause="4.1", now=now
        )
        staff.refs["plan"] = plan.ref
        if publisher is not None:
            publishing.publish_plan(publisher, plan, now=now)
    texts: dict[str, Any] = {"summary": "In one line.", "draft": "# Text", "now": now}
    for slug, kind in (("three-sentences", ResourceKind.GUIDE), ("who-buys", ResourceKind.PROFILE)):
        written = resources.write(staff["content_editor"], slug=slug, kind=kind, title=slug, **texts)
        resources.publish(staff["content_editor"], written, now=now)
    resources.write(staff["content_editor"], slug="not-yet", kind=ResourceKind.GUIDE, title="Not yet", **texts)
    db.session.commit()
    return staff


def company(word: str, staff: Staff, now: datetime) -> Company:
    """A company that signed its agreement, with one person for each role and a colleague of the member."""
    manager = staff["partner_manager"]
    names = {"name": f"{word} Consulting", "legal_name": f"{word} legal name", "address": f"{word} street 1"}
    partner = partners.create(manager, **names, country="DE", now=now)
    made = Company(word, partner)
    made.note("partner", partner.ref)
    for role in (*PARTNER_ROLES, "colleague"):
        held = Role.PARTNER_MEMBER if role == "colleague" else Role(role)
        person = {"name": f"{word} {role} person", "email": f"{role}@{word.lower()}.example"}
        made.people[role] = make.partner_user(held, partner_id=partner.id, has_password=True, **person)
        made.note("person", made[role].ref)
    invited = {"email": f"invited@{word.lower()}.example", "name": f"{word} invited person"}
    made.people["invited"] = invitations.invite(
        made["partner_admin"], **invited, roles=frozenset({Role.PARTNER_MEMBER}), partner_id=partner.id, now=now
    )
    made.note("person", made["invited"].ref)
    _agree(made, staff, now)
    db.session.commit()
    return made


def _agree(made: Company, staff: Staff, now: datetime) -> None:
    manager, signatory = staff["partner_manager"], made["partner_signatory"]
    template = db.session.scalars(sa.select(AgreementTemplate).where(AgreementTemplate.number == 1)).one()
    plan = db.session.scalars(sa.select(FeePlan).where(FeePlan.number == 1)).one()
    terms = Terms(currency="EUR", plan=plan.plan)
    drafted: dict[str, Any] = {"template": template, "plan": plan, "terms": terms, "now": now}
    agreement = agreements.prepare(manager, made.partner, **drafted)
    agreements.send(manager, agreement, now=now)
    agreements.view(signatory, agreement, now=now)
    agreements.sign(
        signatory,
        agreement,
        seen_version=agreement.version,
        typed_name=f"{made.word} typed name",
        consent=True,
        authority=True,
        address="203.0.113.7",
        user_agent=f"{made.word} browser",
        factor="password",
        now=now,
    )
    made.note("agreement", agreement.ref)
    renewed = agreements.prepare(manager, made.partner, **drafted)
    agreements.send(manager, renewed, now=now)
    agreements.view(signatory, renewed, now=now)
    made.note("agreement", renewed.ref)
    made.note("draft", agreements.prepare(manager, made.partner, **drafted).ref)
