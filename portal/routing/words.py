"""Conditions as people write and read them: regions, countries, industries, sizes, languages. Pure."""

from collections.abc import Iterable
from functools import cache

from babel import Locale
from babel.languages import get_official_languages

from portal.countries import COUNTRIES
from portal.errors import Refused
from portal.routing.rules import Conditions
from portal.typed import quoted

REGIONS: dict[str, frozenset[str]] = {
    "DACH": frozenset({"DE", "AT", "CH"}),
    "Benelux": frozenset({"BE", "NL", "LU"}),
    "Nordics": frozenset({"DK", "SE", "NO", "FI", "IS"}),
    "Baltics": frozenset({"EE", "LV", "LT"}),
    "Iberia": frozenset({"ES", "PT"}),
    "UK and Ireland": frozenset({"GB", "IE"}),
    "North America": frozenset({"US", "CA"}),
    "Central Europe": frozenset({"PL", "CZ", "SK", "HU"}),
}
EVERYTHING = "everything"
_MOST_NAMED = 3
_BY_NAME = {name.casefold(): code for code, name in COUNTRIES.items()}
_BY_REGION = {name.casefold(): codes for name, codes in REGIONS.items()}


@cache
def language_names() -> dict[str, str]:
    """Of the languages that some country speaks officially, by their names."""
    spoken = {language for country in COUNTRIES for language in spoken_in(country)}
    names = Locale("en").languages
    return dict(sorted(((code, names[code]) for code in spoken if code in names), key=lambda pair: pair[1]))


@cache
def spoken_in(country: str) -> frozenset[str]:
    """The official languages of a country, without their scripts."""
    found = get_official_languages(country, de_facto=True) if country in COUNTRIES else ()
    return frozenset(code.partition("_")[0] for code in found)


def read_countries(text: str, field: str = "countries") -> frozenset[str]:
    """`DACH, Italy, cz` as codes. Raises Refused naming all that is none."""
    found: set[str] = set()
    wrong = []
    for part in _parts(text):
        if region := _BY_REGION.get(part.casefold()):
            found |= region
        elif code := part.upper() if part.upper() in COUNTRIES else _BY_NAME.get(part.casefold()):
            found.add(code)
        else:
            wrong.append(part)
    if wrong:
        are = "is neither a country nor a region" if len(wrong) == 1 else "are neither countries nor regions"
        raise Refused(f"{quoted(wrong)} {are}. Write DACH, Italy or IT.", field)
    return frozenset(found)


def read_languages(text: str, field: str = "languages") -> frozenset[str]:
    """`German, fr` as codes. Raises Refused naming all that is none."""
    by_name = {name.casefold(): code for code, name in language_names().items()}
    codes = {
        part: part.lower() if part.lower() in language_names() else by_name.get(part.casefold())
        for part in _parts(text)
    }
    if wrong := [part for part, code in codes.items() if code is None]:
        are = "is no language" if len(wrong) == 1 else "are no languages"
        raise Refused(f"{quoted(wrong)} {are} that we know. Write German or de.", field)
    return frozenset(filter(None, codes.values()))


def read_words(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_parts(text)))


def countries_words(codes: Iterable[str]) -> str:
    """Whole regions by their names, the rest country by country."""
    left, named = set(codes), []
    for name, region in REGIONS.items():
        if region <= left:
            named.append(name)
            left -= region
    return ", ".join(named + sorted(COUNTRIES[code] for code in left))


def languages_words(codes: Iterable[str]) -> str:
    return ", ".join(sorted(language_names().get(code, code) for code in codes))


def size_words(low: int | None, high: int | None) -> str:
    if low is None and high is None:
        return ""
    if high is None:
        return f"{low:,} people or more"
    return f"{low:,} to {high:,} people" if low else f"up to {high:,} people"


def label(conditions: Conditions) -> str:
    """`DACH, software, 50 to 500 people`. A partner is not named: what is decided by it goes on record."""
    parts = [
        "this partner" if conditions.partner_id is not None else "",
        _few(countries_words(conditions.countries).split(", ")),
        _few(conditions.words),
        size_words(conditions.employees_from, conditions.employees_to),
        f"speaks {_few(languages_words(conditions.languages).split(', '))}" if conditions.languages else "",
    ]
    return ", ".join(filter(None, parts)) or EVERYTHING


def _few(names: Iterable[str]) -> str:
    several = list(names)
    more = f" and {len(several) - _MOST_NAMED} more" if len(several) > _MOST_NAMED else ""
    return ", ".join(several[:_MOST_NAMED]) + more


def _parts(text: str) -> list[str]:
    return [part for part in (each.strip() for each in text.replace("\n", ",").split(",")) if part]
