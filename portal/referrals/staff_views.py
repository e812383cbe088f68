"""The staff side: all referrals, and the page on which one is decided."""

from typing import Any

from flask import Blueprint, abort, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal import clock
from portal.auth.models import User
from portal.auth.permissions import Permission, Reach, requires
from portal.conflicts import queries as conflicts
from portal.conversation.queries import talk
from portal.criteria.rules import OUTCOME_LABEL, Reading
from portal.deals import queries as deals
from portal.deals.stories import queries as stories
from portal.errors import Refused
from portal.evidence.shown import card
from portal.extensions import db
from portal.formats import local_day, words
from portal.forms import SeenForm
from portal.idempotency import commit_to, once
from portal.news.staff import queries as news
from portal.prechecks import queries as prechecks
from portal.privacy import queries as privacy
from portal.referrals import actions, facts, filtering, lists, queries, rules, shown
from portal.referrals.alike import alike_rows, noted_rows
from portal.referrals.claim_words import Claim
from portal.referrals.corrected import rows as corrections
from portal.referrals.decline_reasons import REASON_OF, DeclineReason
from portal.referrals.forms import AskForm, DeclineForm, QualifyForm
from portal.referrals.models import Referral
from portal.referrals.next_sentence import Next, next_sentence
from portal.referrals.next_up import and_next, next_up
from portal.referrals.promised import promised
from portal.referrals.rules import NEXT, OPEN, Status, needs_reason
from portal.referrals.told import as_declined, missed_in_words
from portal.saved_views import queries as saved_views

bp = Blueprint("staff_referrals", __name__, url_prefix="/staff/referrals")

REASONS = tuple(DeclineReason)


@bp.get("/")
@requires(Permission.REVIEW_REFERRALS, Reach.ANY)
def index() -> ResponseReturnValue:
    said, now = words(), clock.now()
    if not request.args and (first := saved_views.opening(current_user, filtering.STAFF_LIST)):
        return redirect(first)
    owners, kept = saved_views.with_owners(current_user, filtering.STAFF_LIST)
    chosen = filtering.staff_choice(current_user, request.args, owners)
    owned = [each.id for each in owners if each.ref in chosen["owner"]]
    wanted, note = filtering.wanted(current_user, chosen, others=[deals.of_owners(owned)] if owned else [])
    page = queries.page(current_user, wanted, token=request.args.get("at"), url=chosen.url)
    return render_template(
        "referrals/staff_index.html",
        page=page,
        rows=news.beside_list(
            current_user, page.rows, [shown.staff_row(row, said, now) for row in page.rows], said, now
        ),
        views=saved_views.views(current_user, chosen, kept),
        chosen=chosen,
        notes=[*chosen.problems, note, filtering.how_far(page)],
        by_due=wanted.order is lists.DUE,
        order=filtering.order_words(wanted.order),
        decides=current_user.may(Permission.DECIDE_REFERRALS),
        may_enter=current_user.may(Permission.ENTER_REFERRALS),
    )


@bp.get("/<ref>")
@requires(Permission.REVIEW_REFERRALS, Reach.ANY)
def show(ref: str) -> ResponseReturnValue:
    return _page(ref)


@bp.post("/<ref>/qualification")
@requires(Permission.DECIDE_REFERRALS, Reach.ANY)
@once
def qualify(ref: str) -> ResponseReturnValue:
    referral, form = queries.to_change(current_user, ref, Permission.DECIDE_REFERRALS), QualifyForm()
    company = referral.company
    if not form.validate_on_submit():
        return _page(ref, qualify=form), form.status
    try:
        because = form.because.data or ""
        actions.qualify(current_user, referral, seen_version=form.version.data, now=clock.now(), because=because)
    except Refused as refusal:
        return _come_back(ref, refusal, qualify=form)
    deal = deals.of_referral(current_user, referral.id)
    taken = f"{deal.owner} takes it on." if deal else ""
    return commit_to(f"/staff/referrals/{ref}", and_next(f"{company} is qualified. {taken}".strip(), current_user))


@bp.post("/<ref>/question")
@requires(Permission.DECIDE_REFERRALS, Reach.ANY)
@once
def ask(ref: str) -> ResponseReturnValue:
    referral, form = queries.to_change(current_user, ref, Permission.DECIDE_REFERRALS), AskForm()
    if not form.validate_on_submit():
        return _page(ref, ask=form), form.status
    question = form.question.data or ""
    actions.ask(current_user, referral, seen_version=form.version.data, now=clock.now(), question=question)
    told = "The question is on its way. Our clock stands still until they answer."
    return commit_to(f"/staff/referrals/{ref}", and_next(told, current_user))


@bp.post("/<ref>/decline")
@requires(Permission.DECIDE_REFERRALS, Reach.ANY)
@once
def decline(ref: str) -> ResponseReturnValue:
    referral, form = queries.to_change(current_user, ref, Permission.DECIDE_REFERRALS), DeclineForm()
    company = referral.company
    if not form.validate_on_submit():
        return _page(ref, decline=form), form.status
    told = {"note": form.note.data or "", "because": form.because.data or ""}
    try:
        actions.decline(
            current_user, referral, seen_version=form.version.data, now=clock.now(), reason=form.chosen, **told
        )
    except Refused as refusal:
        return _come_back(ref, refusal, decline=form)
    declined = f"{company} is declined. The partner reads why, and the way back."
    return commit_to(f"/staff/referrals/{ref}", and_next(declined, current_user))


