"""The demo program: nine months of a software vendor's partner business, played in order of time through the same
actions that people use. Nothing here writes a row that an action would write."""

import heapq
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from portal import attempts, content
from portal.agreements import actions as agreements
from portal.agreements.models import Agreement, AgreementTemplate, FeePlan
from portal.agreements.terms import Terms
from portal.auth import invitations
from portal.auth.models import User
from portal.conflicts import actions as conflicts
from portal.criteria.rules import Outcome
from portal.deals import actions as deals
from portal.deals.models import Deal
from portal.deals.rules import Details, LostReason, Stage
from portal.documents.models import Document
from portal.documents.rules import DocumentState
from portal.extensions import db
from portal.notifications.models import Delivery
from portal.notifications.rules import DeliveryState
from portal.partners import actions as partners
from portal.partners.models import Partner
from portal.partners.rules import PartnerState
from portal.program import Program
from portal.referrals import actions as referrals
from portal.referrals.decline_reasons import DeclineReason
from portal.referrals.introduction import Introduction
from portal.referrals.models import Referral
from portal.referrals.rules import IntroducedHow, Timing
from portal.resources import actions as resources
from portal.scope import all_partners
from portal.seeds import cast, companies, proving, setup
from portal.seeds.asking import Asking
from portal.seeds.cast import PASSWORD
from portal.seeds.claiming import Claiming
from portal.seeds.informing import Informing
from portal.seeds.money import Finance
from portal.seeds.routing import Routing
from portal.seeds.selling import Selling
from portal.seeds.talking import Talking
from portal.seeds.typing_in import Typing

WHY = "the demo is played through everybody's hands"
ZONE = ZoneInfo("Europe/Berlin")
PROGRAM = setup.Answers(
    name="Lumen partners",
    company="Lumen Software GmbH",
    currency="EUR",
    time_zone="Europe/Berlin",
    hours="09:00-17:00",
    country="GB,IE,DE,AT,CH,NL,BE,DK,SE,NO,ES,FR,CZ",
    percent="10",
    law="Germany",
    admin_email=cast.ADMIN.email,
    admin_name=cast.ADMIN.name,
)
QUESTION = "Who decides on the budget, and is there one for this year?"
ANSWER = "The CFO decides; they meet on Thursday. There is a budget, I do not know how large."
OVERRULED = "I spoke to the contact; what the title says is not the whole story."
STEPS = {  # days after the introduction, for a deal that goes all the way
    Stage.CONTACTED: 2,
    Stage.MEETING: 7,
    Stage.PROPOSAL: 15,
    Stage.WON: 27,
}
NEXT_STEPS = {
    Stage.CONTACTED: "Agree a day for the first meeting",
    Stage.MEETING: "Send the notes, and ask who else has to see it",
    Stage.PROPOSAL: "Call about the proposal",
}
BEGINS_DAYS_AGO = 275


def seed(now: datetime) -> str:
    """Play the demo up to `now`, once. Returns what came of it, in a sentence."""
    if db.session.scalar(sa.select(Program.id)) is not None:
        return "There is a program here already; nothing was changed."
    play = _Play(now)
    play.run()
    return f"{len(play.introduced)} referrals of {len(cast.COMPANIES)} partners are there to look at."


