"""What a sales owner tells partners while a deal goes on: in time, but for one deal in nine."""

from datetime import datetime, timedelta
from itertools import cycle

import sqlalchemy as sa

from portal.auth.models import User
from portal.deals import updates
from portal.deals.models import Deal
from portal.extensions import db
from portal.scope import all_partners
from portal.seeds.agenda import Agenda

WHY = "the demo's sales owner tells partners how their deals stand"
EVERY = timedelta(days=3)
AHEAD = timedelta(days=5)
FORGOTTEN = 9
NEWS = (
    "They have read the offer and want their operations lead in the next call.",
    "Their budget is confirmed for this year. I send the contract draft on Monday.",
    "We showed them two customers of their size; they speak to one of them this week.",
    "Their works council looks at it now. They expect an answer within two weeks.",
    "They asked for a smaller first step, one site before the others. I like it, too.",
)


class Informing:
    def __init__(self, people: dict[str, User]) -> None:
        self.people = people
        self._news = cycle(NEWS)

    def plan(self, agenda: Agenda, begins: datetime) -> None:
        at = begins + timedelta(hours=7)
        while at < agenda.now:
            agenda.on(at, self._tell)
            at += EVERY

    def _tell(self, at: datetime) -> None:
        sam = self.people["sam"]
        owed = sa.select(Deal).where(Deal.owner_id == sam.id, Deal.update_due_at < at + AHEAD).order_by(Deal.id)
        for deal in db.session.scalars(all_partners(owed, WHY)).all():
            if deal.stage in updates.IN_CONVERSATION and deal.id % FORGOTTEN:
                updates.tell_partner(sam, deal, next(self._news), now=at)
