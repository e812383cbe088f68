"""Several referrals decided in one go: ticked in a list, confirmed on a page, told one by one in a report."""

from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal import clock
from portal.auth.permissions import Permission, Reach, requires
from portal.errors import Refused
from portal.extensions import db
from portal.forms import Form
from portal.idempotency import commit_to, once
from portal.referrals.batches import actions, queries
from portal.referrals.batches.forms import FORMS, DeclineBatchForm, picks_of
from portal.referrals.batches.queries import Proposed
from portal.referrals.batches.rules import MOST, VERB, WILL, Decision, Result
from portal.referrals.next_up import and_next

bp = Blueprint("staff_batches", __name__, url_prefix="/staff/referrals/batches")


@bp.get("/new")
@requires(Permission.DECIDE_REFERRALS, Reach.ANY)
def new() -> ResponseReturnValue:
    """What would happen to each of those that were ticked; nothing happens yet."""
    decision = _decision(request.args.get("decision"))
    return _confirmation(decision, FORMS[decision](formdata=None), _proposed(decision, request.args.getlist("pick")))


@bp.post("/")
@requires(Permission.DECIDE_REFERRALS, Reach.ANY)
@once
def create() -> ResponseReturnValue:
    decision = _decision(request.form.get("decision"))
    form, found = FORMS[decision](), _proposed(decision, request.form.getlist("pick"))
    if not form.validate_on_submit():
        return _confirmation(decision, form, found), form.status
    given = {"reason": form.chosen} if isinstance(form, DeclineBatchForm) else {}
    try:
        said = form.answers().get("said") or ""
        batch = actions.begin(current_user, _open(found), decision=decision, now=clock.now(), said=said, **given)
    except Refused as refusal:
        form.refuse(refusal)
        return _confirmation(decision, form, found), form.status
    ref = batch.ref
    answer = commit_to(f"/staff/referrals/batches/{ref}")
    _carry_out(ref)
    return answer


@bp.get("/<ref>")
@requires(Permission.DECIDE_REFERRALS, Reach.ANY)
def show(ref: str) -> ResponseReturnValue:
    batch = queries.own(current_user, ref)
    names = queries.companies(current_user, [row[0] for row in batch.rows])
    counts = {result: sum(1 for row in batch.rows if row[2] == result) for result in (*Result, "")}
    return render_template(
        "referrals/batches/show.html",
        batch=batch,
        rows=[(row[0], names.get(row[0], row[0]), row[2], row[3]) for row in batch.rows],
        counts=counts,
        will=WILL[batch.decision],
        onward=and_next("", current_user) if batch.done_at else "",
    )


@bp.post("/<ref>/continuation")
@requires(Permission.DECIDE_REFERRALS, Reach.ANY)
@once
def go_on(ref: str) -> ResponseReturnValue:
    """What was broken off goes on where it stopped."""
    queries.own(current_user, ref)
    answer = commit_to(f"/staff/referrals/batches/{ref}")
    _carry_out(ref)
    return answer


def _carry_out(ref: str) -> None:
    """One after the other, each in a transaction of its own: what is done stays done, whatever becomes of the next."""
    while one := actions.next_in(batch := queries.own(current_user, ref, to_change=True)):
        now = clock.now()
        try:
            actions.decide(current_user, batch, one, now=now)
        except Refused as refusal:
            db.session.rollback()
            actions.leave(queries.own(current_user, ref, to_change=True), one, str(refusal), now=now)
        db.session.commit()
    db.session.rollback()


def _decision(said: str | None) -> Decision:
    return Decision(said) if said in list(Decision) else Decision.DECLINE


def _proposed(decision: Decision, typed: list[str]) -> list[Proposed]:
    return queries.proposed(current_user, picks_of(typed), decision, clock.now())


def _open(found: list[Proposed]) -> list[tuple[str, int]]:
    return [(each.ref, each.seen) for each in found if not each.why_not]


def _confirmation(decision: Decision, form: Form, found: list[Proposed]) -> str:
    shown: dict[str, Any] = {"decision": decision, "verb": VERB[decision], "will": WILL[decision], "most": MOST}
    ready = [each for each in found if not each.why_not]
    left = [each for each in found if each.why_not]
    others = [(str(each), VERB[each], _address(each, found)) for each in Decision]
    return render_template("referrals/batches/new.html", form=form, ready=ready, left=left, others=others, **shown)


def _address(decision: Decision, found: list[Proposed]) -> str:
    picked = "".join(f"&pick={each.ref}.{each.seen}" for each in found)
    return f"/staff/referrals/batches/new?decision={decision}{picked}"
