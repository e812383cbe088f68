import pytest

from portal.admin.events import ProgramChanged
from portal.auth.rules import STAFF_ROLES, Role
from portal.events import publish
from portal.extensions import db
from tests.support import make
from tests.support.client import Client

READERS = {Role.PARTNER_MANAGER, Role.PROGRAM_ADMIN, Role.AUDITOR}


def _happened(ref: str, times: int = 1) -> None:
    for _ in range(times):
        publish(ProgramChanged(by=None, at=make.NOON, ref=ref))
    db.session.commit()


@pytest.mark.parametrize("role", STAFF_ROLES)
def test_the_record_is_open_to_those_who_oversee(client: Client, role: Role) -> None:
    make.program()
    assert client.as_(make.staff(role)).get("/staff/activity/").status_code == (200 if role in READERS else 403)


def test_an_empty_record_says_what_would_fill_it(client: Client) -> None:
    make.program()
    assert "Nothing on record yet" in client.as_(make.staff(Role.AUDITOR)).get("/staff/activity/").text


def test_the_record_is_read_page_by_page_and_by_reference(client: Client) -> None:
    make.program()
    _happened("R-222222", 60)
    _happened("R-333333")
    auditor = client.as_(make.staff(Role.AUDITOR))
    first = auditor.get("/staff/activity/").text
    assert first.count("The portal changed the program") == 50
    assert 'rel="next"' in first
    about = auditor.get("/staff/activity/?ref=r-333333").text
    assert about.count("The portal changed the program") == 1
    assert "Nothing on record about R-444444" in auditor.get("/staff/activity/?ref=R-444444").text


def test_what_is_typed_is_shown_and_not_run(client: Client) -> None:
    make.program()
    page = client.as_(make.staff(Role.AUDITOR)).get("/staff/activity/?ref=%3Cscript%3E&at=nonsense")
    assert page.status_code == 200
    assert "<SCRIPT>" not in page.text
