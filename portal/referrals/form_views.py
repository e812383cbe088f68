"""The form by which a company is referred: kept while it is typed, explained before it is sent."""

from typing import Any, NamedTuple

from flask import Blueprint, abort, flash, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from wtforms import HiddenField
from wtforms.fields import FileField

from portal import clock
from portal.agreements.queries import InForce
from portal.agreements.terms import Terms
from portal.appeals.queries import is_open_on
from portal.auth.permissions import Permission, Reach, requires
from portal.criteria.reading import read
from portal.criteria.rules import Criteria
from portal.drafts import actions as drafts
from portal.drafts import queries as drafts_kept
from portal.drafts.rules import kept
from portal.errors import Refused
from portal.evidence.actions import introduced
from portal.evidence.forms import FILES_OF, takes_files
from portal.extensions import db
from portal.fees import queries as fees
from portal.fields.forms import with_questions
from portal.fields.rules import Question
from portal.formats import local_now, money, words
from portal.idempotency import FIELD, commit_to, once
from portal.lookalikes.holds import own_hold as hold_called
from portal.prechecks.queries import check as check_called
from portal.privacy import queries as privacy
from portal.referrals import actions, again, by_rule, explained
from portal.referrals.comes_first import First, comes_first
from portal.referrals.form_reads import ReadBy, read_by
from portal.referrals.forms import ReferralForm, countries
from portal.referrals.known import known
from portal.referrals.models import Referral
from portal.referrals.proposals import Typed, domain_in, hints, proposals
from portal.resources.profiles import matching
from portal.resources.queries import profiles
from portal.sla import business_time
from portal.sla import queries as sla
from portal.sla.rules import ClockKind

_LONGEST = 300
"""Letters of one answer that are looked at while it is typed: it is not checked yet."""
bp = Blueprint("referral_form", __name__, url_prefix="/referrals")
bp.url_value_preprocessor(lambda _endpoint, _values: takes_files())


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.SUBMIT_REFERRALS, Reach.OWN)
@once
def new() -> ResponseReturnValue:
    asking = _asking()
    form = asking.form
    if form.validate_on_submit():
        try:
            if form.draft.data or asking.read_with.began_a_draft:
                drafts.use(current_user, ref=form.draft.data or "", form_key=form.idempotency_key.data)
            told: dict[str, Any] = {"under": asking.under, "published": asking.criteria}
            sent = actions.submit(current_user, now=clock.now(), answers=form.introduced(), **told)
            form.attach_to(introduced(sent), files_wait=asking.read_with.files_wait)
            again.note(current_user, sent, form.made_from.data or "", now=clock.now())
        except actions.Introduced as before:
            form.refuse(before)
            form.website.errors = [_link(before.ref)]
        except drafts.Gone as gone:
            form.refuse(gone)
            form.draft.data = ""  # sent once more, it is sent
        except Refused as refusal:
            form.refuse(refusal)
        else:
            return _sent(sent)
    if form.is_submitted():
        form.keep_files()
    return _page(asking), form.status


def _sent(sent: Referral) -> ResponseReturnValue:
    """It is with us, whatever the criteria then make of it."""
    said = f"You hear from us by {words().when(sent.due_at)}."
    known, version, is_clear = sent.id, sent.version, sent.rule_at is not None
    answer = commit_to(f"/referrals/{sent.ref}", f"{sent.company} is with us. {'' if is_clear else said}".strip())
    if is_clear:
        by_rule.attempt(known, version, clock.now())
    return answer


@bp.post("/reading")
@requires(Permission.SUBMIT_REFERRALS, Reach.OWN)
def reading() -> ResponseReturnValue:
    """How it would be read as it is typed; nothing is saved. Without scripts it is the whole page again."""
    asking = _asking()
    form, beside = asking.form, _explained(asking)
    if not _wants_page():
        return render_template("referrals/_reading.html", form=form, fragment=True, **beside)
    form.keep_files()
    for each in beside["proposals"]:
        if each.field == request.form.get("use"):
            form[each.field].data, form[each.field].raw_data = each.value, [each.value]
    return render_template("referrals/new.html", form=form, **beside)


@bp.post("/drafts")
@requires(Permission.SUBMIT_REFERRALS, Reach.OWN)
def save() -> ResponseReturnValue:
    """Keep what was typed so far. The same form is saved over and over, so it claims no key."""
    asking = _asking()
    form = asking.form
    form.keep_files()
    told = {"ref": form.draft.data or "", "form_key": (form.idempotency_key.data or "")[:43]}
    try:
        draft = drafts.keep(current_user, typed=kept(request.form, _names(form)), now=clock.now(), **told)
    except Refused as refusal:
        form.refuse(refusal)
        return (_page(asking), 422) if _wants_page() else (jsonify(says=str(refusal)), 409)
    db.session.commit()
    if not _wants_page():
        return jsonify(ref=draft.ref, says=f"Saved {local_now():%H:%M}")
    flash(f"{draft.title} is saved as a draft. You alone see it; it is sent when you send it.")
    return redirect("/referrals/", 303)


