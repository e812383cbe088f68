"""The pages on which both sides write to each other."""

import io

import pytest
from flask import Flask, request
from flask_wtf.csrf import CSRFError

from portal.conversation import actions
from portal.conversation.file_rules import look
from portal.extensions import db
from portal.uploads import MOST_AT_ONCE, MOST_TYPED
from tests.conversation.people import Cast, cast
from tests.support.client import Client
from tests.support.make import NOON


@pytest.fixture
def people(app: Flask) -> Cast:
    return cast()


def test_an_empty_conversation_says_whom_it_reaches(client: Client, people: Cast) -> None:
    page = client.as_(people.ben).get(f"/referrals/{people.bens.ref}").text
    assert "What you write reaches Maya Lind by mail at once." in page
    assert "maya@portal.example" in page
    client.as_(people.sam).post(
        "/account/", data={"name": "Sam Ortega", "phone": "+49 30 1", "theme": "", "time_zone": ""}
    )
    assert "Only for our own people" in client.get(f"/staff/referrals/{people.bens.ref}").text
    assert "Only for our own people" not in page


@pytest.mark.parametrize("path", ["/referrals/R-2AB345/messages", "/staff/referrals/R-2AB345/messages"])
def test_several_large_files_go_with_one_message(app: Flask, path: str) -> None:
    with app.test_request_context(path, method="POST", content_type="multipart/form-data"):
        with pytest.raises(CSRFError):
            app.preprocess_request()
        assert request.max_content_length == MOST_AT_ONCE + MOST_TYPED


def test_what_is_written_stands_on_both_pages_and_is_new_until_it_is_read(client: Client, people: Cast) -> None:
    ref = people.bens.ref
    file = (io.BytesIO(b"a;b"), "list.csv")
    sent = client.as_(people.ben).post(f"/referrals/{ref}/messages", data={"text": "Hello <b>", "files": [file]})
    assert sent.location == f"/referrals/{ref}#conversation"
    client.as_(people.maya)
    assert "Answer: Calder" in client.get("/staff/").text
    assert '<strong class="news">one new message</strong>' in client.get("/staff/referrals/").text
    page = client.get(f"/staff/referrals/{ref}").text
    assert "Hello &lt;b&gt;" in page
    assert "Mark as read" in page
    client.post(f"/staff/referrals/{ref}/messages/read-mark", data={"until": "2030-01-01T00:00:00+00:00"})
    assert "new message" not in client.get("/staff/referrals/").text
    client.post(f"/staff/referrals/{ref}/messages", data={"text": "Answered"})
    assert "Answer: Calder" not in client.get("/staff/").text
    client.as_(people.ben)
    for path in ("/", "/referrals/"):
        assert '<strong class="news">one new message</strong>' in client.get(path).text
    client.post(f"/referrals/{ref}/messages/read-mark", data={"until": "2020-01-01T00:00:00+00:00"})
    assert "one new message" in client.get("/").text


def test_a_form_that_is_refused_keeps_what_was_typed(client: Client, people: Cast) -> None:
    path = f"/referrals/{people.bens.ref}/messages"
    form = {"text": "Mind the file", "files": [(io.BytesIO(b"MZ"), "tool.exe")]}
    answer = client.as_(people.ben).post(path, data=form)
    assert answer.status_code == 422
    assert "tool.exe is of a kind that is not taken" in answer.text
    assert "Mind the file</textarea>" in answer.text
    assert client.post(path, data={"text": " "}).status_code == 422
    assert "Nothing was written yet" in client.get(path).text


def test_a_note_is_on_our_pages_only(client: Client, people: Cast) -> None:
    ref = people.bens.ref
    client.as_(people.maya).post(f"/staff/referrals/{ref}/messages", data={"text": "Among us", "is_internal": "y"})
    for path in (f"/staff/referrals/{ref}", f"/staff/referrals/{ref}/messages"):
        assert "Among us" in client.get(path).text
    client.as_(people.ben).post(f"/referrals/{ref}/messages", data={"text": "Smuggled", "is_internal": "y"})
    for path in (f"/referrals/{ref}", f"/referrals/{ref}/messages", "/referrals/"):
        page = client.get(path).text
        assert "Among us" not in page
        assert "2 new" not in page
    assert "Smuggled" in client.as_(people.ana).get(f"/referrals/{ref}").text


def test_a_file_is_handed_out_to_be_kept(client: Client, people: Cast) -> None:
    actions.write(people.ben, people.bens, text="", files=[look("pl\u00e4n.pdf", b"%PDF-1 x")], now=NOON)
    db.session.commit()
    page = client.as_(people.ben).get(f"/referrals/{people.bens.ref}").text
    path = page.partition('<span class="files"><a href="')[2].partition('"')[0]
    file = client.get(path)
    assert (file.data, file.mimetype) == (b"%PDF-1 x", "application/pdf")
    assert file.headers["Content-Disposition"] == 'attachment; filename="plan.pdf"'
    assert "sandbox" in file.headers["Content-Security-Policy"]
    assert client.as_(people.carl).get(path).status_code == 404
    assert client.as_(people.maya).get(path.replace("/referrals", "/staff/referrals")).data == b"%PDF-1 x"


def test_whoever_only_reads_has_no_form(client: Client, people: Cast) -> None:
    path = f"/staff/referrals/{people.bens.ref}"
    assert "message-text" not in client.as_(people.audrey).get(path).text
    assert client.post(f"{path}/messages", data={"text": "x"}).status_code == 403
    assert "message-text" in client.as_(people.sam).get(path).text


def test_a_name_of_two_lines_is_read_as_one(client: Client, people: Cast) -> None:
    people.ben.name, people.ben.phone = "Ben\nOkoro", "+49\n30"
    db.session.commit()
    assert client.as_(people.maya).get(f"/staff/referrals/{people.bens.ref}").status_code == 200


def test_a_time_before_all_times_marks_what_there_is(client: Client, people: Cast) -> None:
    path = f"/referrals/{people.bens.ref}/messages/read-mark"
    assert client.as_(people.ben).post(path, data={"until": "0001-01-01T00:00:00+14:00"}).status_code == 303
