"""What a referral told us, as the fields of a form show it: to be put right, or to be sent once more."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from portal.fields.forms import typed
from portal.fields.rules import Question, answers_of
from portal.money import exponent
from portal.referrals.models import Referral

FACTS = (
    *("website", "company", "country", "employees", "industry", "contact_name", "contact_title", "contact_email"),
    *("contact_phone", "need", "timing", "budget", "decider"),
)


def retyped(referral: Referral, currency: str, asked: tuple[Question, ...]) -> dict[str, Any]:
    """By the names of the fields, the questions of the program included; amounts are in this currency."""
    minor = referral.expected_minor
    answers: Mapping[str, Any] = typed(asked, answers_of(referral.more_answers))
    return {
        **{name: getattr(referral, name) for name in FACTS},
        "expected": str(Decimal(minor).scaleb(-exponent(currency))) if minor else "",
        "public_tender": "yes" if referral.public_tender else "no",
        **answers,
    }
