from datetime import date

import pytest

from portal.deals.rules import (
    CHANNEL_LABEL,
    LABEL,
    LOST_LABEL,
    OPEN_STAGES,
    TONE,
    Channel,
    Details,
    LostReason,
    Pipeline,
    Stage,
    check_details,
    check_move,
    pipeline_of,
)
from portal.errors import Refused
from tests.moves import assert_only

TODAY = date(2026, 11, 20)
COMPLETE = {
    Stage.WON: Details(value_minor=1, won_on=TODAY),
    Stage.LOST: Details(lost_reason=LostReason.PRICE),
    Stage.PARKED: Details(parked_until=date(2027, 2, 1)),
    Stage.CANCELLED: Details(cancel_reason="Never delivered"),
}


def test_a_deal_makes_only_its_moves() -> None:
    assert_only(
        check_move,
        Stage,
        "new > contacted meeting proposal won lost parked",
        "contacted > new meeting proposal won lost parked",
        "meeting > new contacted proposal won lost parked",
        "proposal > new contacted meeting won lost parked",
        "parked > new contacted meeting proposal lost",
        "lost > new contacted meeting proposal",
        "won > cancelled",
    )


def test_a_lost_deal_is_reopened_once() -> None:
    with pytest.raises(Refused, match="reopened once"):
        check_move(Stage.LOST, Stage.NEW, reopened=1)
    check_move(Stage.MEETING, Stage.PROPOSAL, reopened=1)


@pytest.mark.parametrize("stage", Stage)
def test_a_move_that_carries_what_it_needs_is_made(stage: Stage) -> None:
    check_details(stage, COMPLETE.get(stage, Details()), TODAY)


@pytest.mark.parametrize(
    ("stage", "details", "field"),
    [
        (Stage.WON, Details(won_on=TODAY), "value"),
        (Stage.WON, Details(value_minor=0, won_on=TODAY), "value"),
        (Stage.WON, Details(value_minor=1), "won_on"),
        (Stage.WON, Details(value_minor=1, won_on=date(2026, 11, 21)), "won_on"),
        (Stage.LOST, Details(), "lost_reason"),
        (Stage.PARKED, Details(), "parked_until"),
        (Stage.PARKED, Details(parked_until=TODAY), "parked_until"),
        (Stage.CANCELLED, Details(cancel_reason=" "), "cancel_reason"),
    ],
)
def test_a_move_that_lacks_something_names_the_field(stage: Stage, details: Details, field: str) -> None:
    with pytest.raises(Refused) as refusal:
        check_details(stage, details, TODAY)
    assert refusal.value.field == field


def test_only_a_parked_deal_is_in_the_nurture_pipeline() -> None:
    assert [stage for stage in Stage if pipeline_of(stage) is Pipeline.NURTURE] == [Stage.PARKED]


def test_everything_a_person_sees_has_words() -> None:
    assert set(LABEL) == set(TONE) == set(Stage)
    assert set(CHANNEL_LABEL) == set(Channel)
    assert set(LOST_LABEL) == set(LostReason)
    assert OPEN_STAGES == (Stage.NEW, Stage.CONTACTED, Stage.MEETING, Stage.PROPOSAL)
