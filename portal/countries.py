"""Countries by their two letters (ISO 3166-1), with the names that people read."""

from collections.abc import Mapping

from babel import Locale

_NO_COUNTRY = {"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"}  # unions, and places that the standard leaves to its users

COUNTRIES: Mapping[str, str] = {
    code: name
    for code, name in Locale("en").territories.items()
    if len(code) == 2 and code.isalpha() and code not in _NO_COUNTRY
}
