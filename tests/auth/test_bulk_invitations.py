"""Many people are invited at once, by lines or a sheet."""

from io import BytesIO
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from portal import clock
from portal.auth import bulk, queries
from portal.auth.models import User
from portal.auth.rules import PARTNER_ROLES, Role
from portal.extensions import db
from portal.scope import all_partners
from tests.auth.test_invitations import BEN, lead_of
from tests.auth.test_links import told
from tests.support import make
from tests.support.client import Client
from tests.support.mailing import mails

LINES = """Name; Address; Role
Ben Okafor; Ben@Lane.example; member + finance
Cleo Ngata; cleo@lane.example; Signatory

Dan; no address; member
Eve; eve@lane.example; program admin
; frank@lane.example; member
Ben again; ben@lane.example; member
Gus; gus@lane.example
"""
SENTENCES = [
    "Ben Okafor is invited as Partner member, Partner finance.",
    "Cleo Ngata is invited as Signatory.",
    "There is no mail address in this line.",
    "“program admin” is not a role here.",
    "There is no name in this line.",
    "This address stands in the list already.",
    "There is no role in this line.",
]


def test_many_lines_are_read_with_a_sentence_for_each_before_anything_is_sent(client: Client) -> None:
    make.program()
    page = client.as_(lead_of()).post("/team/invitations/preview", data={"text": LINES})
    assert page.status_code == 200
    for sentence in SENTENCES:
        assert sentence in page.text
    assert "Invite 2 people" in page.text
    assert told() == []


def test_a_line_that_cannot_be_invited_loses_none_of_the_others(client: Client) -> None:
    make.program()
    lead = lead_of()
    make.partner_user(partner_id=lead.partner_id, email="cleo@lane.example", name="Cleo", has_password=True)
    page = client.as_(lead).post("/team/invitations", data={"text": LINES})
    assert page.status_code == 200
    assert "1 of 7 were invited." in page.text
    assert "Cleo has this address" in page.text
    ben = queries.colleague_at("ben@lane.example", lead.partner_id)
    assert ben is not None
    assert ben.roles == {Role.PARTNER_MEMBER, Role.PARTNER_FINANCE}
    assert told() == ["UserInvited"]


def test_when_all_were_invited_one_is_back_at_the_list_and_a_repeat_invites_nobody(client: Client) -> None:
    make.program()
    client.as_(lead_of())
    answers = {"text": "Ben, ben@lane.example, member\nCleo, cleo@lane.example, lead", "idempotency_key": "k" * 32}
    pages = [client.post("/team/invitations", data=answers, follow_redirects=True).text for _ in range(2)]
    assert "2 people were invited." in pages[0]
    assert "Cleo" in pages[1]
    assert told() == ["UserInvited"] * 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_a_sheet_is_read_in_what_it_was_saved_in(client: Client, encoding: str) -> None:
    make.program()
    sheet = BytesIO("Name,E-Mail,Role\nJörg Müller,joerg@lane.example,member\n".encode(encoding))
    data: dict[str, Any] = {"text": "Ana B., anab@lane.example, lead", "file": (sheet, "people.csv")}
    page = client.as_(lead_of()).post("/team/invitations/preview", data=data, content_type="multipart/form-data")
    assert "Jörg Müller is invited as Partner member." in page.text
    assert "Ana B. is invited as Partner lead." in page.text


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Write down at least one person."),
        ("A, a@b.example, lead\n" * 101, "Up to 100 at once"),
        ("x" * 30_000, "Up to"),
    ],
)
def test_too_few_and_too_many_lines_are_refused_in_words(client: Client, text: str, sentence: str) -> None:
    page = client.as_(lead_of()).post("/team/invitations/preview", data={"text": text})
    assert (page.status_code, sentence in page.text) == (422, True)


def test_staff_and_a_partners_people_are_invited_the_same_way(client: Client) -> None:
    make.program()
    partner = make.partner(name="Brightwater")
    make.partner_user(email="carl@northgate.example", name="Carl")
    client.as_(make.staff(Role.PROGRAM_ADMIN))
    ours = client.post("/staff/people/invitations", data={"text": "Ida\tida@portal.example\tqualifier & sales owner"})
    theirs = f"/staff/partners/{partner.ref}/invitations"
    text = "Ben, ben@lane.example, member\nCarl, carl@northgate.example, member"
    preview = client.post(f"{theirs}/preview", data={"text": text}).text
    assert "Brightwater" in preview
    assert "Somebody else has an account with this address." in preview
    page = client.post(theirs, data={"text": text})
    assert (ours.status_code, "1 of 2 were invited." in page.text) == (303, True)
    assert queries.colleague_at("ida@portal.example", None) is not None
    ben = queries.colleague_at("ben@lane.example", partner.id)
    assert ben is not None
    assert client.post(f"/staff/partners/{partner.ref}/people/{ben.ref}/invitation/revocation").status_code == 303
    assert "Invitation taken back" in client.get(f"/staff/partners/{partner.ref}").text


def test_the_preview_tells_a_lead_nothing_of_other_companies(client: Client) -> None:
    make.program()
    make.partner_user(email="carl@northgate.example", name="Carl")
    page = client.as_(lead_of()).post(
        "/team/invitations/preview", data={"text": "Kim, carl@northgate.example, member\nBo, bo@lane.example, member"}
    )
    assert page.text.count("is invited as Partner member.") == 2


def test_a_lead_sends_many_and_not_without_end(client: Client) -> None:
    make.program()
    client.as_(lead_of())
    for batch in range(2):
        text = "\n".join(f"P{batch}-{n}, p{batch}-{n}@lane.example, member" for n in range(100))
        assert client.post("/team/invitations", data={"text": text}).status_code == 303
    page = client.post("/team/invitations", data={"text": "One, one@lane.example, member"})
    assert "tried too often" in page.text
    assert client.post("/team/invitation", data=BEN).status_code == 429


def test_nobody_is_sent_the_same_invitation_without_end(client: Client) -> None:
    make.program()
    lead = lead_of()
    ben = make.partner_user(partner_id=lead.partner_id)
    client.as_(lead)
    codes = [client.post(f"/team/{ben.ref}/invitation").status_code for _ in range(6)]
    assert codes == [303] * 5 + [429]
    assert len(mails("UserInvited")) == 5


@pytest.mark.parametrize(
    "line",
    ["Ben, ben@lane.example, lead", "ben@lane.example;Ben;Partner lead", '"Ben"\tpartner_admin\tben@lane.example'],
)
def test_columns_may_be_parted_and_ordered_in_several_ways(line: str) -> None:
    (row,) = bulk.read(line, PARTNER_ROLES)
    assert (row.name, row.email, row.roles, row.trouble) == (
        "Ben",
        "ben@lane.example",
        frozenset({Role.PARTNER_ADMIN}),
        "",
    )


def test_nobody_of_the_other_company_is_read_with_ones_own(app: Flask) -> None:
    lead = lead_of()
    carl = make.partner_user(email="carl@northgate.example")
    assert queries.colleagues_at([carl.email], lead.partner_id, clock.now()) == {}
    assert (
        db.session.scalars(all_partners(sa.select(User.id).where(User.email == carl.email), "a test")).one() == carl.id
    )
