"""Who needs a second factor, and how long a proof counts."""

from collections.abc import Collection, Set
from datetime import datetime

from portal.auth.rules import PROOF_HOLDS, Factor, Role, SecondFactorFor, role_words

ALWAYS = frozenset({Role.FINANCE_MAKER, Role.FINANCE_APPROVER, Role.PROGRAM_ADMIN, Role.AUDITOR})
"""Who needs a second factor whatever the program's setting."""


STRONG = frozenset({Factor.PASSKEY, Factor.TOTP, Factor.RECOVERY_CODE, Factor.SSO_STRONG})
"""What a session was opened with that had both: the password and something beside it, a passkey, or the word of an
identity provider that asks for both."""
FACTOR_LABEL = {
    Factor.PASSWORD: "password",
    Factor.PASSKEY: "passkey",
    Factor.TOTP: "password and authenticator app",
    Factor.RECOVERY_CODE: "password and recovery code",
    Factor.SSO: "single sign-on",
    Factor.SSO_STRONG: "single sign-on with a second factor",
}

SECOND_FACTOR_FOR = {
    SecondFactorFor.REQUIRED_ROLES: "Finance, program admins and auditors",
    SecondFactorFor.SIGNATORIES: "Those, and whoever signs for a partner",
    SecondFactorFor.EVERYONE: "Everyone",
}


def needs_second_factor(roles: Set[Role], wanted: SecondFactorFor) -> bool:
    if wanted is SecondFactorFor.EVERYONE or roles & ALWAYS:
        return True
    return wanted is SecondFactorFor.SIGNATORIES and Role.PARTNER_SIGNATORY in roles


def is_fresh(proved_at: datetime | None, now: datetime) -> bool:
    """Whether a factor was given so lately that it counts before money, bank details, roles, keys and signing."""
    return proved_at is not None and now - proved_at < PROOF_HOLDS


def role_words_of(typed: Collection[str]) -> str:
    """What was chosen, in words; what is no role is left out."""
    return role_words(frozenset(role for role in Role if role in typed)) or "none yet"
