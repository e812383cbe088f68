from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.activity.models import EventRow
from portal.admin.rules import DAYS, hours_words, read_holidays, read_hours
from portal.auth.rules import STAFF_ROLES, Role
from portal.errors import Refused
from portal.extensions import db
from portal.program import Program
from portal.scope import all_partners
from portal.sla.models import BusinessCalendar, Promise
from portal.sla.rules import ClockKind
from portal.worker import run_until_idle
from tests.support import make
from tests.support.client import Client

READERS = {Role.PARTNER_MANAGER, Role.FINANCE_APPROVER, Role.CONTENT_EDITOR, Role.PROGRAM_ADMIN, Role.AUDITOR}
PROGRAM = {
    "name": "Lumen partners",
    "company_name": "Lumen",
    "legal_name": "Lumen Holding SE",
    "contact_email": "hello@lumen.example",
    "governing_law": "Austria",
}
PROMISES = {
    "first_answer": "4",
    "decision": "16",
    "first_contact": "12.5",
    "periodic_update": "80",
}
CALENDAR = {
    "time_zone": "Europe/Vienna",
    **dict.fromkeys(DAYS[:5], "09:00-12:00, 13:00-17:30"),
    "saturday": "",
    "sunday": "22:00-02:00",
    "holidays": "2026-12-25 Christmas Day\n2026-01-01",
    "country": "",
    "subdivision": "",
}


def _kinds() -> list[str]:
    return list(db.session.scalars(all_partners(sa.select(EventRow.kind).order_by(EventRow.seq), "test")))


@pytest.mark.parametrize("role", STAFF_ROLES)
def test_settings_are_open_to_those_who_answer_for_them(client: Client, role: Role) -> None:
    make.program()
    assert client.as_(make.staff(role)).get("/staff/settings/").status_code == (200 if role in READERS else 403)


def test_a_partner_sees_no_settings(client: Client) -> None:
    make.program()
    assert client.as_(make.partner_user()).get("/staff/settings/").status_code == 403


def test_only_a_program_admin_changes_them(client: Client) -> None:
    make.program()
    auditor = client.as_(make.staff(Role.AUDITOR))
    assert "/staff/settings/program" not in auditor.get("/staff/settings/").text
    assert auditor.post("/staff/settings/program", data=PROGRAM).status_code == 403
    assert auditor.post("/staff/settings/promises", data=PROMISES).status_code == 403


def test_the_program_is_changed_and_the_change_is_on_record(client: Client) -> None:
    make.program()
    admin = client.as_(make.staff(Role.PROGRAM_ADMIN))
    answer = admin.post("/staff/settings/program", data=PROGRAM, follow_redirects=True)
    assert "Lumen Holding SE" in answer.text
    assert db.session.scalars(sa.select(Program)).one().governing_law == "Austria"
    assert _kinds() == ["ProgramChanged"]


@pytest.mark.parametrize(
    "wrong", [{"legal_name": ""}, {"legal_name": "x" * 161}, {"contact_email": "hello at lumen"}, {"name": "  "}]
)
def test_what_does_not_fit_comes_back_and_changes_nothing(client: Client, wrong: dict[str, str]) -> None:
    make.program()
    admin = client.as_(make.staff(Role.PROGRAM_ADMIN))
    answer = admin.post("/staff/settings/program", data=PROGRAM | wrong)
    assert answer.status_code == 422
    assert "Austria" in answer.text, "what was typed is kept"
    assert db.session.scalars(sa.select(Program)).one().governing_law == "Germany"
    assert _kinds() == []


def test_promises_are_shown_before_anybody_set_them(client: Client) -> None:
    make.program()
    page = client.as_(make.staff(Role.PROGRAM_ADMIN)).get("/staff/settings/").text
    assert "within 8 working hours" in page
    assert "09:00-17:00" in page


def test_promises_and_hours_are_set_and_set_again(client: Client) -> None:
    make.program()
    admin = client.as_(make.staff(Role.PROGRAM_ADMIN))
    for hours in ("4", "6"):
        answer = admin.post("/staff/settings/promises", data=PROMISES | {"first_answer": hours}, follow_redirects=True)
        assert f"within {hours} working hours" in answer.text
    promised = {row.kind: row.minutes for row in db.session.execute(sa.select(Promise.kind, Promise.minutes))}
    assert promised == {
        ClockKind.FIRST_ANSWER: 360,
        ClockKind.DECISION: 960,
        ClockKind.FIRST_CONTACT: 750,
        ClockKind.PERIODIC_UPDATE: 4800,
    }
    assert _kinds() == ["PromisesChanged"] * 2


