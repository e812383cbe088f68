"""Why a prospect's data is kept: what is told on the form, and recorded with each referral.

A changed wording is a new notice with the next number; those that were recorded stay as they are."""

from dataclasses import dataclass
from enum import StrEnum


class Purpose(StrEnum):
    INTRODUCTION = "introduction"


class Basis(StrEnum):
    """What makes it lawful, by Article 6(1) GDPR."""

    CONSENT = "consent"


@dataclass(frozen=True)
class Notice:
    number: int
    purpose: Purpose
    basis: Basis
    purpose_words: str
    """Goes on after “We keep this to …”."""
    basis_words: str
    """Goes on after “because …”."""


NOTICES: dict[int, Notice] = {
    1: Notice(
        1,
        Purpose.INTRODUCTION,
        Basis.CONSENT,
        "get in touch with them about what they need, and to credit the introduction",
        "they agreed to hear from us (consent, Art. 6(1)(a) GDPR)",
    )
}
CURRENT = NOTICES[max(NOTICES)]
"""What is told, and recorded, from now on."""
