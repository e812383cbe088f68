"""How far the deals of the demo are taken, stage by stage, and what their owner plans next."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from portal.deals import actions as deals
from portal.deals.models import Deal
from portal.deals.rules import Details, LostReason, Stage
from portal.extensions import db
from portal.scope import all_partners
from portal.seeds import cast, companies
from portal.seeds.agenda import ZONE, Agenda
from portal.seeds.money import Finance

WHY = "the demo is played through everybody's hands"
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
CANCELLED = "They went back on the order within the cooling-off period."
PAID_FOR = ("paid", "scheduled", "payable", "approved")
"""Courses of a won deal whose fee goes so far."""


class Pipeline:
    def __init__(self, agenda: Agenda, finance: Finance) -> None:
        self.agenda, self.finance = agenda, finance

    def plan(self) -> None:
        for deal in cast.OTHER_DEALS:
            self.agenda.on(self.agenda.at(deal.days_ago, 15), lambda at, d=deal: self._enter(at, d))  # type: ignore[misc]
        self.agenda.on(self.agenda.at(1, 16, 30), self._look_ahead)

    def pursue(self, at: datetime, deal: Deal, company: companies.Company) -> None:
        """What becomes of a deal that was qualified at this time, by the course of its company."""
        course, _, reason = company.course.partition(":")
        if course != "new":
            self.agenda.on(self.agenda.after(at, days=1), lambda at: self._worth(at, deal, company.euros))
        for stage in _stages(course):
            moved = self.agenda.after(at, days=STEPS[stage])
            self.agenda.on(moved, lambda at, s=stage: self._move(at, deal, s, company.euros))  # type: ignore[misc]
        if course == "lost":
            self._end(at, deal, Stage.LOST, Details(lost_reason=LostReason(reason)), days=20)
        elif course == "parked":
            until = Details(parked_until=(self.agenda.now + timedelta(days=70)).date())
            self._end(at, deal, Stage.PARKED, until, days=20)
        elif course == "cancelled":
            self._end(at, deal, Stage.CANCELLED, Details(cancel_reason=CANCELLED), days=31)
        elif course in PAID_FOR:
            self.finance.expect(course, deal)

    def _worth(self, at: datetime, deal: Deal, euros: int) -> None:
        today = at.astimezone(ZONE).date()
        deals.set_next_step(
            self.agenda.people["sam"],
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
        deals.move(self.agenda.people["sam"], deal, stage, seen_version=deal.version, now=at, details=details)

    def _look_ahead(self, at: datetime) -> None:
        """On the last day Sam goes through what is open and says what comes next; a few he leaves as they are."""
        sam, today = self.agenda.people["sam"], at.astimezone(ZONE).date()
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
                next_step_on=self.agenda.after(at, days=3 + number % 9).date(),
                expected_minor=deal.expected_minor,
            )

    def _end(self, at: datetime, deal: Deal, stage: Stage, details: Details, *, days: int) -> None:
        """The deal leaves the pipeline, so many days later."""

        def end(at: datetime) -> None:
            sam = self.agenda.people["sam"]
            deals.move(sam, deal, stage, seen_version=deal.version, now=at, details=details)

        self.agenda.on(self.agenda.after(at, days=days), end)

    def _enter(self, at: datetime, other: cast.OtherDeal) -> None:
        sam = self.agenda.people["sam"]
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
                moved = self.agenda.after(at, days=STEPS[stage])
                self.agenda.on(moved, lambda at, s=stage: self._move(at, deal, s, other.euros))  # type: ignore[misc]
        if end is Stage.LOST:
            self._end(at, deal, Stage.LOST, Details(lost_reason=LostReason.COMPETITOR), days=24)


def _stages(course: str) -> list[Stage]:
    """The stages that a deal of this course goes through after it was opened."""
    order = list(STEPS)
    if course in (*PAID_FOR, "accrued", "won", "cancelled"):
        return order
    if course in ("lost", "parked"):
        return order[:2]
    return order[: order.index(Stage(course)) + 1] if course in STEPS else []