def test_hours_and_holidays_are_set_with_their_names(client: Client) -> None:
    make.program()
    admin = client.as_(make.staff(Role.PROGRAM_ADMIN))
    admin.post("/staff/settings/calendar", data=CALENDAR)
    calendar = db.session.scalars(sa.select(BusinessCalendar)).one()
    assert calendar.time_zone == "Europe/Vienna"
    assert calendar.week[0] == [[540, 720], [780, 1050]]
    assert calendar.week[6] == [[1320, 1560]]
    assert calendar.holidays == ["2026-01-01", "2026-12-25"]
    page = admin.get("/staff/settings/calendar").text
    assert page.count("09:00-12:00, 13:00-17:30") >= 5
    assert "2026-12-25 Christmas Day" in page
    assert _kinds() == ["CalendarChanged"]


def test_public_holidays_are_filled_in_and_what_is_taken_out_stays_out(app: Flask, client: Client) -> None:
    make.program()
    admin = client.as_(make.staff(Role.PROGRAM_ADMIN))
    url, bavaria = "/staff/settings/calendar", CALENDAR | {"country": "DE", "subdivision": "by"}
    assert "now; look again" in admin.post(url, data=bavaria, follow_redirects=True).text
    run_until_idle(app, make.NOON)
    page = admin.get(url).text
    assert "Filled in up to 2028 for DE-BY." in page
    assert "2027-01-06 Epiphany" in page
    assert "2026-12-25 Christmas Day" in page
    run_until_idle(app, make.NOON)
    admin.post(url, data=bavaria)
    run_until_idle(app, make.NOON)
    assert "Epiphany" not in admin.get(url).text  # it was not among what was sent
    assert admin.post(url, data=CALENDAR | {"country": "ZZ"}).status_code == 422
    run_until_idle(app, make.NOON.replace(year=2027))
    db.session.expire_all()
    names = db.session.scalars(sa.select(BusinessCalendar)).one().holiday_names or {}
    assert [day for day, known in names.items() if known["name"] == "Epiphany"] == ["2029-01-06"]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"monday": "nine to five"}, "is not a time of day"),
        ({"holidays": "Christmas"}, "is not a day"),
        ({"time_zone": "Mars/Olympus"}, "choose one of these"),
        (dict.fromkeys(DAYS, ""), "without working hours"),
    ],
)
def test_what_promises_nothing_is_refused_beside_its_field(
    client: Client, wrong: dict[str, Any], sentence: str
) -> None:
    make.program()
    answer = client.as_(make.staff(Role.PROGRAM_ADMIN)).post("/staff/settings/calendar", data=CALENDAR | wrong)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert db.session.scalars(sa.select(BusinessCalendar)).all() == []
    assert _kinds() == []


def test_all_that_is_wrong_with_the_hours_is_said_at_once_and_stands_there_again(client: Client) -> None:
    make.program()
    wrong = {"monday": "nine", "sunday": "25:00-26:00, late", "holidays": "Christmas\n2026-13-01 Not", "country": "ZZ"}
    page = client.as_(make.staff(Role.PROGRAM_ADMIN)).post("/staff/settings/calendar", data=CALENDAR | wrong).text
    for said in (
        "“nine” is not a time of day",
        "“25:00-26:00”, “late” are not times of day",
        "“Christmas”, “2026-13-01 Not” are not days",
        "choose one of these",
    ):
        assert page.count(said) == 2, "on top, and beside its field"
    assert "4 things need another look" in page
    for typed in ('value="nine"', 'value="25:00-26:00, late"', "Christmas\n2026-13-01 Not</textarea>"):
        assert typed in page.replace("\r", "")


@pytest.mark.parametrize(("hours", "sentence"), [("soon", "is no number"), ("-1", "between 0 and 400")])
def test_a_promise_is_a_number_of_hours(client: Client, hours: str, sentence: str) -> None:
    make.program()
    admin = client.as_(make.staff(Role.PROGRAM_ADMIN))
    answer = admin.post("/staff/settings/promises", data=PROMISES | {"first_answer": hours})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert db.session.scalars(sa.select(Promise)).all() == []


def test_hours_read_back_as_they_were_written() -> None:
    text = "00:00-24:00, 22:00-06:00"
    assert read_hours(text, "monday") == ((0, 1440), (1320, 1800))
    assert hours_words(read_hours(text, "monday")) == text
    assert read_hours(None, "monday") == ()


@pytest.mark.parametrize("text", ["25:00-26:00", "09:00-17:75", "24:00-25:00", "9-17"])
def test_an_hour_that_no_clock_shows_is_refused(text: str) -> None:
    with pytest.raises(Refused) as refusal:
        read_hours(text, "monday")
    assert refusal.value.field == "monday"


def test_a_holiday_counts_once() -> None:
    assert len(read_holidays("2026-12-25\n\n 2026-12-25 ")) == 1
