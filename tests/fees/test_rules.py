from portal.fees.rules import BOOKED, LABEL, TONE, LineState, check_move
from tests.moves import assert_only


def test_a_fee_line_makes_only_its_moves() -> None:
    assert_only(
        check_move,
        LineState,
        "estimated > accrued void",
        "accrued > on_hold approved void",
        "on_hold > accrued approved void",
        "approved > on_hold payable carried_forward void",
        "payable > on_hold scheduled carried_forward",
        "scheduled > paid payable failed",
        "paid > failed",
        "failed > payable",
        "carried_forward > payable void",
    )


def test_what_is_only_expected_or_taken_back_is_not_booked() -> None:
    assert set(LineState) - BOOKED == {LineState.ESTIMATED, LineState.VOID}
    assert set(LABEL) == set(TONE) == set(LineState)
