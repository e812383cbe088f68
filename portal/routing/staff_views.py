"""Who gets new deals: the rules in order, what each person can take, and a try."""

from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal import clock
from portal.auth.permissions import Permission, Reach, requires
from portal.deals import queries as deals
from portal.errors import Refused
from portal.forms import Form
from portal.idempotency import commit_to, once
from portal.numbers import parse_count
from portal.routing import actions, queries, shown
from portal.routing.forms import MOST_PEOPLE, RuleForm, limits_form, rule_form
from portal.routing.rules import Facts, choose
from portal.routing.words import REGIONS, countries_words, read_countries
from portal.sla.queries import today_of

HOME = "/staff/settings/routing/"

bp = Blueprint("staff_routing", __name__, url_prefix="/staff/settings/routing")


@bp.get("/")
@requires(Permission.VIEW_SETTINGS, Reach.ANY)
def index() -> ResponseReturnValue:
    return _page()


@bp.post("/limits")
@requires(Permission.EDIT_SETTINGS, Reach.ANY)
@once
def set_limits() -> ResponseReturnValue:
    people = _people()
    form = limits_form(people)
    if not form.validate_on_submit():
        return _page(form), form.status
    for each in people:
        actions.set_limit(current_user, each, form[each.ref].data, now=clock.now())
    return commit_to(HOME, "Saved. It holds for what comes in from now on.")


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.EDIT_SETTINGS, Reach.ANY)
@once
def new() -> ResponseReturnValue:
    form = rule_form(_people(), queries.partner_called)
    if form.validate_on_submit():
        try:
            given = _given(form)
            actions.add_rule(current_user, now=clock.now(), **given)
        except Refused as refusal:
            form.refuse(refusal)
        else:
            return commit_to(HOME, "Added as the last rule. Move it up where it belongs.")
    return _form_page(form, "A new rule"), form.status


@bp.route("/<ref>", methods=["GET", "POST"])
@requires(Permission.EDIT_SETTINGS, Reach.ANY)
@once
def change(ref: str) -> ResponseReturnValue:
    rule, people = queries.rule(ref), _people()
    listed = next(each for each in queries.listed() if each.ref == ref)
    form = rule_form(people, queries.partner_called, listed)
    if form.validate_on_submit():
        try:
            given = _given(form)
            actions.change_rule(current_user, rule, seen_version=form.version.data, now=clock.now(), **given)
        except Refused as refusal:
            if refusal.field is None:
                raise
            form.refuse(refusal)
        else:
            return commit_to(HOME, f"Rule {listed.rule.number} is changed.")
    return _form_page(form, f"Rule {listed.rule.number}"), form.status


@bp.post("/<ref>/place")
@requires(Permission.EDIT_SETTINGS, Reach.ANY)
@once
def move(ref: str) -> ResponseReturnValue:
    actions.move_rule(current_user, queries.rule(ref), up=request.form.get("to") == "up", now=clock.now())
    return commit_to(HOME, "Moved.")


@bp.post("/<ref>/rest")
@requires(Permission.EDIT_SETTINGS, Reach.ANY)
@once
def rest(ref: str) -> ResponseReturnValue:
    actions.switch_rule(current_user, queries.rule(ref), on=False, now=clock.now())
    return commit_to(HOME, "Switched off. It keeps its place.")


@bp.post("/<ref>/return")
@requires(Permission.EDIT_SETTINGS, Reach.ANY)
@once
def resume(ref: str) -> ResponseReturnValue:
    actions.switch_rule(current_user, queries.rule(ref), on=True, now=clock.now())
    return commit_to(HOME, "Switched on.")


@bp.post("/<ref>/deletion")
@requires(Permission.EDIT_SETTINGS, Reach.ANY)
@once
def delete(ref: str) -> ResponseReturnValue:
    actions.delete_rule(current_user, queries.rule(ref), now=clock.now())
    return commit_to(HOME, "Deleted. Deals that it gave to somebody stay with them.")


def _people() -> list[queries.Named]:
    return queries.people(deals.open_by_owner(), today_of(clock.now()))


def _given(form: RuleForm) -> dict[str, Any]:
    return {"conditions": form.conditions(), "members": form.shares()}


def _page(form: Form | None = None) -> str:
    people, listed = _people(), queries.listed()
    names = {each.id: each.name for each in people}
    return render_template(
        "routing/index.html",
        rows=shown.rows_of(listed),
        load=shown.load_of(people, names),
        people=people,
        form=form or limits_form(people),
        may_edit=current_user.may(Permission.EDIT_SETTINGS),
        asked={name: request.args.get(name, "").strip()[:120] for name in ("country", "industry", "people", "partner")},
        answer=_try(people, listed) if "country" in request.args else None,
    )


def _try(people: list[queries.Named], listed: list[queries.Listed]) -> str:
    """Who would get such a deal now. Nothing is changed by asking."""
    try:
        rules = [each.rule for each in listed if each.is_on]
        choice = choose(rules, _facts(), [each.person for each in people])
    except Refused as refusal:
        return str(refusal)
    return shown.tried(choice, people)


def _facts() -> Facts:
    """What was asked for. Raises Refused for a country or a partner that is none."""
    given = request.args
    found = read_countries(given.get("country", ""))
    if len(found) > 1:
        raise Refused("Name one country.")
    partner = queries.partner_called(given["partner"].strip()) if given.get("partner", "").strip() else None
    if partner is None and given.get("partner", "").strip():
        raise Refused("No partner has this name or reference.")
    employees = given.get("people", "").strip()
    return queries.facts(
        country=next(iter(found), ""),
        industry=given.get("industry", "")[:120],
        employees=parse_count(employees, least=0, most=MOST_PEOPLE) if employees else None,
        partner=partner,
    )


def _form_page(form: RuleForm, title: str) -> str:
    regions = [(name, ", ".join(sorted(countries_words({code}) for code in codes))) for name, codes in REGIONS.items()]
    return render_template("routing/rule.html", form=form, title=title, regions=regions)
