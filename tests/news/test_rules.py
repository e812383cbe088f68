from datetime import timedelta
from typing import Any

import pytest

from portal.auth.rules import VISIT_GAP, last_visit
from portal.events import KINDS, Audience
from portal.news.rules import WORDS, sentence
from tests.support.make import NOON

PACKAGES = "appeals conflicts conversation corrections deals evidence fees protections referrals sla"
FOLLOWS = frozenset(
    {"DealOpened", "FeeBooked", "FeeNotDue", "ExtensionLapsed", "ContactErased", "MessageSent", "FeeEvent"}
    | {"ProtectionEvent", "ExtensionEvent", "AppealEvent", "ReferralMadeFrom", "ReferralSentAgain"}
)
"""Kinds about a referral that are no news by themselves: they follow from one that is, or a count says them."""
BEFORE, LONG_AGO = NOON - timedelta(days=2), NOON - timedelta(days=9)


@pytest.mark.parametrize(
    ("kind", "body", "by", "said"),
    [
        ("ReferralQualified", {}, "Sam Okafor", "Qualified on 20 Nov by Sam Okafor"),
        ("ReferralExpired", {}, None, "Expired on 20 Nov"),
        ("DealMoved", {"now": "new", "then": "meeting"}, "Sam Okafor", "Moved to Meeting on 20 Nov by Sam Okafor"),
    ],
)
def test_what_happened_is_a_line(kind: str, body: dict[str, Any], by: str | None, said: str) -> None:
    assert sentence(kind, body, day="20 Nov", by=by) == said


def test_each_kind_that_a_partner_is_told_of_a_referral_is_news_or_follows_from_some() -> None:
    told = {
        name
        for name, kind in KINDS.items()
        if kind.audience is Audience.PARTNER and kind.__module__.split(".")[1] in PACKAGES.split()
    }
    assert told - WORDS.keys() - FOLLOWS == set(), "say it in WORDS, or why not in FOLLOWS"
    assert WORDS.keys() - told == set(), "not told any more"


@pytest.mark.parametrize(
    ("visited_at", "before_at", "since"),
    [
        (None, None, None),
        (NOON, None, None),
        (BEFORE, None, BEFORE),
        (BEFORE, LONG_AGO, BEFORE),
        (NOON - VISIT_GAP, LONG_AGO, NOON - VISIT_GAP),
        (NOON - VISIT_GAP + timedelta(seconds=1), LONG_AGO, LONG_AGO),
        (NOON + timedelta(hours=1), LONG_AGO, LONG_AGO),
    ],
)
def test_a_visit_ends_with_half_an_hour_without_a_page(visited_at: Any, before_at: Any, since: Any) -> None:
    assert last_visit(visited_at, before_at, NOON) == since
