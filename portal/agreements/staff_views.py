"""Staff prepare agreements, send them, follow them and take them back."""

from collections.abc import Callable
from urllib.parse import urlencode

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from markupsafe import Markup

from portal import clock
from portal.activity.queries import timeline
from portal.agreements import actions, queries
from portal.agreements.forms import NewAgreementForm, ReasonForm
from portal.agreements.papers import handed_out
from portal.agreements.rules import LABEL, NEXT, TONE, AgreementState
from portal.agreements.terms import Terms
from portal.auth.permissions import Permission, Reach, requires
from portal.errors import Refused
from portal.idempotency import commit_to, once
from portal.markdown import render
from portal.program import the_program

bp = Blueprint("staff_agreements", __name__, url_prefix="/staff/agreements")


@bp.get("/")
@requires(Permission.REVIEW_AGREEMENTS, Reach.ANY)
def index() -> ResponseReturnValue:
    state = _state(request.args.get("state"))
    page = queries.page(
        current_user, states=[state] if state else [], token=request.args.get("at"), url=_address(state)
    )
    states = [("", "Any"), *((each.value, LABEL[each]) for each in AgreementState)]
    return render_template(
        "agreements/staff_index.html", page=page, state=state or "", states=states, labels=LABEL, tones=TONE
    )


@bp.get("/<ref>")
@requires(Permission.REVIEW_AGREEMENTS, Reach.ANY)
def show(ref: str) -> ResponseReturnValue:
    return _page(ref)


@bp.get("/<ref>.pdf")
@requires(Permission.REVIEW_AGREEMENTS, Reach.ANY)
def pdf(ref: str) -> ResponseReturnValue:
    return handed_out(queries.agreement(current_user, ref), layout="layouts/staff.html")


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.SEND_AGREEMENTS, Reach.ANY)
@once
def prepare() -> ResponseReturnValue:
    form = _form()
    if form.validate_on_submit():
        try:
            agreement = actions.prepare(
                current_user,
                queries.party_called(form.partner.data) or abort(404),
                template=queries.template(form.template.data),
                plan=queries.plan(form.fee_plan.data),
                terms=_terms(form),
                now=clock.now(),
            )
        except Refused as refusal:
            form.refuse(refusal)
        else:
            return commit_to(f"/staff/agreements/{agreement.ref}", "A draft. Read it once more, then send it.")
    return render_template("agreements/prepare.html", form=form, text=""), form.status


@bp.post("/preview")
@requires(Permission.SEND_AGREEMENTS, Reach.ANY)
def preview() -> ResponseReturnValue:
    """The text that these terms make; nothing is saved. Without scripts it is the whole page again."""
    form = _form()
    text = (
        _text(form) if form.validate() else Markup("<p>As soon as every field is filled in, the text appears here.</p>")
    )
    if "text/html" in request.headers.get("Accept", ""):
        return render_template("agreements/prepare.html", form=form, text=text)
    return text


@bp.post("/<ref>/sending")
@requires(Permission.SEND_AGREEMENTS, Reach.ANY)
@once
def send(ref: str) -> ResponseReturnValue:
    agreement = queries.agreement(current_user, ref)
    actions.send(current_user, agreement, now=clock.now())
    return commit_to(f"/staff/agreements/{ref}", f"Sent. {LABEL[agreement.state]}: the partner has two weeks to sign.")


@bp.post("/<ref>/withdrawal")
@requires(Permission.SEND_AGREEMENTS, Reach.ANY)
@once
def void(ref: str) -> ResponseReturnValue:
    agreement, form = queries.agreement(current_user, ref), ReasonForm()
    if not form.validate_on_submit():
        return _page(ref, form), form.status
    actions.void(current_user, agreement, reason=form.reason.data, now=clock.now())
    return commit_to(f"/staff/agreements/{ref}", "Taken back. There is nothing to sign any more.")


def _page(ref: str, form: ReasonForm | None = None) -> str:
    row = queries.with_its_parts(current_user, ref) or abort(404)
    agreement = row.Agreement
    sends = current_user.may(Permission.SEND_AGREEMENTS)
    return render_template(
        "agreements/staff_show.html",
        agreement=agreement,
        partner=row.Partner,
        row=row,
        terms=Terms.from_data(agreement.terms),
        text=render(agreement.body),
        signatures=queries.signatures(agreement) if agreement.in_force_at else (),
        told=timeline(current_user, [ref]),
        form=form or ReasonForm(formdata=None),
        may_send=sends and agreement.state is AgreementState.DRAFT,
        may_void=sends and AgreementState.VOID in NEXT[agreement.state],
        label=LABEL[agreement.state],
        tone=TONE[agreement.state],
    )


def _form() -> NewAgreementForm:
    program = the_program()
    start = {"partner": request.args.get("partner"), "payment_day": program.payment_day if program else 15}
    form = NewAgreementForm(data=start)
    form.offer(queries.parties(), queries.published_templates(), queries.published_plans())
    return form


def _terms(form: NewAgreementForm) -> Terms:
    plan = queries.plan(form.fee_plan.data).plan
    return Terms(
        currency=plan.currency,
        plan=plan,
        protection_days=form.protection_days.data,
        tail_days=form.tail_days.data,
        extension_days=form.extension_days.data,
        answer_minutes=int(form.answer_hours.data * 60),
        contact_minutes=int(form.contact_hours.data * 60),
        payment_day=form.payment_day.data,
        notice_days=form.notice_days.data,
    )


def _text(form: NewAgreementForm) -> Markup:
    """The text as it would be sent, or what stands in its way."""
    partner = queries.party_called(form.partner.data) or abort(404)
    try:
        body = actions.text_for(partner, queries.template(form.template.data), _terms(form))
    except Refused as refusal:
        return Markup('<p class="error">{}</p>').format(refusal)
    return render(body)


def _state(wanted: str | None) -> AgreementState | None:
    return AgreementState(wanted) if wanted in set(AgreementState) else None


def _address(state: AgreementState | None) -> Callable[[str | None], str]:
    given = {"state": state.value} if state else {}
    return lambda at: "/staff/agreements/?" + urlencode(given | ({"at": at} if at else {}))
