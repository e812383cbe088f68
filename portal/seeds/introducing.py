"""What partners introduce in the demo, and what the qualifier decides on it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa

from portal.auth.models import User
from portal.conflicts import actions as conflicts
from portal.criteria.rules import Outcome
from portal.deals.models import Deal
from portal.extensions import db
from portal.referrals import actions as referrals
from portal.referrals.decline_reasons import DeclineReason
from portal.referrals.introduction import Introduction
from portal.referrals.models import Referral
from portal.referrals.rules import IntroducedHow, Timing
from portal.scope import all_partners
from portal.seeds import proving, settling
from portal.seeds.agenda import Agenda
from portal.seeds.companies import Company
from portal.seeds.pipeline import Pipeline
from portal.seeds.typing_in import Typing

WHY = "the demo is played through everybody's hands"
QUESTION = "Who decides on the budget, and is there one for this year?"
ANSWER = "The CFO decides; they meet on Thursday. There is a budget, I do not know how large."


class Introducing:
    def __init__(self, agenda: Agenda, pipeline: Pipeline, typing: Typing) -> None:
        self.agenda, self.pipeline, self.typing = agenda, pipeline, typing

    def plan(self, introduced: Sequence[Company]) -> None:
        for company in introduced:
            at = self.agenda.at(company.days_ago, 9 + company.days_ago % 6, company.days_ago * 7 % 60)
            self.agenda.on(at, lambda at, c=company: self._introduce(at, c))  # type: ignore[misc]

    def _introduce(self, at: datetime, company: Company) -> None:
        domain = company.domain
        answers = Introduction(
            company=company.name,
            website=f"https://www.{domain}",
            country=company.country,
            contact_name=company.contact,
            contact_title=company.title,
            contact_email=f"{company.contact.split()[-1].lower()}@{domain}".encode("ascii", "ignore").decode(),
            need=company.need,
            timing=tuple(Timing)[company.days_ago % 4],
            public_tender=company.course == "declined:public_tender",
            introduced_how=tuple(IntroducedHow)[company.days_ago % 4],
            introduction="They know that you will write, and expect it.",
            consent=True,
            industry=company.industry,
            expected_minor=company.euros * 100 or None if company.days_ago % 4 == 0 else None,
            more_answers=self.typing.answers(company.days_ago, is_rival=company.course.endswith("own_criterion")),
            employees=company.employees,
            budget="Named, not yet approved" if company.days_ago % 3 == 0 else "",
            decider=company.contact if company.days_ago % 2 == 0 else "",
        )
        referral = referrals.submit(self.agenda.people[company.by], now=at, answers=answers)
        proving.prove(self.agenda.people[company.by], referral, company.days_ago % 5, at)
        self.agenda.introduced[domain if domain not in self.agenda.introduced else company.name] = referral
        self._go_on(at, company, referral)

    def _go_on(self, at: datetime, company: Company, referral: Referral) -> None:
        maya, by = self.agenda.people["maya"], self.agenda.people[company.by]
        course, _, reason = company.course.partition(":")
        soon = self.agenda.after(at, hours=3 if company.days_ago % 11 else 30)
        if course == "withdrawn":
            self.agenda.on(soon, lambda at: referrals.withdraw(by, referral, seen_version=referral.version, now=at))
        elif course in ("needs_info", "answered"):
            self.agenda.on(soon, lambda at: self._ask(at, referral, by, answered=course == "answered"))
        elif course == "declined":
            self.agenda.on(soon, settling.decline(self.agenda.people, referral, DeclineReason(reason)))
        elif course == "appealed":
            self.agenda.on(soon, settling.decline(self.agenda.people, referral, DeclineReason(reason)))
            self.agenda.on(self.agenda.after(at, days=4), settling.appeal(self.agenda.people, by, referral))
            anew, again = self.agenda.after(at, days=5), replace(company, course="contacted")
            self.agenda.on(anew, lambda at: self._qualify(at, again, referral, self.agenda.people["noor"]))
        elif course == "split":
            self.agenda.on(soon, settling.split(self.agenda.people, referral))
        elif course == "upheld":
            self.agenda.on(soon, lambda at: conflicts.uphold(maya, referral, seen_version=referral.version, now=at))
        elif course != "received":
            self.agenda.on(soon, lambda at: self._qualify(at, company, referral, maya))

    def _ask(self, at: datetime, referral: Referral, by: User, *, answered: bool) -> None:
        maya = self.agenda.people["maya"]
        referrals.ask(maya, referral, seen_version=referral.version, now=at, question=QUESTION)
        if answered:
            self.agenda.on(
                self.agenda.after(at, hours=20),
                lambda at: referrals.answer(by, referral, seen_version=referral.version, now=at, text=ANSWER),
            )

    def _qualify(self, at: datetime, company: Company, referral: Referral, qualifier: User) -> None:
        against = referral.reading["outcome"] != Outcome.QUALIFIES
        because = settling.OVERRULED if against else ""
        referrals.qualify(qualifier, referral, seen_version=referral.version, now=at, because=because)
        found = sa.select(Deal).where(Deal.referral_id == referral.id)
        self.pipeline.pursue(at, db.session.scalars(all_partners(found, WHY)).one(), company)
