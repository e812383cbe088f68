"""A deal of another channel, entered by whoever sells: what is here already under such a name is shown first."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal import clock
from portal.auth.permissions import Permission, Reach, requires
from portal.deals import actions
from portal.deals.forms import DealForm
from portal.errors import Refused
from portal.idempotency import commit_to, once
from portal.lookalikes.domains import domain_of
from portal.lookalikes.likeness import LIKELY, Company
from portal.lookalikes.queries import Asked
from portal.prechecks import queries as prechecks
from portal.program import the_program
from portal.referrals.alike import page_of

bp = Blueprint("staff_deal_entry", __name__, url_prefix="/staff/deals")


class Known(NamedTuple):
    """A customer, an open deal or a live claim that looks like what is entered."""

    ref: str
    url: str
    company: str
    whose: str
    state: str
    alike: str


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.MOVE_DEALS, Reach.ASSIGNED)
@once
def new() -> ResponseReturnValue:
    form, program = DealForm(), the_program() or abort(404)
    form.expected.currency = currency = program.currency
    known: Sequence[Known] = ()
    if form.validate_on_submit():
        try:
            known = _known(form)
            if form.has_seen(each.ref for each in known):
                return _enter(form, currency)
            form.warn(each.ref for each in known)
        except Refused as refusal:
            form.refuse(refusal)
    return render_template("deals/new.html", form=form, currency=currency, known=known), form.status


def _enter(form: DealForm, currency: str) -> ResponseReturnValue:
    typed: dict[str, Any] = {"company": form.company.data, "website": form.website.data or "", "channel": form.chosen}
    typed |= {"currency": currency, "expected_minor": form.expected.minor}
    deal = actions.enter(current_user, now=clock.now(), **typed)
    return commit_to(f"/staff/deals/{deal.ref}", f"{deal.company} is yours.")


def _known(form: DealForm) -> list[Known]:
    domain = domain_of(form.website.data) if form.website.data else ""
    alike = prechecks.lookalikes(Asked(Company(form.company.data or "", domain)), clock.now())
    return [_row(each) for each in alike if each.found.score >= LIKELY and not each.is_past]


def _row(each: Any) -> Known:
    found = each.found
    alike = f"{found.score} of 100, {found.reason}"
    return Known(found.ref, page_of(found.ref), found.name or found.domain, each.partner or "Ours", each.state, alike)
