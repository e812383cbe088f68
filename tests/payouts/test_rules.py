import pytest

from portal.errors import Refused
from portal.payouts.rules import (
    LABEL,
    STATEMENT_LABEL,
    STATEMENT_TONE,
    TONE,
    RunState,
    StatementState,
    check_four_eyes,
    check_move,
    check_statement_move,
)
from tests.moves import assert_only


def test_a_payout_run_makes_only_its_moves() -> None:
    assert_only(check_move, RunState, "draft > released cancelled", "released > paid")


def test_a_statement_makes_only_its_moves() -> None:
    assert_only(check_statement_move, StatementState, "issued > accepted")


def test_who_built_a_run_does_not_release_it() -> None:
    check_four_eyes(built_by_id=1, released_by_id=2)
    with pytest.raises(Refused, match="someone else"):
        check_four_eyes(built_by_id=1, released_by_id=1)


def test_everything_a_person_sees_has_words() -> None:
    assert set(LABEL) == set(TONE) == set(RunState)
    assert set(STATEMENT_LABEL) == set(STATEMENT_TONE) == set(StatementState)
