"""What a profile says in short is read from its headings."""

import pytest

from portal.resources.profiles import matching, read_profile
from portal.seeds.setup import CONTENT

BODY = """
## At a glance

| | Look for | Be careful when |
|---|---|---|
| **Business** | Contract logistics, cold chains | Parcel only |
| **Where** | Germany, Austria | Elsewhere |

## Who buys

Managing director
:   Decides alone. **Qualifies at once.**

Head of IT
:   Rarely starts a project.

## Why now

- They **lost a tender** on
  response time.
- A [new owner](/x) came.
"""
FOUND = read_profile("Mid-size carriers", "Carriers with promises.", BODY)


def test_who_signs_and_the_signs_are_plain_words() -> None:
    assert FOUND.who_signs == ("Managing director",)
    assert FOUND.signs == ("They lost a tender on response time.", "A new owner came.")
    assert FOUND.countries == {"DE", "AT"}


@pytest.mark.parametrize(
    ("country", "industry", "fits"),
    [
        ("DE", "", True),
        ("US", "", False),
        ("DE", "Logistics", True),
        ("DE", "logistik und Lager", True),
        ("", "Cold chain", True),
        ("DE", "Retail", False),
    ],
)
def test_whom_it_is_about(country: str, industry: str, fits: bool) -> None:
    assert FOUND.fits(country, industry) is fits


def test_nothing_is_shown_before_anything_is_said_and_never_more_than_two() -> None:
    three: list[tuple[object, object]] = [(FOUND, number) for number in range(3)]
    assert matching(three, "", " ") == []  # type: ignore[arg-type]
    assert [text for _, text in matching(three, "DE", "")] == [0, 1]  # type: ignore[arg-type]


def test_a_text_without_these_headings_is_about_all_and_says_nothing() -> None:
    bare = read_profile("Anything", "", "Just words.")
    assert (bare.fits("US", ""), bare.who_signs, bare.signs) == (True, (), ())


@pytest.mark.parametrize("path", sorted((CONTENT / "profiles").glob("*.md")), ids=lambda path: path.stem)
def test_the_profiles_that_are_shipped_are_read(path: object) -> None:
    found = read_profile("", "", path.read_text("utf-8"))  # type: ignore[attr-defined]
    assert found.countries
    assert found.who_signs
    assert len(found.signs) == 3
