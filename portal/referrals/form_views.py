"""The partner's side: the form by which a company is referred, and how it would be read."""

from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from markupsafe import Markup

from portal import clock
from portal.agreements.queries import in_force
from portal.agreements.terms import Terms
from portal.auth.permissions import Permission, Reach, requires
from portal.criteria.queries import published
from portal.criteria.reading import read
from portal.errors import Refused
from portal.formats import words
from portal.idempotency import commit_to, once
from portal.lookalikes.queries import own_hold as hold_called
from portal.prechecks.queries import check as check_called
from portal.privacy import queries as privacy
from portal.referrals import actions
from portal.referrals.forms import ReferralForm, countries
from portal.referrals.rules import OUTCOME_SAYS

bp = Blueprint("referral_form", __name__, url_prefix="/referrals")


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.SUBMIT_REFERRALS, Reach.OWN)
@once
def new() -> ResponseReturnValue:
    form = _form()
    if form.validate_on_submit():
        try:
            sent = actions.submit(current_user, now=clock.now(), answers=form.introduced())
        except actions.Introduced as before:
            form.refuse(before)
            form.website.errors = [_link(before.ref)]
        except Refused as refusal:
            form.refuse(refusal)
        else:
            due = words().when(sent.due_at)
            return commit_to(f"/referrals/{sent.ref}", f"{sent.company} is with us. You hear from us by {due}.")
    return render_template("referrals/new.html", form=form, **_reading_of(form)), form.status


def _known_so_far() -> dict[str, str]:
    """What was asked for, where the form is come to from a check or a hold. 404 for one of another company."""
    if ref := request.args.get("hold"):
        held = hold_called(current_user, ref)
        return {"company": held.company, "website": held.domain}
    if ref := request.args.get("check"):
        made = check_called(current_user, ref)
        return {"company": made.company, "website": made.domain}
    return {}


@bp.post("/reading")
@requires(Permission.SUBMIT_REFERRALS, Reach.OWN)
def reading() -> ResponseReturnValue:
    """How it would be read as it is typed; nothing is saved. Without scripts it is the whole page again."""
    form = _form()
    whole = "text/html" in request.headers.get("Accept", "")
    template = "referrals/new.html" if whole else "referrals/_reading.html"
    return render_template(template, form=form, fragment=not whole, **_reading_of(form))


def _form() -> ReferralForm:
    form = ReferralForm(data=_known_so_far())
    form.country.choices = countries(published().territories)
    return form


def _reading_of(form: ReferralForm) -> dict[str, Any]:
    """The reading of what is there so far, and what it would pay."""
    agreement = in_force(current_user.partner_id)
    reading = read(published(), form.answers_so_far()) if form.contact_title.data else None
    return {
        "reading": reading,
        "says": OUTCOME_SAYS[reading.outcome] if reading else "",
        "why_kept": privacy.told_on_the_form(),
        "terms": Terms.from_data(agreement.terms) if agreement else None,
    }


def _link(ref: str) -> Markup:
    return Markup('You referred them already: <a href="/referrals/{0}">{0}</a>.').format(ref)
