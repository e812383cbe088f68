"""The fields by which proof is attached, for every form that takes some; files survive a form that comes back."""

import re
from collections.abc import Sequence
from typing import Any

from flask import request
from flask_login import current_user
from werkzeug.datastructures import FileStorage
from wtforms import HiddenField, MultipleFileField, StringField, TextAreaField
from wtforms.validators import Optional, ValidationError

from portal import clock
from portal.errors import Refused
from portal.evidence import actions, queries
from portal.evidence.actions import Introduced, Proof
from portal.evidence.files import ACCEPT, Offered
from portal.evidence.files import offered as read_file
from portal.evidence.models import HeldFile
from portal.evidence.rules import MOST_PIECES, Grade
from portal.extensions import db
from portal.forms import DayField, Form, at_most
from portal.idempotency import new_key
from portal.uploads import EACH, MOST_AT_ONCE, MOST_TYPED

FILES_OF = "proof_token"
"""The field by which the files of a form are found again."""


def takes_files() -> None:
    """Before anything of the request is read: a form for several files may carry more than others."""
    if request.mimetype == "multipart/form-data":
        request.max_content_length = MOST_AT_ONCE + MOST_TYPED


class ProofForm(Form):
    proof_files = MultipleFileField(
        "Files",
        description=f"The mail saved as .eml, a screenshot (PNG, JPEG, WebP) or a PDF. Up to {MOST_PIECES}, {EACH}.",
        render_kw={"accept": ACCEPT},
    )
    proof_note = TextAreaField(
        "A note of the call or meeting, or what the files show", [at_most(4000)], render_kw={"rows": 3}
    )
    proof_on = DayField("On which day", [Optional()])
    proof_people = StringField("Names of who took part", [at_most(200)])
    proof_token = HiddenField(default=new_key)

    held: Sequence[HeldFile] = ()
    """Files of an earlier try, for the page."""
    files_wait = False
    """There are some, which the page does not list."""

    def answers(self) -> dict[str, Any]:
        return {name: value for name, value in super().answers().items() if not name.startswith("proof_")}

    def validate_proof_files(self, _: MultipleFileField) -> None:
        self._sent, refusals = _read(self.proof_files.data or [])
        if refusals:
            raise ValidationError(" ".join(refusals))

    def add_to(self, referral: Introduced) -> Grade:
        """Add what was offered to the referral. Raises Refused, also where nothing was."""
        return actions.add(current_user, referral, self.offered(), now=clock.now())

    def attach_to(self, referral: Introduced, *, files_wait: bool) -> None:
        """The same, where it may be nothing. Whether files of earlier tries wait was read already."""
        proof = self.offered() if files_wait or self.left_out else Proof(self._sent, *self._said)
        if not proof.is_empty:
            actions.add(current_user, referral, proof, now=clock.now())

    def offered(self) -> Proof:
        """What was chosen and written, with the files of earlier tries."""
        waiting = actions.held_files(current_user, self._token, self.left_out)
        return Proof([*waiting, *self._sent], *self._said)

    def keep_files(self) -> None:
        """The form comes back: what it carried waits for its next try. Commits that and nothing else."""
        sent = self._sent if self._sent else _read(self.proof_files.data or [])[0]
        db.session.rollback()
        if sent or self.left_out:
            try:
                actions.hold(current_user, self._token, sent, now=clock.now(), without=self.left_out)
                db.session.commit()
            except Refused as refusal:
                self.refuse(refusal)
        self.held = queries.held(current_user.id, self._token)

    _sent: Sequence[Offered] = ()

    @property
    def _token(self) -> str:
        return str(self.proof_token.data or "")[:43]

    @property
    def _said(self) -> tuple[str, Any, str]:
        return self.proof_note.data or "", self.proof_on.data, self.proof_people.data or ""

    @property
    def left_out(self) -> list[int]:
        """Held files that the person no longer wants to send."""
        return [int(each) for each in request.form.getlist("proof_without") if re.fullmatch("[0-9]{1,18}", each)][:50]


def _read(sent: Sequence[Any]) -> tuple[list[Offered], list[str]]:
    """The files that are kept, and of the others why not."""
    kept, refusals = [], []
    for each in sent:
        if isinstance(each, FileStorage) and each.filename:
            try:
                kept.append(read_file(each.filename, each.read()))
            except Refused as refusal:
                refusals.append(str(refusal))
    return kept, refusals
