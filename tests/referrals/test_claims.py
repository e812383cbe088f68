"""What a partner is told that may not ask for more time, appeal, renew or begin anew yet: the rule, and the day."""

from datetime import datetime, timedelta

import pytest

from portal.referrals.claims import About, why_not_appealed, why_not_extended, why_not_made_from, why_not_renewed
from portal.referrals.rules import ProtectionState, Status
from tests.support.claims import DAY
from tests.support.make import NOON

S = ProtectionState


def said(at: datetime) -> str:
    return f"{at:%d %b}"


@pytest.mark.parametrize(
    ("state", "ends_in", "days", "had", "why"),
    [
        (S.ACTIVE, 30, 60, False, ""),
        (S.ACTIVE, 1, 60, False, ""),
        (S.ACTIVE, 31, 60, False, "You can ask from 19 Nov on"),
        (S.ACTIVE, 0, 60, False, "this one ended 18 Nov"),
        (S.EXPIRED, -3, 60, False, "this one ended 15 Nov"),
        (S.RELEASED, -1, 60, False, "this one ended 17 Nov"),
        (S.PAUSED, 20, 60, False, "once it runs again"),
        (S.ACTIVE, 20, 0, False, "knows no extension"),
        (S.ACTIVE, 20, 60, True, "you had your answer 08 Nov"),
        (S.EXTENSION_REQUESTED, 20, 60, True, "You have asked for it already"),
    ],
)
def test_an_extension(state: ProtectionState, ends_in: int, days: int, *, had: bool, why: str) -> None:
    had_at = NOON - 10 * DAY if had else None
    found = why_not_extended(state, NOON + ends_in * DAY, NOON, days=days, had_at=had_at, when=said)
    assert (why in found) if why else found == ""


@pytest.mark.parametrize(
    ("about", "until", "had", "why"),
    [
        (About.DECLINE, NOON, False, ""),
        (About.REVOCATION, NOON + DAY, False, ""),
        (About.DECLINE, NOON - timedelta(seconds=1), False, "The time to appeal ended on 18 Nov."),
        (About.DECLINE, NOON + DAY, True, "this one was on 08 Nov"),
        (None, NOON + DAY, False, "no decision here"),
        (About.DECLINE, None, False, "no decision here"),
    ],
)
def test_an_appeal(about: About | None, until: datetime | None, *, had: bool, why: str) -> None:
    found = why_not_appealed(about, until, NOON, had_at=NOON - 10 * DAY if had else None, day=said)
    assert (why in found) if why else found == ""


@pytest.mark.parametrize("status", list(Status))
def test_one_that_expired_is_sent_again_and_one_that_was_declined_made_anew(status: Status) -> None:
    assert (why_not_renewed(status, NOON, said) == "") == (status is Status.EXPIRED)
    assert (why_not_made_from(status, is_appealed=False) == "") == (status is Status.DECLINED)
    assert "is answered first" in why_not_made_from(status, is_appealed=True)
    assert "on 18 Nov" in why_not_renewed(Status.QUALIFIED, NOON, said)
