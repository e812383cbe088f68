"""How the partners of the demo join: a company with its people, their agreement, where they are paid."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from portal.agreements import actions as agreements
from portal.agreements.models import Agreement, AgreementTemplate, FeePlan
from portal.agreements.terms import Terms
from portal.auth import invitations
from portal.auth.models import User
from portal.extensions import db
from portal.partners import actions as partners
from portal.partners.models import Partner
from portal.partners.rules import PartnerState
from portal.scope import all_partners
from portal.seeds import cast, setup
from portal.seeds.agenda import Agenda
from portal.seeds.cast import PASSWORD
from portal.seeds.money import Finance

WHY = "the demo is played through everybody's hands"


def accept(people: dict[str, User], invited: User, person: cast.Person, at: datetime) -> User:
    """The person follows their invitation, and is among the people of the demo."""
    invitations.accept(setup.link_of(invited), invited, name=person.name, password=PASSWORD, now=at)
    found = sa.select(User).where(User.id == invited.id).options(selectinload(User.grants))
    found = found.execution_options(populate_existing=True)
    people[person.key] = db.session.scalars(all_partners(found, WHY)).one()
    return people[person.key]


class Joining:
    def __init__(self, agenda: Agenda, finance: Finance) -> None:
        self.agenda, self.finance = agenda, finance
        self.partners: dict[str, Partner] = {}

    def plan(self) -> None:
        for company in cast.COMPANIES:
            at = self.agenda.at(company.joined_days_ago, 9, 30)
            self.agenda.on(at, lambda at, c=company: self._join(at, c))  # type: ignore[misc]

    def _join(self, at: datetime, company: cast.Company) -> None:
        maya = self.agenda.people["maya"]
        partner = partners.create(
            maya,
            name=company.name,
            legal_name=company.legal_name,
            country=company.country,
            address=company.address,
            now=at,
        )
        self.partners[company.key] = partner
        invited = [
            invitations.invite(maya, email=each.email, name=each.name, roles=each.roles, partner_id=partner.id, now=at)
            for each in company.people
        ]
        if company.key == "oakline":
            return  # invited, and not yet seen
        for user, person in zip(invited, company.people, strict=True):
            accept(self.agenda.people, user, person, at + timedelta(hours=3))
        self.agenda.on(self.agenda.after(at, days=1, hours=2), lambda at: self._send_agreement(at, company))
        if company.account:
            self.agenda.on(
                self.agenda.after(at, days=1, hours=4), lambda at: self.finance.give_details(at, company, partner)
            )
        if company.state in (PartnerState.DORMANT, PartnerState.PAUSED, PartnerState.TERMINATED):
            self.agenda.on(self.agenda.at(30, 16), lambda at: partners.move(maya, partner, company.state, now=at))

    def _send_agreement(self, at: datetime, company: cast.Company) -> None:
        maya, partner = self.agenda.people["maya"], self.partners[company.key]
        plan = db.session.scalars(sa.select(FeePlan)).first()
        template = db.session.scalars(sa.select(AgreementTemplate)).first()
        if plan is None or template is None:
            raise RuntimeError("the set-up publishes both")
        terms = Terms(currency="EUR", plan=plan.plan)
        agreement = agreements.prepare(maya, partner, template=template, plan=plan, terms=terms, now=at)
        agreements.send(maya, agreement, now=at + timedelta(minutes=10))
        if company.state is not PartnerState.ONBOARDING:
            self.agenda.on(self.agenda.after(at, days=1), lambda at: self._sign(at, company, agreement))

    def _sign(self, at: datetime, company: cast.Company, agreement: Agreement) -> None:
        signatory = self.agenda.people[company.people[1 if company.key == "northgate" else 0].key]
        agreements.view(signatory, agreement, now=at)
        agreements.sign(
            signatory,
            agreement,
            seen_version=agreement.version,
            typed_name=signatory.name,
            consent=True,
            authority=True,
            address="192.0.2.10",
            user_agent="Firefox on Windows",
            factor="password",
            now=at + timedelta(minutes=12),
        )
