"""Roles, what each may do, and the limits of passwords, sessions and links."""

from collections.abc import Set
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from ipaddress import IPv6Address, ip_address, ip_network
from typing import NamedTuple
from urllib.parse import urlsplit

from portal.errors import Refused
from portal.moves import Tone


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
ROLE_HINT = {
    Role.PARTNER_MEMBER: "Refers prospects and follows their own referrals.",
    Role.PARTNER_ADMIN: "Sees all referrals of the company, invites colleagues, keeps the payout details.",
    Role.PARTNER_FINANCE: "Sees fees and statements, keeps the payout details and the tax form.",
    Role.PARTNER_SIGNATORY: "Signs agreements for the company.",
    Role.QUALIFIER: "Decides on referrals.",
    Role.SALES_OWNER: "Works the deals that are theirs to won or lost.",
    Role.PARTNER_MANAGER: "Brings partners in, invites their people, sends agreements.",
    Role.FINANCE_MAKER: "Approves fees and builds payout runs.",
    Role.FINANCE_APPROVER: "Releases payout runs and confirms payout details.",
    Role.CONTENT_EDITOR: "Writes resources and criteria.",
    Role.PROGRAM_ADMIN: "Sets up the program: its people, terms, templates and settings.",
    Role.AUDITOR: "Reads everything and changes nothing.",
}


def role_words(roles: frozenset[Role]) -> str:
    return ", ".join(ROLE_LABEL[role] for role in Role if role in roles)


class Factor(StrEnum):
    """What a session was opened or last proven with."""

    PASSWORD = "password"  # noqa: S105  (a kind of proof)
    PASSKEY = "passkey"
    TOTP = "totp"
    RECOVERY_CODE = "recovery_code"
    SSO = "sso"
    SSO_STRONG = "sso_strong"
    """By an identity provider that asks for a second factor itself."""


class SecondFactorFor(StrEnum):
    """Who needs a second factor beside those who always do; a setting of the program."""

    REQUIRED_ROLES = "required_roles"
    SIGNATORIES = "signatories"
    EVERYONE = "everyone"


class AddressEnd(StrEnum):
    """Where a change of address is confirmed: both ends have to."""

    OLD = "old"
    NEW = "new"


class LinkPurpose(StrEnum):
    INVITATION = "invitation"
    RESET = "reset"
    OLD_ADDRESS = "old_address"
    NEW_ADDRESS = "new_address"


LINK_LIFE = {
    LinkPurpose.INVITATION: timedelta(days=7),
    LinkPurpose.RESET: timedelta(hours=1),
    LinkPurpose.OLD_ADDRESS: timedelta(hours=24),
    LinkPurpose.NEW_ADDRESS: timedelta(hours=24),
}
PROOF_HOLDS = timedelta(minutes=5)
"""How long a factor counts, before money, bank details, roles, keys and signing."""
SESSION_IDLE = timedelta(hours=12)
SESSION_ABSOLUTE = timedelta(days=14)
SHORT_IDLE = timedelta(hours=2)
SHORT_ABSOLUTE = timedelta(hours=12)
SHORT_FOR = frozenset({Role.FINANCE_MAKER, Role.FINANCE_APPROVER, Role.PROGRAM_ADMIN, Role.AUDITOR})
"""Who moves money, gives roles or reads everything is signed in for a working day at the most."""
LAST_USE_EVERY = timedelta(minutes=5)
PASSWORD_MIN, PASSWORD_MAX = 12, 128
DIFFERENT_MIN = 5
"""`aaaaaaaaaaaa` and `121212121212` are on everybody's list."""

THROTTLE_WINDOW = timedelta(minutes=15)
TRIES_PER_ACCOUNT = 10
TRIES_PER_ADDRESS = 50
MOMENT = timedelta(seconds=10)
TRIES_IN_ALL = 100
"""In a moment, from everywhere together: past it everyone who is not known waits for the next one, and no longer."""
RESETS_PER_ACCOUNT = 5
RESENT_PER_ADDRESS = 5
INVITATIONS_PER_LEAD = 200


class PersonState(StrEnum):
    """Where a person stands with their account. It is read from what is stored, never stored itself."""

    ACTIVE = "active"
    INVITED = "invited"
    LAPSED = "lapsed"
    REVOKED = "revoked"
    DISABLED = "disabled"


PERSON_LABEL = {
    PersonState.ACTIVE: "Active",
    PersonState.INVITED: "Invited",
    PersonState.LAPSED: "Invitation expired",
    PersonState.REVOKED: "Invitation taken back",
    PersonState.DISABLED: "Closed",
}
PERSON_TONE: dict[PersonState, Tone] = {
    PersonState.ACTIVE: "good",
    PersonState.INVITED: "note",
    PersonState.LAPSED: "due",
    PersonState.REVOKED: "",
    PersonState.DISABLED: "",
}


