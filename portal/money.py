"""Money is an integer of minor units and an ISO 4217 currency. There is one rounding, and no float anywhere."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from babel.numbers import get_currency_precision, get_currency_symbol, list_currencies

from portal.errors import Refused

MAX_TYPED_MINOR = 10**13
_GROUPED = re.compile(r"[1-9]\d{0,2}([ '.,])\d{3}(?:\1\d{3})*", re.ASCII)
_PLAIN = re.compile(r"\d+", re.ASCII)
_LONGEST_TYPED = 40


class CurrencyMismatch(ArithmeticError):  # noqa: N818  (named for what happened)
    """Two currencies met in one sum."""


@cache
def exponent(currency: str) -> int:
    """How many decimals the currency has: 2 for EUR, 0 for JPY, 3 for KWD. Raises ValueError for an unknown code."""
    if currency not in list_currencies():
        raise ValueError(f"{currency!r} is not an ISO 4217 currency")
    return int(get_currency_precision(currency))


@dataclass(frozen=True, order=False)
class Money:
    minor: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.minor) is not int:
            raise TypeError(f"minor units are an int, not {self.minor!r}")
        exponent(self.currency)

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._minor_of(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._minor_of(other), self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.minor < self._minor_of(other)

    def __le__(self, other: "Money") -> bool:
        return self.minor <= self._minor_of(other)

    def _minor_of(self, other: "Money") -> int:
        if other.currency != self.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency} do not add up")
        return other.minor


def round_half_up(value: Fraction) -> int:
    """The nearest integer; a half goes away from zero, so that a fee and its clawback cancel out."""
    magnitude = (2 * abs(value.numerator) + value.denominator) // (2 * value.denominator)
    return magnitude if value.numerator >= 0 else -magnitude


def split(minor: int, shares_bp: Sequence[int]) -> list[int]:
    """Cut an amount into shares of basis points. Each is cut down, the rest handed out one by one from the first on,
    so that the parts always add up. Raises ValueError unless the shares make 10,000."""
    if sum(shares_bp) != 10_000 or min(shares_bp) < 0:
        raise ValueError(f"shares are basis points that add up to 10000, not {list(shares_bp)}")
    parts = [abs(minor) * share // 10_000 for share in shares_bp]
    rest = abs(minor) - sum(parts)
    for place in [place for place, share in enumerate(shares_bp) if share][:rest]:
        parts[place] += 1
    return parts if minor >= 0 else [-part for part in parts]


def currency_of(text: str) -> str:
    """The ISO code as typed, in upper case. Raises `Refused` for what is none."""
    code = text.strip().upper()
    if code not in list_currencies():
        raise Refused("Write the currency as its three letters, for example EUR.", "currency")
    return code


def parse_minor(text: str, currency: str) -> int:
    """The minor units of an amount as people type it: `12500`, `12,500.00`, `12.500,00`, `12 500`.

    Thousands stand in threes, decimals are at most as many as the currency has. With two decimals nothing can be read
    both ways; with three, `12,500` can, and is refused. Raises `Refused` too below zero and above 10^13 minor units."""
    typed = _without_currency(" ".join(text.replace("\u2019", "'").split()), currency)
    if typed.startswith(("-", "\u2212", "(")):  # the typographic minus is typed too
        raise Refused("An amount cannot be negative.")
    readings = _readings(typed, exponent(currency)) if len(typed) <= _LONGEST_TYPED else set()
    example = f"{12_500:,.{exponent(currency)}f}"
    if not readings:
        raise Refused(f"“{typed[:_LONGEST_TYPED]}” is not an amount in {currency}. Write it like {example}.")
    if len(readings) > 1:
        raise Refused(f"“{typed}” can be read in two ways. Write it with all its decimals, like {example}.")
    minor = readings.pop()
    if minor > MAX_TYPED_MINOR:
        raise Refused("That is more than an amount here can be. Look for a digit too many.")
    return minor


def _without_currency(typed: str, currency: str) -> str:
    for sign in (currency, currency.lower(), get_currency_symbol(currency, "en")):
        typed = typed.removeprefix(sign).removesuffix(sign).strip()
    return typed


def _readings(typed: str, decimals: int) -> set[int]:
    """Every amount that the text can mean: all of it whole, or decimals behind the last dot or comma."""
    place = max(typed.rfind("."), typed.rfind(","))
    before, sign, after = typed[:place], typed[place : place + 1], typed[place + 1 :]
    readings = set()
    if _is_whole(typed):
        readings.add(_digits(typed) * 10**decimals)
    if place > 0 and sign not in before and _is_whole(before) and _PLAIN.fullmatch(after) and len(after) <= decimals:
        readings.add(_digits(before) * 10**decimals + int(after.ljust(decimals, "0")))
    return readings


def _is_whole(typed: str) -> bool:
    return bool(_PLAIN.fullmatch(typed) or _GROUPED.fullmatch(typed))


def _digits(typed: str) -> int:
    return int(re.sub(r"[^0-9]", "", typed))
