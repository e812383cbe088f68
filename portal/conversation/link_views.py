"""What links in mails lead to, without signing in: a look changes nothing, a button does one thing, once."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, g, render_template, request
from flask.typing import ResponseReturnValue

from portal import clock
from portal.auth import throttles
from portal.auth.links import LinkRefused
from portal.auth.models import User
from portal.auth.permissions import Permission, public
from portal.conversation import mail_links
from portal.conversation.link_words import next_for_holder
from portal.conversation.mail_links import Purpose
from portal.deals.stories import queries as stories
from portal.errors import Refused
from portal.extensions import db
from portal.fees import queries as fees
from portal.formats import local_day
from portal.protections import extending
from portal.protections.forms import ExtensionForm
from portal.referrals import actions, shown
from portal.referrals import queries as referrals
from portal.referrals.claim_words import Claim
from portal.referrals.forms import AnswerForm
from portal.referrals.models import Referral
from portal.referrals.rules import NEXT, Status
from portal.scope import writes_for

bp = Blueprint("mail_links", __name__, url_prefix="/links")
NOT_LONGER = "It cannot be extended now: an extension is asked for once, in the last 30 days of a protection that runs."


@bp.get("/status/<token>")
@public
def status(token: str) -> ResponseReturnValue:
    now = clock.now()
    try:
        user, referral = _opened(token, Purpose.STATUS, now)
    except LinkRefused as refusal:
        return _refused(refusal)
    row: Any = stories.story(user, referral.ref)
    lines = fees.lines_of_deal(user, row.deal_id) if row.deal_id else ()
    story = stories.told(row, side="partner", now=now, fee=lines[0] if lines else None)
    told: dict[str, Any] = {
        "chip": shown.chip(story),
        "next": next_for_holder(story, row, now),
        "steps": shown.steps(story),
    }
    return _page("status", company=referral.company, **told)


@bp.get("/answer/<token>")
@public
def answer(token: str) -> ResponseReturnValue:
    try:
        _, referral = _opened(token, Purpose.ANSWER, clock.now())
        _check(referral.status is Status.NEEDS_INFO)
    except LinkRefused as refusal:
        return _refused(refusal)
    return _page("answer", form=AnswerForm(version=0), **_asked(referral))


@bp.post("/answer/<token>")
@public
def give_answer(token: str) -> ResponseReturnValue:
    _count()
    form, now = AnswerForm(), clock.now()
    try:
        user, seen = _opened(token, Purpose.ANSWER, now)
        _check(seen.status is Status.NEEDS_INFO)
    except LinkRefused as refusal:
        return _refused(refusal)
    asked, version = _asked(seen), seen.version
    if not form.validate_on_submit():
        return _page("answer", form=form, code=form.status, **asked)
    with writes_for(user.partner_id):
        mail_links.spend(token, now)
        referral = referrals.to_change(user, seen.ref, Permission.SUBMIT_REFERRALS)
        actions.answer(user, referral, seen_version=version, now=now, text=form.answer.data or "")
        db.session.commit()
    return _page("done", company=asked["company"], said="Thank you. Your answer is with us, and our clock runs again.")


@bp.get("/withdrawal/<token>")
@public
def withdrawal(token: str) -> ResponseReturnValue:
    try:
        _, referral = _opened(token, Purpose.WITHDRAWAL, clock.now())
        _check(Status.WITHDRAWN in NEXT[referral.status])
    except LinkRefused as refusal:
        return _refused(refusal)
    return _page("withdrawal", company=referral.company, here=request.path)


@bp.post("/withdrawal/<token>")
@public
def withdraw(token: str) -> ResponseReturnValue:
    _count()
    now = clock.now()
    try:
        user, seen = _opened(token, Purpose.WITHDRAWAL, now)
        _check(Status.WITHDRAWN in NEXT[seen.status])
    except LinkRefused as refusal:
        return _refused(refusal)
    company, version = seen.company, seen.version
    with writes_for(user.partner_id):
        mail_links.spend(token, now)
        referral = referrals.to_change(user, seen.ref, Permission.SUBMIT_REFERRALS)
        actions.withdraw(user, referral, seen_version=version, now=now)
        db.session.commit()
    return _page("done", company=company, said=f"{company} is withdrawn. We stop here and contact nobody there.")


@bp.get("/extension/<token>")
@public
def extension(token: str) -> ResponseReturnValue:
    try:
        _, _, words = _to_extend(token, clock.now())
    except LinkRefused as refusal:
        return _refused(refusal)
    return _page("extension", form=ExtensionForm(), **words)


@bp.post("/extension/<token>")
@public
def ask_for_extension(token: str) -> ResponseReturnValue:
    _count()
    form, now = ExtensionForm(), clock.now()
    try:
        user, ref, words = _to_extend(token, now)
    except LinkRefused as refusal:
        return _refused(refusal)
    if not form.validate_on_submit():
        return _page("extension", form=form, code=form.status, **words)
    told = {"happened": form.happened.data or "", "meets_on": form.meets_on.data}
    try:
        with writes_for(user.partner_id):
            mail_links.spend(token, now)
            extending.ask(user, referrals.to_change(user, ref, Permission.SUBMIT_REFERRALS), now=now, **told)
            db.session.commit()
    except Refused as refusal:
        form.refuse(refusal)
        return _page("extension", form=form, code=form.status, **words)
    said = "Asked. A person decides, and you read why. Until we have answered, the protection does not end."
    return _page("done", company=words["company"], said=said)


def _asked(referral: Referral) -> dict[str, Any]:
    return {"company": referral.company, "question": referral.question, "answer_by": referral.answer_by}


def _to_extend(token: str, now: datetime) -> tuple[User, str, dict[str, Any]]:
    """Who asks, for which referral, and what their page says. Raises LinkRefused where it can't be longer."""
    user, referral = _opened(token, Purpose.EXTENSION, now)
    claim = Claim.of(stories.story(user, referral.ref), now, "partner")
    if claim.protection is None or not claim.may_extend:
        raise LinkRefused(NOT_LONGER, 410)
    ends_on, days = local_day(claim.protection.ends_at), claim.terms.extension_days
    told = {"company": referral.company, "ends_on": ends_on, "days": days, "longer_until": claim.longer_until}
    return user, referral.ref, told


def _opened(token: str, purpose: Purpose, now: datetime) -> tuple[User, Referral]:
    """As `open_link`; the page tells times as the person who got the mail reads them."""
    user, referral = mail_links.open_link(token, purpose, now)
    if user.time_zone:
        g.zone = ZoneInfo(user.time_zone)
    return user, referral


def _check(still: bool) -> None:
    if not still:
        raise LinkRefused(mail_links.MOVED_ON, 410)


def _count() -> None:
    """A try counts, whatever comes of it."""
    throttles.count_link(request.remote_addr or "", clock.now())
    db.session.commit()


def _refused(refusal: LinkRefused) -> ResponseReturnValue:
    return _page("refused", reason=refusal, code=refusal.status)


def _page(name: str, *, code: int = 200, **words: object) -> ResponseReturnValue:
    """The address holds the key. The policy of every page keeps it from other sites; a stricter one would take the
    origin off the form as well, and it would be refused as another site's."""
    return render_template(f"conversation/link_{name}.html", **words), code
