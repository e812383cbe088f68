"""What a partner tells us when it refers a company: from the form, an import or the demo, always this one shape."""

from dataclasses import dataclass

from portal.criteria.rules import Answers
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
        """What the criteria read. A budget or decider that is not named was not said, which is never a miss."""
        return Answers(
            job_title=self.contact_title,
            country=self.country,
            public_tender=self.public_tender,
            consent=self.consent,
            budget_known=True if self.budget else None,
            decider_named=True if self.decider else None,
            employees=self.employees,
            industry=self.industry,
            timing=self.timing,
        )
