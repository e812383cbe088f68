"""When people were here: see `rules.last_visit` for what a visit is."""

from datetime import datetime

import sqlalchemy as sa

from portal.auth.models import User
from portal.auth.rules import VISIT_GAP
from portal.scope import all_partners


def noted(user_id: int, now: datetime) -> sa.Update:
    """The person is here: a visit goes on, or another one begins. Of two at once the later holds."""
    begins = User.visited_at <= now - VISIT_GAP
    before = sa.case((begins, User.visited_at), else_=User.visited_before_at)
    here = sa.update(User).where(User.id == user_id, User.visited_at.is_(None) | (User.visited_at < now))
    return all_partners(here.values(visited_before_at=before, visited_at=now), "when a person was here")
