"""The calendar that other programs read: its text, and whose it is."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from portal import clock
from portal.auth.models import User
from portal.auth.rules import Role
from portal.extensions import db
from portal.tasks import actions, queries
from portal.tasks.calendar import WIDTH, calendar, escaped, folded
from portal.tasks.queries import Entry
from tests.support import make, sales
from tests.support.client import Client
from tests.support.make import NOON
from tests.support.past_the_guards import tampered
from tests.tasks import ics

STAMP = re.compile(r"\d{8}T\d{6}Z")
NASTY_TITLES = (
    "Ask: price, term; and who signs",
    "C:\\new\\,table\\;",
    "Call them\r\nEND:VEVENT\nBEGIN:VEVENT\rUID:theirs",
    "SUMMARY;VALUE=DATE:20260101",
    "Größe " * 33,
    "👩\u200d👩\u200d👧 " * 40,
    "x" * 200,
    *("y" * before + "😀é" * 20 for before in range(60, 68)),
    "line\u2028and\u2029paragraph\u0085next",
    " blanks around ",
)


def written(*entries: Entry) -> str:
    return calendar("Lumen", entries, now=NOON, public_url="https://p.example", host="p.example").decode()


def test_a_day_is_an_event_of_all_day_and_an_instant_has_its_time() -> None:
    day = Entry("T-1", "Call; them, now", "/staff/tasks/", on=date(2026, 12, 31))
    instant = Entry("D-1", "First contact", "/staff/deals/D-1", at=datetime(2026, 11, 18, 11, 30, tzinfo=UTC))
    assert written(day, instant).split("\r\n") == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Partner portal//Tasks//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        "NAME:Lumen",
        "X-WR-CALNAME:Lumen",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "BEGIN:VEVENT",
        "UID:T-1@p.example",
        "DTSTAMP:20261118T110000Z",
        "DTSTART;VALUE=DATE:20261231",
        "DTEND;VALUE=DATE:20270101",
        "SUMMARY:Call\\; them\\, now",
        "URL:https://p.example/staff/tasks/",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
        "BEGIN:VEVENT",
        "UID:D-1@p.example",
        "DTSTAMP:20261118T110000Z",
        "DTSTART:20261118T113000Z",
        "DTEND:20261118T114500Z",
        "SUMMARY:First contact",
        "URL:https://p.example/staff/deals/D-1",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]


def test_what_means_something_is_written_out() -> None:
    assert escaped("a\\b;c,d\r\ne\nf\rg\x00\x07\x7f") == "a\\\\b\\;c\\,d\\ne\\nf\\ng"


@given(st.text())
def test_no_title_breaks_out_of_its_line_and_none_is_lost(title: str) -> None:
    line = folded(f"SUMMARY:{escaped(title)}")
    parts = line.split("\r\n")
    assert all(len(part.encode(errors="surrogatepass")) <= WIDTH for part in parts)
    assert all(part.startswith(" ") for part in parts[1:])
    assert parts[0] + "".join(part[1:] for part in parts[1:]) == f"SUMMARY:{escaped(title)}"
    assert "\n" not in line.replace("\r\n", "")


def test_another_program_reads_each_title_as_it_was_typed() -> None:
    entries = [Entry(f"T-{at}", title, "/staff/tasks/", on=NOON.date()) for at, title in enumerate(NASTY_TITLES)]
    calendar = ics.read(written(*entries, Entry("T-Ä;1,", "An odd name", "/", at=NOON)).encode())
    *events, odd = calendar.inside
    assert [event.kind for event in calendar.inside] == ["VEVENT"] * (len(NASTY_TITLES) + 1)
    shown = [ics.text(event.values["SUMMARY"]) for event in events]
    assert shown == [title.replace("\r\n", "\n").replace("\r", "\n") for title in NASTY_TITLES]
    assert ics.text(odd.values["UID"]) == "T-Ä;1,@p.example"


@pytest.mark.parametrize(
    "damage",
    [
        lambda feed: feed.replace(b"\r\n", b"\n"),
        lambda feed: feed.replace(b"\\, ", b", "),
        lambda feed: feed.replace(b"\r\n ", b""),
        lambda feed: feed.replace(b"\r\n ", b"\r\n"),
        lambda feed: feed.replace("ö".encode(), b"\xc3\r\n \xb6", 1),
        lambda feed: feed.replace(b"DTSTAMP", b"STAMP"),
        lambda feed: feed.replace(b"END:VEVENT\r\n", b"", 1),
        lambda feed: feed.removesuffix(b"\r\n"),
    ],
)
def test_the_reader_takes_no_damaged_feed(damage: Callable[[bytes], bytes]) -> None:
    entries = [Entry(f"T-{at}", title, "/", on=NOON.date()) for at, title in enumerate(NASTY_TITLES)]
    with pytest.raises((AssertionError, UnicodeDecodeError)):
        [ics.text(event.values["SUMMARY"]) for event in ics.read(damage(written(*entries).encode())).inside]


@pytest.fixture
def sam(app: Flask) -> User:
    sales.program()
    return sales.detached(make.staff(Role.SALES_OWNER, name="Sam Ortega"))


def opened(user: User) -> str:
    token = actions.open_calendar(user, now=clock.now())
    db.session.commit()
    return token


def test_the_feed_has_what_is_due_to_its_person_and_nothing_of_others(client: Client, sam: User) -> None:
    lead, other = sales.lead(), sales.lead()
    deal = sales.qualified(lead, now=clock.now())
    hidden = sales.qualified(other, now=clock.now())
    due_on = (clock.now() + timedelta(days=3)).date()
    actions.make(sam, now=clock.now(), title="Call, then write", due_on=due_on, owner_id=sam.id, deal_id=deal.id)
    db.session.commit()
    answer = client.signed_out().get(f"/calendar/{opened(sam)}")
    assert answer.mimetype == "text/calendar"
    text = answer.text.replace("\r\n ", "")
    for words in ("Call\\, then write", "First contact", "First contact promised"):
        assert words in text, words
    of_lead = client.get(f"/calendar/{opened(lead)}").text.replace("\r\n ", "")
    assert f"Protection ends: {escaped(deal.company)}" in of_lead
    assert escaped(hidden.company) not in of_lead
    member = make.partner_user(Role.PARTNER_MEMBER, partner_id=lead.partner_id)
    assert "BEGIN:VEVENT" not in client.get(f"/calendar/{opened(member)}").text
    finance = make.partner_user(Role.PARTNER_FINANCE, partner_id=lead.partner_id)
    assert "BEGIN:VEVENT" not in client.get(f"/calendar/{opened(finance)}").text


def test_what_moves_to_another_day_stays_the_same_entry(client: Client, sam: User) -> None:
    now, tomorrow = clock.now(), (clock.now() + timedelta(days=1)).date()
    deal = sales.qualified(sales.lead(), now=now)
    for title in ("Ask: price, term; and\\or who signs", "👩\u200d👧 " * 33, "y" * 200):
        task = actions.make(sam, now=now, title=title, due_on=tomorrow, owner_id=sam.id, deal_id=deal.id)
    path = f"/calendar/{opened(sam)}"
    client.signed_out()
    before = ics.read(client.get(path).data).inside
    names = [event.values["UID"] for event in before]
    assert len(set(names)) == len(names) > 4
    assert all(STAMP.fullmatch(event.values["DTSTAMP"]) for event in before)
    for event in before:
        assert "DTSTART;VALUE=DATE" in event.values or STAMP.fullmatch(event.values["DTSTART"])
    later = tomorrow + timedelta(days=7)
    task = queries.to_change(sam, task.ref)
    actions.change(sam, task, seen_version=task.version, now=now, title="Call", due_on=later, owner_id=sam.id)
    db.session.commit()
    after = ics.read(client.get(path).data).inside
    assert sorted(event.values["UID"] for event in after) == sorted(names)
    (moved,) = (event for event in after if event.values["UID"].startswith(task.ref))
    assert (moved.values["SUMMARY"], moved.values["DTSTART"]) == (f"Call: {escaped(deal.company)}", f"{later:%Y%m%d}")


def test_an_address_is_shown_once_renewed_and_closed(client: Client, sam: User) -> None:
    client.as_(sam)
    assert "No address yet" in client.get("/account/calendar").text
    page = client.post("/account/calendar", follow_redirects=True).text
    path = "/calendar/" + page.split("http://localhost/calendar/")[1].split("<")[0]
    assert "/calendar/" not in client.get("/account/calendar").text.replace("/account/calendar", "")
    assert client.get(path).status_code == 200
    client.post("/account/calendar")
    assert client.get(path).status_code == 404
    again = opened(sam)
    client.post("/account/calendar/closing")
    assert client.get(f"/calendar/{again}").status_code == 404
    assert client.get("/calendar/x").status_code == 404


def test_a_closed_account_has_no_calendar(client: Client, sam: User) -> None:
    token = opened(sam)
    tampered("UPDATE users SET disabled_at = '2026-01-01 00:00:00+00:00' WHERE name = 'Sam Ortega'")
    assert client.get(f"/calendar/{token}").status_code == 404
