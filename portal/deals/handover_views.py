"""Who owns a deal from here on, and what its partner is told meanwhile."""

from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal import clock
from portal.auth.models import User
from portal.auth.permissions import Permission, Reach, requires
from portal.deals import handover, owners, queries, updates
from portal.deals.forms import HandoverForm, ManyHandoversForm, UpdateForm
from portal.deals.models import Deal
from portal.errors import Refused
from portal.formats import counted
from portal.idempotency import commit_to, once
from portal.routing import queries as routes
from portal.sla.queries import today_of

bp = Blueprint("staff_deal_handover", __name__)


@bp.get("/staff/deals/<ref>/handover")
@requires(Permission.HAND_OVER_DEALS, Reach.ASSIGNED)
def show(ref: str) -> ResponseReturnValue:
    deal = owners.to_hand_over(current_user, ref)
    return _page(deal, HandoverForm(formdata=None, version=deal.version))


@bp.post("/staff/deals/<ref>/handover")
@requires(Permission.HAND_OVER_DEALS, Reach.ASSIGNED)
@once
def hand_over(ref: str) -> ResponseReturnValue:
    deal, form, people = owners.to_hand_over(current_user, ref), HandoverForm(), _people()
    form.offer(people, but=deal.owner_id)
    if form.validate_on_submit():
        given: dict[str, Any] = {"seen_version": form.version.data, "reason": form.reason.data or ""}
        to = next(each for each in people if each.ref == form.to.data)
        try:
            handover.hand_over(current_user, deal, to.id, now=clock.now(), **given)
        except Refused as refusal:
            if refusal.field is None:
                raise
            form.refuse(refusal)
            deal = owners.to_hand_over(current_user, ref)
        else:
            return commit_to(f"/staff/deals/{ref}", f"{to.name} looks after {deal.company} from here on.")
    return _page(deal, form), form.status


@bp.get("/staff/people/<ref>/deals")
@requires(Permission.HAND_OVER_DEALS, Reach.ANY)
def show_all(ref: str) -> ResponseReturnValue:
    return _page_of(owners.colleague(ref), ManyHandoversForm(formdata=None))


@bp.post("/staff/people/<ref>/deals")
@requires(Permission.HAND_OVER_DEALS, Reach.ANY)
@once
def hand_over_all(ref: str) -> ResponseReturnValue:
    user, form, people = owners.colleague(ref), ManyHandoversForm(), _people()
    form.offer(people, but=user.id)
    if form.validate_on_submit():
        to_id = next((each.id for each in people if each.ref == form.to.data), None)
        try:
            number = handover.hand_over_all(current_user, user, to_id, now=clock.now(), reason=form.reason.data or "")
        except Refused as refusal:
            form.refuse(refusal)
            user = owners.colleague(ref)
        else:
            return commit_to(f"/staff/people/{ref}/deals", f"{counted(number, 'deal').capitalize()} handed over.")
    return _page_of(user, form), form.status


@bp.route("/staff/deals/<ref>/update", methods=["GET", "POST"])
@requires(Permission.MOVE_DEALS, Reach.ASSIGNED)
@once
def tell(ref: str) -> ResponseReturnValue:
    """A few words to the partner: how it stands."""
    deal, form = queries.to_change(current_user, ref), UpdateForm()
    if form.validate_on_submit():
        try:
            updates.tell_partner(current_user, deal, form.text.data or "", now=clock.now())
        except Refused as refusal:
            if refusal.field is None:
                raise
            form.refuse(refusal)
            deal = queries.to_change(current_user, ref)
        else:
            return commit_to(f"/staff/deals/{ref}", "The partner is told how it stands.")
    return render_template("deals/update.html", deal=deal, form=form), form.status


def _people() -> list[routes.Named]:
    return routes.people(queries.open_by_owner(), today_of(clock.now()))


def _page(deal: Deal, form: HandoverForm) -> str:
    if not form.to.choices:
        form.offer(_people(), but=deal.owner_id)
    return render_template("deals/handover.html", deal=deal, form=form, history=owners.history(deal.id))


def _page_of(user: User, form: ManyHandoversForm) -> str:
    people, in_hand = _people(), queries.open_by_owner().get(user.id, 0)
    if not form.to.choices:
        form.offer(people, but=user.id)
    most = handover.MOST_AT_ONCE
    return render_template("deals/handover_all.html", person=user, form=form, in_hand=in_hand, most=most)
