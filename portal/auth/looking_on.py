"""Staff look on as a partner's user: every page as that person sees it, and nothing can be changed."""

from datetime import datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask import Flask, g, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.orm import contains_eager

from portal.auth.models import LoginSession, RoleGrant, User
from portal.auth.permissions import Permission
from portal.error_pages import error_page
from portal.extensions import db
from portal.headers import READS
from portal.scope import NOBODY, all_partners, set_writer

ENDS = frozenset({"viewing.stop", "auth.sign_out"})
"""What may be sent while looking on: what ends it."""
OWN_PAGES = "/account/"

companies = sa.table("partners", sa.column("id"), sa.column("name"))  # their model ranks above this package


def init_app(app: Flask) -> None:
    app.before_request(_only_look)


def as_seen(viewer: User, session: LoginSession, now: datetime) -> User:
    """The partner's user as whom the viewer looks on, detached, while it lasts; else the viewer."""
    until = session.view_as_until
    if session.view_as_id is None or until is None or now >= until or not viewer.may(Permission.VIEW_AS):
        return viewer
    wanted = (
        sa.select(User, companies.c.name)
        .join(RoleGrant, RoleGrant.user_id == User.id)
        .join(companies, companies.c.id == User.partner_id)
        .options(contains_eager(User.grants))
        .where(User.id == session.view_as_id, User.disabled_at.is_(None))
    )
    found = db.session.execute(all_partners(wanted, "as whom staff look on")).unique().one_or_none()
    if found is None:
        return viewer
    user: User = found[0]
    for detached in (*user.grants, user):
        db.session.expunge(detached)
    user.session_token, user.company_name, user.viewer = viewer.session_token, found[1], viewer
    user.factor, user.proved_at, user.viewed_until = viewer.factor, viewer.proved_at, until
    if user.time_zone:
        g.zone = ZoneInfo(user.time_zone)
    set_writer(NOBODY)
    return user


def _only_look() -> ResponseReturnValue | None:
    reads = request.method in READS
    if reads and not request.path.startswith(OWN_PAGES):
        return None  # before anyone is asked for: most of these need nobody
    if not current_user.is_authenticated or current_user.viewer is None:
        return None
    if request.endpoint in ENDS:
        set_writer(None)
        return None
    who = current_user.name
    if reads:
        return error_page(403, f"You look on as {who}. Their account is theirs alone.")
    return error_page(403, f"You look on as {who} and can change nothing. Stop looking on, then act as yourself.")
