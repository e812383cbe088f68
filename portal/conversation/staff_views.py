"""Our side of a conversation, with notes that no partner sees; and the mails that were not taken."""

from flask import Blueprint, current_app, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal.auth.permissions import Permission, Reach, requires
from portal.conversation import pages, queries
from portal.conversation.rules import TROUBLE_SAYS
from portal.evidence.forms import takes_files
from portal.idempotency import once

bp = Blueprint("staff_conversation", __name__, url_prefix="/staff")
bp.url_value_preprocessor(lambda _endpoint, _values: takes_files())
BASE = "/staff/referrals"


@bp.get("/referrals/<ref>/messages")
@requires(Permission.REVIEW_REFERRALS, Reach.ANY)
def show(ref: str) -> ResponseReturnValue:
    return pages.conversation(queries.to_write(current_user, ref), BASE)


@bp.post("/referrals/<ref>/messages")
@requires(Permission.ANSWER_PARTNERS, Reach.ANY)
@once
def write(ref: str) -> ResponseReturnValue:
    return pages.take(ref, BASE)


@bp.post("/referrals/<ref>/messages/read-mark")
@requires(Permission.REVIEW_REFERRALS, Reach.ANY)
@once
def read(ref: str) -> ResponseReturnValue:
    return pages.mark_as_read(ref, BASE)


@bp.get("/referrals/files/<ref>")
@requires(Permission.REVIEW_REFERRALS, Reach.ANY)
def file(ref: str) -> ResponseReturnValue:
    return pages.hand_out(ref)


@bp.get("/jobs/refused-mails")
@requires(Permission.VIEW_JOBS, Reach.ANY)
def refused_mails() -> ResponseReturnValue:
    settings = current_app.config["SETTINGS"]
    return render_template(
        "conversation/refused_mails.html",
        refused=queries.refused_mails(),
        says=TROUBLE_SAYS,
        reply_address=settings.reply_address,
        is_fetched=bool(settings.imap_url),
        mailbox=queries.mailbox(),
    )
