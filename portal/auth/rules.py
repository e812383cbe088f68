"""Roles, what each may do, and the limits of passwords, sessions and links."""

from datetime import datetime, timedelta
from enum import StrEnum

from portal.errors import Refused


class Role(StrEnum):
    PARTNER_MEMBER = "partner_member"
    PARTNER_ADMIN = "partner_admin"
    PARTNER_FINANCE = "partner_finance"
    PARTNER_SIGNATORY = "partner_signatory"
    QUALIFIER = "qualifier"
    SALES_OWNER = "sales_owner"
    PARTNER_MANAGER = "partner_manager"
    FINANCE_MAKER = "finance_maker"
    FINANCE_APPROVER = "finance_approver"
    CONTENT_EDITOR = "content_editor"
    PROGRAM_ADMIN = "program_admin"
    AUDITOR = "auditor"


PARTNER_ROLES = (Role.PARTNER_MEMBER, Role.PARTNER_ADMIN, Role.PARTNER_FINANCE, Role.PARTNER_SIGNATORY)
STAFF_ROLES = tuple(role for role in Role if role not in PARTNER_ROLES)

ROLE_LABEL = {
    Role.PARTNER_MEMBER: "Partner member",
    Role.PARTNER_ADMIN: "Partner lead",
    Role.PARTNER_FINANCE: "Partner finance",
    Role.PARTNER_SIGNATORY: "Signatory",
    Role.QUALIFIER: "Qualifier",
    Role.SALES_OWNER: "Sales owner",
    Role.PARTNER_MANAGER: "Partner manager",
    Role.FINANCE_MAKER: "Finance maker",
    Role.FINANCE_APPROVER: "Finance approver",
    Role.CONTENT_EDITOR: "Content editor",
    Role.PROGRAM_ADMIN: "Program admin",
    Role.AUDITOR: "Auditor",
}


class LinkPurpose(StrEnum):
    INVITATION = "invitation"
    RESET = "reset"


LINK_LIFE = {LinkPurpose.INVITATION: timedelta(days=7), LinkPurpose.RESET: timedelta(hours=1)}
SESSION_IDLE = timedelta(hours=12)
SESSION_ABSOLUTE = timedelta(days=14)
LAST_USE_EVERY = timedelta(minutes=5)
PASSWORD_MIN, PASSWORD_MAX = 12, 128

THROTTLE_WINDOW = timedelta(minutes=15)
TRIES_PER_ACCOUNT = 10
TRIES_PER_ADDRESS = 50


def check_password(password: str, *, email: str, common: frozenset[str]) -> None:
    """12 to 128 characters, no composition rules, not a common one, not the address (NIST SP 800-63B 5.1.1)."""
    if not PASSWORD_MIN <= len(password) <= PASSWORD_MAX:
        raise Refused(f"Use {PASSWORD_MIN} to {PASSWORD_MAX} characters. A sentence is easy to remember.", "password")
    if password.lower() in common or password.lower() in (email.lower(), email.lower().split("@")[0] * 2):
        raise Refused("This password is among the first that anyone would try. Choose another.", "password")


def check_roles(roles: frozenset[Role], *, is_partner_user: bool) -> None:
    """A person holds roles of one side only, and at least one."""
    allowed = PARTNER_ROLES if is_partner_user else STAFF_ROLES
    if not roles or not roles <= frozenset(allowed):
        raise Refused("Choose at least one role of this person's own side.", "roles")


def is_live(created_at: datetime, last_used_at: datetime, now: datetime) -> bool:
    """A session ends after too long a pause, and after its absolute life."""
    return now - last_used_at < SESSION_IDLE and now - created_at < SESSION_ABSOLUTE
