"""Where our own people arrive: what needs them now."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal import clock
from portal.auth.permissions import Permission, Reach, requires
from portal.deals import parking
from portal.formats import ninety_nine, reader_zone, words
from portal.home.queue import QUEUE, WHOSE_LABEL, Task, Whose, following, headline, of_whom, ordered, sheet, shown
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
    here = sheet(listed[whose], is_rest="rest" in request.args)
    g.menu_count = ninety_nine(len(everything)) if everything else ""
    return render_template(
        "home/today.html",
        headline=headline(everything, now, zone),
        tasks=[shown(task, now, zone) for task in here.tasks],
        keys_here=_keys(here.tasks),
        here=here,
        whose=whose,
        other_url=_url(whose, is_rest=not here.is_rest),
        away=away,
        covered=list(covered.values()),
        usual_return=parking.usual(),
        news=told(lately, since(current_user, now), words()) if whose is Whose.ALL and not here.is_rest else None,
        views=[_view(each, len(found), is_here=each is whose) for each, found in listed.items()],
    )


def _view(whose: Whose, count: int, *, is_here: bool) -> dict[str, Any]:
    counted = ninety_nine(count) if count else ""
    return {"url": _url(whose), "label": WHOSE_LABEL[whose], "current": is_here, "count": counted}


def _url(whose: Whose, *, is_rest: bool = False) -> str:
    given = [*([] if whose is Whose.ALL else [f"whose={whose}"]), *(["rest"] if is_rest else [])]
    return QUEUE + ("?" + "&".join(given) if given else "")


def _keys(tasks: Sequence[Task]) -> list[str]:
    """What can be pressed: a row is ticked or parked where it can be."""
    keys = ("X", any(task.pick for task in tasks)), ("P", any(task.park for task in tasks))
    return ["J K", "Enter", *(key for key, has in keys if has)]


@bp.get("/next")
@requires(Permission.SEE_QUEUE, Reach.ANY)
def onward() -> ResponseReturnValue:
    """From the record that the address names to what waits after it."""
    now = clock.now()
    _, covered = standing(current_user.id, now)
    everything = ordered(tasks(current_user, now, covered), now, reader_zone())
    return redirect(following(everything, request.args.get("after", "")))
