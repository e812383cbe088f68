"""The partner's side: is this company free, and may we have a day to ask them?"""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal import clock
from portal.agreements.queries import in_force
from portal.auth.permissions import Permission, Reach, requires
from portal.conversation.queries import looks_after_partners
from portal.errors import Refused
from portal.formats import when, words
from portal.idempotency import commit_to, once
from portal.lookalikes import actions as lookalikes
from portal.lookalikes import holds
from portal.prechecks import actions, queries, shown
from portal.prechecks.forms import CheckForm
from portal.prechecks.models import CompanyCheck
from portal.prechecks.rules import NEXT, PER_COMPANY, PER_PERSON, SAYS, TONE, Answer, may_hold

bp = Blueprint("prechecks", __name__, url_prefix="/referrals/check")


@bp.route("", methods=["GET", "POST"])
@requires(Permission.SUBMIT_REFERRALS, Reach.OWN)
@once
def new() -> ResponseReturnValue:
    form = CheckForm()
    if form.validate_on_submit():
        try:
            made = actions.check(current_user, form.company.data or "", now=clock.now())
        except actions.QuotaReached as reached:
            kept = actions.note_refused(current_user, form.company.data or "", now=clock.now())
            if kept is not None:
                return commit_to(f"/referrals/check/{kept.ref}")
            form.refuse(reached)
            form.company.errors = [_from_when(reached)]
        except Refused as refusal:
            form.refuse(refusal)
        else:
            return commit_to(f"/referrals/check/{made.ref}")
    return _page(form), form.status


@bp.get("/<ref>")
@requires(Permission.SUBMIT_REFERRALS, Reach.OWN)
def show(ref: str) -> ResponseReturnValue:
    made = queries.check(current_user, ref)
    return _page(CheckForm(company=shown.name_of(made) if made.answer is Answer.REFUSED else None), made)


@bp.post("/<ref>/hold")
@requires(Permission.SUBMIT_REFERRALS, Reach.OWN)
@once
def hold(ref: str) -> ResponseReturnValue:
    made = queries.check(current_user, ref)
    held = actions.hold(current_user, made, now=clock.now())
    return commit_to("/referrals/check", f"{shown.name_of(made)} is held for you until {words().when(held.ends_at)}.")


@bp.post("/holds/<ref>/release")
@requires(Permission.SUBMIT_REFERRALS, Reach.OWN)
@once
def release(ref: str) -> ResponseReturnValue:
    held = holds.hold_to_change(current_user, ref)
    lookalikes.release(current_user, held, now=clock.now())
    return commit_to("/referrals/check", f"{shown.name_of(held)} is free again.")


def _from_when(reached: actions.QuotaReached) -> str:
    return f"{reached} Ask again from {words().when(reached.until)}."


def _again(made: CompanyCheck | None) -> str:
    """When what was asked past the quota can be asked again."""
    if made is None or made.answer is not Answer.REFUSED:
        return ""
    reached = actions.quota_reached(made.partner_id, current_user.id, clock.now())
    return _from_when(reached) if reached else "You can ask again now."


def _page(form: CheckForm, made: CompanyCheck | None = None) -> str:
    now, reader = clock.now(), current_user._get_current_object()
    agreement = in_force(reader.partner_id)
    asks_us = made is not None and made.answer is Answer.ASK_US
    return render_template(
        "prechecks/check.html",
        form=form,
        made=made,
        name=shown.name_of(made) if made else "",
        says=SAYS[made.answer] if made else "",
        next=NEXT[made.answer] if made else "",
        chip=shown.answer_chip(made.answer) if made else "",
        tone=TONE[made.answer] if made else "",
        refer=shown.REFER.get(made.answer, "") if made else "",
        may_hold=made is not None and may_hold(made.answer, made.at, now),
        at=when(made.at) if made else "",
        again=_again(made),
        holds=shown.hold_rows(holds.live(reader, now), now),
        checks=shown.check_rows(queries.latest(reader)),
        per_person=PER_PERSON,
        per_company=PER_COMPANY,
        may_ask=agreement is not None,
        person=looks_after_partners() if asks_us else None,
        answer_hours=agreement.terms.answer_hours if asks_us and agreement else "",
    )
