"""A program that can take referrals, and what happens in it, through the actions."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from portal.agreements.models import Agreement, AgreementTemplate, FeePlan
from portal.agreements.plans import Plan, PlanRule
from portal.auth.models import User
from portal.auth.rules import Role
from portal.criteria import actions as criteria
from portal.criteria.words import default_data
from portal.deals import actions as deals
from portal.deals.models import Deal
from portal.deals.rules import Details, Stage
from portal.evidence import queries as evidence
from portal.evidence.rules import Grade, grade
from portal.extensions import db
from portal.fees.models import FeeLine
from portal.lookalikes.models import LookalikeFinding
from portal.partners.models import Partner
from portal.referrals import actions as referrals
from portal.referrals.introduction import Introduction
from portal.referrals.models import Referral
from portal.referrals.rules import IntroducedHow, Timing
from portal.scope import all_partners
from portal.sla.models import BusinessCalendar, SlaClock
from tests.support import agreements, make
from tests.support.make import NOON

PLAN = Plan(
    ref="FP-222222", version=1, currency="EUR", rules=(PlanRule(name="first-deal", rate_bp=1000, clause="4.1"),)
)


def program() -> None:
    """Lumen in Berlin, nine to five, with the criteria that a program starts with."""
    make.program()
    week = [[[540, 1020]]] * 5 + [[], []]
    make.saved(BusinessCalendar(time_zone="Europe/Berlin", week=week, holidays=[]))
    criteria.publish(agreements.admin(), criteria.draft(None, data=default_data(), now=NOON), now=NOON)
    db.session.commit()
    agreements.template()
    agreements.plan()


def agreement(partner: Partner, **terms: Any) -> Agreement:
    """In force since long ago."""
    return agreements.in_force(
        partner,
        text=db.session.scalars(sa.select(AgreementTemplate)).first(),
        fees=db.session.scalars(sa.select(FeePlan)).first(),
        now=NOON - timedelta(days=300),
        **terms,
    )


def partner_with_agreement(**given: Any) -> Partner:
    partner = make.partner(**given)
    agreement(partner)
    return partner


def lead(**given: Any) -> User:
    """The lead of a new partner that may refer."""
    return make.partner_user(Role.PARTNER_ADMIN, partner_id=partner_with_agreement().id, **given)


def detached(user: User) -> User:
    """As the user of a request is: a rollback does not touch it."""
    db.session.expunge(user)
    return user


def introduction(**given: Any) -> Introduction:
    n = make.number()
    usual: dict[str, Any] = {
        "company": f"Calder & Finch {n}",
        "website": f"calderfinch{n}.example",
        "country": "DE",
        "contact_name": "Ruth Calder",
        "contact_title": "Operations Director",
        "contact_email": "ruth@calderfinch.example",
        "need": "They outgrew their spreadsheets.",
        "timing": Timing.NOW,
        "public_tender": False,
        "introduced_how": IntroducedHow.INTRO_MAIL,
        "consent": True,
        "employees": 120,
    }
    return Introduction(**usual | given)


def referral(by: User, now: datetime = NOON, **given: Any) -> Referral:
    sent = referrals.submit(by, now=now, answers=introduction(**given))
    db.session.commit()
    return sent


def again(ref: str) -> Referral:
    """The referral as the database has it now."""
    return db.session.scalars(all_partners(sa.select(Referral).where(Referral.ref == ref), "a test")).one()


def qualified(by: User, now: datetime = NOON, **given: Any) -> Deal:
    """The deal of a referral that was sent and qualified; makes a sales owner where there is none yet."""
    sent = referral(by, now, **given)
    referrals.qualify(make.staff(), sent, seen_version=sent.version, now=now)
    db.session.commit()
    return deal_of(sent)


def deal_of(sent: Referral) -> Deal:
    return db.session.scalars(all_partners(sa.select(Deal).where(Deal.referral_id == sent.id), "a test")).one()


def again_deal(ref: str) -> Deal:
    """The deal as the database has it now."""
    return db.session.scalars(all_partners(sa.select(Deal).where(Deal.ref == ref), "a test")).one()


def owner_of(deal: Deal) -> User:
    wanted = sa.select(User).where(User.id == deal.owner_id).options(selectinload(User.grants))
    return db.session.scalars(all_partners(wanted, "a test")).one()


def moved(deal: Deal, *stages: str, now: datetime = NOON, **details: Any) -> Deal:
    """The deal moved through these stages by its owner; the details go with the last one."""
    from_to = [Stage(stage) for stage in stages]
    for stage in from_to:
        carried = Details(**details) if stage is from_to[-1] else deals.PLAIN
        deals.move(owner_of(deal), deal, stage, seen_version=deal.version, now=now, details=carried)
    db.session.commit()
    return deal


def clock_of(ref: str) -> SlaClock:
    """The latest clock of a record."""
    wanted = sa.select(SlaClock).where(SlaClock.ref == ref).order_by(SlaClock.started_at.desc(), SlaClock.id.desc())
    return db.session.scalars(all_partners(wanted.limit(1), "a test")).one()


def fees_of(sent: Referral) -> list[int]:
    """What its deal earned, in minor units."""
    wanted = sa.select(FeeLine.amount_minor).join(Deal, Deal.id == FeeLine.deal_id).where(Deal.referral_id == sent.id)
    return list(db.session.scalars(all_partners(wanted, "a test")))


def referral_of(deal: Deal) -> Referral:
    """The referral that led to it."""
    wanted = sa.select(Referral).where(Referral.id == deal.referral_id)
    return db.session.scalars(all_partners(wanted, "a test")).one()


def grade_of(sent: Referral) -> Grade:
    """By the proof that it has now."""
    return grade(each.finding for each in evidence.pieces(sent.partner_id, sent.id))


def noted(ref: str) -> Sequence[LookalikeFinding]:
    """What looked like a record when it arrived."""
    return db.session.scalars(sa.select(LookalikeFinding).where(LookalikeFinding.ref == ref)).all()