def person_state(
    *,
    has_accepted: bool,
    disabled_at: datetime | None,
    revoked_at: datetime | None,
    invited_until: datetime | None,
    now: datetime,
) -> PersonState:
    if disabled_at is not None:
        return PersonState.DISABLED
    if has_accepted:
        return PersonState.ACTIVE
    if revoked_at is not None:
        return PersonState.REVOKED
    return PersonState.INVITED if invited_until is not None and now < invited_until else PersonState.LAPSED


def plain_address(email: str) -> str:
    """A mail address as it is stored and looked up."""
    return email.strip().lower()


def network_of(address: str) -> str:
    """What tries are counted by: an IPv4 address, or the /64 that one IPv6 customer has to choose from."""
    try:
        known = ip_address(address)
    except ValueError:
        return address
    return str(ip_network((known, 64), strict=False)) if isinstance(known, IPv6Address) else str(known)


def path_after_sign_in(wanted: str | None, *, is_staff: bool) -> str:
    """The page that was asked for, where it is a path of this site and of the person's own side; else their home."""
    home = "/staff/" if is_staff else "/"
    if not wanted or not wanted.startswith("/") or wanted.startswith("//"):
        return home
    if "\\" in wanted or any(ord(letter) <= 32 for letter in wanted) or urlsplit(wanted).netloc:
        return home
    of_staff = wanted.startswith("/staff/")
    return wanted if wanted.startswith("/account/") or of_staff == is_staff else home


def link_trouble(*, used_at: datetime | None, expires_at: datetime, now: datetime) -> str | None:
    """Why a link in a mail opens nothing, or None where it still does."""
    if used_at is not None:
        return "This link was used already. It works once."
    if now >= expires_at:
        return "This link has expired, or a newer one took its place."
    return None


def device_words(user_agent: str) -> str:
    """`Firefox on Windows`, read from what a browser says of itself; enough to recognise one's own."""
    browser = next((name for word, name in _BROWSERS if word in user_agent), "A browser")
    system = next((name for word, name in _SYSTEMS if word in user_agent), "")
    return f"{browser} on {system}" if system else browser


# Looked for in this order: Edge says it is Chrome, Chrome says it is Safari, Android says it is Linux.
_BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


def check_password(password: str, *, email: str, common: frozenset[str]) -> None:
    """12 to 128 characters, no composition rules, not a common one, not the address (NIST SP 800-63B 5.1.1)."""
    if not PASSWORD_MIN <= len(password) <= PASSWORD_MAX:
        raise Refused(f"Use {PASSWORD_MIN} to {PASSWORD_MAX} characters. A sentence is easy to remember.", "password")
    guesses = (email.lower(), email.lower().split("@")[0] * 2)
    if password.lower() in common or password.lower() in guesses or len(set(password.lower())) < DIFFERENT_MIN:
        raise Refused("This password is among the first that anyone would try. Choose another.", "password")


def check_roles(roles: frozenset[Role], *, is_partner_user: bool) -> None:
    """A person holds roles of one side only, and at least one."""
    allowed = PARTNER_ROLES if is_partner_user else STAFF_ROLES
    if not roles or not roles <= frozenset(allowed):
        raise Refused("Choose at least one role of this person's own side.", "roles")


class SessionLimits(NamedTuple):
    """How long a session may rest, and how long it may last."""

    idle: timedelta
    absolute: timedelta


def session_limits(roles: Set[Role]) -> SessionLimits:
    if roles & SHORT_FOR:
        return SessionLimits(SHORT_IDLE, SHORT_ABSOLUTE)
    return SessionLimits(SESSION_IDLE, SESSION_ABSOLUTE)


def is_live(created_at: datetime, last_used_at: datetime, now: datetime, roles: Set[Role]) -> bool:
    """A session ends after too long a pause, and after its absolute life."""
    limits = session_limits(roles)
    return now - last_used_at < limits.idle and now - created_at < limits.absolute


def token_hash(token: str) -> str:
    """What is kept of a token that opens something: 64 hexadecimal digits."""
    return sha256(token.encode()).hexdigest()


VISIT_GAP = timedelta(minutes=30)
"""Whoever comes back after that long begins another visit; a second page minutes later does not."""


def last_visit(visited_at: datetime | None, before_at: datetime | None, now: datetime) -> datetime | None:
    """When the visit before this one ended: what happened since is new to the person. None on the first one.

    Visits are a person's, whatever browser they come from, and are told apart by half an hour without a page. So what
    is new stays marked while somebody reads through it, and nothing has to be ticked off; reading changes nothing but
    when they were here."""
    if visited_at is not None and now - visited_at >= VISIT_GAP:
        return visited_at
    return before_at
