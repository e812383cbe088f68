"""Signed-in browsers: the cookie carries a random token, its hash is a row that every request checks."""

import logging
import secrets
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask import flash, g, request, session
from flask_login import login_user, logout_user
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import joinedload

from portal import clock
from portal.auth import devices, looking_on, visits
from portal.auth.looking_on import companies
from portal.auth.models import LoginSession, RoleGrant, User
from portal.auth.rules import LAST_USE_EVERY, Factor, is_live, session_limits, token_hash
from portal.database import only_reads, writing
from portal.events import set_emergency
from portal.extensions import Kept, db, login_manager
from portal.failures import is_unavailable
from portal.formats import when_words
from portal.program import Program, the_program
from portal.records import as_columns, maker_of, object_of
from portal.scope import all_partners, set_writer

log = logging.getLogger(__name__)
AWAITED = "awaits_factor"
LEFT = "left"
"""Whose session this browser left: a form that is still open in another tab is theirs."""
AWAITED_FOR = timedelta(minutes=10)


def open_session(
    user: User,
    now: datetime,
    *,
    factor: Factor = Factor.PASSWORD,
    awaits_factor: bool = False,
    user_agent: str = "",
    address: str = "",
) -> str:
    """Add a session row for the user and give its token."""
    token = secrets.token_urlsafe(32)
    db.session.add(
        LoginSession(
            token_hash=token_hash(token),
            user_id=user.id,
            created_at=now,
            last_used_at=now,
            factor=factor,
            proved_at=None if awaits_factor else now,
            awaits_factor=awaits_factor,
            user_agent=user_agent[:300],
            address=address[:45],
        )
    )
    db.session.flush()
    return token


def end_sessions(user_id: int, now: datetime, *, but: str | None = None) -> None:
    """End the user's sessions, all or all but the one with this token."""
    ended = sa.update(LoginSession).where(LoginSession.user_id == user_id, LoginSession.ended_at.is_(None))
    if but:
        ended = ended.where(LoginSession.token_hash != token_hash(but))
    db.session.execute(all_partners(ended, "sessions have no partner").values(ended_at=now))


def sign_in(user: User, now: datetime, factor: Factor = Factor.PASSWORD) -> None:
    """A new session for this browser; whatever its cookie held before is forgotten. The person is told until when."""
    session.clear()
    devices.recognise(user, now)
    db.session.execute(visits.noted(user.id, now))
    user.session_token = open_session(
        user, now, factor=factor, user_agent=request.user_agent.string, address=request.remote_addr or ""
    )
    login_user(user)
    flash(_until(user, now), "note")


def _until(user: User, now: datetime) -> str:
    limits = session_limits(set(db.session.scalars(_ROLES, {"its_user": user.id})))
    program = the_program()
    g.zone = ZoneInfo(user.time_zone or (program.time_zone if program else "UTC"))
    hours = int(limits.idle.total_seconds()) // 3600
    return f"You are signed in until {when_words(now + limits.absolute)}, or until {hours} hours without use."


def await_factor(user: User, now: datetime) -> None:
    """The password was right: this browser may now give the second factor, and nothing else."""
    session.clear()
    session[AWAITED] = open_session(
        user, now, awaits_factor=True, user_agent=request.user_agent.string, address=request.remote_addr or ""
    )


def awaited(now: datetime) -> User | None:
    """Whose second factor this browser has still to give, within minutes."""
    waits = (
        sa.select(User)
        .join(LoginSession, LoginSession.user_id == User.id)
        .options(joinedload(User.grants))
        .where(LoginSession.token_hash == token_hash(session.get(AWAITED, "")), LoginSession.ended_at.is_(None))
        .where(LoginSession.awaits_factor.is_(True), LoginSession.created_at > now - AWAITED_FOR)
        .where(User.disabled_at.is_(None))
    )
    found = db.session.scalars(all_partners(waits, "whose password was right, before they are signed in"))
    return found.unique().one_or_none()


def end_awaited(now: datetime) -> None:
    own = sa.update(LoginSession).where(LoginSession.token_hash == token_hash(session.pop(AWAITED, "")))
    db.session.execute(own.values(ended_at=now))


