"""The staff side: appeals, and the page on which one is answered by somebody else than who decided."""

from typing import Any

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal import clock
from portal.appeals import actions, queries, rules
from portal.appeals.forms import AnswerForm
from portal.appeals.rules import ABOUT_LABEL, LABEL, TONE, AppealState
from portal.auth.permissions import Permission, Reach, requires
from portal.criteria.rules import OUTCOME_LABEL, Reading
from portal.errors import Refused
from portal.formats import status, when_words, words
from portal.forms import SeenForm
from portal.idempotency import commit_to, once
from portal.referrals import facts, shown
from portal.referrals.decline_reasons import DECLINE_REASONS
from portal.referrals.queries import terms_of

bp = Blueprint("staff_appeals", __name__, url_prefix="/staff/appeals")


@bp.get("/")
@requires(Permission.REVIEW_REFERRALS, Reach.ANY)
def index() -> ResponseReturnValue:
    is_open = request.args.get("state") != "all"
    url = shown.address("/staff/appeals/", state="" if is_open else "all")
    page = queries.page(is_open=is_open, token=request.args.get("at"), url=url)
    said, now = words(), clock.now()
    rows = [
        {
            "ref": row.ref,
            "company": row.company,
            "about": ABOUT_LABEL[row.about],
            "partner": row.partner,
            "state": status(LABEL[row.state], TONE[row.state]),
            "due": said.when(row.due_at) if row.state is AppealState.OPEN else "",
            "late": row.state is AppealState.OPEN and row.due_at < now,
        }
        for row in page.rows
    ]
    return render_template("appeals/index.html", page=page, rows=rows, is_open=is_open)


@bp.get("/<ref>")
@requires(Permission.REVIEW_REFERRALS, Reach.ANY)
def show(ref: str) -> ResponseReturnValue:
    row = queries.one(ref) or abort(404)
    return _page(row, AnswerForm(version=row.Appeal.version))


@bp.post("/<ref>/decision")
@requires(Permission.DECIDE_CLAIMS, Reach.ANY)
@once
def decide(ref: str) -> ResponseReturnValue:
    made, referral = queries.to_decide(ref)
    form = AnswerForm()
    if form.validate_on_submit():
        act = actions.uphold if form.decision.data == "uphold" else actions.reject
        given: dict[str, Any] = {"seen_version": form.version.data, "reason": form.reason.data or ""}
        try:
            act(current_user, made, referral, now=clock.now(), **given)
        except Refused as refusal:
            if refusal.field is None:
                raise
            form.refuse(refusal)
        else:
            return commit_to("/staff/appeals/", f"Answered: {referral.company}. The partner reads it.")
    return _page(queries.one(ref), form), form.status


def _page(row: Any, form: SeenForm) -> str:
    made, referral = row.Appeal, row.Referral
    reading = Reading.from_data(referral.reading)
    why_not = rules.why_not_decider(current_user.id, against_id=made.against_id, entered_by_id=referral.entered_by_id)
    is_open = made.state is AppealState.OPEN
    may = is_open and not why_not and current_user.may(Permission.DECIDE_CLAIMS)
    return render_template(
        "appeals/show.html",
        made=made,
        referral=referral,
        partner=row.partner,
        chip=status(LABEL[made.state], TONE[made.state]),
        appealed=[("By", row.sender), ("On", when_words(made.opened_at)), ("Why", made.text)],
        decided=_decided(row),
        answered=_answered(made),
        due=when_words(row.due_at) if is_open else "",
        is_late=is_open and row.due_at < clock.now(),
        reading=reading,
        outcome=OUTCOME_LABEL[reading.outcome],
        told_us=facts.told_us(referral, terms_of(referral.partner_id, referral.agreement_id).currency),
        may=may,
        why_not=why_not if is_open and current_user.may(Permission.DECIDE_CLAIMS) else "",
        form=form,
    )


def _decided(row: Any) -> list[tuple[str, Any]]:
    """The decision that is appealed, as it was told."""
    made = row.Appeal
    said = [(ABOUT_LABEL[made.about], when_words(made.against_at)), ("By", row.against or "A rule")]
    if made.decline_reason is not None:
        why = DECLINE_REASONS[made.decline_reason]
        said += [("Reason", why.sentence), ("Way back", why.way_back)]
    return said + ([("In their words", made.decision_note)] if made.decision_note else [])


def _answered(made: Any) -> list[tuple[str, Any]]:
    if made.settled_at is None:
        return []
    return [(LABEL[made.state], when_words(made.settled_at)), *([("Why", made.reason)] if made.reason else [])]
