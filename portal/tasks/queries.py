from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from portal.auth.models import RoleGrant, User
from portal.auth.permissions import Permission, Reach
from portal.auth.rules import STAFF_ROLES
from portal.deals.models import Deal
from portal.extensions import db
from portal.referrals.models import Protection, Referral
from portal.referrals.rules import PROTECTION_LIVE, Status
from portal.scope import all_partners, owned_by
from portal.sla.models import SlaClock
from portal.sla.rules import KIND_LABEL, ClockKind, ClockState
from portal.tasks.models import CalendarFeed, Task

MOST = 100
_OUR_TASKS = "tasks are of our own people, about deals of everybody"
_Owner = sa.orm.aliased(User)
_ROW: tuple[Any, ...] = (
    *(Task.ref, Task.title, Task.due_on, Task.kind, Task.done_at, Task.version, Task.owner_id, Task.id),
    *(Deal.ref.label("deal_ref"), Deal.company, _Owner.name.label("owner"), _Owner.ref.label("owner_ref")),
)


def _tasks() -> sa.Select[Any]:
    joined: sa.Select[Any] = (
        sa.select(*_ROW).join(_Owner, _Owner.id == Task.owner_id).outerjoin(Deal, Deal.id == Task.deal_id)
    )
    return joined.where(Task.dropped_at.is_(None))


_OPEN = _tasks().where(Task.done_at.is_(None))


def of_person(user_id: int, until: date | None = None, limit: int = MOST) -> Sequence[Any]:
    """What is not done yet, the most urgent first."""
    mine = _OPEN.where(Task.owner_id == user_id).order_by(Task.due_on, Task.id).limit(limit)
    if until is not None:
        mine = mine.where(Task.due_on <= until)
    return db.session.execute(all_partners(mine, _OUR_TASKS)).all()


def done_lately(user_id: int, since: datetime) -> Sequence[Any]:
    mine = _tasks().where(Task.owner_id == user_id, Task.done_at >= since).order_by(Task.done_at.desc()).limit(20)
    return db.session.execute(all_partners(mine, _OUR_TASKS)).all()


def of_deal(deal_id: int) -> Sequence[Any]:
    """What is to be done about a deal, by when, and what was done; the tasks of what was merged into it too."""
    merged = sa.select(Deal.id).where(Deal.merged_into_id == deal_id)
    about = _tasks().where((Task.deal_id == deal_id) | Task.deal_id.in_(merged))
    ordered = about.order_by(Task.done_at.is_not(None), Task.due_on, Task.id).limit(MOST)
    return db.session.execute(all_partners(ordered, _OUR_TASKS)).all()


def to_change(user: User, ref: str) -> Task:
    """The task, locked; 404 for one of somebody else's."""
    found: Task = db.one_or_404(
        sa.select(Task).where(Task.ref == ref, Task.owner_id == user.id, Task.dropped_at.is_(None)).with_for_update()
    )
    return found


def deal_called(user: User, ref: str | None) -> Any:
    """The deal that a task is about: id, ref, company."""
    if not ref or not user.may(Permission.VIEW_DEALS):
        return None
    wanted = sa.select(Deal.id, Deal.ref, Deal.company).where(Deal.ref == ref)
    return db.session.execute(all_partners(wanted, _OUR_TASKS)).one_or_none()


def colleagues() -> Sequence[Any]:
    """Who a task can be for: id, ref, name."""
    ours = sa.select(RoleGrant.user_id).where(RoleGrant.role.in_(STAFF_ROLES))
    wanted = sa.select(User.id, User.ref, User.name).where(User.id.in_(ours), User.disabled_at.is_(None))
    return db.session.execute(all_partners(wanted.order_by(User.name), "names of our own people")).all()


def feed_of(user_id: int) -> CalendarFeed | None:
    return db.session.scalar(sa.select(CalendarFeed).where(CalendarFeed.user_id == user_id))


