"""Shares as they are typed, and what they must come to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.agreements.plans import Plan, PlanRule, Trigger
from portal.deals.share_rules import check_shares, percent, share_of
from portal.errors import Refused
from portal.fees.engine import Inputs, Share, compute, share_at
from portal.money import Money

PLAN = Plan(
    ref="FP-222222", version=1, currency="EUR", rules=(PlanRule(name="first-deal", rate_bp=1000, clause="4.1"),)
)


@pytest.mark.parametrize(
    ("typed", "share_bp"),
    [("60", 6000), ("33.33", 3333), ("33,3", 3330), (" 12.5 % ", 1250), ("0.01", 1), ("99.99", 9999), ("07", 700)],
)
def test_a_share_as_people_type_it(typed: str, share_bp: int) -> None:
    assert share_of(typed) == share_bp
    assert share_of(percent(share_bp)) == share_bp


@pytest.mark.parametrize("typed", ["", "0", "0.00", "100", "-5", "33.333", "half", "60/40", "\u0661\u0660"])
def test_what_is_no_share(typed: str) -> None:
    with pytest.raises(Refused, match=r"between 0\.01 and 99\.99"):
        share_of(typed)


@pytest.mark.parametrize(
    ("parts", "says"),
    [
        ({1: 6000, 2: 3000}, "add up to 90 %"),
        ({1: 6000, 2: 4001}, r"add up to 100\.01 %"),
        ({1: 10_000}, "Each partner needs"),
        ({1: 10_000, 2: 0}, "Each partner needs"),
        ({1: 5000, 2: 5000, 3: 0}, "Each partner needs"),
        ({1: 6000, 2: 5000, 3: -1000}, "Each partner needs"),
        ({}, "Each partner needs"),
    ],
)
def test_shares_that_are_refused(parts: dict[int, int], says: str) -> None:
    with pytest.raises(Refused, match=says):
        check_shares(parts)


parts_of_the_whole = st.lists(st.integers(1, 9_999), min_size=1, max_size=5, unique=True).map(
    lambda cuts: [
        b - a for a, b in zip([0, *sorted(cuts)], [*sorted(cuts), 10_000], strict=True)
    ]
)  # fmt: skip


@given(parts_of_the_whole, st.integers(10, 10**11))
def test_the_parts_of_a_fee_add_up_and_each_is_computed_again_from_its_own_inputs(bps: list[int], value: int) -> None:
    inputs = Inputs(
        event=Trigger.WON, deal_ref="D-222222", deal_value=Money(value, "EUR"), is_first_deal=True, won_on=None
    )
    check_shares(dict(enumerate(bps)))
    whole = compute(PLAN, inputs).total.minor
    booked = 0
    for place in range(len(bps)):
        share = share_at(PLAN, inputs, bps, place, f"R-{place}")
        mine = Inputs.from_data(inputs.to_data() | {"share": vars(share)})
        assert mine.to_data()["share"] == vars(share)
        part = compute(PLAN, mine).total.minor
        assert 0 <= part - whole * bps[place] // 10_000 <= 1
        booked += part
    assert booked == whole


def test_the_receipt_shows_the_whole_and_then_the_split() -> None:
    share = Share(referral_ref="R-222222", share_bp=6000)
    inputs = Inputs(
        event=Trigger.WON, deal_ref="D-222222", deal_value=Money(100_001, "EUR"), is_first_deal=True, won_on=None,
        share=share,
    )  # fmt: skip
    (line,) = compute(PLAN, inputs).lines
    assert line.amount == Money(6_000, "EUR")
    assert line.cause == "won:R-222222:first-deal"
    assert [(step.label, step.amount_minor, step.text) for step in line.trace[-3:]] == [
        ("Rounding", None, "half up"),
        ("Fee of the deal", 10_000, ""),
        ("Split", None, "60 %"),
    ]
