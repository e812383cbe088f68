from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal import clock
from portal.auth.holders import names
from portal.auth.permissions import Permission, Reach, requires
from portal.engagement import actions, queries
from portal.engagement.forms import EngagementForm
from portal.engagement.printed import LIKE_IT, differences, printed
from portal.errors import Refused
from portal.idempotency import commit_to, once

bp = Blueprint("staff_engagement", __name__, url_prefix="/staff/engagement")
HOME = "/staff/engagement/"


@bp.get("/")
@requires(Permission.REVIEW_REFERRALS, Reach.ANY)
def index() -> ResponseReturnValue:
    history = queries.history()
    waiting = None if history[0].is_published else history[0]
    in_use = next(each for each in history if each.is_published)
    return render_template(
        "engagement/index.html",
        in_use=in_use,
        rules=printed(in_use.rules),
        besides=LIKE_IT,
        waiting=waiting,
        changes=differences(in_use.rules, waiting.rules) if waiting else [],
        publishers=_publishers(waiting),
        history=[
            (new, differences(old.rules, new.rules) if old else [])
            for new, old in zip(history, [*history[1:], None], strict=True)
        ],
        may_edit=current_user.may(Permission.EDIT_ENGAGEMENT),
    )


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.EDIT_ENGAGEMENT, Reach.ANY)
@once
def new() -> ResponseReturnValue:
    start = queries.history()[0]
    form = EngagementForm.showing(start.rules)
    if form.validate_on_submit():
        try:
            version = actions.draft(current_user, data=form.said(), seen_number=form.seen_number, now=clock.now())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            return commit_to(HOME, f"Version {version.number} is drafted. Somebody else puts it to use.")
    return render_template("engagement/new.html", form=form, is_waiting=not start.is_published), form.status


@bp.post("/<int:number>/publication")
@requires(Permission.EDIT_ENGAGEMENT, Reach.ANY)
@once
def publication(number: int) -> ResponseReturnValue:
    actions.publish(current_user, queries.one(number), now=clock.now())
    return commit_to(HOME, f"Version {number} is in use: claims from now on are ruled by it.")


def _publishers(waiting: queries.Version | None) -> str:
    others = queries.publishers(waiting.row.created_by_id) if waiting and waiting.row else []
    return names(others) if others else ""
