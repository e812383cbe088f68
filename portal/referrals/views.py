"""The partner's side: see what became of whom was introduced, answer, withdraw."""

from datetime import datetime
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal import clock
from portal.agreements.plans import rate_words
from portal.agreements.queries import in_force
from portal.agreements.terms import Terms
from portal.auth.permissions import Permission, Reach, requires
from portal.conflicts import queries as conflicts
from portal.conversation.queries import talk
from portal.criteria.rules import Reading
from portal.deals.stories import queries as stories
from portal.evidence.shown import card
from portal.fees import queries as fees
from portal.formats import local_day, money, words
from portal.idempotency import commit_to, once
from portal.news import queries as news
from portal.privacy import queries as privacy
from portal.referrals import actions, again, facts, filtering, lists, proofs, queries, shown
from portal.referrals.claim_words import Claim
from portal.referrals.comes_first import comes_first
from portal.referrals.corrected import rows as corrections
from portal.referrals.forms import AnswerForm, WithdrawForm
from portal.referrals.next_sentence import next_sentence
from portal.referrals.promised import SHOWN, promised
from portal.referrals.rules import NEXT, OPEN, Status
from portal.saved_views import queries as saved_views
from portal.sla.queries import records

bp = Blueprint("referrals", __name__, url_prefix="/referrals")

EARNING = ("won", "cancelled")


@bp.get("/")
@requires(Permission.VIEW_REFERRALS, Reach.OWN)
def index() -> ResponseReturnValue:
    chosen, token = filtering.partner_choice(current_user, request.args), request.args.get("at")
    if not request.args and (first := saved_views.opening(current_user, chosen.path)):
        return redirect(first)
    now, (wanted, note) = clock.now(), filtering.wanted(current_user, chosen)
    page = stories.page(current_user, wanted, token=token, url=chosen.url)
    lines = fees.lines_of_deals(current_user, [row.deal_id for row in page.rows if row.stage in EARNING])
    beside = news.beside_list(current_user, news.refs_of(page.rows, lines), words(), now)
    views = saved_views.views(current_user, chosen, beside.views)
    may_refer = current_user.may(Permission.SUBMIT_REFERRALS)
    is_new = may_refer and not (page.rows or chosen.is_set or token)
    return render_template(
        "referrals/index.html",
        page=page,
        rows=beside.marked(rows_of(page.rows, lines, now), page.rows),
        drafts=beside.drafts if views.is_beginning and not token else [],
        views=views,
        chosen=chosen,
        notes=[*chosen.problems, note, filtering.how_far(page)],
        by_due=wanted.order is lists.DUE,
        order=filtering.order_words(wanted.order),
        may_refer=may_refer,
        first=comes_first(current_user, in_force(current_user.partner_id)) if is_new else None,
    )


@bp.get("/<ref>")
@requires(Permission.VIEW_REFERRALS, Reach.OWN)
def show(ref: str) -> ResponseReturnValue:
    return _page(ref)


@bp.post("/<ref>/answer")
@requires(Permission.SUBMIT_REFERRALS, Reach.OWN)
@once
def answer(ref: str) -> ResponseReturnValue:
    referral, form = queries.to_change(current_user, ref, Permission.SUBMIT_REFERRALS), AnswerForm()
    if not form.validate_on_submit():
        return _page(ref, form), form.status
    actions.answer(current_user, referral, seen_version=form.version.data, now=clock.now(), text=form.answer.data or "")
    return commit_to(f"/referrals/{ref}", "Thank you. Our clock runs again.")


@bp.post("/<ref>/withdrawal")
@requires(Permission.SUBMIT_REFERRALS, Reach.OWN)
@once
def withdraw(ref: str) -> ResponseReturnValue:
    referral, form = queries.to_change(current_user, ref, Permission.SUBMIT_REFERRALS), WithdrawForm()
    actions.withdraw(current_user, referral, seen_version=form.version.data, now=clock.now())
    return commit_to(f"/referrals/{ref}", f"You withdrew {referral.company}.")


