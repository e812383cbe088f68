"""Who gets a deal: a table of cases, and what holds for any rules, people and deals."""

from collections import Counter
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.errors import Refused
from portal.routing.rules import (
    ALL_AWAY,
    ALL_FULL,
    FEWEST_OPEN,
    Away,
    Choice,
    Conditions,
    Facts,
    Member,
    Person,
    Rule,
    choose,
    covered_by,
    taker,
)
from portal.routing.words import label, read_countries, read_languages, spoken_in

FRIDAY = date(2026, 12, 4)
SAM, LENA, TOM = 1, 2, 3
AUSTRIA = Facts(country="AT", industry="Software & IT", employees=200, partner_id=7, languages=frozenset({"de", "en"}))
C = Conditions


def people(**given: Any) -> list[Person]:
    """Sam, Lena and Tom with 4, 3 and 3 open deals, changed as a test says."""
    usual = {"sam": Person(SAM, 4), "lena": Person(LENA, 3), "tom": Person(TOM, 3)}
    return [replace(person, **given.get(name, {})) for name, person in usual.items()]


def rule(number: int, conditions: Conditions, *members: Member) -> Rule:
    return Rule(number * 10, number, label(conditions), conditions, members)


def away(stand_in: int | None = None) -> dict[str, Any]:
    return {"away": Away(FRIDAY, stand_in)}


DACH = rule(1, C(countries=read_countries("DACH")), Member(SAM))
SOFTWARE = rule(2, C(words=("software",)), Member(TOM))
POOL = rule(1, C(), Member(SAM, 2), Member(LENA, 1))


@pytest.mark.parametrize(
    ("conditions", "holds"),
    [
        (C(), True),
        (C(countries=frozenset({"AT", "DE"})), True),
        (C(countries=frozenset({"DE"})), False),
        (C(words=("finance", "SOFT")), True),
        (C(words=("ware",)), False),  # a word begins so, it is no part of one
        (C(words=("it",)), True),
        (C(employees_from=200), True),
        (C(employees_from=201), False),
        (C(employees_to=200), True),
        (C(employees_from=50, employees_to=199), False),
        (C(partner_id=7), True),
        (C(partner_id=8), False),
        (C(languages=frozenset({"de"})), True),
        (C(languages=frozenset({"fr"})), False),
        (C(countries=frozenset({"AT"}), words=("steel",)), False),  # all of it has to hold
    ],
)
def test_a_rule_holds_where_all_of_it_fits(conditions: Conditions, holds: bool) -> None:
    assert conditions.hold(AUSTRIA) is holds


def test_a_size_that_nobody_told_is_in_no_range() -> None:
    assert not C(employees_from=0).hold(Facts())
    assert C().hold(Facts())


@pytest.mark.parametrize(
    ("rules", "given", "who", "why"),
    [
        ([], {}, LENA, FEWEST_OPEN),  # of equals, the longest here
        ([DACH, SOFTWARE], {}, SAM, "by rule 1: DACH"),
        ([SOFTWARE, DACH], {}, TOM, "by rule 2: software"),
        ([DACH, SOFTWARE], {"sam": {"most_open": 4}}, TOM, "by rule 2: software"),  # no room, so the next rule
        ([DACH, SOFTWARE], {"sam": {"most_open": 5}}, SAM, "by rule 1: DACH"),
        ([DACH], {"sam": away()}, LENA, FEWEST_OPEN),
        ([DACH], {"sam": away(TOM)}, TOM, "by rule 1: DACH, standing in"),
        ([DACH], {"sam": away(TOM), "tom": {**away(LENA)}}, LENA, "by rule 1: DACH, standing in"),
        ([DACH], {"sam": away(TOM), "tom": {**away(SAM)}}, LENA, FEWEST_OPEN),  # a circle leads to nobody
        ([DACH], {"sam": away(99)}, LENA, FEWEST_OPEN),  # a stand-in who owns no deals
        ([DACH], {"sam": away(TOM), "tom": {"most_open": 3}}, LENA, FEWEST_OPEN),
        ([rule(1, C(), Member(99))], {}, LENA, FEWEST_OPEN),  # whoever left is nobody
        ([], {"sam": {"most_open": 1}, "lena": {"most_open": 1}, "tom": {"most_open": 1}}, LENA, ALL_FULL),
        ([DACH], {"sam": {"most_open": 1}, "lena": {"most_open": 1}, "tom": {"most_open": 1}}, LENA, ALL_FULL),
        ([], {"sam": away(), "lena": {"away": Away(date(2026, 12, 9))}, "tom": away()}, TOM, ALL_AWAY),
        ([POOL], {}, SAM, "by rule 1: everything"),
        ([rule(1, C(), Member(SAM, 2, -1), Member(LENA, 1, 1))], {}, LENA, "by rule 1: everything"),
    ],
)
def test_who_gets_it_and_why(rules: list[Rule], given: dict[str, Any], who: int, why: str) -> None:
    choice = choose(rules, AUSTRIA, people(**given))
    assert (choice.user_id, choice.why) == (who, why)


