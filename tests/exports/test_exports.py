"""A list as a file: what is narrowed, what its reader may see, nothing that a spreadsheet would run."""

import csv
import io
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from python_calamine import CalamineWorkbook
from werkzeug.test import TestResponse

from portal.activity.models import EventRow
from portal.auth.models import User
from portal.auth.rules import Role
from portal.exports import rows
from portal.extensions import db
from portal.scope import all_partners
from tests.support import make, sales
from tests.support.client import Client
from tests.support.make import NOON


@pytest.fixture
def people(app: Flask) -> tuple[User, User]:
    sales.program()
    return make.staff(Role.SALES_OWNER), sales.lead(name="Ana Ferreira")


def as_csv(answer: TestResponse) -> list[list[str]]:
    assert answer.mimetype == "text/csv"
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))


def as_xlsx(answer: TestResponse) -> list[list[Any]]:
    return CalamineWorkbook.from_object(io.BytesIO(answer.data)).get_sheet_by_index(0).to_python()


def export(client: Client, path: str, query: str = "", form: str = "csv") -> TestResponse:
    return client.post(path, data={"query": query, "format": form})


def test_the_file_holds_what_is_narrowed_and_no_more(client: Client, people: tuple[User, User]) -> None:
    staff, lead = people
    sales.referral(lead, company="One", country="AT")
    sales.referral(lead, company="Two", country="DE")
    for reader, path in ((lead, "/referrals/export"), (staff, "/staff/referrals/export")):
        client.as_(reader)
        for query, companies in (
            ("", ["Two", "One"]),
            ("country=AT", ["One"]),
            ("q=tw", ["Two"] if reader is lead else []),
        ):
            head, *found = as_csv(export(client, path, query))
            assert [dict(zip(head, row, strict=True))["Company"] for row in found] == companies


def test_a_member_takes_its_own_along_only(client: Client, people: tuple[User, User]) -> None:
    _, lead = people
    member = make.partner_user(Role.PARTNER_MEMBER, partner_id=lead.partner_id)
    sales.referral(lead, company="Of the lead")
    sales.referral(sales.lead(), company="Of others")
    assert len(as_csv(export(client.as_(member), "/referrals/export"))) == 1
    assert len(as_csv(export(client.as_(lead), "/referrals/export"))) == 2


def test_amounts_are_numbers_times_are_iso_and_formulas_are_text(client: Client, people: tuple[User, User]) -> None:
    staff, lead = people
    deal = sales.qualified(lead, company="=1+1", now=NOON)
    sales.moved(deal, "contacted", "won", value_minor=1_250_050, won_on=NOON.date())
    client.as_(staff)
    for head, row in (
        as_csv(export(client, "/staff/deals/export")),
        as_xlsx(export(client, "/staff/deals/export", form="xlsx")),
    ):
        told = dict(zip(head, row, strict=True))
        assert float(told["Value"]) == 12500.5
        assert (told["Company"], told["Currency"], told["Won on"]) == ("'=1+1", "EUR", NOON.date().isoformat())
        assert told["Created"].startswith("20")
        assert "+" in told["Created"][10:]
    head, row = as_xlsx(export(client.as_(lead), "/referrals/export", form="xlsx"))
    told = dict(zip(head, row, strict=True))
    assert (told["Fee"], told["Currency"], told["Deal"]) == (1250.05, "EUR", "Won")


def test_who_took_what_is_on_record_without_what_was_searched(client: Client, people: tuple[User, User]) -> None:
    staff, lead = people
    sales.referral(lead, contact_name="Zaphod Beeble")
    export(client.as_(staff), "/staff/referrals/export", "q=zaphod&country=DE", "xlsx")
    wanted = sa.select(EventRow).where(EventRow.kind == "ListExported")
    (row,) = db.session.scalars(all_partners(wanted, "a test"))
    assert (row.by_id, row.ref) == (staff.id, staff.ref)
    assert row.body["by_fields"] == ["q", "country"]
    assert "zaphod" not in str(row.body).lower()
    assert export(client, "/staff/referrals/export", form="exe").status_code == 422


def test_a_full_file_says_so(client: Client, people: tuple[User, User], monkeypatch: pytest.MonkeyPatch) -> None:
    staff, lead = people
    monkeypatch.setattr(rows, "MOST", 2)
    for _ in range(3):
        sales.referral(lead)
    found = as_csv(export(client.as_(staff), "/staff/referrals/export"))
    assert len(found) == 4
    assert found[-1] == [rows.CUT]
