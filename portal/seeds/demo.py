"""The demo program: nine months of a software vendor's partner business, played in order of time through the same
actions that people use. Nothing here writes a row that an action would write."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from portal import attempts, content
from portal.auth import invitations, visits
from portal.documents.models import Document
from portal.documents.rules import DocumentState
from portal.extensions import db
from portal.notifications.models import Delivery
from portal.notifications.rules import DeliveryState
from portal.program import Program
from portal.resources import actions as resources
from portal.scope import all_partners
from portal.seeds import cast, proving, returning, setup
from portal.seeds.agenda import Agenda
from portal.seeds.asking import Asking
from portal.seeds.claiming import Claiming
from portal.seeds.companies import Company, companies
from portal.seeds.informing import Informing
from portal.seeds.introducing import Introducing
from portal.seeds.joining import Joining, accept
from portal.seeds.money import Finance
from portal.seeds.pipeline import Pipeline
from portal.seeds.routing import Routing
from portal.seeds.selling import Selling
from portal.seeds.talking import Talking
from portal.seeds.typing_in import Typing

WHY = "the demo is played through everybody's hands"
PROGRAM = setup.Answers(
    name="Lumen partners",
    company="Lumen Software GmbH",
    currency="EUR",
    time_zone="Europe/Berlin",
    hours="09:00-17:00",
    country="GB,IE,DE,AT,CH,NL,BE,DK,SE,NO,ES,FR,CZ",
    percent="10",
    law="Germany",
    admin_email=cast.ADMIN.email,
    admin_name=cast.ADMIN.name,
)
BEGINS_DAYS_AGO = 275
LAST_HERE_DAYS_AGO = 4
"""When everybody was here last, so that something is new to each."""


def seed(now: datetime, introduced: Sequence[Company] | None = None) -> str:
    """Play the demo up to `now`, once, with these companies or all. Returns what came of it, in a sentence."""
    if db.session.scalar(sa.select(Program.id)) is not None:
        return "There is a program here already; nothing was changed."
    agenda = Agenda(now)
    _plan(agenda, companies() if introduced is None else introduced)
    agenda.run()
    _mark_sent(now)
    for person in agenda.people.values():
        db.session.execute(visits.noted(person.id, agenda.at(LAST_HERE_DAYS_AGO, 17)))
    db.session.commit()
    return f"{len(agenda.introduced)} referrals of {len(cast.COMPANIES)} partners are there to look at."


def _plan(agenda: Agenda, introduced: Sequence[Company]) -> None:
    """Of what is planned for one moment, the first here comes first."""
    people, begins = agenda.people, agenda.at(BEGINS_DAYS_AGO, 9)
    finance, typing = Finance(people), Typing(people)
    pipeline = Pipeline(agenda, finance)
    agenda.on(begins, lambda at: _begin(agenda, at))
    Joining(agenda, finance).plan()
    Introducing(agenda, pipeline, typing).plan(introduced)
    pipeline.plan()
    finance.plan(agenda)
    Selling(people).plan(agenda)
    typing.plan(agenda)
    Asking(people).plan(agenda)
    proving.plan(agenda, people)
    Routing(people).plan(agenda)
    Informing(people).plan(agenda, begins)
    Talking(people).plan(agenda)
    Claiming(people).plan(agenda)
    returning.plan(agenda)


def _begin(agenda: Agenda, at: datetime) -> None:
    admin = setup.begin(at, PROGRAM)
    program = db.session.scalars(sa.select(Program)).one()
    program.company_name, program.contact_email, program.demo = "Lumen CRM", "partners@portal.example", True
    accept(agenda.people, admin, cast.ADMIN, at)
    for person in cast.STAFF:
        invited = invitations.invite(
            agenda.people["admin"], email=person.email, name=person.name, roles=person.roles, partner_id=None, now=at
        )
        accept(agenda.people, invited, person, at + timedelta(hours=1))
    pieces = content.pieces(setup.CONTENT, "guide", "profile")
    resources.load(pieces, now=at + timedelta(hours=2), by=agenda.people["edith"])


def _mark_sent(now: datetime) -> None:
    """What was told in the past was sent in the past, and its papers are made from now on."""
    past = sa.update(Delivery).where(Delivery.state == DeliveryState.PENDING)
    sent: dict[str, Any] = {"state": DeliveryState.SENT, "sent_at": Delivery.created_at, "attempts": 1}
    db.session.execute(all_partners(past, WHY).values(sent))
    unmade = sa.update(Document).where(Document.state == DocumentState.PENDING)
    db.session.execute(all_partners(unmade, WHY).values(attempts.again(now)))
