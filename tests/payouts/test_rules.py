from portal.payouts.rules import LABEL, TONE, RunState, check_move
from tests.moves import assert_only


def test_a_payout_run_makes_only_its_moves() -> None:
    assert_only(check_move, RunState, "draft > released cancelled", "released > paid")


def test_everything_a_person_sees_has_words() -> None:
    assert set(LABEL) == set(TONE) == set(RunState)
