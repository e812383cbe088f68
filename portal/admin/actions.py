"""What an admin can change about the program as a whole."""

from datetime import date, datetime

import sqlalchemy as sa

from portal.admin.events import ProgramChanged, PromisesChanged
from portal.auth.models import User
from portal.events import publish
from portal.extensions import db
from portal.program import Program
from portal.sla.models import BusinessCalendar, Promise
from portal.sla.rules import ClockKind

PROGRAM_REF = "PROGRAM"


def change_program(
    by: User, *, now: datetime, name: str, company_name: str, legal_name: str, contact_email: str, governing_law: str
) -> None:
    program = db.session.scalars(sa.select(Program)).one()
    program.name, program.company_name, program.legal_name = name, company_name, legal_name
    program.contact_email, program.governing_law = contact_email, governing_law
    db.session.flush()
    publish(ProgramChanged(by=by.id, at=now, ref=PROGRAM_REF))


def change_promises(
    by: User, *, now: datetime, week: list[list[tuple[int, int]]], holidays: list[date], minutes: dict[ClockKind, int]
) -> None:
    """New hours and promises hold for clocks that start from now on; a clock that runs keeps its due time."""
    calendar = db.session.scalars(sa.select(BusinessCalendar)).one()
    calendar.week = [[list(shift) for shift in day] for day in week]
    calendar.holidays = [day.isoformat() for day in sorted(holidays)]
    promised = {promise.kind: promise for promise in db.session.scalars(sa.select(Promise))}
    for kind, value in minutes.items():
        promised[kind].minutes = value
    db.session.flush()
    publish(PromisesChanged(by=by.id, at=now, ref=PROGRAM_REF))
