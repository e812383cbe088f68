"""Lists that are narrowed: what is found is what fits, on whatever page, and no more work is done than is said."""

import itertools
import random
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from portal import narrowing
from portal.auth.models import User
from portal.auth.rules import Role
from portal.choices import Condition, Predicate
from portal.deals.stories import queries as stories
from portal.extensions import db
from portal.referrals import queries
from portal.referrals.lists import Wanted, choice_of, country_called
from portal.referrals.models import Referral
from portal.referrals.rules import Status
from portal.scope import all_partners
from portal.several import among
from tests.support import make, sales
from tests.support.client import Client
from tests.support.make import NOON
from tests.support.past_the_guards import tampered

COUNTRIES = ("DE", "DE", "DE", "AT", "CH")
DAY = timedelta(days=1)


@pytest.fixture
def people(app: Flask) -> tuple[User, User]:
    """Staff, and the lead of a company that may refer."""
    sales.program()
    return make.staff(Role.SALES_OWNER), sales.lead()


def _many(*introducers: User) -> None:
    """Referrals in many states, received on as many days, each third from each of three people."""
    chance = random.Random(7)  # noqa: S311  (the same list each time)
    for n, by in zip(range(24), itertools.cycle(introducers), strict=False):
        sales.referral(by, now=NOON - n * DAY, country=chance.choice(COUNTRIES))
    changes = []
    for each in _rows():
        status = chance.choice(("submitted", "under_review", "declined", "withdrawn"))
        decided = f"'{(each.received_at + DAY).strftime('%Y-%m-%d %H:%M:%S.%f')}'" if status == "declined" else "NULL"
        changes.append(f"status = '{status}', decided_at = {decided} WHERE id = {each.id}")
    for change in changes:
        tampered(f"UPDATE referrals SET {change}")  # noqa: S608


def _rows() -> list[Referral]:
    db.session.expunge_all()
    return list(db.session.scalars(all_partners(sa.select(Referral), "a test")))


STATES: tuple[Any, ...] = ((), (Status.SUBMITTED,), (Status.SUBMITTED, Status.DECLINED))
MORE: tuple[dict[str, Any], ...] = (
    {},
    {"by_due": True},
    {"decided": (NOON - 20 * DAY, None)},
    {"overdue_at": NOON - 5 * DAY},
)
CHOICES: list[dict[str, Any]] = [
    {"states": states, "countries": countries, "received": received, **more}
    for states, countries, received, more in itertools.product(
        STATES,
        ((), ("AT",), ("DE", "CH")),
        ((None, None), (NOON - 30 * DAY, NOON - 3 * DAY)),
        MORE,
    )
]


def _these(ids: list[int]) -> Condition:
    return Condition(Predicate("these", lambda referral: among(referral.id, "ids")), {"ids": ids})


def _fits(row: Referral, wanted: Wanted, reader: User) -> bool:
    def lies(at: Any, times: Any) -> bool:
        since, until = times
        return (since is None and until is None) or (
            at is not None and (since is None or at >= since) and (until is None or at < until)
        )

    return (
        (not wanted.states or row.status in wanted.states)
        and (not wanted.countries or row.country in wanted.countries)
        and (not wanted.partner_ids or reader.partner_id is not None or row.partner_id in wanted.partner_ids)
        and (not wanted.by_ids or row.by_id in wanted.by_ids)
        and (wanted.few is None or row.id in wanted.few.values["ids"])
        and lies(row.received_at, wanted.received)
        and lies(row.decided_at, wanted.decided)
        and lies(row.due_at, (None, wanted.overdue_at))
    )


def test_page_after_page_is_all_that_fits_in_its_order_and_back_again(people: tuple[User, User]) -> None:
    staff, lead = people
    member, other = make.partner_user(Role.PARTNER_MEMBER, partner_id=lead.partner_id), sales.lead()
    _many(lead, member, other)
    rows = _rows()
    some = [row.id for row in rows[::2]]
    whose: list[dict[str, Any]] = [
        {"partner_ids": (lead.partner_id,)},
        {"partner_ids": (lead.partner_id, other.partner_id), "states": (Status.SUBMITTED,)},
        {"by_ids": (member.id,)},
        {"by_ids": (lead.id, member.id), "countries": ("DE",)},
        {"few": _these(some), "by_ids": (member.id, other.id)},
        {"few": _these(some), "states": (Status.SUBMITTED,), "countries": ("DE", "CH")},
        {"few": _these([])},
    ]
    own: dict[User, tuple[list[dict[str, Any]], Any]] = {
        staff: (CHOICES, lambda row: True),
        lead: (CHOICES[::5], lambda row: row.partner_id == lead.partner_id),
        member: (CHOICES[::7], lambda row: row.by_id == member.id),
    }
    for reader, (choices, is_own) in own.items():
        for given in (*choices, *whose):
            wanted = Wanted(**given)
            if reader is member and wanted.by_ids:
                continue  # whose they are is a choice of those who see more than their own
            key = wanted.order.keys[0].key
            fitting = sorted(
                (row for row in rows if is_own(row) and _fits(row, wanted, reader)),
                key=lambda row: (getattr(row, key), row.id),
                reverse=wanted.order.descending,
            )
            forth, last = _walk(reader, wanted, None, "next_url")
            assert forth == [row.ref for row in fitting], given
            back, _ = _walk(reader, wanted, last, "previous_url")
            assert not back or back == forth[: len(back)], given


