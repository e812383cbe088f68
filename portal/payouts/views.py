from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal import storage
from portal.auth.permissions import Permission, Reach, requires
from portal.downloads import attachment
from portal.payouts import queries

bp = Blueprint("statements", __name__)


@bp.get("/statements/<ref>.pdf")
@requires(Permission.VIEW_STATEMENTS, Reach.COMPANY)
def download(ref: str) -> ResponseReturnValue:
    statement = queries.statement(current_user, ref) or abort(404)
    if statement.sha256 is None:
        return render_template("payouts/no_pdf.html", statement=statement), 404
    return attachment(storage.get(statement.sha256), f"{statement.ref}.pdf", "application/pdf")