def rows_of(found: Any, lines: dict[int, list[Any]], now: datetime) -> list[shown.PartnerRow]:
    """Rows of `stories.page`, each with what it pays, in one more query at most."""
    hoped_for = {row.agreement_id for row in found if row.expected_minor and row.deal_id not in lines}
    terms = queries.terms_by_agreement(current_user, hoped_for)
    rows, said, reader_name = [], words(), current_user.name
    for row in found:
        own = lines.get(row.deal_id, [])
        story = stories.told(row, side="partner", now=now, fee=own[0] if own else None)
        fee = shown.fee_words(own, _expected(row, terms.get(row.agreement_id)))
        rows.append(shown.partner_row(row, story, said, reader_name=reader_name, fee=fee))
    return rows


def _page(ref: str, form: AnswerForm | None = None) -> str:
    now, reader = clock.now(), current_user._get_current_object()
    row = stories.story(reader, ref) or abort(404)
    lines = fees.lines_of_deal(reader, row.deal_id) if row.stage in EARNING else ()
    talked = talk(reader, row.Referral, [ref, *filter(None, [row.deal_ref]), *(line.ref for line in lines)])
    story = stories.told(row, side="partner", now=now, fee=lines[0] if lines else None)
    story = shown.with_payable(story, talked.told)
    claim = Claim.of(row, now, "partner")
    referral, terms = row.Referral, claim.terms
    may_act = queries.may_change(reader, referral, Permission.SUBMIT_REFERRALS)
    may_answer = may_act and row.status is Status.NEEDS_INFO
    sender = "you" if referral.by_id == reader.id else row.sender
    return render_template(
        "referrals/show.html",
        row=row,
        referral=referral,
        about=f"referred by {sender} on {local_day(referral.received_at)}",
        chip=shown.chip(story),
        next=claim.beside(next_sentence(story, words().moment)),
        next_tone="note" if row.stage == "parked" else "",
        steps=shown.steps(story),
        talk=talked,
        told_us=facts.told_us(referral, terms.currency),
        why_kept=privacy.why_kept(referral, closed_at=row.closed_at, claim=row.Protection),
        claim=claim,
        again=again.beside(referral, may_act=may_act, is_appealed=claim.is_appealed),
        conflicts=conflicts.told(reader, referral, talked.told, now),
        fees=facts.fee_rows(lines),
        may_see_fees=reader.may(Permission.VIEW_EARNINGS),
        would_pay="" if row.closed_at else f"{'; '.join(rule.sentence for rule in terms.plan.rules)}.",
        share=rate_words(row.share_bp) if row.share_bp else "",
        expected=_expected(row, terms) or _hoped_for(referral, row, terms),
        reading=Reading.from_data(referral.reading),
        promises=promised(row, {} if row.closed_at else records(SHOWN, now)),
        heard=stories.heard_of(row),
        form=form or (AnswerForm(version=referral.version) if may_answer else None),
        entered=facts.entered(row),
        evidence=card(row.evidence, words()),
        evidence_at=f"/referrals/{ref}/evidence",
        may_add_evidence=may_act and proofs.may_add(referral, row.Protection, now),
        may_act=may_act,
        may_answer=may_answer,
        may_correct=may_act and row.status in OPEN,
        corrections=corrections(row.corrections),
        may_withdraw=may_act and Status.WITHDRAWN in NEXT[row.status],
    )


def _expected(row: Any, terms: Terms | None) -> str:
    """What an open deal would pay if it were won as it stands."""
    if terms is None or not row.expected_minor or row.closed_at or row.currency != terms.currency:
        return ""
    amount = fees.estimate(terms, row.expected_minor, row.share_bp)
    return f"about {money(amount.minor, amount.currency)}"


def _hoped_for(referral: Any, row: Any, terms: Terms) -> str:
    """What it would pay for the value that the partner named, as long as there is no deal that says better."""
    if row.deal_ref or not referral.expected_minor:
        return ""
    amount = fees.estimate(terms, referral.expected_minor)
    return f"about {money(amount.minor, amount.currency)}"
