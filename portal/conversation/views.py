"""The partner's side of a conversation: write, read on, take a file along."""

from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal.auth.permissions import Permission, Reach, requires
from portal.conversation import pages, queries
from portal.evidence.forms import takes_files
from portal.idempotency import once

bp = Blueprint("conversation", __name__, url_prefix="/referrals")
bp.url_value_preprocessor(lambda _endpoint, _values: takes_files())
BASE = "/referrals"


@bp.app_context_processor
def _of_every_page() -> dict[str, Any]:
    return {"blank_message": pages.blank_form}


@bp.get("/<ref>/messages")
@requires(Permission.VIEW_REFERRALS, Reach.OWN)
def show(ref: str) -> ResponseReturnValue:
    return pages.conversation(queries.to_write(current_user, ref), BASE)


@bp.post("/<ref>/messages")
@requires(Permission.SEND_MESSAGES, Reach.OWN)
@once
def write(ref: str) -> ResponseReturnValue:
    return pages.take(ref, BASE)


@bp.post("/<ref>/messages/read-mark")
@requires(Permission.VIEW_REFERRALS, Reach.OWN)
@once
def read(ref: str) -> ResponseReturnValue:
    return pages.mark_as_read(ref, BASE)


@bp.get("/files/<ref>")
@requires(Permission.VIEW_REFERRALS, Reach.OWN)
def file(ref: str) -> ResponseReturnValue:
    return pages.hand_out(ref)
