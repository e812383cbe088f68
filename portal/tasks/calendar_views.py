"""One's calendar for other programs, at a secret address that can be renewed and closed."""

from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, current_app, render_template, session
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal import clock
from portal.auth.permissions import Permission, Reach, public, requires
from portal.auth.rules import token_hash
from portal.config import Settings
from portal.idempotency import commit_to, once
from portal.program import the_program
from portal.tasks import actions, queries
from portal.tasks.calendar import calendar

SHOWN_ONCE = "calendar_token"

bp = Blueprint("calendar", __name__)


@bp.get("/calendar/<token>")
@public
def feed(token: str) -> ResponseReturnValue:
    """What the person has to do, and what they wait for; nothing that they may not see signed in."""
    reader = queries.reader(token_hash(token)) or abort(404)
    settings: Settings = current_app.config["SETTINGS"]
    program, now = the_program(), clock.now()
    host = urlsplit(settings.public_url).hostname or "portal"
    entries = queries.agenda(reader, now)
    name = program.name if program else "Partner portal"
    written = calendar(name, entries, now=now, public_url=settings.public_url, host=host)
    response = Response(written, content_type="text/calendar; charset=utf-8")
    response.headers["Cache-Control"] = "private, max-age=900"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@bp.get("/account/calendar")
@requires(Permission.USE_ACCOUNT, Reach.OWN)
def show() -> ResponseReturnValue:
    token, settings = session.pop(SHOWN_ONCE, None), current_app.config["SETTINGS"]
    address = f"{settings.public_url}/calendar/{token}" if token else ""
    return render_template("tasks/calendar.html", feed=queries.feed_of(current_user.id), address=address)


@bp.post("/account/calendar")
@requires(Permission.USE_ACCOUNT, Reach.OWN)
@once
def open_feed() -> ResponseReturnValue:
    session[SHOWN_ONCE] = actions.open_calendar(current_user, now=clock.now())
    return commit_to("/account/calendar", "Your calendar has a new address.")


@bp.post("/account/calendar/closing")
@requires(Permission.USE_ACCOUNT, Reach.OWN)
@once
def close_feed() -> ResponseReturnValue:
    actions.close_calendar(current_user, now=clock.now())
    return commit_to("/account/calendar", "The address leads nowhere any more.")