def reader(token_hash: str) -> User | None:
    """Whose calendar is read at this address; nobody's where the account is closed."""
    wanted = (
        sa.select(User)
        .join(CalendarFeed, CalendarFeed.user_id == User.id)
        .where(CalendarFeed.token_hash == token_hash, User.disabled_at.is_(None))
        .options(selectinload(User.grants))
    )
    return db.session.scalar(all_partners(wanted, "whoever holds the secret address, before anyone is known"))


@dataclass(frozen=True)
class Entry:
    """One thing with a time or a day, for a calendar."""

    uid: str
    title: str
    path: str
    on: date | None = None
    at: datetime | None = None


def agenda(user: User, now: datetime) -> list[Entry]:
    """What this person has to do or waits for, from a month ago on: of what they may see, and no more of it."""
    return _ours(user, now) if user.partner_id is None else _partners(user, user.partner_id, now)


def _ours(user: User, now: datetime) -> list[Entry]:
    since = (now - timedelta(days=30)).date()
    entries = [
        Entry(
            row.ref,
            row.title if row.company is None else f"{row.title}: {row.company}",
            _path(row.deal_ref),
            row.due_on,
        )
        for row in of_person(user.id, limit=500)
        if row.due_on >= since
    ]
    if not user.may(Permission.MOVE_DEALS):
        return entries
    steps = sa.select(Deal.ref, Deal.company, Deal.next_step, Deal.next_step_on).where(
        Deal.owner_id == user.id, Deal.next_step_on >= since
    )
    mine = db.session.execute(all_partners(steps.order_by(Deal.next_step_on).limit(500), "one's own deals"))
    entries += [Entry(row.ref, f"{row.next_step}: {row.company}", _path(row.ref), row.next_step_on) for row in mine]
    promised = (
        sa.select(Deal.ref, Deal.company, SlaClock.kind, SlaClock.due_at)
        .join(SlaClock, SlaClock.ref == Deal.ref)
        .where(Deal.owner_id == user.id, SlaClock.state == ClockState.RUNNING)
        .order_by(SlaClock.due_at)
        .limit(500)
    )
    owed = db.session.execute(all_partners(promised, "one's own deals"))
    return entries + [
        Entry(f"{row.ref}-{row.kind}", f"{KIND_LABEL[row.kind]} promised: {row.company}", _path(row.ref), at=row.due_at)
        for row in owed
    ]


def _partners(user: User, partner_id: int, now: datetime) -> list[Entry]:
    """When we answer, and when a claim ends, of the referrals that the person may see."""
    reach = user.reach(Permission.VIEW_REFERRALS)
    if reach is None:
        return []
    own = [Referral.by_id == user.id] if reach is Reach.OWN else []
    columns = (Referral.ref, Referral.company)
    of_them = sa.select(*columns, Protection.ends_at).join(Protection, Protection.referral_id == Referral.id)
    live = of_them.where(
        Referral.partner_id == partner_id, Protection.state.in_(PROTECTION_LIVE), Protection.ends_at >= now, *own
    )
    ends = db.session.execute(owned_by(live.order_by(Protection.ends_at).limit(500), partner_id))
    entries = [
        Entry(f"{row.ref}-end", f"Protection ends: {row.company}", f"/referrals/{row.ref}", at=row.ends_at)
        for row in ends
    ]
    asked = sa.select(*columns, SlaClock.due_at).join(SlaClock, SlaClock.ref == Referral.ref)
    running = asked.where(
        Referral.partner_id == partner_id,
        SlaClock.kind == ClockKind.FIRST_ANSWER,
        SlaClock.state == ClockState.RUNNING,
        Referral.status != Status.NEEDS_INFO,
        *own,
    )
    answers = db.session.execute(owned_by(running.order_by(SlaClock.due_at).limit(500), partner_id))
    return entries + [
        Entry(f"{row.ref}-answer", f"Answer due to you: {row.company}", f"/referrals/{row.ref}", at=row.due_at)
        for row in answers
    ]


def _path(deal_ref: str | None) -> str:
    return f"/staff/deals/{deal_ref}" if deal_ref else "/staff/tasks/"


def owner_of(deal_id: int) -> int:
    wanted = sa.select(Deal.owner_id).where(Deal.id == deal_id)
    return db.session.scalars(all_partners(wanted, _OUR_TASKS)).one()
