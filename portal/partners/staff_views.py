"""Partners as staff see them: the list, taking one on, and the page of each."""

from typing import Any

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal import clock
from portal.activity.queries import timeline
from portal.agreements import queries as agreements
from portal.auth import queries as people
from portal.auth.permissions import Permission, Reach, requires
from portal.auth.rules import ROLE_HINT, Role
from portal.auth.step_up import step_up
from portal.countries import COUNTRIES
from portal.errors import Overtaken, Refused
from portal.forms import seen_version
from portal.idempotency import commit_to, once
from portal.partners import actions, decisions, queries
from portal.partners.forms import NewPartnerForm
from portal.partners.models import PayoutDetails
from portal.partners.rules import LABEL, NEXT, TAX_FORM_LABEL, TONE, PartnerState

bp = Blueprint("staff_partners", __name__, url_prefix="/staff/partners")


@bp.get("/")
@requires(Permission.VIEW_PARTNERS, Reach.ANY)
def index() -> ResponseReturnValue:
    q, wanted = request.args.get("q", "").strip()[:120], request.args.get("state", "")
    state = PartnerState(wanted) if wanted in LABEL else None
    query: dict[str, Any] = {name: value for name, value in (("q", q), ("state", state)) if value}
    page = queries.page(
        user=current_user,
        q=q,
        state=state,
        token=request.args.get("page"),
        url=lambda token: url_for(".index", **query, page=token),
    )
    words = {"label": LABEL, "tone": TONE, "countries": COUNTRIES}
    may_manage = current_user.may(Permission.MANAGE_PARTNERS)
    return render_template("partners/index.html", page=page, q=q, state=state, may_manage=may_manage, **words)


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.MANAGE_PARTNERS, Reach.ANY)
@once
def take_on() -> ResponseReturnValue:
    form = NewPartnerForm()
    if form.validate_on_submit():
        answers = form.answers() | {"roles": _roles(form.roles.data)}
        try:
            partner = actions.take_on(current_user, **answers, now=clock.now())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            return commit_to(_url_of(partner.ref), f"{partner.name} is here, and {form.contact_name.data} was invited.")
    return render_template("partners/new.html", form=form, role_hints=ROLE_HINT), form.status


@bp.get("/<ref>")
@requires(Permission.VIEW_PARTNERS, Reach.ANY)
def show(ref: str) -> ResponseReturnValue:
    company, now = queries.company(current_user, ref), clock.now()
    team = people.of_partner(company.partner.id, now)
    refs = [*company.refs, *(person.ref for person in team)]
    return render_template(
        "partners/show.html",
        company=company,
        partner=company.partner,
        team=team,
        names={person.id: person.name for person in team},
        agreements=agreements.of_partner(current_user, company.partner.id),
        entries=timeline(current_user, refs, limit=15),
        country=COUNTRIES.get(company.partner.country, company.partner.country),
        label=LABEL,
        tone=TONE,
        may_become=NEXT[company.partner.state],
        tax_form_label=TAX_FORM_LABEL,
        may_manage=current_user.may(Permission.MANAGE_PARTNERS),
        may_send=current_user.may(Permission.SEND_AGREEMENTS),
        may_view_as=current_user.may(Permission.VIEW_AS),
        may_see_people=current_user.may(Permission.VIEW_PEOPLE),
        may_confirm=current_user.may(Permission.CONFIRM_PAYOUT_DETAILS),
        now=now,
    )


@bp.post("/<ref>/pause")
@requires(Permission.MANAGE_PARTNERS, Reach.ANY)
@once
def pause(ref: str) -> ResponseReturnValue:
    return _move(ref, PartnerState.PAUSED, "{} is paused: it can read and be paid, and refer nobody.")


@bp.post("/<ref>/resumption")
@requires(Permission.MANAGE_PARTNERS, Reach.ANY)
@once
def resume(ref: str) -> ResponseReturnValue:
    partner = queries.get_visible(current_user, ref)
    actions.resume(current_user, partner, now=clock.now(), seen_version=seen_version())
    return commit_to(_url_of(ref), f"{partner.name} may refer again.")


@bp.post("/<ref>/termination")
@requires(Permission.MANAGE_PARTNERS, Reach.ANY)
@once
def terminate(ref: str) -> ResponseReturnValue:
    return _move(ref, PartnerState.TERMINATED, "{} is terminated. What it earned stays due.")


@bp.post("/<ref>/closure")
@requires(Permission.MANAGE_PARTNERS, Reach.ANY)
@once
def close(ref: str) -> ResponseReturnValue:
    return _move(ref, PartnerState.CLOSED, "{} is closed, and its people are signed out.")


@bp.post("/<ref>/payout-details/<details_ref>/confirmation")
@requires(Permission.CONFIRM_PAYOUT_DETAILS, Reach.ANY)
@step_up(decisions.confirmation)
@once
def confirm_payout_details(ref: str, details_ref: str) -> ResponseReturnValue:
    actions.confirm_payout_details(current_user, _proposed(ref, details_ref), now=clock.now())
    return commit_to(_url_of(ref), "Confirmed. From now on the company is paid there.")


@bp.post("/<ref>/payout-details/<details_ref>/refusal")
@requires(Permission.CONFIRM_PAYOUT_DETAILS, Reach.ANY)
@once
def refuse_payout_details(ref: str, details_ref: str) -> ResponseReturnValue:
    actions.refuse_payout_details(current_user, _proposed(ref, details_ref), now=clock.now())
    return commit_to(_url_of(ref), "Refused. What is in use stays in use.")


def _move(ref: str, then: PartnerState, sentence: str) -> ResponseReturnValue:
    partner = queries.get_visible(current_user, ref)
    actions.move(current_user, partner, then, now=clock.now(), seen_version=seen_version())
    return commit_to(_url_of(ref), sentence.format(partner.name))


def _proposed(ref: str, details_ref: str) -> PayoutDetails:
    """What waits for a second person, as it was shown."""
    details = queries.details_proposed(queries.get_visible(current_user, ref).id)
    if details is None:
        raise Overtaken
    if details.ref != details_ref:
        abort(404)
    return details


def _roles(chosen: list[str]) -> frozenset[Role]:
    return frozenset(Role(role) for role in chosen)


def _url_of(ref: str) -> str:
    return url_for(".show", ref=ref)
