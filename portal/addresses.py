"""Whether something is a mail address that can be written to."""

import re

from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email

_PLAIN = re.compile(
    r"[a-z0-9_+-]{1,64}(?:\.[a-z0-9_+-]{1,32}){0,6}@(?P<domain>(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63})",
    re.ASCII | re.IGNORECASE,
)
_ENDINGS_APART = frozenset(each.rpartition(".")[2] for each in SPECIAL_USE_DOMAIN_NAMES)
_LONGEST_LOCAL, _LONGEST = 64, 254


def is_address(text: str) -> bool:
    """By the standard. Nearly every one is plain, and plainly one: to walk through the standard with each row of a list
    takes longer than all else that is read of it."""
    return _is_plain(text) or _is_one(text)


def _is_plain(text: str) -> bool:
    found = _PLAIN.fullmatch(text)
    if found is None or len(text) > _LONGEST or found.start("domain") > _LONGEST_LOCAL or "--" in found["domain"]:
        return False
    return found["domain"].lower().rpartition(".")[2] not in _ENDINGS_APART


def _is_one(text: str) -> bool:
    try:
        validate_email(text, check_deliverability=False)
    except EmailNotValidError:
        return False
    return True
