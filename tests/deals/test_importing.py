"""Deals from a file: each row read with its problems, taken in once, with a report."""

import csv
import io
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from portal import clock, storage
from portal.activity.models import EventRow
from portal.auth.models import User
from portal.auth.rules import Role
from portal.deals import import_rows, importing
from portal.deals.models import Deal, DealImport
from portal.deals.rules import Channel, LostReason, Stage
from portal.errors import Refused
from portal.extensions import db
from portal.lookalikes import queries as lookalikes
from portal.lookalikes.likeness import Company
from portal.lookalikes.queries import Asked
from portal.scope import all_partners
from tests.support import make, sales
from tests.support.client import Client
from tests.support.make import NOON
from tests.support.proof import broken_of_deals
from tests.test_sheets import workbook

TODAY = NOON.date()
HEAD = "external_ref,company,channel,website,stage,value,currency,closed_on,lost_reason,owner,next_step,next_step_on"
GOOD = "CRM-1,Nordlys AS,event,nordlys.example,meeting,12500.00,EUR,,,,Call them,2026-12-01"


def rows(*lines: str, head: str = HEAD) -> list[import_rows.Row]:
    return list(import_rows.read("\n".join([head, *lines]), currency="EUR", today=TODAY))


def problems(line: str, head: str = HEAD) -> list[str]:
    return rows(line, head=head)[0].problems


def test_a_row_says_all_that_it_says() -> None:
    (row,) = rows(GOOD)
    assert row.problems == row.hints == []
    assert (row.number, row.external_ref, row.company, row.domain) == (2, "CRM-1", "Nordlys AS", "nordlys.example")
    assert (row.channel, row.stage, row.value_minor) == (Channel.EVENT, Stage.MEETING, 1_250_000)
    assert (row.next_step, row.next_step_on) == ("Call them", date(2026, 12, 1))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (",Nordlys,event", "There is no external ref."),
        ("1,,event", "There is no company."),
        ("1,Nordlys", "There is no channel."),
        ("1,Nordlys,referral", "“referral” is no channel. There are: inbound, outbound, paid, event."),
        (f"1,{'x' * 121},event", "The company is longer than 120 characters."),
        ("1,Nordlys,event,gmail.com", "belongs to a mail provider"),
        ("1,Nordlys,event,,parked", "“parked” is no stage"),
        ("1,Nordlys,event,,won", "A won deal has a value"),
        ("1,Nordlys,event,,won,100.00", "on which day it was closed"),
        ("1,Nordlys,event,,won,100.00,EUR,2999-01-01", "lies ahead"),
        ("1,Nordlys,event,,won,100.00,EUR,0026-01-01", "look at the year once more"),
        ("1,\u200b,event,,won,100.00,EUR,2026-01-01", "There is no company."),
        ("1,Nordlys,event,,lost,,,2026-01-01", "A lost deal says why."),
        ("1,Nordlys,event,,lost,,,2026-01-01,bad luck", "“bad luck” is no lost reason"),
        ("1,Nordlys,event,,new,lots", "“lots” is not an amount in EUR"),
        ("1,Nordlys,event,,new,-5", "cannot be negative"),
        ("1,Nordlys,event,,new,5,XXY", "three letters"),
        ("1,Nordlys,event,,new,5,EUR,2026-02-30", "is no day"),
        ("1,Nordlys,event,,new,5,EUR,,,,,,one more", "more cells than there are columns"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(line: str, said: str) -> None:
    assert any(said in each for each in problems(line)), problems(line)


def test_a_row_says_everything_that_is_wrong_with_it() -> None:
    assert len(problems("1,,referral,,won,x")) == 5


def test_columns_have_the_names_that_programs_give_them() -> None:
    (row,) = rows("7;Nordlys;Messe;13.11.2026", head="Record ID;Account Name;Kanal;Angelegt am")
    assert row.problems == ["“Messe” is no channel. There are: inbound, outbound, paid, event."]
    assert (row.external_ref, row.company, row.created_on) == ("7", "Nordlys", date(2026, 11, 13))


def test_an_amount_is_read_in_the_currency_behind_it() -> None:
    (row,) = rows("1,Nordlys,event,12500,JPY", head="id,company,channel,value,currency")
    assert (row.value_minor, row.currency) == (12_500, "JPY")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "none called external ref or company or channel"),
        ("company,channel\nNordlys,event", "none called external ref"),
        ("id,reference,company,channel", "Two columns say the same"),
        ("id,company,channel\n\x00", "not a CSV file"),
        ('id,company,channel\n1,"Nord"lys,event', "not a CSV file"),
    ],
)
def test_a_file_that_is_no_table_of_deals_is_refused(text: str, said: str) -> None:
    with pytest.raises(Refused, match=said):
        list(import_rows.read(text, currency="EUR", today=TODAY))


def test_a_file_without_rows_is_refused(sam: User) -> None:
    with pytest.raises(Refused, match="no row below the names"):
        importing.look(sam, HEAD.encode(), "deals.csv", now=NOON)


def test_a_file_has_an_end() -> None:
    many = "id,company,channel\n" + "1,Nordlys,event\n" * (import_rows.MOST_ROWS + 1)
    with pytest.raises(Refused, match="at most 20,000 rows"):
        list(import_rows.read(many, currency="EUR", today=TODAY))


@pytest.fixture
def sam(app: Flask) -> User:
    sales.program()
    return sales.detached(make.staff(Role.SALES_OWNER, name="Sam Ortega", email="sam@portal.example"))


def taken_in(by: User, *lines: str, head: str = HEAD) -> DealImport:
    found = importing.look(by, "\n".join([head, *lines]).encode(), "deals.csv", now=NOON)
    importing.take_in(by, found, now=NOON)
    db.session.commit()
    return found


