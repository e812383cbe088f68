from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.auth.models import User
from portal.auth.permissions import Permission
from portal.deals.models import Deal
from portal.deals.rules import OPEN_STAGES, Stage
from portal.home.queue import Parkable, Task
from portal.home.sources.source import Moment, Source, part
from portal.partners.models import Partner
from portal.sla.models import SlaClock
from portal.sla.rules import ClockKind

_Owner = aliased(User)
_EVER = sa.literal(date(1, 1, 1))
_NEW = sa.literal(Stage.NEW, Deal.stage.type, literal_execute=True)
"""The stage of the fewest: a database that knows which one is asked for reads those alone."""


def _deals(**given: Any) -> sa.Select[Any]:
    named = part(
        ref=Deal.ref,
        subject=Deal.company,
        partner=Partner.name,
        text=Deal.next_step,
        due_on=Deal.next_step_on,
        version=Deal.version,
        step=Deal.stage,
        **given,
    )
    return named.select_from(Deal).outerjoin(Partner, Partner.id == Deal.partner_id)


def _next_steps(user: User, now: Moment) -> sa.Select[Any]:
    """One's own deals whose next step is due within two days, with the time where it is a promise."""
    promised = (SlaClock.ref == Deal.ref) & (SlaClock.kind == ClockKind.FIRST_CONTACT) & SlaClock.ended_at.is_(None)
    mine = _deals(due_at=SlaClock.due_at, is_mine=sa.true()).outerjoin(SlaClock, promised)
    due = mine.where(*_own_until(user, now.soon_on))
    return due.order_by(Deal.owner_id, Deal.next_step_on, Deal.id)


def _own_until(user: User, day: Any) -> Iterator[sa.ColumnElement[bool]]:
    """Said so that one index alone has them in their order: of two that have, a database takes the one without the
    owner, and reads what all others have to do. From a day on, so that SQLite reads none of those that are closed."""
    yield sa.tuple_(Deal.owner_id, Deal.next_step_on) >= sa.tuple_(user.id, _EVER)
    yield sa.tuple_(Deal.owner_id, Deal.next_step_on) <= sa.tuple_(user.id, day)


def _standing_still(user: User, now: Moment) -> sa.Select[Any]:
    """The others of them that nobody has touched for too long: only those stall before their next step, and an index
    has them apart from all that is overdue."""
    later = (Deal.next_step_on > Deal.stalls_on) & (Deal.next_step_on > now.soon_on)
    still = _deals(is_mine=sa.true()).where(Deal.owner_id == user.id, Deal.stalls_on <= now.today, later)
    return still.order_by(Deal.stalls_on, Deal.id)


def _not_contacted(user: User, now: Moment) -> sa.Select[Any]:
    """What others promised to a partner and have not kept: whoever looks after partners watches it."""
    late = (Deal.stage == _NEW) & (Deal.next_step_on < now.today)
    theirs = _deals(person=_Owner.name).join(_Owner, _Owner.id == Deal.owner_id)
    of_partners = Deal.partner_id.is_not(None) & (Deal.owner_id != user.id)
    return theirs.where(late, of_partners).order_by(Deal.next_step_on, Deal.id)


def _news(user: User, now: Moment) -> sa.Select[Any]:
    """What partners were promised to hear of one's own deals."""
    mine = _deals(due_at=Deal.update_due_at, is_mine=sa.true())
    soon = mine.where(Deal.owner_id == user.id, Deal.update_due_at <= now.soon)
    return soon.order_by(Deal.update_due_at, Deal.id)


def _tell(row: Any, now: datetime) -> Task:
    return Task(
        title=f"Say how it stands: {row.subject}",
        about="promised to the partner",
        partner=row.partner or "",
        url=f"/staff/deals/{row.ref}",
        due_at=row.due_at,
        is_promise=True,
        is_mine=True,
        park=_parkable(row),
    )


def _step(row: Any, now: datetime) -> Task:
    return _told(row, "promised to the partner" if row.due_at else "your next step")


def _still(row: Any, now: datetime) -> Task:
    return _told(row, "stands still")


def _late_contact(row: Any, now: datetime) -> Task:
    return _told(row, f"{row.person} has not been in touch")._replace(park=None)


def _parkable(row: Any) -> Parkable | None:
    """One's own that is open, where it waits for whatever."""
    return Parkable(row.ref, row.version, row.subject) if row.step in OPEN_STAGES else None


def _told(row: Any, about: str) -> Task:
    return Task(
        title=f"{row.text}: {row.subject}" if row.text else f"Set a next step: {row.subject}",
        about=about,
        partner=row.partner or "",
        url=f"/staff/deals/{row.ref}",
        due_at=row.due_at,
        due_on=None if row.due_at else row.due_on,
        is_promise=row.due_at is not None,
        is_mine=bool(row.is_mine),
        park=_parkable(row),
    )


NEXT_STEPS = Source(Permission.MOVE_DEALS, _next_steps, _step, is_covered=True)
STANDING_STILL = Source(Permission.MOVE_DEALS, _standing_still, _still, is_covered=True)
NEWS = Source(Permission.MOVE_DEALS, _news, _tell, is_covered=True)
NOT_CONTACTED = Source(Permission.MANAGE_PARTNERS, _not_contacted, _late_contact)
