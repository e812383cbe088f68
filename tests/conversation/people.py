"""Two companies and our people, around a referral that a member sent."""

from dataclasses import dataclass

from portal.auth.models import User
from portal.auth.rules import Role
from portal.extensions import db
from portal.referrals.models import Referral
from tests.support import agreements, make, sales


@dataclass
class Cast:
    ana: User
    ben: User
    fay: User
    kim: User
    """A colleague who sees her own referrals only."""
    carl: User
    maya: User
    sam: User
    audrey: User
    bens: Referral
    """Ben's referral, not decided yet."""


def cast() -> Cast:
    """Detached, as the user of a request is."""
    sales.program()
    maya = make.staff(Role.PARTNER_MANAGER, Role.QUALIFIER, name="Maya Lind", email="maya@portal.example")
    sam = make.staff(Role.SALES_OWNER, name="Sam Ortega", phone="+49 30 901820")
    company, other = agreements.company(name="Brightwater"), agreements.company(name="Northgate")
    for each in (company, other):
        sales.agreement(each)
    people = {
        name: make.partner_user(role, partner_id=company.id, name=called, email=f"{name}@brightwater.example")
        for name, called, role in (
            ("ana", "Ana Ferreira", Role.PARTNER_ADMIN),
            ("ben", "Ben Okafor", Role.PARTNER_MEMBER),
            ("kim", "Kim Larsen", Role.PARTNER_MEMBER),
            ("fay", "Fay Osei", Role.PARTNER_FINANCE),
        )
    }
    carl = make.partner_user(partner_id=other.id, name="Carl Braun", email="carl@northgate.example")
    bens = sales.referral(people["ben"])
    db.session.commit()
    return Cast(**people, carl=carl, maya=maya, sam=sam, audrey=make.staff(Role.AUDITOR), bens=bens)
