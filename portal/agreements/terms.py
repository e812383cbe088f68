"""A partner's own terms: data frozen in the agreement, and the words that its text takes from them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any

from portal.agreements.plans import Plan
from portal.errors import Refused

EFFECTIVE_ON = "the day of the last signature"
# What may stand in {{ }} in a template. Without the first three a text is nobody's agreement about nothing.
NEEDED = frozenset({"program_legal_name", "partner_legal_name", "rate"})
PLACEHOLDERS = NEEDED | {
    *("effective_on", "answer_hours", "protection_days", "tail_days", "currency"),
    *("payment_day", "notice_days", "governing_law"),
}
_LIMITS = {
    "protection_days": (1, 730, "days"),
    "tail_days": (0, 730, "days"),
    "extension_days": (0, 365, "days"),
    "answer_minutes": (60, 4800, "working minutes"),
    "contact_minutes": (60, 9600, "working minutes"),
    "payment_day": (1, 28, ""),
    "notice_days": (0, 365, "days"),
    "minimum_minor": (0, 10**9, "minor units"),
    "holding_days": (0, 365, "days"),
}


@dataclass(frozen=True, kw_only=True)
class Terms:
    """Days are calendar days, minutes are working minutes of the business calendar, `_minor` is of `currency`."""

    currency: str
    plan: Plan
    protection_days: int = 90
    tail_days: int = 90
    extension_days: int = 60
    answer_minutes: int = 480
    contact_minutes: int = 960
    payment_day: int = 15
    notice_days: int = 30
    minimum_minor: int = 0
    holding_days: int = 0

    def __post_init__(self) -> None:
        for name, (lowest, highest, unit) in _LIMITS.items():
            if not lowest <= getattr(self, name) <= highest:
                raise Refused(f"This goes from {lowest} to {highest} {unit}".rstrip() + ".", name)
        if self.plan.currency != self.currency:
            raise Refused(f"The fee plan is in {self.plan.currency}, these terms in {self.currency}.", "fee_plan")

    @property
    def answer_hours(self) -> str:
        return hours_words(self.answer_minutes)

    @property
    def payment_words(self) -> str:
        return f"on the {_ordinal(self.payment_day)}"

    @property
    def in_short(self) -> str:
        """The agreement in one breath."""
        late = f", and {self.tail_days} more for deals that close later" if self.tail_days else ""
        return (
            f"{self.plan.rate} of each first deal. {self.protection_days} days of protection{late}. "
            f"We answer in {self.answer_hours} working hours. Paid {self.payment_words}. "
            f"Notice {self.notice_days} days."
        )

    def placeholders(
        self, *, program_legal_name: str, partner_legal_name: str, governing_law: str
    ) -> dict[str, object]:
        """What each {{name}} in a template stands for."""
        return {
            "program_legal_name": program_legal_name,
            "partner_legal_name": partner_legal_name,
            "governing_law": governing_law,
            "effective_on": EFFECTIVE_ON,
            "rate": self.plan.rate,
            "answer_hours": self.answer_hours,
            "protection_days": self.protection_days,
            "tail_days": self.tail_days,
            "currency": self.currency,
            "payment_day": self.payment_day,
            "notice_days": self.notice_days,
        }

    def to_data(self) -> dict[str, Any]:
        return vars(self) | {"plan": self.plan.to_data()}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Terms":
        """Raises `Refused` for data that are no terms."""
        try:
            numbers = {field.name: int(data[field.name]) for field in fields(cls) if field.name in _LIMITS}
            return cls(currency=str(data["currency"]), plan=Plan.from_data(data["plan"]), **numbers)
        except (KeyError, TypeError, ValueError) as wrong:
            raise Refused("These terms cannot be read: something is missing or of the wrong kind.") from wrong


@lru_cache(maxsize=500)
def terms_of_text(text: str) -> Terms:
    """The same from the data as the database holds them: frozen, so that the same text is the same terms for good."""
    return Terms.from_data(json.loads(text))


def hours_words(minutes: int) -> str:
    """`480` is 8, `90` is 1.5."""
    return f"{minutes / 60:.2f}".rstrip("0").rstrip(".")


def _ordinal(day: int) -> str:
    ending = "th" if day in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"{day}{ending}"
