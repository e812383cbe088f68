"""The record, for those who oversee: everything, or what fits all that was asked for."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from portal.activity.rules import PAGES, About
from portal.admin.events import ProgramChanged
from portal.auth.rules import STAFF_ROLES, Role
from portal.events import KINDS
from portal.resources.events import ResourceWithdrawn
from tests.activity.happenings import discarded, opened, recorded, roles_changed, withdrew
from tests.support import make
from tests.support.client import Client
from tests.support.make import NOON

READERS = {Role.PARTNER_MANAGER, Role.PROGRAM_ADMIN, Role.AUDITOR}


@pytest.fixture
def auditor(client: Client) -> Client:
    make.program()
    return client.as_(make.staff(Role.AUDITOR, name="Audrey Blake"))


def told(auditor: Client, **asked: Any) -> list[str]:
    """The sentences of the page."""
    page = auditor.get("/staff/activity/", query_string=asked)
    assert page.status_code == 200
    body = re.search(r"<tbody>(.*?)</tbody>", page.text, re.DOTALL)
    cells = re.findall(r"<tr><td>(.*?)<span class=\"sub\">", body[1], re.DOTALL) if body else []
    return [re.sub(r"<[^>]+>", "", cell).strip() for cell in cells]


def _program_changed(times: int = 1, ref: str = "PROGRAM") -> None:
    recorded(*(ProgramChanged(by=None, at=NOON, ref=ref) for _ in range(times)))


@pytest.mark.parametrize("role", STAFF_ROLES)
def test_it_is_open_to_those_who_oversee(client: Client, role: Role) -> None:
    make.program()
    assert client.as_(make.staff(role)).get("/staff/activity/").status_code == (200 if role in READERS else 403)


def test_an_empty_record_says_what_would_fill_it(auditor: Client) -> None:
    page = auditor.get("/staff/activity/").text
    assert "Nothing on record yet" in page
    assert "/staff/activity/export" not in page


def test_it_is_read_page_by_page_and_by_reference(auditor: Client) -> None:
    _program_changed(60, "R-222222")
    _program_changed(1, "R-333333")
    assert len(told(auditor)) == 50
    assert 'rel="next"' in auditor.get("/staff/activity/").text
    assert len(told(auditor, ref="r-333333 ")) == 1
    assert "Nothing on record is like that" in auditor.get("/staff/activity/?ref=R-444444").text


@pytest.mark.parametrize(
    "typed", ["ref=%3Cscript%3E&at=nonsense", "person=%3Cscript%3E", "kind=%3Cscript%3E", "since=%3Cscript%3E"]
)
def test_what_is_typed_is_shown_and_not_run(auditor: Client, typed: str) -> None:
    page = auditor.get(f"/staff/activity/?{typed}")
    assert page.status_code == 200
    assert "<script>" not in page.text.lower()


def test_a_person_is_what_they_did_and_what_was_done_to_their_account(auditor: Client) -> None:
    ben, sam = make.partner_user(name="Ben Okafor"), make.staff(name="Sam Ortega")
    recorded(withdrew(ben), roles_changed(sam, ben), roles_changed(ben, sam), roles_changed(ben, ben), opened(sam))
    assert told(auditor, person="okafor") == [
        "Ben Okafor changed the roles of Ben Okafor to Auditor.",
        "Ben Okafor changed the roles of Sam Ortega to Auditor.",
        "Sam Ortega changed the roles of Ben Okafor to Auditor.",
        "Ben Okafor withdrew this referral.",
    ]
    assert told(auditor, person=ben.email.upper()) == told(auditor, person=ben.ref.lower()) != []


def test_of_several_with_a_name_one_is_chosen(auditor: Client) -> None:
    ana, hana = make.staff(name="Ana Ferreira"), make.staff(name="Hana Novák")
    recorded(opened(ana), discarded(hana))
    page = auditor.get("/staff/activity/?person=ana&kind=agreements").text
    assert "Whom do you mean?" in page
    assert f"?person={hana.ref}&amp;kind=agreements" in page
    assert told(auditor, person="ana") == []
    assert told(auditor, person="ana ferreira") == ["Ana Ferreira opened the agreement."]


def test_a_name_that_nobody_has_or_too_many_is_said(auditor: Client) -> None:
    _program_changed()
    for _ in range(21):
        make.staff(name="Kim")
    assert "Nobody here is called so." in auditor.get("/staff/activity/?person=Nemo").text
    assert "More than 20 answer to this" in auditor.get("/staff/activity/?person=Kim").text
    assert "No company here is called so." in auditor.get("/staff/activity/?company=Nemo").text
    assert told(auditor, person="Nemo") == []


def test_a_company_is_what_was_done_for_it_by_anybody(auditor: Client) -> None:
    company = make.partner(name="Brightwater Consulting")
    ben, sam = make.partner_user(partner_id=company.id, name="Ben Okafor"), make.staff(name="Sam Ortega")
    recorded(withdrew(ben), opened(sam, partner_id=company.id), opened(sam), withdrew(make.partner_user()))
    assert told(auditor, company="brightwater") == [
        "Sam Ortega opened the agreement.",
        "Ben Okafor withdrew this referral.",
    ]
    assert told(auditor, company=company.ref, person=ben.ref) == ["Ben Okafor withdrew this referral."]


def test_a_kind_and_a_group_of_kinds_are_offered_in_words(auditor: Client) -> None:
    sam = make.staff(name="Sam Ortega")
    recorded(opened(sam), discarded(sam), withdrew(sam))
    page = auditor.get("/staff/activity/").text
    assert '<optgroup label="Agreements and fee plans">' in page
    assert '<option value="AgreementDiscarded">Agreement discarded</option>' in page
    assert told(auditor, kind="AgreementDiscarded") == ["Sam Ortega discarded the draft of the agreement."]
    both = ["Sam Ortega discarded the draft of the agreement.", "Sam Ortega opened the agreement."]
    assert told(auditor, kind="agreements") == both
    assert told(auditor, kind="NoSuchKind") == []


def test_every_kind_that_happens_is_offered_once(auditor: Client) -> None:
    page = auditor.get("/staff/activity/").text
    offered = re.findall(r'<option value="([A-Z]\w+)"', page)
    happens = [name for name, kind in KINDS.items() if not kind.__subclasses__()]
    assert sorted(offered) == sorted(happens)


def test_days_begin_at_midnight_where_the_reader_is(client: Client) -> None:
    make.program()
    reader = client.as_(make.staff(Role.AUDITOR, time_zone="America/New_York"))
    sam = make.staff(name="Sam Ortega")
    midnight = datetime(2026, 11, 18, 5, 0, tzinfo=UTC)
    recorded(opened(sam, at=midnight - timedelta(seconds=1)), discarded(sam, at=midnight))
    assert told(reader, since="2026-11-18") == ["Sam Ortega discarded the draft of the agreement."]
    assert told(reader, until="2026-11-17") == ["Sam Ortega opened the agreement."]
    assert len(told(reader, since="2026-11-17", until="2026-11-18")) == 2
    assert told(reader, since="2026-11-19") == []


def test_what_was_recorded_out_of_step_is_found_by_its_time(auditor: Client) -> None:
    sam = make.staff(name="Sam Ortega")
    recorded(opened(sam, at=NOON + timedelta(hours=23)), discarded(sam, at=NOON))
    recorded(opened(sam, at=NOON + timedelta(days=9)))
    assert told(auditor, since="2026-11-18", until="2026-11-18") == ["Sam Ortega discarded the draft of the agreement."]
    assert told(auditor, since="2026-11-19", until="2026-11-19") == ["Sam Ortega opened the agreement."]


@pytest.mark.parametrize("days", [{"since": "x"}, {"until": "0001-01-01"}, {"since": "9999-12-31"}])
def test_a_day_that_is_none_is_said(auditor: Client, days: dict[str, str]) -> None:
    _program_changed()
    assert 'class="error"' in auditor.get("/staff/activity/", query_string=days).text
    assert told(auditor, **days) == []


def test_days_in_the_wrong_order_are_said(auditor: Client) -> None:
    page = auditor.get("/staff/activity/?since=2026-11-02&until=2026-11-01").text
    assert "This day is before the first one." in page


def test_all_that_is_asked_for_holds_at_once_and_on_the_next_page(auditor: Client) -> None:
    company = make.partner(name="Brightwater Consulting")
    sam, maya = make.staff(name="Sam Ortega"), make.staff(name="Maya Lindqvist")
    recorded(
        *(opened(sam, partner_id=company.id) for _ in range(60)),
        opened(maya, partner_id=company.id),
        opened(sam),
        discarded(sam, partner_id=company.id),
        opened(sam, "A-333333", partner_id=company.id),
    )
    asked = {"person": "sam", "company": "bright", "kind": "AgreementViewed", "ref": "A-222222", "since": "2026-11-18"}
    first = auditor.get("/staff/activity/", query_string=asked)
    assert first.text.count("opened the agreement") == 50
    (following,) = re.findall(r'rel="next" href="([^"]+)"', first.text)
    second = auditor.get("/staff/activity/" + following.replace("&amp;", "&")).text
    assert second.count("opened the agreement") == 10
    (back,) = re.findall(r'rel="prev" href="([^"]+)"', second)
    assert auditor.get("/staff/activity/" + back.replace("&amp;", "&")).text.count("opened the agreement") == 50


def test_pages_of_many_kinds_at_once_miss_nothing_and_repeat_nothing(auditor: Client) -> None:
    sam = make.staff(name="Sam Ortega")
    recorded(*((opened if n % 3 else discarded)(sam) for n in range(130)))
    seen: list[str] = []
    address = f"?kind=agreements&person={sam.ref}"
    while address:
        page = auditor.get("/staff/activity/" + address).text
        seen += re.findall(r"no\. (\d+)", page)
        found = re.findall(r'rel="next" href="([^"]+)"', page)
        address = found[0].replace("&amp;", "&") if found else ""
    numbers = [int(number) for number in seen]
    assert numbers == sorted(set(numbers), reverse=True)
    assert len(numbers) == 130


@pytest.mark.parametrize(
    ("role", "address"), [(Role.AUDITOR, "/staff/people/"), (Role.PARTNER_MANAGER, "/staff/partners/")]
)
def test_a_line_leads_to_the_page_that_its_reader_may_open(client: Client, role: Role, address: str) -> None:
    make.program()
    reader, ben = make.staff(role), make.partner_user(name="Ben Okafor")
    recorded(roles_changed(reader, ben), withdrew(ben))
    page = client.as_(reader).get("/staff/activity/").text
    assert re.search(rf'<a class="open" href="{address}[UP]-\w+">You changed the roles of Ben Okafor', page)
    assert '<a class="open" href="/staff/referrals/R-222222">Ben Okafor withdrew this referral.' in page


def test_every_page_that_a_line_leads_to_is_there_and_asks_for_the_same(app: Flask) -> None:
    routes = app.url_map.bind("localhost")
    for place, pages in PAGES.items():
        for path, permission in pages:
            about = About(place.split(" ")[0], f"{place.split(' ')[-1]}-222222", "P-222222", "a-guide")
            endpoint, _ = routes.match(path.format(about))
            view: Any = app.view_functions[endpoint]
            assert view.__access__.permission == permission, path


def test_a_product_is_not_taken_for_a_guide_of_the_same_letter(auditor: Client) -> None:
    recorded(
        ProgramChanged(by=None, at=NOON, ref="G-ENE79C"),
        ResourceWithdrawn(by=None, at=NOON, ref="G-7", resource_id=7, title="A guide that is gone"),
    )
    assert len(told(auditor)) == 2