class _Play:
    """What happens is put on a list by its time, and done in that order; a step may put further ones on it."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.people: dict[str, User] = {}
        self.partners: dict[str, Partner] = {}
        self.introduced: dict[str, Referral] = {}
        self._list: list[tuple[datetime, int, Callable[[datetime], None]]] = []
        self._serial = count()
        self.finance = Finance(self.people)
        self.selling = Selling(self.people)
        self.asking = Asking(self.people)
        self.routing = Routing(self.people)
        self.informing = Informing(self.people)
        self.talking = Talking(self.people)
        self.typing = Typing(self.people)
        self.claiming = Claiming(self.people)

    def run(self) -> None:
        self._plan()
        day: date | None = None
        while self._list:
            at, _, step = heapq.heappop(self._list)
            if day is not None and at.date() != day:
                db.session.commit()
            day = at.date()
            step(at)
        self._mark_sent()
        db.session.commit()

    def at(self, days_ago: float, hour: int = 10, minute: int = 0) -> datetime:
        """A working time so many days ago; a weekend becomes the Friday before it."""
        day = self.now.astimezone(ZONE).date() - timedelta(days=days_ago)
        day -= timedelta(days=max(0, day.weekday() - 4))
        return datetime.combine(day, time(hour, minute), ZONE)

    def on(self, at: datetime, step: Callable[[datetime], None]) -> None:
        """Put a step on the list; what would lie ahead of now is left to the people of the demo."""
        if at <= self.now:
            heapq.heappush(self._list, (at, next(self._serial), step))

    def _plan(self) -> None:
        self.on(self.at(BEGINS_DAYS_AGO, 9), self._begin)
        for company in cast.COMPANIES:
            self.on(self.at(company.joined_days_ago, 9, 30), lambda at, c=company: self._join(at, c))  # type: ignore[misc]
        for each in companies.companies():
            at = self.at(each.days_ago, 9 + each.days_ago % 6, each.days_ago * 7 % 60)
            self.on(at, lambda at, c=each: self._introduce(at, c))  # type: ignore[misc]
        for deal in cast.OTHER_DEALS:
            self.on(self.at(deal.days_ago, 15), lambda at, d=deal: self._enter(at, d))  # type: ignore[misc]
        self.on(self.at(1, 16, 30), self._look_ahead)
        self.finance.plan(self)
        self.selling.plan(self)
        self.typing.plan(self)
        self.asking.plan(self)
        proving.plan(self, self.people)
        self.routing.plan(self)
        self.informing.plan(self, self.at(BEGINS_DAYS_AGO, 9))
        self.talking.plan(self)
        self.claiming.plan(self)

    def _begin(self, at: datetime) -> None:
        admin = setup.begin(at, replace(PROGRAM))
        program = db.session.scalars(sa.select(Program)).one()
        program.company_name, program.contact_email, program.demo = "Lumen CRM", "partners@portal.example", True
        self._accept(admin, cast.ADMIN, at)
        for person in cast.STAFF:
            invited = invitations.invite(
                self.people["admin"], email=person.email, name=person.name, roles=person.roles, partner_id=None, now=at
            )
            self._accept(invited, person, at + timedelta(hours=1))
        pieces = content.pieces(setup.CONTENT, "guide", "profile")
        resources.load(pieces, now=at + timedelta(hours=2), by=self.people["edith"])

    def _accept(self, user: User, person: cast.Person, at: datetime) -> None:
        invitations.accept(setup.link_of(user), user, name=person.name, password=PASSWORD, now=at)
        loaded = sa.select(User).where(User.id == user.id).options(selectinload(User.grants))
        self.people[person.key] = db.session.scalars(
            all_partners(loaded, WHY).execution_options(populate_existing=True)
        ).one()

    def _join(self, at: datetime, company: cast.Company) -> None:
        maya = self.people["maya"]
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
            self._accept(user, person, at + timedelta(hours=3))
        self.on(self._after(at, days=1, hours=2), lambda at: self._send_agreement(at, company))
        if company.account:
            self.on(self._after(at, days=1, hours=4), lambda at: self.finance.give_details(at, company, partner))
        if company.state in (PartnerState.DORMANT, PartnerState.PAUSED, PartnerState.TERMINATED):
            self.on(self.at(30, 16), lambda at: partners.move(maya, partner, company.state, now=at))

    def _send_agreement(self, at: datetime, company: cast.Company) -> None:
        maya, partner = self.people["maya"], self.partners[company.key]
        plan = db.session.scalars(sa.select(FeePlan)).first()
        template = db.session.scalars(sa.select(AgreementTemplate)).first()
        if plan is None or template is None:
            raise RuntimeError("the set-up publishes both")
        terms = Terms(currency="EUR", plan=plan.plan)
        agreement = agreements.prepare(maya, partner, template=template, plan=plan, terms=terms, now=at)
        agreements.send(maya, agreement, now=at + timedelta(minutes=10))
        if company.state is not PartnerState.ONBOARDING:
            self.on(self._after(at, days=1), lambda at: self._sign(at, company, agreement))

    def _sign(self, at: datetime, company: cast.Company, agreement: Agreement) -> None:
        signatory = self.people[company.people[1 if company.key == "northgate" else 0].key]
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

    def _introduce(self, at: datetime, company: companies.Company) -> None:
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
            more_answers=self.typing.answers(company.days_ago),
            employees=company.employees,
            budget="Named, not yet approved" if company.days_ago % 3 == 0 else "",
            decider=company.contact if company.days_ago % 2 == 0 else "",
        )
        referral = referrals.submit(self.people[company.by], now=at, answers=answers)
        proving.prove(self.people[company.by], referral, company.days_ago % 5, at)
        self.introduced[domain if domain not in self.introduced else company.name] = referral
        self._go_on(at, company, referral)

    def _go_on(self, at: datetime, company: companies.Company, referral: Referral) -> None:
        maya, by = self.people["maya"], self.people[company.by]
        course, _, reason = company.course.partition(":")
        soon = self._after(at, hours=3 if company.days_ago % 11 else 30)
        if course == "withdrawn":
            self.on(soon, lambda at: referrals.withdraw(by, referral, seen_version=referral.version, now=at))
        elif course in ("needs_info", "answered"):
            self.on(soon, lambda at: self._ask(at, referral, by, answered=course == "answered"))
        elif course == "declined":
            self.on(soon, lambda at: self._decline(at, referral, DeclineReason(reason)))
        elif course == "upheld":
            self.on(soon, lambda at: conflicts.uphold(maya, referral, seen_version=referral.version, now=at))
        elif course != "received":
            self.on(soon, lambda at: self._qualify(at, company, referral, course, reason, maya))

    def _after(self, at: datetime, *, days: int = 0, hours: int = 0) -> datetime:
        """Later, within working hours and on a working day."""
        local = (at + timedelta(days=days, hours=hours)).astimezone(ZONE)
        if local.hour >= 17:
            local = local.replace(hour=9) + timedelta(days=1)
        return local + timedelta(days=(7 - local.weekday()) % 7 if local.weekday() > 4 else 0)

    def _ask(self, at: datetime, referral: Referral, by: User, *, answered: bool) -> None:
        maya = self.people["maya"]
        referrals.ask(maya, referral, seen_version=referral.version, now=at, question=QUESTION)
        if answered:
            self.on(
                self._after(at, hours=20),
                lambda at: referrals.answer(by, referral, seen_version=referral.version, now=at, text=ANSWER),
            )

    def _decline(self, at: datetime, referral: Referral, reason: DeclineReason) -> None:
        against = referral.reading["outcome"] != Outcome.DECLINE
        referrals.decline(
            self.people["maya"],
            referral,
            seen_version=referral.version,
            now=at,
            reason=reason,
            because=OVERRULED if against else "",
        )

    def _qualify(
        self, at: datetime, company: companies.Company, referral: Referral, course: str, reason: str, maya: User
    ) -> None:
        against = referral.reading["outcome"] != Outcome.QUALIFIES
        because = OVERRULED if against else ""
        referrals.qualify(maya, referral, seen_version=referral.version, now=at, because=because)
        found = sa.select(Deal).where(Deal.referral_id == referral.id)
        deal = db.session.scalars(all_partners(found, WHY)).one()
        sam = self.people["sam"]
        if course != "new":
            step = self._after(at, days=1)
            self.on(step, lambda at: self._worth(at, deal, company.euros))
        for stage in _stages(course):
            self.on(self._after(at, days=STEPS[stage]), lambda at, s=stage: self._move(at, deal, s, company.euros))  # type: ignore[misc]
        if course == "lost":
            details = Details(lost_reason=LostReason(reason))
            self.on(self._after(at, days=20), lambda at: self._end(at, sam, deal, Stage.LOST, details))
        elif course == "parked":
            until = (self.now + timedelta(days=70)).date()
            details = Details(parked_until=until)
            self.on(self._after(at, days=20), lambda at: self._end(at, sam, deal, Stage.PARKED, details))
        elif course == "cancelled":
            details = Details(cancel_reason="They went back on the order within the cooling-off period.")
            self.on(self._after(at, days=31), lambda at: self._end(at, sam, deal, Stage.CANCELLED, details))
        elif course in ("paid", "scheduled", "payable", "approved"):
            self.finance.expect(course, deal)

    def _worth(self, at: datetime, deal: Deal, euros: int) -> None:
        today = at.astimezone(ZONE).date()
        deals.set_next_step(
            self.people["sam"],
            deal,
            seen_version=deal.version,
            now=at,
            next_step=deal.next_step,
            next_step_on=max(deal.next_step_on or today, today),
            expected_minor=euros * 100,
        )

    def _move(self, at: datetime, deal: Deal, stage: Stage, euros: int) -> None:
        won_on = at.astimezone(ZONE).date()
        details = Details(value_minor=euros * 100, won_on=won_on) if stage is Stage.WON else Details()
        deals.move(self.people["sam"], deal, stage, seen_version=deal.version, now=at, details=details)

    def _look_ahead(self, at: datetime) -> None:
        """On the last day Sam goes through what is open and says what comes next; a few he leaves as they are."""
        sam, today = self.people["sam"], at.astimezone(ZONE).date()
        stale = sa.select(Deal).where(Deal.stage.in_(list(NEXT_STEPS)), Deal.next_step_on < today).order_by(Deal.id)
        for number, deal in enumerate(db.session.scalars(all_partners(stale, WHY)).all()):
            if number % 7 == 3:
                continue
            deals.set_next_step(
                sam,
                deal,
                seen_version=deal.version,
                now=at,
                next_step=NEXT_STEPS[deal.stage],
                next_step_on=self._after(at, days=3 + number % 9).date(),
                expected_minor=deal.expected_minor,
            )

    def _end(self, at: datetime, sam: User, deal: Deal, stage: Stage, details: Details) -> None:
        deals.move(sam, deal, stage, seen_version=deal.version, now=at, details=details)

    def _enter(self, at: datetime, other: cast.OtherDeal) -> None:
        sam = self.people["sam"]
        deal = deals.enter(
            sam,
            now=at,
            company=other.company,
            channel=other.channel,
            currency="EUR",
            website=f"https://{other.domain}",
            expected_minor=other.euros * 100,
        )
        end = other.stage if other.stage is not Stage.NEW else None
        for stage in _stages("won" if end in (Stage.WON, Stage.LOST) else str(end)):
            if not (stage is Stage.WON and end is Stage.LOST):
                moved = self._after(at, days=STEPS[stage])
                self.on(moved, lambda at, s=stage: self._move(at, deal, s, other.euros))  # type: ignore[misc]
        if end is Stage.LOST:
            lost = Details(lost_reason=LostReason.COMPETITOR)
            self.on(self._after(at, days=24), lambda at: self._end(at, sam, deal, Stage.LOST, lost))

    def _mark_sent(self) -> None:
        """What was told in the past was sent in the past, and its papers are made from now on."""
        past = sa.update(Delivery).where(Delivery.state == DeliveryState.PENDING)
        sent: dict[str, Any] = {"state": DeliveryState.SENT, "sent_at": Delivery.created_at, "attempts": 1}
        db.session.execute(all_partners(past, WHY).values(sent))
        unmade = sa.update(Document).where(Document.state == DocumentState.PENDING)
        db.session.execute(all_partners(unmade, WHY).values(attempts.again(self.now)))


def _stages(course: str) -> list[Stage]:
    """The stages that a deal of this course goes through after it was opened."""
    order = list(STEPS)
    if course in ("paid", "scheduled", "payable", "approved", "accrued", "won", "cancelled"):
        return order
    if course in ("lost", "parked"):
        return order[:2]
    return order[: order.index(Stage(course)) + 1] if course in STEPS else []
