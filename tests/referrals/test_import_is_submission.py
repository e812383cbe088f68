"""A row of a list becomes what the same introduction becomes by the form, to the last field."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.auth.models import User
from portal.auth.rules import Role
from portal.conflicts.models import Conflict
from portal.events import Event
from portal.evidence import actions as evidence
from portal.evidence.actions import Proof
from portal.evidence.models import EvidencePiece
from portal.extensions import Base, db
from portal.lookalikes.models import CompanyKey, CompanyName, LookalikeFinding, SoftHold
from portal.notifications.models import Delivery
from portal.prechecks import actions as prechecks
from portal.prechecks.models import CompanyCheck
from portal.referrals import actions, importing
from portal.referrals.introduction import Introduction
from portal.referrals.models import Referral
from portal.referrals.rules import IntroducedHow, Timing
from portal.rows_at_once import FEW
from portal.scope import all_partners
from portal.sla.models import SlaClock
from tests.support import make, sales
from tests.support.make import NOON

HEAD = (
    "company,website,country,contact_name,contact_title,contact_email,contact_phone,need,timing,public_tender,"
    "introduced_how,introduction,introduced_on,introduced_with,industry,employees,budget,decider"
)
TABLES: tuple[type[Base], ...] = (
    *(Referral, SlaClock, CompanyName, CompanyKey, LookalikeFinding, SoftHold),
    *(Delivery, Conflict, CompanyCheck, EvidencePiece),
)
AS_TEXT = sa.select(
    *(Referral.domain, *(sa.cast(each, sa.Text) for each in (Referral.more_answers, Referral.reading))),
    sa.cast(Referral.asked_before, sa.Text),
)
"""What the ORM would make alike: no answer as a null of JSON, and no value at all."""
OF_CHANCE = {"id", "ref", "message_id", "conflict_id", "digest"}
THEIRS = re.compile(r"\b[A-Z]{1,2}-[2-9A-Z]{6}\b")
DAY = date(2026, 11, 10)
TITLES = ("Operations Director", "Assistant", "Leiterin Vertrieb", "Tester")
COMPANIES = (
    ("Kallwitz Maschinenbau GmbH", "kallwitz-maschinen.example"),  # another partner's is like it
    ("Brenninger Papier", "brenninger.example"),  # another partner has introduced it
    ("Vetter Anlagen", "vetter.example"),  # held by themselves
    ("Vetter-Anlagen AG", "vetter-anlagen.example"),  # like the one before it
    *(
        (f"Nordlys {word} AS", f"nordlys{word.lower()}.example")
        for word in ["Ankar", "Bygg", "Cello", "Dokk", "Eik", "Fjord"]
    ),
    *(
        (f"{word} & Sønner", f"{word.lower()}.example")
        for word in ["Gran", "Holm", "Ivar", "Jarl", "Kvist", "Lund", "Moe"]
    ),
)
INTRODUCED = [
    Introduction(
        company=company,
        website=f"https://www.{domain}/about",
        country=("DE", "NO", "US")[place % 3],
        contact_name=f"Ruth Calder {place}",
        contact_title=TITLES[place % 4],
        contact_email=f"Ruth.Calder{place // 2}@{domain}",
        contact_phone="+49 30 123456" if place % 5 == 0 else "",
        need="They outgrew their spreadsheets; they say “now”.",
        timing=Timing.THIS_QUARTER,
        public_tender=place == 7,
        introduced_how=IntroducedHow.INTRO_CALL,
        introduction="We called her." if place % 4 == 0 else "",
        industry="Logistics" if place % 2 else "",
        employees=120 if place % 3 else None,
        budget="40 k" if place % 2 else "",
        decider="The owner" if place % 6 == 0 else "",
        consent=True,
    )
    for place, (company, domain) in enumerate(COMPANIES)
]


def line(told: Introduction) -> str:
    proof = f"{DAY},Ruth and me" if told.introduction else ","
    tender, people = "yes" if told.public_tender else "no", told.employees or ""
    return (
        f"{told.company},{told.website},{told.country},{told.contact_name},{told.contact_title},{told.contact_email},"
        f"{told.contact_phone},{told.need},this quarter,{tender},call,{told.introduction},{proof},{told.industry},"
        f"{people},{told.budget},{told.decider}"
    )


def by_list(by: User) -> None:
    found = importing.look(by, "\n".join([HEAD, *map(line, INTRODUCED)]).encode(), "list.csv", now=NOON)
    importing.send(by, found, consent=True, now=NOON)
    assert (found.sent, found.known, found.refused) == (len(INTRODUCED), 0, 0)


def by_form(by: User) -> None:
    for told in INTRODUCED:
        sent = actions.submit(by, now=NOON, answers=told)
        if told.introduction:
            evidence.add(by, evidence.introduced(sent), Proof((), told.introduction, DAY, "Ruth and me"), now=NOON)


def became(way: Callable[[User], None], by: User) -> dict[str, list[str]]:
    """What every table holds after it, and what the record would say, each with names for what chance named."""
    way(by)
    db.session.flush()
    names = {row.ref: f"referral of {row.domain}" for row in all_of(Referral)} | {"": ""}
    names |= {row.ref: f"hold of {row.company}" for row in all_of(SoftHold)}
    ids = {row.id: names[row.ref] for row in all_of(Referral)}
    entries = {row.id: names[row.ref] for row in all_of(CompanyName)}

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            told = (name for name in value if name not in OF_CHANCE - {"ref"})
            return {each: ids[value[each]] if each == "referral_id" else plain(value[each]) for each in told}
        if isinstance(value, str):
            return THEIRS.sub(lambda found: names.get(found[0], found[0][0]), value)
        return [plain(each) for each in value] if isinstance(value, list) else value

    def said(row: Any) -> str:
        values = {column.key: getattr(row, column.key) for column in row.__table__.columns}
        ref = plain(values.get("ref", ""))
        if isinstance(row, CompanyKey):
            values["company_id"] = entries[values["company_id"]]
        return f"{ref} {sorted(plain({name: values[name] for name in values if name not in OF_CHANCE}).items())}"

    def told(event: Event) -> str:
        return f"{type(event).__name__} {sorted(plain(vars(event)).items(), key=str)}"

    found = {table.__tablename__: sorted(map(said, all_of(table))) for table in TABLES}
    found["json"] = sorted(map(str, db.session.execute(all_partners(AS_TEXT, "a test"))))
    found["events"] = sorted(map(told, db.session.info["events"]))
    db.session.rollback()
    return found


def all_of(table: type[Base]) -> list[Any]:
    db.session.expire_all()
    return list(db.session.scalars(all_partners(sa.select(table), "a test")))


@pytest.fixture
def ana(app: Flask) -> User:
    sales.program()
    make.staff(Role.QUALIFIER)
    make.staff(Role.SALES_OWNER)
    ana = sales.lead(name="Ana Ferreira")
    other = sales.lead()
    sales.referral(other, NOON, company="Kallwitz Maschinen GmbH", website="kallwitz.example")
    sales.qualified(other, NOON, company="Brenninger", website="brenninger.example")
    free = prechecks.check(ana, "Vetter Anlagen", now=NOON)
    prechecks.hold(ana, free, now=NOON - timedelta(minutes=5))
    db.session.commit()
    return sales.detached(ana)


def test_a_row_of_a_list_becomes_what_it_becomes_by_the_form(ana: User) -> None:
    assert len(INTRODUCED) > FEW
    listed, sent = became(by_list, ana), became(by_form, ana)
    for name, rows in sent.items():
        assert listed[name] == rows, name
    assert {name: len(rows) for name, rows in sent.items() if not rows} == {}
