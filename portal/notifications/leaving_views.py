"""What the link in a mail leads to by which such mails are turned off: a look changes nothing, a button or the mail
program does, and the page offers the way back."""

from collections.abc import Iterable

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from portal.auth.links import LinkRefused
from portal.auth.permissions import public
from portal.extensions import db
from portal.headers import posted_from_anywhere
from portal.notifications import leaving
from portal.notifications.leaving import ONE_CLICK
from portal.notifications.paces import FIXED, KINDS, MailKind

bp = Blueprint("leaving", __name__, url_prefix="/mails")


@bp.errorhandler(LinkRefused)
def refused(refusal: LinkRefused) -> ResponseReturnValue:
    return render_template("mails/refused.html", reason=refusal), refusal.status


@bp.get("/off/<token>")
@public
def ask(token: str) -> ResponseReturnValue:
    _, kinds = leaving.read_off(token)
    return render_template("mails/ask.html", kinds=_labels(kinds), here=request.path, fields=dict([ONE_CLICK]))


@bp.post("/off/<token>")
@public
@posted_from_anywhere
def turn_off(token: str) -> ResponseReturnValue:
    """The mail program says so in one field, without cookie or token of ours, from any origin or none (RFC 8058)."""
    name, value = ONE_CLICK
    if request.form.get(name) != value:
        abort(400)
    before = leaving.turn_off(*leaving.read_off(token))
    db.session.commit()
    undo = leaving.on_path(before)
    return render_template("mails/off.html", kinds=_labels(before.of_kind), fixed=FIXED, undo=undo)


@bp.post("/on/<token>")
@public
def turn_on(token: str) -> ResponseReturnValue:
    before = leaving.read_on(token)
    leaving.turn_on(before)
    db.session.commit()
    return render_template("mails/on.html", kinds=_labels(before.of_kind))


def _labels(kinds: Iterable[MailKind]) -> list[str]:
    return [KINDS[kind].label for kind in kinds]
