"""Whether a company is free: what the records say, and how often somebody may ask."""

from datetime import timedelta
from itertools import combinations

import pytest

from portal.lookalikes.likeness import LIKELY, POSSIBLE
from portal.prechecks.rules import (
    DAY,
    LABEL,
    NEXT,
    SAYS,
    TONE,
    Answer,
    Likely,
    Standing,
    answer,
    looks_like_fishing,
    next_possible,
)
from tests.support.make import NOON

CLAIM = Likely(LIKELY, Standing.CLAIM, is_own=False)
OWN = Likely(LIKELY, Standing.CLAIM, is_own=True)
CUSTOMER = Likely(LIKELY, Standing.CUSTOMER, is_own=False)
PERHAPS = Likely(POSSIBLE, Standing.CLAIM, is_own=False)
FAR_OFF = Likely(POSSIBLE - 1, Standing.CLAIM, is_own=False)
PAST = Likely(100, Standing.PAST, is_own=False)
# Each before those that it goes before.
ORDER = [(OWN, Answer.YOURS), (CUSTOMER, Answer.CUSTOMER), (CLAIM, Answer.TAKEN), (PERHAPS, Answer.ASK_US)]


@pytest.mark.parametrize(("found", "then"), [*ORDER, (FAR_OFF, Answer.FREE), (PAST, Answer.FREE)])
def test_one_record_gives_one_answer(found: Likely, then: Answer) -> None:
    assert answer([found]) is then


def test_without_any_record_a_company_is_free() -> None:
    assert answer([]) is Answer.FREE


@pytest.mark.parametrize("two", list(combinations(ORDER, 2)))
def test_of_two_records_the_one_that_says_more_is_told(two: tuple[tuple[Likely, Answer], ...]) -> None:
    (first, then), (second, _) = two
    assert answer([second, first]) is then


def test_a_customer_of_ones_own_is_a_customer() -> None:
    assert answer([Likely(100, Standing.CUSTOMER, is_own=True)]) is Answer.CUSTOMER


def test_each_answer_is_told_with_what_comes_next() -> None:
    for words in (LABEL, TONE, SAYS, NEXT):
        assert words.keys() == set(Answer)


def test_the_next_question_is_possible_a_day_after_the_first_of_so_many() -> None:
    times = [NOON + timedelta(minutes=minute) for minute in range(5)]
    assert next_possible(times, 6) is None
    assert next_possible(times, 5) == NOON + DAY
    assert next_possible(times, 3) == NOON + timedelta(minutes=2) + DAY


@pytest.mark.parametrize(
    ("checks", "referrals", "then"), [(14, 0, False), (15, 0, True), (15, 1, True), (15, 2, False), (40, 4, False)]
)
def test_many_questions_and_hardly_a_referral_look_like_fishing(checks: int, referrals: int, then: bool) -> None:
    assert looks_like_fishing(checks, referrals) is then
