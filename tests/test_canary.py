"""Two companies live through the same, each with a word of its own in every field and file: nobody ever meets the
other's, on any page they can be led to or can guess at."""

import json

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.activity.models import EventRow
from portal.activity.queries import timeline, visible_to
from portal.auth.rules import PARTNER_ROLES
from portal.events import Audience
from portal.extensions import db
from portal.notifications.models import Delivery
from portal.scope import all_partners
from tests.access.canary import guess, strange, strange_words, text_of
from tests.access.cast import CANARIES, Company
from tests.access.pages import walk
from tests.access.world import World
from tests.support.client import Client, client_of

pytest_plugins = ["tests.access.fixtures"]
PEOPLE = (*map(str, PARTNER_ROLES), "colleague")
on_sqlite = pytest.mark.parametrize("app", ["sqlite"], indirect=True)
# What a company's own people find, each field somewhere; so the walk is known to look everywhere.
FOUND_AT_HOME = (
    *("Consulting", "legal name", "street 1", "partner_admin person", "invited person"),
    *("fresh", "contact", "title", "need", "introduction", "question", "answer", "note", "next step"),
    *("typed name", "holder", "message by partner_member", "our answer", "paper.txt"),
)
# What staff write for each other.
FOR_STAFF_ONLY = ("because", "overruled", "inner note", "inner file")


def person(app: Flask, made: Company, role: str) -> Client:
    return client_of(app).as_(made[role])


@on_sqlite
@pytest.mark.parametrize("role", PEOPLE)
@pytest.mark.parametrize("reverse", [False, True], ids=["one way", "the other way"])
def test_nobody_meets_a_word_of_the_other_company(app: Flask, tried: World, role: str, reverse: bool) -> None:
    own, other = (tried.other, tried.company) if reverse else (tried.company, tried.other)
    client = person(app, own, role)
    assert strange_words(app, client, other, tried) == []


@on_sqlite
def test_the_walk_finds_every_field_of_ones_own(app: Flask, tried: World) -> None:
    made = tried.company
    told = ""
    for role in PEOPLE:
        told += "".join(text_of(response) for _, response in walk(person(app, made, role)))
    lost = [name for name in FOUND_AT_HOME if f"{made.word} {name}".lower() not in told]
    assert not lost, f"no page of {made.word} shows these, so nothing is proven about them: {lost}"
    leaked = [name for name in FOR_STAFF_ONLY if f"{made.word} {name}".lower() in told]
    assert not leaked, f"partners read what staff write for each other: {leaked}"


@on_sqlite
def test_a_member_meets_nothing_of_what_colleagues_introduced(app: Flask, tried: World) -> None:
    client = person(app, tried.company, "partner_member")
    for path, response in [*walk(client), *guess(app, client, tried.company, tried)]:
        for name in (
            "fresh-too",
            "asked-partner-admin",
            "withdrawn",
            "same",
            "won-partner-admin",
            "open-partner-admin",
        ):
            assert f"{tried.company.word} {name}".lower() not in text_of(response), f"{path} says {name}"


@on_sqlite
def test_nobody_is_written_a_word_of_the_other_company(app: Flask, tried: World) -> None:
    mails = db.session.scalars(all_partners(sa.select(Delivery), "a test")).all()
    assert len(mails) > 20
    for own, other in ((tried.company, tried.other), (tried.other, tried.company)):
        theirs = [mail for mail in mails if mail.to_address.endswith(f"@{own.word.lower()}.example")]
        assert theirs
        for mail in theirs:
            text = json.dumps([mail.subject, mail.lines, mail.action_label, mail.action_path], ensure_ascii=False)
            assert not [word for word in CANARIES[other.word] if word.lower() in text.lower()], mail.subject


@on_sqlite
def test_the_record_of_events_holds_nothing_that_anybody_typed(app: Flask, tried: World) -> None:
    for row in db.session.scalars(all_partners(sa.select(EventRow), "a test")):
        body = json.dumps(row.body, ensure_ascii=False).lower()
        assert not [word for word in CANARIES if word.lower() in body], f"{row.kind}: {row.body}"


@on_sqlite
def test_partners_are_not_told_what_is_for_staff(app: Flask, tried: World) -> None:
    lead = tried.company["partner_admin"]
    refs = [ref for kind in tried.company.refs.values() for ref in kind]
    wanted = sa.select(EventRow).where(EventRow.partner_id == tried.company.partner.id)
    rows = db.session.scalars(all_partners(wanted, "a test")).all()
    for_staff = {row.seq for row in rows if row.audience is Audience.STAFF}
    assert for_staff
    assert not for_staff & {entry.seq for entry in timeline(lead, refs, 1_000)}
    assert not for_staff & {row.seq for row in db.session.scalars(visible_to(lead))}
    assert for_staff & {entry.seq for entry in timeline(tried.staff["auditor"], refs, 1_000)}


@on_sqlite
def test_what_is_open_to_all_says_nothing_of_a_company(app: Flask, tried: World) -> None:
    client = client_of(app)
    for made in (tried.company, tried.other):
        for path, response in [*walk(client, "/login"), *guess(app, client, made, tried)]:
            assert strange(path, response, made) == []
