"""Where our own people arrive: what needs them now."""

from flask import Blueprint, g, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal import clock
from portal.auth.permissions import Permission, Reach, requires
from portal.formats import ninety_nine, reader_zone
from portal.home.queue import SHOWN, headline, ordered, shown
from portal.home.tasks import tasks

bp = Blueprint("staff_home", __name__, url_prefix="/staff")


@bp.get("/")
@requires(Permission.SEE_QUEUE, Reach.ANY)
def today() -> ResponseReturnValue:
    now, zone = clock.now(), reader_zone()
    found = ordered(tasks(current_user, now), zone)
    g.menu_count = ninety_nine(len(found)) if found else ""
    return render_template(
        "home/today.html",
        headline=headline(found, now, zone),
        tasks=[shown(task, now, zone) for task in found[:SHOWN]],
        is_more=len(found) > SHOWN,
    )
