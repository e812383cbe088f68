from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.errors import Refused
from portal.money import CurrencyMismatch, Money, currency_of, exponent, parse_minor, round_half_up, split

minors = st.integers(-(10**15), 10**15)


@st.composite
def shares(draw: st.DrawFn) -> list[int]:
    cuts = sorted(draw(st.lists(st.integers(0, 10_000), max_size=6)))
    return [right - left for left, right in zip([0, *cuts], [*cuts, 10_000], strict=True)]


@pytest.mark.parametrize(("currency", "decimals"), [("EUR", 2), ("USD", 2), ("JPY", 0), ("KWD", 3)])
def test_a_currency_has_its_own_decimals(currency: str, decimals: int) -> None:
    assert exponent(currency) == decimals


@pytest.mark.parametrize("wrong", [(1.5, "EUR"), (True, "EUR"), ("1", "EUR")])
def test_minor_units_are_an_int(wrong: tuple[object, str]) -> None:
    with pytest.raises(TypeError):
        Money(*wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize("code", ["eur", "EURO", "", "QQQ"])
def test_an_unknown_currency_is_no_money(code: str) -> None:
    with pytest.raises(ValueError, match="currency"):
        Money(1, code)


def test_a_typed_currency_is_read_in_any_case() -> None:
    assert currency_of(" eur ") == "EUR"
    with pytest.raises(Refused, match="three letters"):
        currency_of("Euro")


def test_sums_and_comparisons_stay_in_one_currency() -> None:
    assert Money(5, "EUR") + Money(7, "EUR") - Money(2, "EUR") == -Money(-10, "EUR")
    assert Money(5, "EUR") < Money(6, "EUR") <= Money(6, "EUR")


def test_two_currencies_do_not_meet() -> None:
    euro, dollar = Money(1, "EUR"), Money(1, "USD")
    for operation in (lambda: euro + dollar, lambda: euro - dollar, lambda: euro < dollar, lambda: euro <= dollar):
        with pytest.raises(CurrencyMismatch):
            operation()


@pytest.mark.parametrize(
    ("value", "rounded"),
    [(Fraction(1, 2), 1), (Fraction(-1, 2), -1), (Fraction(49, 100), 0), (Fraction(5, 2), 3), (Fraction(-7, 3), -2)],
)
def test_a_half_goes_away_from_zero(value: Fraction, rounded: int) -> None:
    assert round_half_up(value) == rounded


@given(st.fractions())
def test_rounding_is_near_and_symmetric(value: Fraction) -> None:
    assert abs(round_half_up(value) - value) <= Fraction(1, 2)
    assert round_half_up(-value) == -round_half_up(value)


@given(minors, shares())
def test_the_parts_of_a_split_add_up(minor: int, shares_bp: list[int]) -> None:
    parts = split(minor, shares_bp)
    assert sum(parts) == minor
    for part, share in zip(parts, shares_bp, strict=True):
        assert abs(part - Fraction(minor * share, 10_000)) <= 1
        assert share or part == 0


def test_the_rest_goes_to_the_first_who_have_a_share() -> None:
    assert split(100, [0, 3333, 3333, 3334]) == [0, 34, 33, 33]
    assert split(-100, [5000, 2500, 2500]) == [-50, -25, -25]


@pytest.mark.parametrize("wrong", [[], [9_999], [11_000, -1_000]])
def test_shares_that_are_no_whole_are_refused(wrong: list[int]) -> None:
    with pytest.raises(ValueError, match="10000"):
        split(100, wrong)


@pytest.mark.parametrize(
    ("typed", "currency", "minor"),
    [
        ("12500", "EUR", 1_250_000),
        ("12,500", "EUR", 1_250_000),
        ("12.500", "EUR", 1_250_000),
        ("12,500.00", "EUR", 1_250_000),
        ("12.500,00", "EUR", 1_250_000),
        ("12 500", "EUR", 1_250_000),
        ("12\u202f500,5", "EUR", 1_250_050),
        ("12\u2019500.05", "CHF", 1_250_005),
        ("1.234.567,89", "EUR", 123_456_789),
        ("€ 0.07", "EUR", 7),
        ("3480 eur", "EUR", 348_000),
        ("0", "EUR", 0),
        ("12,500", "JPY", 12_500),
        ("12,500.000", "KWD", 12_500_000),
        ("100000000000", "EUR", 10**13),
    ],
)
def test_an_amount_is_read_as_people_type_it(typed: str, currency: str, minor: int) -> None:
    assert parse_minor(typed, currency) == minor


@pytest.mark.parametrize(
    ("typed", "currency", "sentence"),
    [
        ("", "EUR", "not an amount"),
        ("ten", "EUR", "not an amount"),
        ("1e5", "EUR", "not an amount"),
        ("12.", "EUR", "not an amount"),
        (",50", "EUR", "not an amount"),
        ("0.500", "EUR", "not an amount"),
        ("1,23,456", "EUR", "not an amount"),
        ("12.500.00", "EUR", "not an amount"),
        ("12 500.000", "EUR", "not an amount"),
        ("12.5", "JPY", "not an amount"),
        ("٣", "EUR", "not an amount"),
        ("9" * 5_000, "EUR", "not an amount"),
        ("$12", "EUR", "not an amount"),
        ("12,500", "KWD", "two ways"),
        ("-5", "EUR", "negative"),
        ("\u22125", "EUR", "negative"),
        ("100000000000.01", "EUR", "digit too many"),
    ],
)
def test_an_amount_that_is_none_is_refused_in_words(typed: str, currency: str, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        parse_minor(typed, currency)


@given(st.integers(0, 10**13))
def test_what_is_shown_can_be_typed_again(minor: int) -> None:
    whole, cents = divmod(minor, 100)
    assert parse_minor(f"{whole:,}.{cents:02d}", "EUR") == minor
    assert parse_minor(f"{whole:,}".replace(",", ".") + f",{cents:02d}", "EUR") == minor
