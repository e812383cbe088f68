"""The checks of one person and company beside those of others: whose they are, and whom they count for."""

from datetime import timedelta

import pytest
from flask import Flask
from werkzeug.exceptions import NotFound

from portal.auth.models import User
from portal.auth.rules import Role
from portal.extensions import db
from portal.lookalikes import holds
from portal.lookalikes.likeness import LIKELY
from portal.lookalikes.queries import Found
from portal.lookalikes.rules import Kind
from portal.prechecks import actions, queries, rules
from portal.prechecks.queries import Lookalike
from portal.prechecks.rules import DAY, FISHING_DAYS, Answer, Standing
from tests.support import make, sales
from tests.support.make import NOON

SECOND = timedelta(seconds=1)


@pytest.fixture
def people(app: Flask) -> tuple[User, User, User]:
    """Two of one company, the first its lead, and one of another."""
    sales.program()
    lead = sales.lead()
    return lead, make.partner_user(Role.PARTNER_MEMBER, partner_id=lead.partner_id), sales.lead()


def note(by: User, ago: timedelta = 0 * DAY, company: str = "Calder") -> None:
    given = {"company": company, "domain": "", "answer": Answer.FREE, "now": NOON - ago}
    actions.note_told(by.partner_id or 0, by.id, **given)  # type: ignore[arg-type]


def test_a_day_is_that_of_one_company_and_of_24_hours(people: tuple[User, User, User]) -> None:
    lead, member, other = people
    for by, ago in ((lead, DAY), (lead, DAY - SECOND), (member, 0 * DAY), (other, 0 * DAY)):
        note(by, ago)
    assert queries.of_a_day(lead.partner_id or 0, NOON) == [(member.id, NOON), (lead.id, NOON - DAY + SECOND)]


def test_the_quota_is_that_of_a_person_and_of_the_company(
    people: tuple[User, User, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "PER_PERSON", 2)
    monkeypatch.setattr(rules, "PER_COMPANY", 3)
    lead, member, other = people

    def left(by: User) -> str:
        if actions.may_be_told(by.partner_id or 0, by.id, NOON):
            assert actions.quota_reached(by.partner_id or 0, by.id, NOON) is None
            return ""
        with pytest.raises(actions.QuotaReached) as reached:
            actions.check(by, "Calder", now=NOON)
        assert reached.value.until == NOON + DAY
        return str(reached.value)

    for by in (lead, member):
        note(by)
    assert [left(each) for each in people] == ["", "", ""]
    for _ in range(2):
        note(other)
    assert [left(each) for each in people] == ["", "", rules.OF_PERSON]
    note(member)
    assert [left(each) for each in people] == [rules.OF_COMPANY, rules.OF_COMPANY, rules.OF_PERSON]
    assert actions.check(sales.lead(), "Calder", now=NOON).answer is Answer.FREE


def test_who_reads_which(people: tuple[User, User, User]) -> None:
    lead, _, other = people
    for number, by in enumerate(people):
        note(by, number * SECOND, company=f"Calder {number}")
    found = [[each.company for each in queries.latest(reader)] for reader in people]
    assert found == [["Calder 0", "Calder 1"], ["Calder 1"], ["Calder 2"]]
    (own,) = queries.latest(other)
    assert queries.check(other, own.ref).ref == own.ref
    with pytest.raises(NotFound):
        queries.check(lead, own.ref)


def test_who_sees_which_hold_and_for_how_long(people: tuple[User, User, User]) -> None:
    for number, by in enumerate(people):
        at = NOON + number * SECOND
        actions.hold(by, actions.check(by, f"Nordwerk {number}", now=at), now=at)
    db.session.commit()
    seen = [[each.company for each in holds.live(reader, NOON + DAY - SECOND)] for reader in people]
    assert seen == [["Nordwerk 0", "Nordwerk 1"], ["Nordwerk 1"], ["Nordwerk 2"]]
    assert [each.company for each in holds.live(people[0], NOON + DAY)] == ["Nordwerk 1"]


def test_those_who_ask_most_with_what_they_introduced_meanwhile(people: tuple[User, User, User]) -> None:
    lead, member, other = people
    since = timedelta(days=FISHING_DAYS)
    for by, ago in ((lead, 0 * DAY), (member, DAY), (lead, since), (other, DAY), (other, 2 * DAY), (other, 3 * DAY)):
        note(by, ago)
    for by, ago in ((lead, since - SECOND), (lead, since), (other, DAY), (other, 2 * DAY)):
        sales.referral(by, NOON - ago)
    db.session.commit()
    asked = [(row.id, row.checks, row.people, row.referrals) for row in queries.askers(NOON)]
    assert asked == [(other.partner_id, 3, 1, 2), (lead.partner_id, 2, 2, 1)]


@pytest.mark.parametrize(
    ("typed", "domain"),
    [
        ("calderfinch.com", "calderfinch.com"),
        ("https://calderfinch.com/a b", "calderfinch.com"),
        ("ruth@calderfinch.com", "calderfinch.com"),
        ("Dr. Ahlers", ""),
        ("Calder.", ""),
        ("Calder", ""),
    ],
)
def test_what_is_typed_is_a_name_or_an_address(typed: str, domain: str) -> None:
    assert actions.read(typed).domain == domain


@pytest.mark.parametrize(
    ("score", "partner_id", "is_introduced", "contests"),
    [
        (LIKELY, 7, True, True),
        (LIKELY - 1, 7, True, False),
        (LIKELY, 8, True, False),
        (LIKELY, None, True, True),
        (100, 7, False, False),
    ],
)
def test_what_speaks_against_a_referral(
    score: int, partner_id: int | None, is_introduced: bool, contests: bool
) -> None:
    found = Found(1, Kind.REFERRAL, "R-222222", partner_id, "Calder", "", NOON, None, score, "")
    other = Lookalike(found, Standing.CLAIM, "", None, "", "", is_introduced)
    assert other.contests(8) is contests
