"""Staff enter a referral that came by phone or mail: first for whom, then what was told, with the proof."""

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal import clock
from portal.agreements.queries import in_force
from portal.auth.models import User
from portal.auth.permissions import Permission, Reach, requires
from portal.criteria.queries import published
from portal.errors import Refused
from portal.evidence.forms import takes_files
from portal.fields.forms import with_questions
from portal.fields.queries import questions
from portal.formats import reader_zone, words
from portal.forms import choices
from portal.idempotency import commit_to, once
from portal.partners.models import Partner
from portal.referrals import entering
from portal.referrals.entered import EnteredHow
from portal.referrals.forms import EntryForm, countries

bp = Blueprint("referral_entry", __name__, url_prefix="/staff/referrals")
bp.url_value_preprocessor(lambda _endpoint, _values: takes_files())


@bp.get("/new")
@requires(Permission.ENTER_REFERRALS, Reach.ANY)
def choose() -> ResponseReturnValue:
    return render_template("referrals/enter_for.html", partners=entering.partners())


@bp.route("/new/<partner_ref>", methods=["GET", "POST"])
@requires(Permission.ENTER_REFERRALS, Reach.ANY)
@once
def enter(partner_ref: str) -> ResponseReturnValue:
    partner = entering.partner(partner_ref)
    people = entering.people(partner.id)
    form, name = _form(partner, people), partner.name
    if form.validate_on_submit():
        sender = next(each for each in people if each.ref == form.sender.data)
        how, at = EnteredHow(form.how.data), _received_at(form)
        told: dict[str, Any] = {"how": how, "received_at": at, "answers": form.introduced(), "proof": form.offered()}
        try:
            sent = entering.enter(current_user, sender, **told, now=clock.now())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            due = words().when(sent.due_at)
            said = f"{sent.company} is entered for {name}, who are told. Their answer is due {due}."
            return commit_to(f"/staff/referrals/{sent.ref}", said)
    if form.is_submitted():
        form.keep_files()
    return render_template("referrals/enter.html", form=form, partner=name, partner_ref=partner_ref), form.status


def _form(partner: Partner, people: Sequence[User]) -> EntryForm:
    agreement = in_force(partner.id)
    form: EntryForm = with_questions(EntryForm, questions())()
    form.country.choices = countries(published().territories)
    form.sender.choices = choices({"": "Choose"} | {each.ref: each.name for each in people})
    form.expected.currency = agreement.terms.currency if agreement else form.expected.currency
    if request.method == "GET":
        form.received_on.data = clock.now().astimezone(reader_zone()).date()
    return form


def _received_at(form: EntryForm) -> datetime:
    """As staff read the clock; without an hour, now where it is today, else the morning of that day."""
    zone, now = reader_zone(), clock.now()
    on, at = form.received_on.data, form.received_time.data
    if at is None and on == now.astimezone(zone).date():
        return now
    return datetime.combine(on, at or time(9), zone)
