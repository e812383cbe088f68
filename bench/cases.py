"""What is measured, against which floor, and what it may cost."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import cycle

import sqlalchemy as sa
from flask import Flask

from bench.visitor import NOBODY, Answer, Person, Visitor, signed_in
from portal.auth.models import RoleGrant, User
from portal.auth.rules import Role
from portal.deals.models import Deal
from portal.deals.rules import Stage
from portal.extensions import db
from portal.fields.queries import questions
from portal.fields.rules import NO, Kind
from portal.referrals.models import Referral
from portal.referrals.rules import Status
from portal.scope import all_partners
from portal.seeds.scale.words import company
from portal.seeds.scale.world import LEAD, MAIL_DOMAIN

STAFF = "maya@portal.example"
ASKERS = 200
SPREAD = 20
"""How many different referrals the page is asked for."""
Ask = Callable[[Visitor], Answer]
INTRODUCED = {
    "contact_name": "Ruth Feld",
    "contact_title": "Head of Sales",
    "contact_email": "ruth.feld@measured.example",
    "country": "DE",
    "employees": "240",
    "industry": "Logistics",
    "need": "Their dispatchers keep customer notes in spreadsheets; they want one place for them.",
    "timing": "now",
    "public_tender": "no",
    "introduced_how": "intro_call",
    "introduction": "We had a call with three of their people, and I named you.",
    "consent": "y",
}


LISTS = {
    "": "",
    ", one state": f"?state={Status.QUALIFIED}",
    ", by due": "?sort=due",
    ", narrowed": f"?state={Status.QUALIFIED}&state={Status.DECLINED}&country=DE&received-from=2020-01-01",
    ", searched": "?q=logis",
}


WORK = {
    "queue": "/staff/",
    "board": "/staff/deals/board",
    "list, deals": "/staff/deals/",
    "list, deals, searched": "/staff/deals/?q=logis",
    "lost deals": "/staff/deals/lost",
}
"""What our own people work from."""


@dataclass(frozen=True)
class Case:
    name: str
    ask: Ask
    floor: Ask
    expects: int
    goals: dict[str, float]
    """The ratio to the floor that it may reach, by kind of database."""
    page: str = ""
    person: Person = NOBODY

    @property
    def is_list(self) -> bool:
        return self.goals is LIST


LIST = {"sqlite": 2.5, "postgresql": 3.5}
PAGE = {"sqlite": 2.0, "postgresql": 2.5}
CREATE = {"sqlite": 5.0, "postgresql": 5.0}


def cases(app: Flask) -> list[Case]:
    lead, staff = signed_in(app, LEAD), signed_in(app, STAFF)
    lists = [
        _page(f"list, {which}{what}", person, [f"{path}{query}"], LIST)
        for which, person, path in (("partner lead", lead, "/referrals/"), ("staff", staff, "/staff/referrals/"))
        for what, query in LISTS.items()
    ]
    lists += [_page(f"{what}, staff", staff, [path], LIST) for what, path in WORK.items()]
    refs = _refs()
    pages = [
        _page("referral, partner lead", lead, [f"/referrals/{ref}" for ref in refs], PAGE),
        _page("referral, staff", staff, [f"/staff/referrals/{ref}" for ref in refs], PAGE),
    ]
    pages.append(_page("check, partner lead", lead, ["/referrals/check"], PAGE))
    answers = {each.name: NO for each in questions() if each.required and each.kind is Kind.YES_NO}
    create = Case("new referral", lambda visitor: _introduce(visitor, lead, answers), _insert, 303, CREATE)
    askers = cycle(_askers(app))
    check = Case("new check", lambda visitor: _ask(visitor, next(askers)), _insert, 303, CREATE)
    return [*lists, *pages, create, check]


def _page(name: str, person: Person, paths: Sequence[str], goals: dict[str, float]) -> Case:
    next_path = cycle(paths)
    return Case(
        name=name,
        ask=lambda visitor: visitor.ask(next(next_path), person),
        floor=lambda visitor: visitor.ask("/"),
        expects=200,
        goals=goals,
        page=paths[0],
        person=person,
    )


def _refs() -> list[str]:
    """Won referrals of the lead's company: their page has the most to tell."""
    lead = sa.select(User.partner_id).where(User.email == LEAD).scalar_subquery()
    won = sa.select(Referral.ref).join(Deal, Deal.referral_id == Referral.id).where(Deal.stage == Stage.WON)
    found = won.where(Deal.partner_id == lead, Referral.partner_id == lead).order_by(Referral.id.desc()).limit(SPREAD)
    return list(db.session.scalars(all_partners(found, "what is measured")))


def _introduce(visitor: Visitor, person: Person, answers: dict[str, str]) -> Answer:
    name = secrets.token_hex(8)
    told = INTRODUCED | answers | {"company": f"Measured {name} GmbH", "website": f"https://measured-{name}.example"}
    return visitor.ask("/referrals/new", person, person.form(**told))


def _askers(app: Flask) -> list[Person]:
    """People of many companies: each may ask a few times a day."""
    leads = sa.select(User.email).where(User.email.endswith(f"@{MAIL_DOMAIN}", autoescape=True))
    found = leads.join(RoleGrant, RoleGrant.user_id == User.id).where(RoleGrant.role == Role.PARTNER_ADMIN)
    emails = db.session.scalars(all_partners(found.order_by(User.id).limit(ASKERS), "what is measured")).all()
    return [signed_in(app, email) for email in emails]


def _ask(visitor: Visitor, person: Person) -> Answer:
    named = company(secrets.randbelow(1_000_000))
    return visitor.ask("/referrals/check", person, person.form(company=named.name))


def _insert(visitor: Visitor) -> Answer:
    told = {"company": f"Measured {secrets.token_hex(8)} GmbH", "contact": "Ruth Feld", "need": INTRODUCED["need"]}
    return visitor.ask("/entries", form=NOBODY.form(**told))
