"""The first sentence of a partner's home, by what is most urgent; and the first steps of a new partner."""

from dataclasses import replace
from typing import Any

import pytest

from portal.home.rules import Question, Standing, Waiting, first_steps, opening
from portal.partners.rules import PartnerState

WAITING = Waiting(ref="A-222222", sign_by="2 Dec", is_late=False, signers="Hana")
QUESTION = Question(ref="R-222222", company="Nordlys AS", text="Who decides?")
WELL = Standing(
    program="Lumen CRM",
    state=PartnerState.ACTIVE,
    is_in_force=True,
    waiting=None,
    has_referral=True,
    question=None,
    unpaid="",
    block="",
    change_waits=False,
    has_details=True,
    has_tax_form=True,
    answer_within="8 h",
    may_sign=False,
    may_read_agreements=True,
    may_refer=True,
    may_mend_payouts=True,
)
NEW = replace(
    WELL,
    state=PartnerState.ONBOARDING,
    is_in_force=False,
    has_referral=False,
    has_details=False,
    has_tax_form=False,
    block="Payouts wait for the payout details.",
)
URGENT = {"waiting": WAITING, "question": QUESTION, "unpaid": "€2,600.00", "block": "Payouts wait for the tax form."}


@pytest.mark.parametrize(
    ("given", "url"),
    [
        (URGENT, "/agreements/A-222222"),
        (URGENT | {"waiting": None}, "/referrals/R-222222"),
        (URGENT | {"waiting": None, "question": None}, "/company/"),
        (URGENT | {"waiting": None, "question": None, "block": ""}, "/referrals/new"),
        (URGENT | {"waiting": None, "question": None, "may_mend_payouts": False}, "/referrals/new"),
        ({"may_refer": False}, ""),
        ({"state": PartnerState.PAUSED}, ""),
        ({"state": PartnerState.TERMINATED, "is_in_force": False}, ""),
        ({"is_in_force": False}, "/resources/"),
    ],
)
def test_the_most_urgent_comes_first(given: dict[str, Any], url: str) -> None:
    assert opening(replace(WELL, **given)).url == url


def test_a_signatory_is_asked_to_sign_and_the_others_hear_who_can() -> None:
    asked = opening(replace(NEW, waiting=WAITING, may_sign=True))
    assert (asked.about + asked.sentence, asked.tone) == ("Your agreement is waiting for your signature.", "due")
    told = opening(replace(NEW, waiting=WAITING))
    assert told.small == "Hana can sign for your company, by 2 Dec."
    assert told.tone == ""


def test_where_nobody_can_sign_the_team_is_where_it_goes_on() -> None:
    assert opening(replace(NEW, waiting=replace(WAITING, signers=""))).url == "/team/"


def test_a_member_is_sent_to_no_page_that_is_not_theirs() -> None:
    assert opening(replace(NEW, waiting=WAITING, may_read_agreements=False)).url == ""
    assert opening(replace(WELL, question=QUESTION, may_refer=False)).url == ""


def test_details_that_wait_for_a_second_person_are_nobodys_turn_here() -> None:
    told = opening(replace(WELL, unpaid="€2,600.00", block="Payouts wait for a second person.", change_waits=True))
    assert told.tone == "note"


def test_a_new_partner_sees_what_is_done_and_what_is_next() -> None:
    steps = first_steps(replace(NEW, waiting=WAITING, has_tax_form=True))
    assert [step.state for step in steps] == ["now", "todo", "done", "todo"]
    assert steps[0].note == "by 2 Dec"
    assert steps[3].url == ""
    signed = first_steps(replace(NEW, is_in_force=True, state=PartnerState.ACTIVE))
    assert [step.state for step in signed] == ["done", "now", "todo", "todo"]
    assert signed[3].url == "/referrals/new"


def test_who_refers_already_needs_no_first_steps() -> None:
    assert first_steps(WELL) == []
