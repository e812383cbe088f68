from portal.partners.rules import LABEL, MAY_REFER, MAY_SIGN_IN, READ_ONLY, TERMINAL, TONE, PartnerState, check_move
from tests.moves import assert_only


def test_a_partner_makes_only_its_moves() -> None:
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
    assert {PartnerState.CLOSED} == TERMINAL


def test_who_is_leaving_may_read_and_no_more() -> None:
    assert {PartnerState.ACTIVE, PartnerState.DORMANT} == MAY_REFER
    assert READ_ONLY <= MAY_SIGN_IN
    assert not READ_ONLY & MAY_REFER


def test_everything_a_person_sees_has_words() -> None:
    assert set(LABEL) == set(TONE) == set(PartnerState)
