"""The first start of a program: what has to be there before its first admin can do the rest in the pages."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import available_timezones

import sqlalchemy as sa
from email_validator import EmailNotValidError, validate_email
from flask import current_app

from portal import content
from portal.admin.rules import read_hours
from portal.agreements import publishing
from portal.agreements.plans import rate_of
from portal.auth import invitations, links
from portal.auth.models import AccountLink, User
from portal.auth.rules import Role
from portal.criteria import actions as criteria
from portal.criteria.rules import COUNTRIES
from portal.criteria.words import default_data
from portal.errors import Refused
from portal.extensions import db
from portal.money import currency_of
from portal.program import Program
from portal.sla.models import BusinessCalendar, Promise
from portal.sla.rules import PROMISED_MINUTES

CONTENT = Path(__file__).parents[2] / "content"
FEE_CLAUSE = "4.1"
"""Of the shipped agreement text."""


@dataclass(frozen=True)
class Answers:
    """What is asked at the first start, as typed."""

    name: str
    company: str
    currency: str
    time_zone: str
    hours: str
    country: str
    percent: str
    law: str
    admin_email: str
    admin_name: str


def set_up(now: datetime, answers: Answers) -> str:
    """Begin the program and commit. Returns what the person at the terminal reads: where to go next."""
    admin = begin(now, answers)
    path = links.path_of(link_of(admin))
    db.session.commit()
    public_url = current_app.config["SETTINGS"].public_url
    return f"{answers.name} is set up. Choose your password here, once, within seven days:\n{public_url}{path}"


def begin(now: datetime, answers: Answers) -> User:
    """Program, calendar, promises, criteria, agreement text and fee plan, and the invitation of the first admin.

    Raises Refused naming the answer that can't be used, or where there is a program already."""
    if db.session.scalar(sa.select(Program.id)) is not None:
        raise Refused("There is a program here already; change it in its settings.")
    _check(answers)
    db.session.add(
        Program(
            name=answers.name,
            company_name=answers.company,
            legal_name=answers.company,
            contact_email=answers.admin_email,
            currency=currency_of(answers.currency),
            time_zone=answers.time_zone,
            governing_law=answers.law,
        )
    )
    shifts = [list(shift) for shift in read_hours(answers.hours, "hours")]
    week = [shifts] * 5 + [[], []]
    db.session.add(BusinessCalendar(time_zone=answers.time_zone, week=week, holidays=[]))
    db.session.add_all(Promise(kind=kind, minutes=minutes) for kind, minutes in PROMISED_MINUTES.items())
    db.session.flush()
    roles = frozenset({Role.PROGRAM_ADMIN})
    admin = invitations.invite(
        None, email=answers.admin_email, name=answers.admin_name, roles=roles, partner_id=None, now=now
    )
    territories = [code.strip().upper() for code in answers.country.split(",")]
    version = criteria.draft(None, data=default_data() | {"territories": territories}, now=now)
    criteria.publish(admin, version, now=now)
    (text,) = content.pieces(CONTENT, "agreement")
    template = publishing.write_template(None, title=text.title, body=text.body, now=now)
    publishing.publish_template(admin, template, now=now)
    plan = publishing.draft_plan(
        None,
        name="Standard",
        currency=answers.currency,
        rate_bp=rate_of(answers.percent),
        clause=FEE_CLAUSE,
        now=now,
    )
    publishing.publish_plan(admin, plan, now=now)
    return admin


def link_of(user: User) -> AccountLink:
    """The person's newest link."""
    newest = sa.select(AccountLink).where(AccountLink.user_id == user.id).order_by(AccountLink.id.desc()).limit(1)
    return db.session.scalars(newest).one()


def _check(answers: Answers) -> None:
    if answers.time_zone not in available_timezones():
        raise Refused(f"{answers.time_zone} is not a time zone; write Europe/Berlin.")
    try:
        validate_email(answers.admin_email, check_deliverability=False)
    except EmailNotValidError as failure:
        raise Refused(f"{answers.admin_email} is not a mail address.") from failure
    for code in answers.country.split(","):
        if code.strip().upper() not in COUNTRIES:
            raise Refused(f"{code.strip()} is not a country code; write DE,AT,CH.")
    if not (answers.name.strip() and answers.company.strip() and answers.admin_name.strip()):
        raise Refused("The portal, your company and you each need a name.")
