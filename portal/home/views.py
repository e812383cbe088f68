"""Where a partner's people arrive."""

from flask import Blueprint, abort, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal import clock
from portal.auth.permissions import Permission, Reach, requires
from portal.fees.queries import totals
from portal.formats import words
from portal.home import queries, shown
from portal.home.rules import first_steps, opening
from portal.news import queries as news
from portal.news.shown import news_of
from portal.program import the_program
from portal.sla.queries import records

bp = Blueprint("home", __name__)


@bp.before_app_request
def begin_with_set_up() -> ResponseReturnValue | None:
    """Nobody can sign in to a program that is not there yet: the sign-in page says what comes first."""
    if request.endpoint == "auth.sign_in" and request.method == "GET" and the_program() is None:
        return render_template("home/set_up.html"), 503
    return None


@bp.get("/")
@requires(Permission.USE_ACCOUNT, Reach.OWN)
def show() -> ResponseReturnValue:
    """Everyone arrives here; staff go on to what waits for them."""
    if current_user.is_staff:
        return redirect("/staff/")
    program, now = the_program() or abort(503), clock.now()
    situation = queries.situation(current_user.partner_id)
    found = queries.latest(current_user, now) if situation.has_referral else []
    money = totals(current_user, now) if situation.has_referral else []
    standing = shown.standing(current_user, program, situation, money, found, now)
    first, said = opening(standing), words()
    return render_template(
        "home/show.html",
        opening=first,
        steps=first_steps(standing),
        figures_shown=shown.figures(money),
        rows=shown.referral_rows(found[: queries.LATEST], situation, current_user, now),
        news=news_of([row for row, _ in found], news.since(current_user, now), said) if found else None,
        words=shown.words_kept(situation, records(list(shown.PROMISED), now), program.payment_day),
        readings=shown.readings(queries.worth_reading(current_user)),
        may_refer=standing.can_refer and first.url != "/referrals/new",
    )
