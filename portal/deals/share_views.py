"""Who has which share of a deal, and what was agreed before."""

from typing import Any

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal import clock
from portal.auth.permissions import Permission, Reach, requires
from portal.deals import queries, shares, sharing, shown
from portal.deals.models import Deal
from portal.deals.rules import LABEL, OPEN
from portal.deals.share_forms import SharesForm, shares_form
from portal.idempotency import commit_to, once

bp = Blueprint("staff_deal_shares", __name__, url_prefix="/staff/deals")
NOT_YOURS = "Partner managers change the shares while the deal is open."


@bp.get("/<ref>/shares")
@requires(Permission.VIEW_DEALS, Reach.ANY)
def show(ref: str) -> ResponseReturnValue:
    row = queries.deal(current_user, ref) or abort(404)
    may = row.Deal.stage in OPEN and current_user.may(Permission.SHARE_DEALS)
    return _page(row.Deal, _form(row.Deal, formdata=None) if may else None)


@bp.post("/<ref>/shares")
@requires(Permission.SHARE_DEALS, Reach.ANY)
@once
def change(ref: str) -> ResponseReturnValue:
    deal = shares.to_divide(ref)
    form = _form(deal)
    if not form.validate_on_submit():
        return _page(deal, form), form.status
    given: dict[str, Any] = {"seen_version": form.version.data, "because": form.because.data or ""}
    sharing.divide(current_user, deal, form.divided, now=clock.now(), **given)
    return commit_to(f"/staff/deals/{ref}/shares", "The shares are changed. Each partner is told its own.")


def _form(deal: Deal, **given: Any) -> SharesForm:
    return shares_form(shares.sides(deal), version=deal.version, **given)


def _page(deal: Deal, form: SharesForm | None) -> str:
    told = [shown.share_of(each) for each in shares.told(deal.id)]
    ended = f"The deal is {LABEL[deal.stage].lower()}: its shares stay as they are."
    closed = shares.ALONE if not told else NOT_YOURS if deal.stage in OPEN else ended
    return render_template("deals/shares.html", deal=deal, form=form, told=told, closed=closed)