def _walk(reader: User, wanted: Wanted, token: str | None, way: str) -> tuple[list[str], str | None]:
    """What stands on the pages one after the other; seven rows are looked at for each, of which three are shown."""
    listed: Any = sa.select(Referral.id, Referral.ref, *wanted.order.keys[:1])
    found: list[str] = []
    for _ in range(60):
        choice = choice_of(reader, wanted)
        page = narrowing.page_of_choice(
            queries.seen_by(reader, listed), choice, token=token, url=lambda at: at or "", size=3, look=7
        )
        refs = [row.ref for row in page.rows]
        found = found + refs if way == "next_url" else refs + found
        if not getattr(page, way):
            return found, token
        token = getattr(page, way)
    raise AssertionError("it never ends")


def test_where_the_work_ends_before_the_page_is_full_it_says_so(people: tuple[User, User]) -> None:
    staff, lead = people
    for _ in range(3):
        sales.referral(lead)
    listed: Any = sa.select(Referral.id, Referral.received_at)
    choice = choice_of(staff, Wanted(states=[Status.SUBMITTED], countries=["CH"]))
    page = narrowing.page_of_choice(queries.seen_by(staff, listed), choice, token=None, url=str, size=50, look=2)
    assert page.looked_at == 2
    assert page.next_url


def test_another_company_is_in_no_choice(people: tuple[User, User]) -> None:
    _, lead = people
    other, foreign = sales.lead(), sales.referral(lead)
    own = sales.referral(other, company="Elsewhere")
    for given in CHOICES:
        page = stories.page(other, Wanted(**given), token=None, url=str)
        assert {row.ref for row in page.rows} <= {own.ref}, given
    assert not stories.page(other, Wanted(few=_these([foreign.id])), token=None, url=str).rows


CHIPS = [
    ("state=submitted&state=declined", ["State: Received", "State: Declined"]),
    ("received-from=2026-01-01&received-to=2026-02-01", ["Received from 2026-01-01 to 2026-02-01"]),
    ("country=DE&country=austria", ["Country: Germany", "Country: Austria"]),
    ("country=DE, CH", ["Country: Germany", "Country: Switzerland"]),
    ("overdue=yes", ["Our answer is late"]),
    ("state=nonsense&overdue=perhaps&sort=price", []),
]


def test_what_is_set_stands_above_the_list_and_can_be_taken_away(client: Client, people: tuple[User, User]) -> None:
    staff, lead = people
    sales.referral(lead)
    asked = [(lead, "/referrals/"), (staff, "/staff/referrals/")]
    for (reader, path), (query, chips) in itertools.product(asked, CHIPS):
        page = client.as_(reader).get(f"{path}?{query}")
        assert page.status_code == 200
        assert [chip for chip in chips if f"Remove {chip}" not in page.text] == []
        assert page.text.count('aria-label="Remove ') == len(chips)


UNREADABLE = [
    ("received-from=yesterday", "“yesterday” cannot be read"),
    ("received-from=0001-01-01", "cannot be read"),
    ("decided-to=9999-12-31", "cannot be read"),
    ("received-from=2026-02-01&received-to=2026-01-01", "the end lies before the beginning"),
    ("country=Atlantis", "there is no “Atlantis”"),
    ("country=united", "which one?"),
]


def test_what_cannot_be_read_is_said(client: Client, people: tuple[User, User]) -> None:
    client.as_(people[0])
    for query, said in UNREADABLE:
        assert said in client.get(f"/staff/referrals/?{query}").text, query


def test_staff_choose_a_partner_by_name_and_an_owner(client: Client, people: tuple[User, User]) -> None:
    staff, lead = people
    sales.referral(lead)
    sales.partner_with_agreement(name="Westgate Partners")
    page = client.as_(staff).get("/staff/referrals/?partner=westg").text
    assert "Partner: Westgate Partners" in page
    assert "None of them" in page
    assert "None of them" in client.get(f"/staff/referrals/?owner={staff.ref}").text


def test_a_lead_chooses_whose(client: Client, people: tuple[User, User]) -> None:
    _, lead = people
    sales.referral(lead, company="Firma Ruhr")
    member = make.partner_user(Role.PARTNER_MEMBER, partner_id=lead.partner_id, name="Ben Ito")
    sales.referral(member, company="Only Ben's")
    page = client.as_(lead).get(f"/referrals/?by={member.ref}").text
    assert "Only Ben&#39;s" in page
    assert "Firma" not in page
    assert "Only Ben&#39;s" in client.get("/referrals/?by=ben").text
    assert 'name="by"' not in client.as_(member).get("/referrals/").text


def test_countries_answer_to_letters_and_to_names() -> None:
    assert [each.id for each in country_called("de")] == ["DE"]
    assert [each.id for each in country_called("Germany")] == ["DE"]
    assert len(country_called("united")) > 1