@bp.post("/<ref>/decline/preview")
@requires(Permission.DECIDE_REFERRALS, Reach.ANY)
def preview(ref: str) -> ResponseReturnValue:
    """What the partner would read; nothing is decided. Without scripts it is the whole page again."""
    referral, form = queries.one(current_user, ref), DeclineForm()
    note = form.note.data or ""
    told = as_declined(referral, form.chosen, note, clock.now(), words()) if form.reason.data in REASONS else None
    if "text/html" in request.headers.get("Accept", ""):
        return _page(ref, told=told, decline=form)
    return render_template("referrals/_told.html", told=told)


@bp.get("/<ref>/next")
@requires(Permission.DECIDE_REFERRALS, Reach.ANY)
def onward(ref: str) -> ResponseReturnValue:
    """To the one that waits after this one; to the queue at its end."""
    here = db.first_or_404(queries.visible_to(current_user).where(Referral.ref == ref))
    found = next_up(current_user, after=here)
    return redirect(f"/staff/referrals/{found.ref}" if found else "/staff/")


def _come_back(ref: str, refusal: Refused, **forms: SeenForm) -> ResponseReturnValue:
    """The page with the refusal beside its field; one that belongs to no field is the answer itself."""
    if refusal.field is None:
        raise refusal
    for form in forms.values():
        form.refuse(refusal)
    return _page(ref, **forms), 422


def _page(ref: str, *, told: Next | None = None, **forms: SeenForm) -> str:
    now, reader = clock.now(), current_user._get_current_object()
    row = conflicts.story(reader, ref) or abort(404)
    referral, reading = row.Referral, Reading.from_data(row.Referral.reading)
    alike = prechecks.of_referral(referral, now) if referral.status in OPEN else []
    contested = any(each.contests(referral.partner_id) for each in alike)
    story, claim = stories.told(row, side="staff", now=now), Claim.of(row, now, "staff")
    may = _may_decide(reader, referral.status)
    why_not = rules.why_not(reader.id, referral.entered_by_id, referral.first_decider_id)
    blank = _forms(referral.version, reading) if may and not why_not else {}
    return render_template(
        "referrals/staff_show.html",
        row=row,
        referral=referral,
        about=f"referred by {row.sender} of {row.partner} on {local_day(referral.received_at)}"
        + (f", entered by {row.entered_by}" if row.entered_by else ""),
        chip=shown.chip(story),
        next=claim.beside(next_sentence(story, words().moment)),
        next_tone="note" if row.stage == "parked" else "",
        parks=stories.to_park(reader, row),
        steps=shown.steps(story),
        talk=talk(reader, referral, filter(None, [ref, row.deal_ref])),
        told_us=facts.told_us(referral, claim.terms.currency),
        corrections=corrections(row.corrections),
        why_kept=privacy.why_kept(referral, closed_at=row.closed_at, claim=row.Protection),
        claim=claim,
        may_decide_claims=referral.entered_by_id != reader.id and reader.may(Permission.DECIDE_CLAIMS),
        reading=reading,
        outcome=OUTCOME_LABEL[reading.outcome],
        alike=alike_rows(alike, referral, words()),
        noted=noted_rows([] if referral.status in OPEN else row.noted),
        promises=promised(row, {}),
        evidence=card(row.evidence, words()),
        evidence_at=f"/staff/referrals/{ref}/evidence",
        may_add_evidence=reader.may(Permission.ENTER_REFERRALS),
        decision=facts.decision(referral),
        conflict=conflicts.panel(row),
        may_settle=not why_not and reader.may(Permission.DECIDE_REFERRALS),
        may=frozenset() if why_not else may,
        decides=reader.may(Permission.DECIDE_REFERRALS),
        told=told,
        why_not=why_not if may else "",
        reasons=needs_reason(reading.outcome, contested=contested),
        forms=blank | forms,
    )


def _may_decide(reader: User, status: Status) -> frozenset[str]:
    """What this person can decide now, by the names of the forms."""
    if status is Status.CONFLICT or not reader.may(Permission.DECIDE_REFERRALS):
        return frozenset()
    leads_to = {"qualify": Status.QUALIFIED, "ask": Status.NEEDS_INFO, "decline": Status.DECLINED}
    return frozenset(name for name, then in leads_to.items() if then in NEXT[status])


def _forms(version: int, reading: Reading) -> dict[str, Any]:
    proposed = next((REASON_OF[criterion] for criterion in reading.missed if criterion in REASON_OF), None)
    return {
        "qualify": QualifyForm(formdata=None, version=version),
        "ask": AskForm(formdata=None, version=version),
        "decline": DeclineForm(formdata=None, version=version, reason=proposed, note=missed_in_words(reading)),
    }
