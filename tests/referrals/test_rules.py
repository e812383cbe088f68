from portal.criteria.rules import Criterion
from portal.referrals.decline_reasons import DECLINE_REASONS, REASON_OF, DeclineReason
from portal.referrals.rules import (
    INTRODUCED_LABEL,
    LABEL,
    PROTECTION_LABEL,
    TIMING_LABEL,
    TONE,
    IntroducedHow,
    ProtectionState,
    Status,
    Timing,
    check_move,
)
from tests.moves import assert_only


def test_a_referral_makes_only_its_moves() -> None:
    assert_only(
        check_move,
        Status,
        "draft > submitted",
        "submitted > under_review needs_info conflict qualified declined withdrawn",
        "needs_info > under_review expired withdrawn",
        "under_review > needs_info conflict qualified declined withdrawn",
        "conflict > under_review declined qualified",
        "declined > under_review",
        "expired > submitted",
    )


def test_everything_a_person_sees_has_words() -> None:
    assert set(LABEL) == set(TONE) == set(Status)
    assert set(PROTECTION_LABEL) == set(ProtectionState)
    assert set(TIMING_LABEL) == set(Timing)
    assert set(INTRODUCED_LABEL) == set(IntroducedHow)


def test_every_reason_to_decline_names_the_way_back() -> None:
    assert set(DECLINE_REASONS) == set(DeclineReason)
    assert all(reason.sentence.endswith(".") and reason.way_back.endswith(".") for reason in DECLINE_REASONS.values())


def test_whatever_a_reading_can_miss_has_a_reason() -> None:
    assert set(Criterion) - {Criterion.DECISION} == set(REASON_OF)  # a decider that nobody named is never missed
