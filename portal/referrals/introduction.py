"""What a partner tells us when it refers a company: from the form, an import or the demo, always this one shape."""

from dataclasses import dataclass
from typing import Any

from portal.criteria.rules import Answers
from portal.fields.rules import yes_or_no
from portal.referrals.rules import IntroducedHow, Timing


@dataclass(frozen=True, kw_only=True)
class Introduction:
    company: str
    website: str
    country: str
    contact_name: str
    contact_title: str
    contact_email: str
    need: str
    timing: Timing
    public_tender: bool
    introduced_how: IntroducedHow
    consent: bool
    """The contact agrees to hear from us."""
    contact_phone: str = ""
    industry: str = ""
    employees: int | None = None
    budget: str = ""
    decider: str = ""
    introduction: str = ""
    expected_minor: int | None = None
    """What a first deal may come to, in the currency of the partner's agreement."""
    more_answers: list[dict[str, str]] | None = None
    """To the program's own questions: see `fields.rules.Answer`."""

    @property
    def answers(self) -> Answers:
        return answers_of(self, consent=self.consent)


def answers_of(told: Any, *, consent: bool) -> Answers:
    """What the criteria read of an introduction, or of the referral that it became. A budget or decider that is not
    named was not said, which is never a miss."""
    return Answers(
        job_title=told.contact_title,
        country=told.country,
        public_tender=told.public_tender,
        consent=consent,
        budget_known=True if told.budget else None,
        decider_named=True if told.decider else None,
        employees=told.employees,
        industry=told.industry,
        timing=told.timing,
        own=yes_or_no(told.more_answers),
    )
