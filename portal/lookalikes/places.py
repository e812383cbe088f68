"""Which country an address or a number is from: a guess that is shown as one, never a fact."""

from typing import TYPE_CHECKING

from portal.countries import COUNTRIES
from portal.later import later

if TYPE_CHECKING:
    import phonenumbers
else:
    phonenumbers = later("phonenumbers")

# Endings that are a country's by name and everybody's by use.
_EVERYBODYS = frozenset(
    {"ac", "ag", "ai", "cc", "co", "eu", "fm", "gg", "io", "la", "ly", "me", "sh", "su", "to", "tv", "ws"}
)
_OTHERWISE = {"uk": "GB"}


def country_of_domain(domain: str) -> str:
    """The two letters of the country whose ending it has; nothing where the ending says none."""
    ending = domain.rpartition(".")[2].lower()
    code = _OTHERWISE.get(ending, ending.upper())
    return code if code in COUNTRIES and ending not in _EVERYBODYS else ""


def country_of_phone(written: str) -> str:
    """The country of a number that begins with + or 00; nothing for one without, or for a prefix that many share."""
    typed = written.strip()
    if not typed.startswith(("+", "00")):
        return ""
    try:
        number = phonenumbers.parse("+" + typed.lstrip("+0").replace("(0)", ""))
    except phonenumbers.NumberParseException:
        return ""
    code = phonenumbers.region_code_for_number(number) or ""
    return code if code in COUNTRIES else ""
