"""What both sides' pages do alike: show all that was said, take what is written, mark it as read, hand out a file."""

from datetime import UTC, datetime
from functools import lru_cache

from flask import current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from jinja2 import Environment
from markupsafe import Markup

from portal import clock, storage
from portal.conversation import actions, queries
from portal.conversation.file_rules import download_name
from portal.conversation.forms import MessageForm, StaffMessageForm
from portal.conversation.shown import said_from
from portal.downloads import attachment
from portal.errors import Refused
from portal.idempotency import commit_to
from portal.paging import MOST
from portal.referrals.models import Referral

# Said to staff, and to a partner.
SENT = {True: "Sent. The partner is told by mail.", False: "Sent. Our team is told by mail."}


def form_of_reader() -> MessageForm:
    return StaffMessageForm() if current_user.is_staff else MessageForm()


def blank_form(*, is_staff: bool) -> Markup:
    """The fields of a form that nobody has typed into, the same on every page: drawn once for each side."""
    return _blank(current_app.jinja_env, StaffMessageForm if is_staff else MessageForm)


@lru_cache(maxsize=4)
def _blank(templates: Environment, kind: type[MessageForm]) -> Markup:
    form = kind(formdata=None, meta={"csrf": False})
    return Markup(templates.get_template("conversation/_fields.html").render(form=form))  # noqa: S704 (a template of ours)


def conversation(referral: Referral, base: str, form: MessageForm | None = None) -> str:
    """All that was said on a referral, page by page."""
    here = f"{base}/{referral.ref}/messages"
    page = queries.page(
        current_user, referral, token=request.args.get("at"), url=lambda at: f"{here}?at={at}" if at else here
    )
    said = [said_from(row, row.by, is_own=row.by_id == current_user.id, last_read=MOST) for row in reversed(page.rows)]
    return render_template(
        "conversation/show.html",
        referral=referral,
        base=base,
        page=page,
        said=said,
        form=form or form_of_reader(),
        may_write=queries.may_write(current_user, referral),
    )


def take(ref: str, base: str) -> ResponseReturnValue:
    """Say what was typed; with an error the form comes back as it was, below what was said."""
    referral, form = queries.to_write(current_user, ref), form_of_reader()
    is_internal = bool(form.is_internal and form.is_internal.data)
    if form.validate_on_submit():
        try:
            files = form.uploads()
            text = form.text.data or ""
            actions.write(current_user, referral, text=text, files=files, is_internal=is_internal, now=clock.now())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            said = "Noted, for our own people." if is_internal else SENT[current_user.is_staff]
            return commit_to(f"{base}/{ref}#conversation", said)
    return conversation(queries.to_write(current_user, ref), base, form), form.status


def mark_as_read(ref: str, base: str) -> ResponseReturnValue:
    """As far as the page showed it: what came in meanwhile stays new."""
    referral = queries.to_write(current_user, ref)
    actions.read(current_user, referral, queries.last_id(current_user, referral.id, until=_until()))
    return commit_to(f"{base}/{ref}#conversation")


def hand_out(ref: str) -> ResponseReturnValue:
    found = queries.file(current_user, ref)
    return attachment(storage.get(str(found.sha256)), download_name(found.name), found.media_type)


def _until() -> datetime:
    now = clock.now()
    try:
        return datetime.fromisoformat(request.form.get("until", "")).astimezone(UTC)
    except (ValueError, OverflowError):  # OverflowError: a day before the first, by its zone
        return now
