"""What the people of the demo keep of their lists, and when they were here last: some things are new to them."""

from datetime import datetime

from portal.auth import visits
from portal.extensions import db
from portal.saved_views import actions
from portal.saved_views.rules import ListName
from portal.seeds.agenda import Agenda

LAST_HERE_DAYS_AGO = 5
BACK = ("ana", "ben", "carl")
_R, _SR, _SD = ListName
VIEWS = (
    ("ana", _R, "Your turn", "state=needs_info", True),
    ("ana", _R, "With Lumen", "state=submitted&state=under_review", True),
    ("maya", _SR, "Our answer is late", "overdue=yes", True),
    ("sam", _SD, "Standing still", "stalled=yes", True),
    ("sam", _SD, "At proposal", "stage=proposal", False),
)
"""Whose, of which list, called, narrowed to, shared with their side."""


def plan(agenda: Agenda) -> None:
    def save(at: datetime) -> None:
        for by, of, name, query, is_shared in VIEWS:
            actions.save(agenda.people[by], of=of, name=name, query=query, is_shared=is_shared, now=at)

    def leave(at: datetime) -> None:
        for name in BACK:
            db.session.execute(visits.noted(agenda.people[name].id, at))

    agenda.on(agenda.at(30), save)
    agenda.on(agenda.at(LAST_HERE_DAYS_AGO, 16), leave)
