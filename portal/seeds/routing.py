"""A second sales owner has just begun: rules say who gets what, one deal is hers already, and her first days off are
noted."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from portal.auth import invitations
from portal.auth.models import User
from portal.deals import handover, updates
from portal.deals.models import Deal
from portal.deals.rules import Stage
from portal.extensions import db
from portal.routing import actions as routing
from portal.routing.rules import Conditions
from portal.routing.words import read_countries
from portal.scope import all_partners
from portal.seeds.agenda import Agenda
from portal.seeds.cast import LENA
from portal.seeds.joining import accept

WHY = "the demo's sales owners share what partners bring"
NEWS = "They compare us with one other offer and decide in two weeks. I meet their finance team on Thursday."


class Routing:
    def __init__(self, people: dict[str, User]) -> None:
        self.people = people

    def plan(self, agenda: Agenda) -> None:
        agenda.on(agenda.now - timedelta(minutes=30), self._begin)

    def _begin(self, at: datetime) -> None:
        admin, sam = self.people["admin"], self.people["sam"]
        lena = self._join(admin, at)
        for conditions, members in (
            (Conditions(countries=read_countries("DACH")), {lena.id: 2, sam.id: 1}),
            (Conditions(words=("software", "finance"), employees_from=200), {sam.id: 1}),
            (Conditions(countries=read_countries("Nordics, Benelux")), {lena.id: 1, sam.id: 1}),
        ):
            routing.add_rule(admin, now=at, conditions=conditions, members=members)
        routing.set_limit(admin, lena, 25, now=at)
        starts = (at + timedelta(days=24)).date()
        days = {"from_on": starts, "until_on": starts + timedelta(days=11)}
        routing.note_absence(lena, lena, now=at, stand_in_id=sam.id, **days)
        self._share(sam, lena, at)

    def _join(self, admin: User, at: datetime) -> User:
        invited = invitations.invite(
            admin, email=LENA.email, name=LENA.name, roles=LENA.roles, partner_id=None, now=at - timedelta(hours=2)
        )
        return accept(self.people, invited, LENA, at)

    def _share(self, sam: User, lena: User, at: datetime) -> None:
        """One of Sam's goes to her; of another he tells the partner how it stands."""
        theirs = sa.select(Deal).where(Deal.partner_id.is_not(None), Deal.owner_id == sam.id)
        going_on = theirs.where(Deal.stage.in_((Stage.MEETING, Stage.PROPOSAL))).order_by(Deal.id.desc()).limit(2)
        deals = db.session.scalars(all_partners(going_on, WHY)).all()
        for deal in deals[:1]:
            updates.tell_partner(sam, deal, NEWS, now=at)
        for deal in deals[1:]:
            given = "They speak German, and so does Lena."
            handover.hand_over(sam, deal, lena.id, seen_version=deal.version, now=at, reason=given)
