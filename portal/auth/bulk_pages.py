"""Inviting many at once, for whoever's people they are: write them down, look at what was read, invite, see what came
of each."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.datastructures import FileStorage

from portal import clock
from portal.auth import bulk, invitations
from portal.auth.bulk import MOST_ROWS, Row
from portal.auth.forms import InviteManyForm, SendManyForm
from portal.auth.rules import ROLE_HINT, ROLE_LABEL, Role, role_words
from portal.auth.step_up import Decision
from portal.errors import Refused
from portal.idempotency import commit_to

ENCODINGS = ("utf-8-sig", "cp1252")
"""What sheets are saved in."""


@dataclass(frozen=True)
class Side:
    """Whose people are invited, and where the pages are."""

    partner_id: int | None
    roles: Sequence[Role]
    title: str
    url: str
    back: str


def write(side: Side) -> ResponseReturnValue:
    return _page(side, InviteManyForm(), [])


def preview(side: Side) -> ResponseReturnValue:
    """What would become of each line. Nothing is written."""
    form = InviteManyForm()
    if not form.validate_on_submit():
        return _page(side, form, [])
    form.text.data = "\n".join(part for part in (form.text.data or "", _text_of(form.file.data)) if part)
    rows = bulk.read(form.text.data, side.roles)
    if not rows or len(rows) > MOST_ROWS:
        sentence = f"Up to {MOST_ROWS} at once, please." if rows else "Write down at least one person."
        form.refuse(Refused(sentence, "text"))
        return _page(side, form, [])
    outcomes = invitations.look_at(current_user, rows, partner_id=side.partner_id, now=clock.now())
    return _page(side, form, outcomes)


def send(side: Side) -> ResponseReturnValue:
    """Invite whom it can. What came of each line is said once; a repeat leads to the list of people."""
    rows = bulk.read(SendManyForm().text.data or "", side.roles)[:MOST_ROWS]
    outcomes = invitations.invite_all(current_user, rows, partner_id=side.partner_id, now=clock.now())
    answer = commit_to(side.back)
    if all(outcome.is_good for outcome in outcomes):
        flash(f"{_people(len(outcomes))} invited. The links in the mails work for 7 days.")
        return answer
    form = InviteManyForm(formdata=None)
    form.text.data = "\n".join(outcome.row.text for outcome in outcomes if not outcome.is_good)
    return render_template("people/invited_many.html", side=side, form=form, outcomes=outcomes)


def decision(side: Side) -> Decision:
    rows = [row for row in bulk.read(request.form.get("text", ""), side.roles) if not row.trouble]
    roles = role_words(frozenset(role for row in rows for role in row.roles))
    names = ", ".join(row.name for row in rows[:5]) + (f" and {len(rows) - 5} more" if len(rows) > 5 else "")
    return Decision("Invite these people", [("People", names or "nobody yet"), ("Roles", roles or "none yet")])


def _page(side: Side, form: InviteManyForm, outcomes: Sequence[invitations.Outcome]) -> ResponseReturnValue:
    words = {"role_hints": ROLE_HINT, "role_label": ROLE_LABEL, "most": MOST_ROWS}
    good: list[Row] = [outcome.row for outcome in outcomes if outcome.is_good]
    ready = SendManyForm(formdata=None, text="\n".join(row.text for row in good))
    page = render_template(
        "people/invite_many.html", side=side, form=form, outcomes=outcomes, ready=ready, good=good, **words
    )
    return page, form.status


def _text_of(file: FileStorage | None) -> str:
    content = file.read() if file else b""
    for encoding in ENCODINGS:
        try:
            return content.decode(encoding).replace("\x00", "")
        except UnicodeDecodeError:
            continue
    return ""


def _people(number: int) -> str:
    return "One person was" if number == 1 else f"{number} people were"
