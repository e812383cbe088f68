"""A contact as a number: who has the address or the phone can ask for it, who has the number knows nothing."""

from portal.auth.rules import plain_address
from portal.lookalikes.phones import digits_of
from portal.vault import mark


def person_mark(email: str) -> int | None:
    return mark("person", plain_address(email)) if email else None


def phone_mark(phone: str, country: str) -> int | None:
    digits = digits_of(phone, country) if phone else ""
    return mark("phone", digits) if digits else None
