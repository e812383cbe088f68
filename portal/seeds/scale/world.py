"""What a large program is built onto: the people, the criteria and the agreement of the one that is there."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from portal.agreements.models import Agreement
from portal.agreements.terms import Terms
from portal.auth.models import RoleGrant, User
from portal.auth.rules import Role
from portal.criteria import queries as criteria
from portal.criteria.rules import Criteria
from portal.errors import Refused
from portal.extensions import db
from portal.partners.models import Partner, PayoutDetails
from portal.partners.rules import PayoutDetailsState
from portal.program import Program
from portal.referrals.models import Referral
from portal.scope import all_partners
from portal.sla import queries as sla
from portal.sla.business_time import Calendar

LEAD = "ana@brightwater.example"
MAIL_DOMAIN = "partners.example"
"""Of the people who are in a large program only."""
_WHY = "a large program is built onto the one that is there"


@dataclass(frozen=True)
class World:
    program: Program
    calendar: Calendar
    criteria: Criteria
    staff: dict[Role, list[int]]
    first: Partner
    agreement: Agreement
    in_force_at: datetime
    terms: Terms
    introducers: list[tuple[int, str]]
    """Those of the first partner who may refer, each with their address."""
    payout_details_id: int | None
    own_referrals: int
    all_referrals: int


def is_loaded() -> bool:
    """Whether a large program was loaded here before."""
    of_one = sa.select(User.id).where(User.email.endswith(f"@{MAIL_DOMAIN}", autoescape=True))
    return _one(of_one.limit(1)) is not None


def the_world() -> World:
    """Raises Refused where there is no demo program, or a large one already."""
    program = db.session.scalar(sa.select(Program))
    lead = _one(sa.select(User).where(User.email == LEAD))
    if program is None or lead is None:
        raise Refused("There is no demo program to build on. A large program is for measuring, not for real data.")
    if is_loaded():
        raise Refused("A large program was loaded here before. Take an empty PORTAL_HOME or database for another.")
    agreement = _one(
        sa.select(Agreement).where(Agreement.partner_id == lead.partner_id, Agreement.state == "countersigned")
    )
    if agreement is None or agreement.in_force_at is None:
        raise Refused("The first partner has no agreement in force.")
    own = Referral.partner_id == lead.partner_id
    details = sa.select(PayoutDetails.id).where(
        PayoutDetails.partner_id == lead.partner_id, PayoutDetails.state == PayoutDetailsState.CONFIRMED
    )
    return World(
        program=program,
        calendar=sla.calendar(),
        criteria=criteria.published(),
        staff=_staff(),
        first=_one(sa.select(Partner).where(Partner.id == lead.partner_id)),
        agreement=agreement,
        in_force_at=agreement.in_force_at,
        terms=Terms.from_data(agreement.terms),
        introducers=_introducers(lead.partner_id),
        payout_details_id=_one(details),
        own_referrals=_one(sa.select(sa.func.count()).select_from(Referral).where(own)),
        all_referrals=_one(sa.select(sa.func.count()).select_from(Referral)),
    )


def _staff() -> dict[Role, list[int]]:
    found = sa.select(RoleGrant.role, RoleGrant.user_id).where(RoleGrant.partner_id.is_(None)).order_by(RoleGrant.id)
    by_role: dict[Role, list[int]] = {}
    for role, user_id in db.session.execute(all_partners(found, _WHY)):
        by_role.setdefault(role, []).append(user_id)
    return by_role


def _introducers(partner_id: int | None) -> list[tuple[int, str]]:
    may = (Role.PARTNER_ADMIN, Role.PARTNER_MEMBER)
    found = sa.select(User.id, User.email).join(RoleGrant, RoleGrant.user_id == User.id).distinct()
    found = found.where(User.partner_id == partner_id, RoleGrant.role.in_(may)).order_by(User.id)
    return [(user_id, email) for user_id, email in db.session.execute(all_partners(found, _WHY))]


def _one(statement: sa.Select[Any]) -> Any:
    return db.session.scalar(all_partners(statement, _WHY))
