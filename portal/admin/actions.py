"""What an admin can change about the program as a whole, and set going again."""

from datetime import datetime

import sqlalchemy as sa

from portal.admin.events import DocumentAskedAgain, MessageSentAgain, ProgramChanged, PromisesChanged
from portal.auth.models import User
from portal.auth.rules import SecondFactorFor
from portal.documents.actions import ask_again
from portal.documents.models import Document
from portal.events import publish
from portal.extensions import db
from portal.notifications.actions import send_again
from portal.notifications.models import Delivery
from portal.program import Program
from portal.sla.models import Promise
from portal.sla.rules import ClockKind

PROGRAM_REF = "PROGRAM"


def change_program(
    by: User,
    *,
    now: datetime,
    name: str,
    company_name: str,
    legal_name: str,
    contact_email: str,
    governing_law: str,
    second_factor_for: SecondFactorFor,
) -> None:
    program = db.session.scalars(sa.select(Program)).one()
    program.name, program.company_name, program.legal_name = name, company_name, legal_name
    program.contact_email, program.governing_law = contact_email, governing_law
    program.second_factor_for = second_factor_for
    db.session.flush()
    publish(ProgramChanged(by=by.id, at=now, ref=PROGRAM_REF))


def change_deadlines(by: User, *, now: datetime, answer_days: int, appeal_days: int) -> None:
    """How long a question and an appeal are waited for; what waits already keeps its day."""
    program = db.session.scalars(sa.select(Program)).one()
    program.answer_days, program.appeal_days = answer_days, appeal_days
    db.session.flush()
    publish(ProgramChanged(by=by.id, at=now, ref=PROGRAM_REF))


def change_promises(by: User, *, now: datetime, minutes: dict[ClockKind, int]) -> None:
    """New promises hold for clocks that start from now on; a clock that runs keeps its due time."""
    for kind, promised in minutes.items():
        db.session.merge(Promise(kind=kind, minutes=promised))
    db.session.flush()
    publish(PromisesChanged(by=by.id, at=now, ref=PROGRAM_REF))


def send_message_again(delivery: Delivery, by: User, *, now: datetime) -> None:
    """Raises Refused unless the message was given up."""
    send_again(delivery, now=now)
    publish(MessageSentAgain(by=by.id, at=now, ref=delivery.ref or PROGRAM_REF, message_id=delivery.message_id))


def make_document_again(document: Document, by: User, *, now: datetime) -> None:
    """Raises Refused unless the document was given up."""
    ask_again(document, now=now)
    publish(DocumentAskedAgain(by=by.id, at=now, ref=document.ref, document=document.kind))
