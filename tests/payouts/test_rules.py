from portal.payouts.rules import (
    LABEL,
    STATEMENT_LABEL,
    STATEMENT_TONE,
    TONE,
    RunState,
    StatementState,
    check_move,
    check_statement_move,
)
from tests.moves import assert_only


def test_a_payout_run_makes_only_its_moves() -> None:
    assert_only(check_move, RunState, "draft > released cancelled", "released > paid")


def test_a_statement_makes_only_its_moves() -> None:
    assert_only(check_statement_move, StatementState, "issued > accepted")


def test_everything_a_person_sees_has_words() -> None:
    assert set(LABEL) == set(TONE) == set(RunState)
    assert set(STATEMENT_LABEL) == set(STATEMENT_TONE) == set(StatementState)