def deals() -> dict[str | None, Deal]:
    return {each.external_ref: each for each in db.session.scalars(all_partners(sa.select(Deal), "a test"))}


def test_deals_are_as_if_entered_and_everything_holds(sam: User) -> None:
    found = taken_in(
        sam,
        GOOD,
        "2,Calder,paid,calder.example,won,100.00,EUR,2026-10-01",
        "3,Finch,inbound,,lost,50.00,EUR,2026-10-02,price",
        "4,Wren,outbound,,new,7.00,USD,,,sam@portal.example",
        "5,Nobody's,inbound,,new,,,,,nobody@portal.example",
    )
    assert (found.rows, found.added, found.known, found.refused) == (5, 4, 0, 1)
    made = deals()
    assert (made["CRM-1"].stage, made["CRM-1"].expected_minor, made["CRM-1"].owner_id) == (
        Stage.MEETING,
        1_250_000,
        sam.id,
    )
    assert (made["2"].stage, made["2"].value_minor, made["2"].won_on) == (Stage.WON, 10_000, date(2026, 10, 1))
    assert (made["3"].lost_reason, made["3"].next_step) == (LostReason.PRICE, "")
    assert (made["4"].currency, made["4"].next_step) == ("USD", "First contact")
    kinds = sa.select(EventRow.kind).order_by(EventRow.seq)
    told = list(db.session.scalars(all_partners(kinds, "a test")))
    assert told[-7:] == ["DealOpened", "DealOpened", "DealWon", "DealOpened", "DealLost", "DealOpened", "DealsImported"]
    assert broken_of_deals() == []
    asked = Asked(Company("Nordlys", "nordlys.example"))
    assert [each.ref for each in lookalikes.find(asked)] == [made["CRM-1"].ref]


def test_a_row_becomes_a_deal_once(sam: User) -> None:
    taken_in(sam, GOOD)
    again = taken_in(sam, GOOD.replace("Nordlys AS", "Other name"), "9,New one,event")
    assert (again.added, again.known) == (1, 1)
    assert deals()["CRM-1"].company == "Nordlys AS"
    twice = taken_in(sam, "10,One,event", "10,Two,event")
    assert (twice.added, twice.refused) == (1, 1)
    with pytest.raises(Refused, match="taken in already"):
        importing.take_in(sam, twice, now=NOON)


def test_what_looks_like_a_deal_that_is_here_is_said_and_taken_in_all_the_same(sam: User) -> None:
    taken_in(sam, GOOD)
    found = importing.look(sam, f"{HEAD}\n11,Nordlys,event,nordlys.example".encode(), "more.csv", now=NOON)
    ((number, sentence),) = found.notes
    assert number == 2
    assert sentence.startswith(f"It looks like {deals()['CRM-1'].ref}, Nordlys AS")
    assert found.ready == 1


def test_letters_of_other_encodings_are_read(sam: User) -> None:
    written = f"{HEAD}\n12,Müller & Söhne Präzision,event\n13,Köhler Straßenbau Überlingen,event".encode("cp1252")
    found = importing.look(sam, written, "alt.csv", now=NOON)
    importing.take_in(sam, found, now=NOON)
    assert deals()["12"].company == "Müller & Söhne Präzision"


def test_the_report_has_each_row_and_runs_nothing(sam: User) -> None:
    found = taken_in(sam, GOOD, "2,=cmd(),event", "3,,event")
    assert found.report_sha256
    report = list(csv.DictReader(io.StringIO(storage.get(found.report_sha256).decode())))
    assert [row["result"] for row in report] == ["added", "added", "refused"]
    assert report[0]["deal"] == deals()["CRM-1"].ref
    assert report[1]["company"] == "'=cmd()"
    assert report[2]["notes"] == "There is no company."


def test_a_file_is_looked_at_before_anything_is_added(client: Client, sam: User) -> None:
    client.as_(sam)
    assert "external_ref" in client.get("/staff/deals/imports/").text
    data: Any = {"file": (io.BytesIO(f"{HEAD}\n{GOOD}\n2,,event".encode()), "deals.csv")}
    there = client.post("/staff/deals/imports/", data=data, content_type="multipart/form-data")
    page = client.get(there.location).text
    assert "1 of 2 rows can be added." in page
    assert "There is no company." in page
    assert deals() == {}
    assert client.get(f"{there.location}/report").status_code == 404
    page = client.post(f"{there.location}/confirmation", follow_redirects=True).text
    assert "One deal added." in page
    assert client.post(f"{there.location}/confirmation").status_code == 409
    report = client.get(f"{there.location}/report")
    assert report.headers["Content-Disposition"].startswith("attachment")
    assert client.post("/staff/deals/imports/").status_code == 422
    assert clock.now() - timedelta(minutes=1) < deals()["CRM-1"].created_at


def test_who_imports(client: Client, sam: User) -> None:
    for role, code in ((Role.PROGRAM_ADMIN, 200), (Role.QUALIFIER, 403), (Role.AUDITOR, 403)):
        assert client.as_(make.staff(role)).get("/staff/deals/imports/").status_code == code


def test_a_workbook_is_read_like_a_file_and_kept_as_text(sam: User) -> None:
    book = workbook(HEAD.split(","), ["CRM-1", "Nordlys AS", "event", "", "won", 12500.5, "EUR", TODAY])
    found = importing.look(sam, book, "deals.xlsx", now=NOON)
    importing.take_in(sam, found, now=NOON)
    deal = db.session.scalars(all_partners(sa.select(Deal), "test")).one()
    assert (deal.company, deal.value_minor, deal.won_on) == ("Nordlys AS", 1_250_050, TODAY)
    assert storage.get(found.file_sha256).startswith(b"external_ref,company")
