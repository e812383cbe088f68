"""The company page of a partner: its facts, where it is paid, its tax form."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal import clock
from portal.activity.queries import timeline
from portal.auth.permissions import Permission, Reach, requires
from portal.auth.step_up import step_up
from portal.countries import COUNTRIES
from portal.errors import Refused
from portal.idempotency import commit_to, once
from portal.partners import actions, decisions, queries
from portal.partners.forms import PayoutDetailsForm, TaxFormForm
from portal.partners.rules import LABEL, TAX_FORM_HINT, TAX_FORM_LABEL, TONE, TaxFormKind
from portal.program import the_program

bp = Blueprint("company", __name__, url_prefix="/company")


@bp.get("/")
@requires(Permission.VIEW_COMPANY, Reach.COMPANY)
def show() -> ResponseReturnValue:
    company = queries.company(current_user)
    return render_template(
        "company/show.html",
        company=company,
        partner=company.partner,
        entries=timeline(current_user, company.refs, limit=20),
        may_propose=current_user.may(Permission.PROPOSE_PAYOUT_DETAILS),
        country=COUNTRIES.get(company.partner.country, company.partner.country),
        state_label=LABEL,
        state_tone=TONE,
        tax_form_label=TAX_FORM_LABEL,
        now=clock.now(),
    )


@bp.route("/payout-details", methods=["GET", "POST"])
@requires(Permission.PROPOSE_PAYOUT_DETAILS, Reach.COMPANY)
@step_up(decisions.proposal)
@once
def propose_payout_details() -> ResponseReturnValue:
    form = PayoutDetailsForm()
    if form.validate_on_submit():
        answers = {"holder": form.holder.data, "account": form.account.data}
        try:
            actions.propose_payout_details(current_user, queries.own(current_user), **answers, now=clock.now())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            return commit_to("/company/", "Your payout details wait for a second person to confirm them.")
    company = queries.company(current_user)
    return render_template("company/payout_details.html", form=form, company=company), form.status


@bp.route("/tax-form", methods=["GET", "POST"])
@requires(Permission.PROPOSE_PAYOUT_DETAILS, Reach.COMPANY)
@step_up(decisions.tax_form)
@once
def file_tax_form() -> ResponseReturnValue:
    form = TaxFormForm()
    if form.validate_on_submit():
        now, program = clock.now(), the_program()
        today = clock.local_date(now, program.time_zone if program else "UTC")
        kind = TaxFormKind(form.kind.data)
        actions.file_tax_form(current_user, queries.own(current_user), kind, today=today, now=now)
        return commit_to("/company/", "Your tax form is on file.")
    return render_template("company/tax_form.html", form=form, hints=TAX_FORM_HINT), form.status