def proved_at(user: User) -> datetime | None:
    """When the person of this request last showed who they are, as it stands by now."""
    own = sa.select(LoginSession.proved_at).where(LoginSession.token_hash == token_hash(user.session_token))
    return db.session.scalar(own)


def note_proof(user: User, factor: Factor, now: datetime) -> None:
    """The person of this request has just shown who they are."""
    own = sa.update(LoginSession).where(LoginSession.token_hash == token_hash(user.session_token))
    db.session.execute(own.values(factor=factor, proved_at=now))
    user.factor, user.proved_at = factor, now


def sign_out(now: datetime) -> None:
    token = session.get("_user_id", "")
    own = sa.update(LoginSession).where(LoginSession.token_hash == token_hash(token))
    db.session.execute(all_partners(own, "sessions have no partner").values(ended_at=now))
    logout_user()
    session.clear()
    session[LEFT] = token


_live = (
    sa.select(User, RoleGrant, LoginSession, Program, companies.c.name.label("company_name"))
    .join(LoginSession, LoginSession.user_id == User.id)
    .join(RoleGrant, RoleGrant.user_id == User.id)
    .join(Program, sa.true(), isouter=True)
    .join(companies, companies.c.id == User.partner_id, isouter=True)
    .where(LoginSession.token_hash == sa.bindparam("token_hash"), LoginSession.ended_at.is_(None))
    .where(LoginSession.awaits_factor.is_(False))
    .where(RoleGrant.ends_at.is_(None) | (RoleGrant.ends_at > sa.bindparam("now")))
    .where(User.disabled_at.is_(None))
)
_held = sa.select(RoleGrant.role).where(RoleGrant.user_id == sa.bindparam("its_user"))
# Built once: they run with every request and every sign-in, and to build them takes longer than to run them.
_SIGNED_IN = Kept(all_partners(as_columns(_live), "who is signed in, before anyone is known"))
_ROLES = all_partners(_held, "one's own roles, at the sign-in")
_put_together = maker_of(_live)


@login_manager.user_loader  # type: ignore[untyped-decorator]
def load_user(token: str) -> User | None:
    """The user of a live session, whom no transaction knows: a rollback in the request does not touch it."""
    now = clock.now()
    rows = [_put_together(row) for row in _SIGNED_IN.read({"token_hash": token_hash(token), "now": now})]
    if not rows:
        return None
    row = rows[0]
    user = object_of(User, row.User, grants=[object_of(RoleGrant, each.RoleGrant) for each in rows])
    if not is_live(row.LoginSession.created_at, row.LoginSession.last_used_at, now, user.roles):
        return None
    user.session_token = token
    user.company_name = row.company_name or ""
    user.factor, user.proved_at = row.LoginSession.factor, row.LoginSession.proved_at
    g.program = row.Program
    g.zone = ZoneInfo(user.time_zone or (row.Program.time_zone if row.Program else "UTC"))
    g.theme, g.letter_keys = user.theme, user.letter_keys
    set_writer(user.partner_id)
    set_emergency(user.emergency)
    if now - row.LoginSession.last_used_at >= LAST_USE_EVERY:
        _note_last_use(row.LoginSession, now)
    return looking_on.as_seen(user, row.LoginSession, now)


def _note_last_use(used_session: LoginSession, now: datetime) -> None:
    """A request that writes takes it along: on SQLite it holds the one write lock, and would wait for itself. It leaves
    the account alone, whose row others may be waiting with for one of its own.

    One that reads does without where the database takes nothing now."""
    used = sa.update(LoginSession).where(LoginSession.id == used_session.id).values(last_used_at=now)
    if not only_reads():
        db.session.execute(used)
        return
    try:
        with writing(), db.engine.begin() as connection:
            connection.execute(used)
            connection.execute(visits.noted(used_session.user_id, now))
    except DBAPIError as failure:
        if not is_unavailable(failure):
            raise
        log.warning("The last use of a session was not noted: %s", failure.orig)
