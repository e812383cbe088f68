"""Whose it is: a table of cases, and what holds for all of them."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.engagement.printed import differences, printed
from portal.engagement.rules import (
    SHIPPED,
    Claim,
    Customer,
    Opportunity,
    Rule,
    Rules,
    Side,
    Standing,
    counts_from,
    decide,
    strongest,
)
from portal.errors import Refused
from portal.months import months_after
from tests.support.make import NOON

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
MINE, THEIRS, OURS = Side.CLAIMANT, Side.HOLDER, Side.OURS


def at(days: float) -> datetime:
    return NOON + days * DAY


def claim(days: float = 0, key: str = "R-new", **more: Any) -> Claim:
    return Claim(key, at(days), **more)


def other(days: float, key: str = "R-old", **more: Any) -> Claim:
    return Claim(key, at(days), **more)


def hold(days: float) -> Claim:
    return Claim("H-old", at(days), until=at(days + 1), is_hold=True)


CASES: list[tuple[str, Rules, Claim, Standing, Side, Rule]] = [
    ("the first registration stands", SHIPPED, claim(), other(-2), THEIRS, Rule.FIRST),
    ("of one day, by the minute", SHIPPED, claim(), other(-1 / 1440), THEIRS, Rule.FIRST),
    ("a later one does not", SHIPPED, claim(), other(1), MINE, Rule.FIRST),
    ("a hold makes it older", SHIPPED, claim(held_at=at(-1)), other(-0.5), MINE, Rule.FIRST),
    ("unless holds do not count", Rules(holds_count=False), claim(held_at=at(-1)), other(-0.5), THEIRS, Rule.FIRST),
    ("a protected one stands", SHIPPED, claim(), other(-40, is_protected=True, until=at(50)), THEIRS, Rule.PROTECTION),
    ("even where it came later", SHIPPED, claim(), other(3, is_protected=True, until=at(93)), THEIRS, Rule.PROTECTION),
    (
        "both protected: the first",
        SHIPPED,
        claim(is_protected=True, until=at(9)),
        other(-3, is_protected=True, until=at(8)),
        THEIRS,
        Rule.FIRST,
    ),
    (
        "protection not in use",
        Rules(protection=False),
        claim(),
        other(3, is_protected=True, until=at(93)),
        MINE,
        Rule.FIRST,
    ),
    ("a live hold from before", SHIPPED, claim(), hold(-0.5), THEIRS, Rule.PROTECTION),
    ("a hold from after", SHIPPED, claim(), hold(0.1), MINE, Rule.FIRST),
    ("a hold where nothing is protected", Rules(protection=False), claim(), hold(-0.5), MINE, Rule.FIRST),
    ("a customer", SHIPPED, claim(), Customer("D-1", at(-400), at(-100)), OURS, Rule.CUSTOMER),
    ("a customer of long ago", SHIPPED, claim(), Customer("D-1", at(-800), at(-366)), MINE, Rule.FIRST),
    ("to the day", SHIPPED, claim(), Customer("D-1", at(-800), at(-365)), MINE, Rule.FIRST),
    ("and no day more", SHIPPED, claim(), Customer("D-1", at(-800), at(-364)), OURS, Rule.CUSTOMER),
    ("a customer only since then", SHIPPED, claim(), Customer("D-1", at(1), at(1)), MINE, Rule.FIRST),
    ("customers count", Rules(customer=False), claim(), Customer("D-1", at(-400), at(-1)), MINE, Rule.FIRST),
    ("our own talks", SHIPPED, claim(), Opportunity("D-2", at(-300), at(-89)), OURS, Rule.OPPORTUNITY),
    ("our own talks that sleep", SHIPPED, claim(), Opportunity("D-2", at(-300), at(-90)), MINE, Rule.FIRST),
    ("our own talks since then", SHIPPED, claim(), Opportunity("D-2", at(1), at(2)), MINE, Rule.FIRST),
    (
        "our talks during their hold",
        SHIPPED,
        claim(held_at=at(-1)),
        Opportunity("D-2", at(-0.5), at(-0.4)),
        MINE,
        Rule.FIRST,
    ),
    ("our talks do not count", Rules(opportunity=False), claim(), Opportunity("D-2", at(-9), at(-1)), MINE, Rule.FIRST),
]


@pytest.mark.parametrize(
    ("rules", "mine", "standing", "side", "rule"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)
def test_case(rules: Rules, mine: Claim, standing: Standing, side: Side, rule: Rule) -> None:
    ruling = decide(rules, mine, standing)
    assert (ruling.stands_with, ruling.rule) == (side, rule)
    assert ruling.number == rules.number(rule)


TIMES = st.integers(-3, 3).map(lambda hours: NOON + timedelta(hours=hours))
RULES = st.builds(
    Rules, customer=st.booleans(), opportunity=st.booleans(), protection=st.booleans(), holds_count=st.booleans()
)


@st.composite
def claims(draw: st.DrawFn) -> list[Claim]:
    many = []
    for number in range(draw(st.integers(2, 5))):
        registered, until = draw(TIMES), draw(st.one_of(st.none(), TIMES))
        is_hold = draw(st.booleans())
        held = None if is_hold else draw(st.one_of(st.none(), st.just(registered - timedelta(hours=1))))
        many.append(Claim(f"R-{number}", registered, held, until is not None, until, is_hold))
    return many


@given(RULES, claims())
def test_of_two_claims_one_stands_whichever_way_round_they_are_asked(rules: Rules, many: list[Claim]) -> None:
    one, two, *_ = many
    there, back = decide(rules, one, two), decide(rules, two, one)
    assert {there.stands_with, back.stands_with} == {MINE, THEIRS}
    assert (there.rule, there.until) == (back.rule, back.until)
    assert (there.claim_at, there.standing_at) == (back.standing_at, back.claim_at)


@given(RULES, claims())
def test_of_many_claims_exactly_one_stands_against_all_others(rules: Rules, many: list[Claim]) -> None:
    unbeaten = [each for each in many if strongest(rules, each, [o for o in many if o is not each]) is None]
    assert len(unbeaten) == 1


@given(RULES, claims(), st.randoms(use_true_random=False), TIMES, TIMES)
def test_the_order_in_which_records_are_found_changes_nothing(
    rules: Rules, many: list[Claim], chance: Any, since: datetime, active: datetime
) -> None:
    mine, *others = many
    standings: list[Any] = [*others, Customer("D-1", since, active), Opportunity("D-2", since, active)]
    shuffled = list(standings)
    chance.shuffle(shuffled)
    assert strongest(rules, mine, standings) == strongest(rules, mine, shuffled)


def test_the_first_rule_that_applies_is_the_one_that_is_quoted() -> None:
    against: list[Any] = [other(-2), Opportunity("D-2", at(-9), at(-1)), Customer("D-1", at(-9), at(-9))]
    found = strongest(SHIPPED, claim(), against)
    assert found is not None
    assert (found[0].rule, found[1].key) == (Rule.CUSTOMER, "D-1")


def test_both_sides_read_the_rule_and_the_times() -> None:
    def say(moment: datetime) -> str:
        return f"{moment:%-d %b %H:%M}"

    ruling = decide(SHIPPED, claim(), other(-2))
    assert ruling.for_claimant(say) == (
        "Another partner's claim of 16 Nov 11:00 came before yours of 18 Nov 11:00. By rule 4 the first valid"
        " registration stands."
    )
    assert ruling.for_holder(say) == (
        "Another partner introduced the same company on 18 Nov 11:00. Your claim of 16 Nov 11:00 stands by rule 4;"
        " nothing changes for you."
    )
    held = decide(SHIPPED, claim(), hold(-0.5)).for_claimant(say)
    assert held == (
        "Another partner held them from 17 Nov 23:00 on, before your claim of 18 Nov 11:00. By rule 3 that stands"
        " until 18 Nov 23:00."
    )
    ours = decide(SHIPPED, claim(), Customer("D-1", at(-9), at(-9)))
    assert ours.for_holder(say) == ""
    assert "rule 1" in ours.for_claimant(say)


def test_what_is_not_in_use_has_no_number() -> None:
    rules = Rules(customer=False, protection=False)
    assert [(each.number, each.title) for each in printed(rules)] == [
        (1, "Our own opportunity"),
        (2, "The first valid registration"),
    ]
    changes = differences(SHIPPED, rules)
    assert [each.about for each in changes] == ["A customer of ours", "A protected claim"]
    assert {each.after for each in changes} == {"Not in use."}


def test_a_claim_counts_from_its_hold() -> None:
    held = claim(held_at=at(-1))
    assert counts_from(SHIPPED, held) == at(-1)
    assert counts_from(Rules(holds_count=False), held) == at(0)


@pytest.mark.parametrize(("days", "months", "after"), [(0, 12, 365), (0, 1, 30), (73, 1, 102)])
def test_months_end_where_the_month_does(days: int, months: int, after: int) -> None:
    assert months_after(at(days), months) == at(after)


@pytest.mark.parametrize(
    "wrong", [{"customer_months": 0}, {"opportunity_days": 731}, {"customer": 1}, {"protection": None}]
)
def test_data_that_are_no_rules_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        Rules.from_data(SHIPPED.to_data() | wrong, 2)


def test_rules_come_back_as_they_went() -> None:
    assert Rules.from_data(SHIPPED.to_data(), 1) == SHIPPED
