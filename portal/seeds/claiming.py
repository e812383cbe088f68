"""What time does to the claims of the demo, and what partners do about it: more time asked for, a decision appealed."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from portal.appeals import actions as appeals
from portal.auth.models import User
from portal.extensions import db
from portal.protections import extending
from portal.protections import timers as protections
from portal.referrals import timers as questions
from portal.referrals.models import Referral
from portal.scope import all_partners
from portal.seeds.agenda import Agenda

WHY = "the demo's claims are of every partner"
DAYS = 270
LONGER = ("mette", "oresund-lager.example")
HAPPENED = (
    "We met Maja twice, the last time on site. The budget stands in the plan for next quarter; she asked for a"
    " comparison with what they run today."
)
GRANTED = ("carl", "lindau-verpackung.example")
GROWN = "Birgit has the offer and takes it to her board on the 12th; she called me about the terms twice this week."
AGREED = "The board meets within the time. Tell us what they say."
APPEALED = ("kim", "westmere-doors.example")
APPEAL = "Chris agreed by phone on the morning of the day that I sent it, and has confirmed it by mail since."


class Claiming:
    def __init__(self, people: dict[str, User]) -> None:
        self.people = people

    def plan(self, agenda: Agenda) -> None:
        for days_ago in range(DAYS, 0, -1):
            agenda.on(agenda.now - timedelta(days=days_ago), self._time_comes)
        agenda.on(agenda.at(2, 11, 20), self._ask)
        agenda.on(agenda.at(2, 10, 50), self._ask_and_get)
        agenda.on(agenda.at(1, 15, 40), self._appeal)

    def _time_comes(self, at: datetime) -> None:
        """What the worker does in the night."""
        for timers in (questions, protections):
            for row_id, version in timers.due(at, 100):
                timers.attempt(row_id, version, at)

    def _ask(self, at: datetime) -> None:
        by, domain = LONGER
        meets_on = at.date() + timedelta(days=9)
        extending.ask(self.people[by], _referral(domain), now=at, happened=HAPPENED, meets_on=meets_on)

    def _ask_and_get(self, at: datetime) -> None:
        by, domain = GRANTED
        referral = _referral(domain)
        asked = extending.ask(
            self.people[by], referral, now=at, happened=GROWN, meets_on=at.date() + timedelta(days=14)
        )
        later = at + timedelta(hours=4)
        extending.grant(self.people["maya"], referral, seen_version=asked.version, now=later, reason=AGREED)

    def _appeal(self, at: datetime) -> None:
        by, domain = APPEALED
        appeals.appeal(self.people[by], _referral(domain), now=at, text=APPEAL)


def _referral(domain: str) -> Referral:
    return db.session.scalars(all_partners(sa.select(Referral).where(Referral.domain == domain), WHY)).one()
