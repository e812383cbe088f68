"""Where a form comes too late for its session: what was typed is kept, and stands on the form again after signing in.

Nothing is done before somebody is known. All that such a form leads to is a row that is shown once more to the person
whose session it was, which the cookie that we signed says, and in the browser that it came from. The form has passed
the checks of any other; where its token is of a session that is over, the browser has to say that it is ours."""

from urllib.parse import urlsplit

from flask import Flask, Response, current_app, flash, jsonify, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, user_logged_in
from flask_wtf.csrf import CSRFError
from markupsafe import Markup
from werkzeug.exceptions import HTTPException

from portal import clock
from portal.auth.devices import this_browser
from portal.auth.models import User
from portal.auth.sessions import LEFT
from portal.extensions import db, login_manager
from portal.failures import http_failure, words_among
from portal.headers import is_a_page_of_ours
from portal.unsent import actions, queries
from portal.unsent.filling import filled
from portal.unsent.rules import FIELD, SAVED_WHILE_TYPED, Typed, says_signed_out, to_be_kept, way_back

_PAGE, _FOR_A_SCRIPT = "text/html", "application/json"


def init_app(app: Flask) -> None:
    login_manager.session_protection = None
    login_manager.unauthorized_handler(_to_sign_in)
    user_logged_in.connect(_remind, app)
    app.register_error_handler(CSRFError, _came_too_late)
    app.before_request(_forget_what_is_sent)
    app.after_request(_fill_in)
    app.after_request(_forget_what_is_saved)


def opens(path: str) -> bool:
    """Whether the address has a page: what was sent from the answer to another form may have none."""
    try:
        current_app.url_map.bind("").match(path.partition("?")[0], method="GET")
    except HTTPException:
        return False
    return True


def _to_sign_in() -> ResponseReturnValue:
    """To sign in, and from there to the page that was asked for, or to the form that was sent."""
    if request.method == "GET":
        return redirect(url_for("auth.sign_in", next=request.full_path.rstrip("?")))
    back = _way_back()
    return _told_meanwhile(back) if _is_saved_meanwhile() else redirect(url_for("auth.sign_in", next=back))


def _came_too_late(failure: CSRFError) -> ResponseReturnValue:
    """The page was made for a session that is over, or half a day ago."""
    db.session.rollback()
    view = current_app.view_functions[request.endpoint or ""]
    back = None if getattr(view, "__access__", "") == "public" or not is_a_page_of_ours() else _way_back()
    if back is None:
        return http_failure(failure)
    if _is_saved_meanwhile():
        return _told_meanwhile(back)
    return redirect(back if current_user.is_authenticated else url_for("auth.sign_in", next=back), 303)


def _told_meanwhile(back: str | None) -> ResponseReturnValue:
    """What the page that is still open says to whoever types on: where it is kept, and the way there."""
    is_known = current_user.is_authenticated
    way = back if is_known else url_for("auth.sign_in", next=back)
    kept = back.rpartition("=")[2] if back else ""
    says, link = says_signed_out(is_kept=bool(kept), is_in_again=is_known)
    return jsonify(says=says, link=link, way=way, kept=kept), 401


def _is_saved_meanwhile() -> bool:
    return request.endpoint in SAVED_WHILE_TYPED and request.headers.get("Accept") == _FOR_A_SCRIPT


def _way_back() -> str | None:
    """Keep what was typed, and say where it is found again; None where nobody types, or nobody can be named."""
    browser, user_id = this_browser(), _whose()
    is_typed = _PAGE in request.headers.get("Accept", "") or _is_saved_meanwhile()
    if not browser or user_id is None or not is_typed:
        return None
    typed = _typed()
    if not typed.says_something:
        return typed.page if opens(typed.page) else None
    actions.forget(user_id, browser, request.form.get(FIELD, ""))  # it comes too late a second time
    ref = actions.keep(user_id, browser, typed, now=clock.now())
    db.session.commit()
    return way_back(ref)


def _whose() -> int | None:
    if current_user.is_authenticated:
        return None if current_user.viewer else int(current_user.id)
    return queries.whose(session.get("_user_id") or session.get(LEFT) or "")


def _typed() -> Typed:
    from_ = urlsplit(request.referrer or "")
    page = f"{from_.path}?{from_.query}".rstrip("?") if from_.netloc == request.host else ""
    files = tuple(each.filename for _, each in request.files.items(multi=True) if each.filename)
    to = page if _is_saved_meanwhile() else request.full_path.rstrip("?")
    return Typed(to, page, to_be_kept(request.form.items(multi=True)), files)


def _remind(_app: Flask, user: User) -> None:
    """Whoever signs in by another way than the one that leads back to it."""
    if FIELD in (request.args.get("next") or ""):
        return
    ref = queries.newest(user.id, this_browser(), clock.now())
    if ref is not None:
        link = Markup('<a href="{}">Go on with it</a>').format(way_back(ref))
        flash(
            Markup("You were signed out before a form was sent. What you typed is kept for a day. {}.").format(link),
            "note",
        )


def _forget_what_is_sent() -> None:
    if request.method == "POST" and (ref := request.form.get(FIELD)) and current_user.is_authenticated:
        actions.forget(current_user.id, this_browser(), ref)


def _forget_what_is_saved(response: Response) -> Response:
    """A draft has all of it, and what is typed from here on: going on with what was kept would be a step back. Its view
    begins with a rollback, so it is forgotten once more."""
    ref = request.form.get(FIELD) if request.endpoint in SAVED_WHILE_TYPED else None
    if ref and response.status_code < 400 and current_user.is_authenticated:
        actions.forget(current_user.id, this_browser(), ref)
        db.session.commit()
    return response


def _fill_in(response: Response) -> Response:
    """The page that the form stands on, with what was typed in its place; nothing is written by it."""
    ref = request.args.get(FIELD) if request.method == "GET" else None
    if not ref or response.mimetype != _PAGE or response.location or not current_user.is_authenticated:
        return response
    typed = None if current_user.viewer else queries.typed(current_user.id, this_browser(), ref, clock.now())
    if typed is not None:
        done = filled(response.get_data(as_text=True), typed, request.path)
        told = {"ref": ref, "files": typed.files, "found": done.found, "left": words_among(done.left)}
        note = render_template("unsent/_note.html", **told)
        at = done.note_at or 0
        response.set_data(done.page[:at] + note + done.page[at:])
    return response
