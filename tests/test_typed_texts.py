"""What was typed into a form that came too late stands on the page that says so: nobody writes it twice."""

import pytest
from flask import Flask

from portal.auth.rules import Role
from portal.error_pages import error_page
from portal.failures import FEWEST, page_before, typed_texts
from tests.support import make, sales
from tests.support.client import Client

QUESTION = "Who decides on the budget,\nand is there <b>one</b> for this year?"


@pytest.fixture
def ref(app: Flask) -> str:
    sales.program()
    return sales.referral(sales.detached(sales.lead())).ref


def test_a_question_that_was_overtaken_in_another_tab_can_be_copied(client: Client, ref: str) -> None:
    client.as_(make.staff(Role.QUALIFIER))
    page = client.post(f"/staff/referrals/{ref}/question", data={"version": "7", "question": QUESTION})
    assert page.status_code == 409
    assert "Who decides on the budget,\nand is there &lt;b&gt;one&lt;/b&gt; for this year?</p>" in page.text


def test_a_form_that_was_open_too_long_gives_back_what_was_typed(app: Flask, client: Client, ref: str) -> None:
    client.as_(make.staff(Role.QUALIFIER))
    page = client.post(
        f"/staff/referrals/{ref}/question", data={"version": "1", "question": QUESTION, "csrf_token": "old"}
    )
    assert page.status_code == 400
    assert "the page it came from had been open too long" in page.text
    assert "Who decides on the budget," in page.text


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ({"note": "a" * (FEWEST - 2) + " b"}, 1),
        ({"note": "Too short a text"}, 0),
        ({"csrf_token": "one two three four five"}, 0),
        ({"password": "correct horse battery staple"}, 0),
        ({"current": "correct horse battery staple"}, 0),
        ({"proof_password": "correct horse battery staple"}, 0),
        ({"client_secret": "correct horse battery staple"}, 0),
        ({"iban": "DE89 3704 0044 0532 0130 00"}, 0),
    ],
)
def test_words_are_given_back_and_secrets_are_not(app: Flask, typed: dict[str, str], kept: int) -> None:
    with app.test_request_context("/", method="POST", data=typed):
        assert len(typed_texts()) == kept
    with app.test_request_context("/", method="GET", query_string=typed):
        assert typed_texts() == []


@pytest.mark.parametrize(
    ("sent_from", "before"),
    [
        ("http://localhost/staff/referrals/R-222222?from=today#ask", "/staff/referrals/R-222222?from=today"),
        ("http://localhost/staff/referrals/R-222222/question", None),  # takes a form, and has no page
        ("http://localhost//evil.example/", None),
        ("http://evil.example/staff/", None),
        ("javascript:alert(1)", None),
        ("", None),
    ],
)
def test_the_page_of_a_form_that_came_too_late_is_opened_again(app: Flask, sent_from: str, before: str | None) -> None:
    with app.test_request_context("/x", method="POST", headers={"Referer": sent_from}):
        assert page_before() == before
        page, _ = error_page(409, before=page_before())
        assert ("Open the page again</a>" in page) is (before is not None)
