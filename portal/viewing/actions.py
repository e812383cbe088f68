from datetime import datetime
from typing import Any

import sqlalchemy as sa

from portal.auth.models import LoginSession, User
from portal.auth.rules import token_hash
from portal.errors import Refused
from portal.events import publish
from portal.extensions import db
from portal.scope import owned_by
from portal.viewing.events import LookedOn, StoppedLookingOn
from portal.viewing.models import Viewing
from portal.viewing.rules import LOOKS_FOR


def start(by: User, user: User, *, reason: str, now: datetime) -> None:
    """From the next request on, this browser of `by` shows the portal as `user` sees it."""
    if user.partner_id is None or by.partner_id is not None:
        raise Refused("Staff look on as a partner's user, and nobody as one of staff.")
    if not user.is_active:
        raise Refused(f"The account of {user.name} is closed: there is nothing that they see.")
    until = now + LOOKS_FOR
    viewing = Viewing(
        partner_id=user.partner_id, user_id=user.id, by_id=by.id, reason=reason, started_at=now, ends_at=until
    )
    db.session.add(viewing)
    db.session.flush()
    _note(by, view_as_id=user.id, view_as_until=until)
    publish(LookedOn(**_told(by, user, now), user_user_id=user.id, viewing_id=viewing.id))


def stop(by: User, user: User, *, now: datetime) -> None:
    """Back to one's own view, before the time is over. `user` is as it was looked on as."""
    if user.partner_id is None:
        raise ValueError("nobody looks on as one of staff")
    _note(by, view_as_id=None, view_as_until=None)
    this = sa.update(Viewing).where(Viewing.partner_id == user.partner_id, Viewing.user_id == user.id)
    this = this.where(Viewing.by_id == by.id, Viewing.ends_at == user.viewed_until)
    db.session.execute(owned_by(this, user.partner_id).values(ends_at=now))
    publish(StoppedLookingOn(**_told(by, user, now), user_user_id=user.id))


def _note(by: User, **values: Any) -> None:
    own = sa.update(LoginSession).where(LoginSession.token_hash == token_hash(by.session_token))
    db.session.execute(own.values(values))


def _told(by: User, user: User, now: datetime) -> dict[str, Any]:
    return {"by": by.id, "at": now, "ref": user.ref, "partner_id": user.partner_id}
