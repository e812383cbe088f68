"""The rules as partners read them: linked from wherever they decide something."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from portal.auth.permissions import Permission, Reach, requires
from portal.engagement import queries
from portal.engagement.printed import LIKE_IT, printed

bp = Blueprint("engagement", __name__, url_prefix="/rules-of-engagement")


@bp.get("")
@requires(Permission.READ_RESOURCES, Reach.COMPANY)
def index() -> ResponseReturnValue:
    in_use = queries.version_in_use()
    return render_template("engagement/printed.html", in_use=in_use, rules=printed(in_use.rules), besides=LIKE_IT)
