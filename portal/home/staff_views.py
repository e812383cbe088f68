"""Where our own people arrive: what needs them now."""

from flask import Blueprint, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal import clock
from portal.auth.permissions import Permission, Reach, requires
from portal.deals import parking
from portal.formats import ninety_nine, reader_zone, words
from portal.home.queue import SHOWN, WHOSE_LABEL, Whose, following, headline, of_whom, ordered, shown
from portal.home.sources.news import told
from portal.home.waiting import tasks, with_news
from portal.news.queries import since
from portal.routing.queries import standing

bp = Blueprint("staff_home", __name__, url_prefix="/staff")


@bp.get("/")
@requires(Permission.SEE_QUEUE, Reach.ANY)
def today() -> ResponseReturnValue:
    now, zone = clock.now(), reader_zone()
    wanted = request.args.get("whose")
    whose = Whose(wanted) if wanted in list(Whose) else Whose.ALL
    away, covered = standing(current_user.id, now)
    waiting, lately = with_news(current_user, now, covered)
    everything = ordered(waiting, now, zone)
    listed = {each: of_whom(everything, each) for each in Whose}
    g.menu_count = ninety_nine(len(everything)) if everything else ""
    return render_template(
        "home/today.html",
        headline=headline(everything, now, zone),
        tasks=[shown(task, now, zone) for task in listed[whose][:SHOWN]],
        is_more=len(listed[whose]) > SHOWN,
        whose=whose,
        away=away,
        covered=list(covered.values()),
        usual_return=parking.usual(),
        news=told(lately, since(current_user, now), words()) if whose is Whose.ALL else None,
        views=[
            {
                "url": "/staff/" if each is Whose.ALL else f"/staff/?whose={each}",
                "label": WHOSE_LABEL[each],
                "current": each is whose,
                "count": ninety_nine(len(found)) if found else "",
            }
            for each, found in listed.items()
        ],
    )


@bp.get("/next")
@requires(Permission.SEE_QUEUE, Reach.ANY)
def onward() -> ResponseReturnValue:
    """From the record that the address names to what waits after it."""
    now = clock.now()
    _, covered = standing(current_user.id, now)
    everything = ordered(tasks(current_user, now, covered), now, reader_zone())
    return redirect(following(everything, request.args.get("after", "")))