@bp.post("/drafts/<ref>/deletion")
@requires(Permission.SUBMIT_REFERRALS, Reach.OWN)
@once
def delete(ref: str) -> ResponseReturnValue:
    draft = drafts_kept.draft(current_user, ref)
    drafts.delete(draft)
    return commit_to("/referrals/", f"The draft of {draft.title} is deleted.")


class Asking(NamedTuple):
    """The form with what it is read against and paid by."""

    form: ReferralForm
    read_with: ReadBy
    first: First | None
    """What has to come before it can be sent."""

    @property
    def criteria(self) -> Criteria:
        return self.read_with.criteria

    @property
    def under(self) -> InForce | None:
        return self.read_with.under

    @property
    def terms(self) -> Terms | None:
        return self.under.terms if self.under else None


def _asking() -> Asking:
    """The form as it was typed, or saved before, or with what is known from where one comes from."""
    sent = request.form
    read_with = read_by(current_user, sent.get(FIELD, ""), sent.get("proof_token", ""))
    agreement = read_with.under
    terms = agreement.terms if agreement else None
    form = _form(terms, read_with.questions)
    form.country.choices = countries(read_with.criteria.territories)
    form.expected.currency = terms.currency if terms else form.expected.currency
    return Asking(form, read_with, comes_first(current_user, agreement))


def _form(terms: Terms | None, asked: tuple[Question, ...]) -> ReferralForm:
    form_class: type[ReferralForm] = with_questions(ReferralForm, asked)
    if (ref := request.args.get("draft")) and request.method == "GET":
        typed = drafts_kept.draft(current_user, ref).typed
        form = form_class(formdata=MultiDict(typed), draft=ref)
        form.files_wait = FILES_OF in typed
        return form
    return form_class(data=_made_from(terms, asked) or _known_so_far())


def _made_from(terms: Terms | None, asked: tuple[Question, ...]) -> dict[str, Any]:
    """What a declined referral told, where the form is come to from its page. 404 for one of somebody else."""
    if (ref := request.args.get("again")) is None or request.method != "GET":
        return {}
    row = again.source(current_user, ref, is_open_on(Referral.id)) or abort(404)
    if row.stands:
        flash("You introduced them again already: this is it.")
        abort(redirect(f"/referrals/{row.stands}"))
    currency = Terms.from_data(row.terms).currency
    shown = again.begun(row.Referral, currency, asked, is_appealed=row.is_appealed)
    return shown if terms and terms.currency == currency else shown | {"expected": ""}


def _known_so_far() -> dict[str, str]:
    """What was asked for, where the form is come to from a check or a hold. 404 for one of another company."""
    if ref := request.args.get("hold"):
        held = hold_called(current_user, ref)
        return {"company": held.company, "website": held.domain}
    if ref := request.args.get("check"):
        made = check_called(current_user, ref)
        return {"company": made.company, "website": made.domain}
    return {}


def _names(form: ReferralForm) -> list[str]:
    """Of what a draft keeps: every answer that can be typed, and by what its files are found where it has some."""
    typed = [field.name for field in form if not isinstance(field, HiddenField | FileField)] + ["made_from"]
    return [*typed, FILES_OF] if form.held else typed


def _page(asking: Asking) -> str:
    return render_template("referrals/new.html", form=asking.form, **_explained(asking))


def _explained(asking: Asking) -> dict[str, Any]:
    """What stands beside the form. A page that is only opened looks no further: its script asks for the rest."""
    form, terms, is_opened = asking.form, asking.terms, request.method == "GET"
    typed = _typed(form)
    before = None if is_opened else known(current_user, domain_in(typed))
    return {
        "reading": _reading_of(asking),
        "terms": terms,
        "first": asking.first,
        "pays": explained.pays(terms, form.expected.data or "", fees.estimate, money) if terms else None,
        "promise": _promised(terms) if terms else None,
        "before": before,
        "proposals": proposals(typed, before),
        "hints": hints(typed),
        "profiles": [] if is_opened else matching(profiles(), typed.country, typed.industry),
        "why_kept": privacy.told_on_the_form(),
    }


def _reading_of(asking: Asking) -> explained.Explained | None:
    form = asking.form
    if not form.contact_title.data:
        return None
    answers = form.answers_so_far(consent=True if form.consent.data else None)
    return explained.explained(read(asking.criteria, answers), is_decided=asking.criteria.decides)


def _promised(terms: Terms) -> explained.Promised:
    """If it were sent this moment."""
    now = clock.now()
    due_at = business_time.due_at(sla.calendar(), now, terms.answer_minutes)
    measured = None if request.args else sla.record(ClockKind.FIRST_ANSWER, now)
    return explained.promised(terms.answer_hours, due_at, measured, words().when)


def _typed(form: ReferralForm) -> Typed:
    names = {"email": "contact_email", "phone": "contact_phone"}
    said = {each: str(form[names.get(each, each)].data or "")[:_LONGEST] for each in Typed.__dataclass_fields__}
    return Typed(**said)


def _wants_page() -> bool:
    """A person who pressed a button, not a script that saves or reads meanwhile."""
    return "text/html" in request.headers.get("Accept", "")


def _link(ref: str) -> Markup:
    return Markup('You referred them already: <a href="/referrals/{0}">{0}</a>.').format(ref)
