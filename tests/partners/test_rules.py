from datetime import date, timedelta
from typing import Any

import pytest

from portal.errors import Refused
from portal.partners.rules import (
    LABEL,
    MAY_REFER,
    MAY_SIGN_IN,
    TAX_FORM_HINT,
    TAX_FORM_LABEL,
    TONE,
    PartnerState,
    PayoutDetailsState,
    TaxFormKind,
    check_confirmation,
    check_move,
    check_payout_details_move,
    check_resumption,
    effective_from,
    payout_block,
    plain_iban,
)
from tests.moves import assert_only
from tests.support.make import NOON

HOURS = timedelta(hours=1)


def test_a_partner_goes_only_where_the_table_leads() -> None:
    assert_only(
        check_move,
        PartnerState,
        "applied > in_review declined",
        "in_review > approved declined",
        "approved > onboarding closed",
        "onboarding > active closed",
        "active > dormant paused terminated",
        "dormant > active paused terminated",
        "paused > active dormant terminated",
        "terminated > closed",
        "declined > applied",
    )


def test_who_is_leaving_may_read_and_no_more() -> None:
    assert {PartnerState.ACTIVE, PartnerState.DORMANT} == MAY_REFER
    assert PartnerState.TERMINATED in MAY_SIGN_IN


def test_everything_a_person_sees_has_words() -> None:
    assert set(LABEL) == set(TONE) == set(PartnerState)
    assert set(TAX_FORM_LABEL) == set(TAX_FORM_HINT) == set(TaxFormKind)


def test_payout_details_are_decided_on_once() -> None:
    assert_only(check_payout_details_move, PayoutDetailsState, "proposed > confirmed refused", "confirmed > replaced")


@pytest.mark.parametrize("state", set(PartnerState) - {PartnerState.PAUSED, PartnerState.DORMANT})
def test_only_a_partner_that_rests_is_taken_up_again(state: PartnerState) -> None:
    with pytest.raises(Refused):
        check_resumption(state)


@pytest.mark.parametrize(
    "typed", ["DE89 3704 0044 0532 0130 00", "de89-3704-0044-0532-0130-00", "GB82WEST12345698765432"]
)
def test_an_iban_is_read_as_people_write_it(typed: str) -> None:
    assert plain_iban(typed) in {"DE89370400440532013000", "GB82WEST12345698765432"}


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "x",
        "DE89 3704 0044 0532 0130 01",
        "DE98 3704 0044 0532 0130 00",
        "DE89370400440532013",
        "ZZ89370400440532013000",
    ],
)
def test_an_iban_that_does_not_add_up_is_refused(typed: str) -> None:
    with pytest.raises(Refused, match="not an IBAN") as refusal:
        plain_iban(typed)
    assert refusal.value.field == "account"


def test_a_change_waits_for_72_hours_and_the_first_details_do_not() -> None:
    assert effective_from(NOON, is_change=False) == NOON
    assert effective_from(NOON, is_change=True) == NOON + 72 * HOURS


@pytest.mark.parametrize(
    ("by_id", "after", "words"), [(1, 72, "A second person"), (2, 71, "waits for 72 hours"), (2, 72, "")]
)
def test_a_second_person_confirms_after_the_wait(by_id: int, after: int, words: str) -> None:
    given: dict[str, Any] = {
        "by_id": by_id,
        "proposed_by_id": 1,
        "effective_at": NOON + 72 * HOURS,
        "now": NOON + after * HOURS,
    }
    if not words:
        check_confirmation(**given)
        return
    with pytest.raises(Refused, match=words):
        check_confirmation(**given)


@pytest.mark.parametrize(
    ("has_details", "change_waits", "tax_form_on", "words"),
    [
        (True, False, date(2026, 1, 1), ""),
        (False, False, date(2026, 1, 1), "payout details"),
        (False, True, date(2026, 1, 1), "second person"),
        (True, True, date(2026, 1, 1), "second person"),
        (True, False, None, "tax form"),
        (False, False, None, "payout details"),
    ],
)
def test_what_keeps_a_partner_from_being_paid_is_named(
    has_details: bool, change_waits: bool, tax_form_on: date | None, words: str
) -> None:
    block = payout_block(has_details=has_details, change_waits=change_waits, tax_form_on=tax_form_on)
    assert bool(block) == bool(words)
    assert words in block