def test_without_a_sales_owner_there_is_no_deal() -> None:
    with pytest.raises(Refused, match="Invite a sales owner first"):
        choose([DACH], AUSTRIA, [])


def test_chains_of_stand_ins_end() -> None:
    chain = {SAM: Away(FRIDAY, LENA), LENA: Away(FRIDAY, TOM)}
    assert (taker(SAM, chain), taker(TOM, chain)) == (TOM, TOM)
    assert [covered_by(each, chain) for each in (TOM, LENA, SAM)] == [[SAM, LENA], [], []]
    assert taker(SAM, chain | {TOM: Away(FRIDAY, SAM)}) is None
    assert taker(SAM, {SAM: Away(FRIDAY, SAM)}) is None


def test_words_of_conditions() -> None:
    conditions = C(
        countries=read_countries("dach, Italy"),
        words=("software",),
        employees_from=50,
        employees_to=500,
        languages=read_languages("German"),
    )
    assert label(conditions) == "DACH, Italy, software, 50 to 500 people, speaks German"
    assert "fr" in spoken_in("BE")
    for wrong, read in (("Atlantis", read_countries), ("Dothraki", read_languages)):
        with pytest.raises(Refused, match=wrong):
            read(wrong)
    with pytest.raises(Refused, match="smaller"):
        C(employees_from=9, employees_to=8)


persons = st.builds(
    Person,
    st.integers(1, 6),
    st.integers(0, 5),
    st.none() | st.integers(1, 4),
    st.none() | st.builds(Away, st.just(FRIDAY), st.none() | st.integers(1, 8)),
)
teams = st.lists(persons, min_size=1, max_size=6, unique_by=lambda person: person.user_id)
members = st.lists(
    st.builds(Member, st.integers(1, 8), st.integers(1, 5), st.integers(-5, 5)),
    min_size=1,
    max_size=4,
    unique_by=lambda member: member.user_id,
).map(tuple)
narrow = st.sampled_from([C(), C(countries=frozenset({"AT"})), C(countries=frozenset({"DE"})), C(employees_from=300)])
lists = st.lists(st.tuples(narrow, members), max_size=4).map(
    lambda found: [rule(number, *each[:1], *each[1]) for number, each in enumerate(found, 1)]
)


@given(lists, teams)
def test_somebody_able_owns_it_whatever_the_rules_say(rules: list[Rule], team: list[Person]) -> None:
    by_id = {person.user_id: person for person in team}
    chosen = by_id[choose(rules, AUSTRIA, team).user_id]
    here = [person for person in team if person.away is None]
    assert chosen.away is None or not here
    assert chosen.has_room or not any(person.has_room for person in here)


@given(st.lists(st.integers(1, 6), min_size=1, max_size=5), st.integers(1, 4))
def test_a_round_gives_each_their_share(weights: list[int], rounds: int) -> None:
    team = [Person(number, 0) for number in range(1, len(weights) + 1)]
    pool = tuple(Member(number, weight) for number, weight in enumerate(weights, 1))
    given: Counter[int] = Counter()
    for turn in range(1, rounds * sum(weights) + 1):
        choice = choose([rule(1, C(), *pool)], AUSTRIA, team)
        given[choice.user_id] += 1
        pool = _paid(pool, choice)
        for number, weight in enumerate(weights, 1):
            assert abs(given[number] - turn * weight / sum(weights)) < 1.5
    assert [given[number] for number in range(1, len(weights) + 1)] == [weight * rounds for weight in weights]


def test_whoever_was_away_is_not_given_all_that_they_missed() -> None:
    pool: tuple[Member, ...] = (Member(SAM), Member(LENA))
    for _ in range(10):
        pool = _paid(pool, choose([rule(1, C(), *pool)], AUSTRIA, people(sam=away())))
    back = []
    for _ in range(4):
        choice = choose([rule(1, C(), *pool)], AUSTRIA, people())
        back.append(choice.user_id)
        pool = _paid(pool, choice)
    assert back == [SAM, LENA, SAM, LENA]


def _paid(pool: tuple[Member, ...], choice: Choice) -> tuple[Member, ...]:
    return tuple(replace(member, credit=choice.credits.get(member.user_id, member.credit)) for member in pool)


@pytest.mark.parametrize(
    ("low", "high", "employees", "holds"),
    [
        (10, 50, 9, False),
        (10, 50, 10, True),
        (10, 50, 50, True),
        (10, 50, 51, False),
        (10, 10, 10, True),
        (None, 50, 0, True),
        (10, None, None, False),
        (None, None, None, True),
    ],
)
def test_a_size_goes_from_and_to(low: int | None, high: int | None, employees: int | None, holds: bool) -> None:
    assert C(employees_from=low, employees_to=high).hold(Facts(employees=employees)) is holds
