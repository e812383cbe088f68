"""Builders: each makes one valid row; a test names only what it is about."""

from datetime import UTC, datetime
from functools import cache
from itertools import count
from typing import Any, TypeVar

from portal.auth.models import RoleGrant, User
from portal.auth.passwords import hash_password
from portal.auth.rules import Role
from portal.extensions import Base, db
from portal.partners.models import Partner
from portal.partners.rules import PartnerState
from portal.program import Program

Row = TypeVar("Row", bound=Base)
PASSWORD = "a sentence to remember"
_serial = count(1)
NOON = datetime(2026, 11, 18, 11, 0, tzinfo=UTC)  # a Wednesday, 12:00 in Berlin


@cache
def _hash() -> str:
    return hash_password(PASSWORD)


def saved(row: Row) -> Row:
    db.session.add(row)
    db.session.commit()
    return row


def number() -> int:
    return next(_serial)


def program(**given: Any) -> Program:
    usual = {
        "name": "Lumen partners",
        "company_name": "Lumen CRM",
        "legal_name": "Lumen Software GmbH",
        "contact_email": "partners@portal.example",
        "currency": "EUR",
        "time_zone": "Europe/Berlin",
        "governing_law": "Germany",
    }
    return saved(Program(**usual | given))


def partner(**given: Any) -> Partner:
    n = number()
    usual = {
        "ref": f"P-{n:06}",
        "name": f"Partner {n}",
        "legal_name": f"Partner {n} GmbH",
        "country": "DE",
        "state": PartnerState.ACTIVE,
        "state_since": NOON,
        "created_at": NOON,
    }
    return saved(Partner(**usual | given))


def user(*roles: Role, has_password: bool = False, **given: Any) -> User:
    n = number()
    usual = {"ref": f"U-{n:06}", "email": f"user{n}@example.org", "name": f"User {n}", "created_at": NOON}
    if has_password:
        usual |= {"password_hash": _hash(), "accepted_at": NOON}
    grants = [RoleGrant(partner_id=given.get("partner_id"), role=role, granted_at=NOON) for role in roles]
    return saved(User(**usual | given, grants=grants))


def staff(*roles: Role, **given: Any) -> User:
    return user(*(roles or (Role.QUALIFIER,)), **given)


def partner_user(*roles: Role, partner_id: int | None = None, **given: Any) -> User:
    return user(*(roles or (Role.PARTNER_ADMIN,)), partner_id=partner_id or partner().id, **given)
